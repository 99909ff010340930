"""Uploaded files as rows: who may sign them, from when they hold, and what the database lets nobody change."""

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from mih.audit.context import acting
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.encounters.registry import by_model, registry
from mih.instruments import catalogue, selectors, services
from mih.instruments.models import UploadedFile
from mih.instruments.services import UnfitFile
from tests.conftest import REPOSITORY
from tests.web.instruments.uploads import KEY, example, in_use, second_version, uploaded, withdrawn
from tests.world import NAMES, NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
HOUR = timedelta(hours=1)


def test_it_is_kept_to_the_letter_with_its_fingerprint_and_who_did_what(world: World) -> None:
    source = "\ufeff" + example()
    row = in_use(world, source, NOON)
    row.refresh_from_db()
    assert row.source == example()
    assert row.sha256 == hashlib.sha256(example().encode()).hexdigest()
    assert (row.uploaded_by, row.uploaded_at) == (world.medical_director, NOON)
    assert (row.signed_by, row.signed_at, row.effective_from) == (world.medical_director, NOON, NOON)
    assert row.signature_text == world.medical_director.signature_name


def test_nobody_is_offered_what_is_not_signed_or_not_in_force_yet(world: World) -> None:
    file = uploaded(world, example(), NOON)
    assert KEY not in registry
    assert KEY not in catalogue.latest_keys()
    with acting(world.medical_director):
        services.sign(file=file, by=world.medical_director, at=NOON, effective_from=NOON + HOUR)
    assert KEY not in registry
    with pytest.raises(catalogue.UnknownInstrumentError):
        catalogue.definition(KEY)
    with clock.fixed(NOON + HOUR):
        assert KEY in registry
        assert registry[KEY].title == "Hand-off readiness"
        assert KEY in {form.key for form in registry}
        assert any(form.key == KEY for forms in by_model().values() for form in forms)
        assert catalogue.latest_keys().count(KEY) == 1
        assert (catalogue.versions(KEY), catalogue.definition(KEY).version) == ((1,), 1)


def test_a_new_version_takes_the_place_of_the_one_before_on_its_day(world: World) -> None:
    in_use(world, example(), NOON)
    in_use(world, second_version(), NOON, from_=NOON + HOUR)
    assert catalogue.current(KEY).version == 1
    with clock.fixed(NOON + HOUR):
        assert catalogue.current(KEY).version == 2
        assert catalogue.definition(KEY, 1).version == 1
        assert catalogue.versions(KEY) == (1, 2)
        assert catalogue.document(KEY, 1)["items"][2]["key"] == "minutes"
        assert len(catalogue.document(KEY)["items"]) == 2


def test_a_withdrawn_version_is_known_and_not_offered_and_brings_none_back(world: World) -> None:
    in_use(world, example(), NOON)
    second = in_use(world, second_version(), NOON, from_=NOON + HOUR)
    withdrawn(world, second, NOON + 2 * HOUR)
    with clock.fixed(NOON + HOUR):
        assert catalogue.offered(KEY)
    with clock.fixed(NOON + 2 * HOUR):
        assert not catalogue.offered(KEY)
        assert not registry[KEY].offered
        assert catalogue.definition(KEY).version == 2


def test_a_version_withdrawn_before_its_day_leaves_the_one_before_in_force(world: World) -> None:
    in_use(world, example(), NOON)
    withdrawn(world, in_use(world, second_version(), NOON, from_=NOON + HOUR), NOON)
    with clock.fixed(NOON + 2 * HOUR):
        assert catalogue.offered(KEY)
        assert catalogue.current(KEY).version == 1


@pytest.mark.parametrize("role", sorted(set(NAMES) - {"medical_director"}))
def test_only_the_medical_director_uploads_signs_withdraws_and_removes(world: World, role: str) -> None:
    other, waiting = world.staff[role], uploaded(world, example(), NOON)
    with acting(other):
        for act in (
            lambda: services.upload(source=example(version=2), by=other, at=NOON),
            lambda: services.sign(file=waiting, by=other, at=NOON),
            lambda: services.withdraw(file=waiting, reason="No", by=other, at=NOON),
            lambda: services.remove(file=waiting, by=other),
        ):
            with pytest.raises(NotAllowed, match="Only the medical director"):
                act()
    assert list(UploadedFile.objects.values_list("signed_at", flat=True)) == [None]


def test_what_the_services_refuse(world: World) -> None:
    director, row = world.medical_director, uploaded(world, example(), NOON)
    with acting(director):
        with pytest.raises(UnfitFile, match="Version 1 of warm_handoff is here already"):
            services.upload(source=example(), by=director, at=NOON)
        with pytest.raises(Invalid, match="cannot take effect in the past"):
            services.sign(file=row, by=director, at=NOON, effective_from=NOON - HOUR)
        with pytest.raises(Invalid, match="never signed"):
            services.withdraw(file=row, reason="No", by=director, at=NOON)
        services.sign(file=row, by=director, at=NOON)
        with pytest.raises(Stale, match="already signed"):
            services.sign(file=row, by=director, at=NOON)
        with pytest.raises(Stale, match="is kept"):
            services.remove(file=row, by=director)
        with pytest.raises(Invalid, match="Say why"):
            services.withdraw(file=row, reason="  ", by=director, at=NOON)
        services.withdraw(file=row, reason="Replaced", by=director, at=NOON)
        with pytest.raises(Stale, match="withdrawn before"):
            services.withdraw(file=row, reason="Again", by=director, at=NOON)


def test_an_upload_nobody_signed_may_be_removed_and_its_number_used_again(world: World) -> None:
    row = uploaded(world, example(), NOON)
    with acting(world.medical_director):
        services.remove(file=row, by=world.medical_director)
    assert uploaded(world, example(short_title="Better"), NOON).number == 1


CHANGES = [
    {"source": "{}", "sha256": hashlib.sha256(b"{}").hexdigest()},
    {"source": "{}"},
    {"sha256": "0" * 64},
    {"number": 7},
    {"key": "other"},
    {"effective_from": NOON + HOUR},
    {"signed_at": None},
    {"signature_text": "Somebody else"},
    {"withdrawn_at": NOON, "withdrawn_reason": ""},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: " and ".join(change))
def test_the_database_refuses_to_change_what_is_signed(world: World, change: dict[str, object]) -> None:
    row = in_use(world, example(), NOON)
    with acting(world.medical_director), pytest.raises(DatabaseError), transaction.atomic():
        UploadedFile.objects.filter(pk=row.pk).update(**change)


def test_the_database_refuses_other_content_even_before_a_signature(world: World) -> None:
    row = uploaded(world, example(), NOON)
    with acting(world.medical_director), pytest.raises(DatabaseError), transaction.atomic():
        UploadedFile.objects.filter(pk=row.pk).update(source="{}", sha256=hashlib.sha256(b"{}").hexdigest())


def test_the_database_refuses_to_drop_what_is_signed_or_to_undo_a_withdrawal(world: World) -> None:
    row = withdrawn(world, in_use(world, example(), NOON), NOON)
    with acting(world.medical_director):
        with pytest.raises(DatabaseError), transaction.atomic():
            UploadedFile.objects.filter(pk=row.pk).delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            UploadedFile.objects.filter(pk=row.pk).update(
                withdrawn_at=None, withdrawn_by=None, withdrawn_reason=""
            )


def test_the_database_refuses_a_row_that_is_not_what_its_fingerprint_says(world: World) -> None:
    with acting(world.medical_director), pytest.raises(DatabaseError), transaction.atomic():
        UploadedFile.objects.create(
            kind="instrument",
            key="forged",
            number=1,
            title="Forged",
            source=example(key="forged"),
            sha256="0" * 64,
            uploaded_by=world.medical_director,
            uploaded_at=NOON,
        )


def test_nobody_writes_without_being_named_and_every_version_is_kept(world: World) -> None:
    row = in_use(world, example(), NOON)
    with connection.cursor() as cursor:  # as after the end of the transaction that named one
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
    with pytest.raises(DatabaseError, match="named actor"), transaction.atomic():
        UploadedFile.objects.filter(pk=row.pk).update(withdrawn_reason="x")
    events = UploadedFile.pgh_event_model.objects.filter(id=row.pk)  # type: ignore[attr-defined]
    assert list(events.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["insert", "update"]


def test_content_that_was_put_in_past_the_triggers_is_not_used(world: World) -> None:
    row = in_use(world, example(), NOON)
    with connection.cursor() as cursor:  # as an intruder with the owner's rights would
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE instruments_uploadedfile DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE instruments_uploadedfile DROP CONSTRAINT uploaded_fingerprint_is_its_own")
        cursor.execute(
            "UPDATE instruments_uploadedfile SET source = replace(source, 'Ready', 'Never') WHERE id = %s",
            [row.pk],
        )
        cursor.execute("ALTER TABLE instruments_uploadedfile ENABLE TRIGGER USER")
    selectors.content.cache_clear()
    selectors.definition_of.cache_clear()
    with pytest.raises(ValueError, match="does not match its fingerprint"):
        catalogue.definition(KEY)


def test_the_programs_own_instruments_cost_no_question_and_a_request_one(
    world: World, django_assert_num_queries
) -> None:
    in_use(world, example(), NOON)
    with django_assert_num_queries(0):
        catalogue.definition("cows")
        catalogue.current("phq9")
        catalogue.versions("gad7")
        assert registry["cows"].fields()
    catalogue.definition(KEY)
    selectors.remember()
    try:
        with django_assert_num_queries(1):
            for _ in range(5):
                assert KEY in registry
                assert [form.key for form in registry].count(KEY) == 1
                assert catalogue.definition(KEY).version == 1
    finally:
        selectors.forget()
    with transaction.atomic(), django_assert_num_queries(1):
        assert KEY in registry
        assert KEY in {form.key for form in registry}


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_signature_at_its_next_request(world: World) -> None:
    """A worker that has already answered sees what was signed since, without a restart."""
    asks = (
        "import sys, django; django.setup();"
        "from django.core.signals import request_started, request_finished;"
        "from mih.encounters.registry import registry;"
        "from django.db import connection;"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r};\n"
        "for line in sys.stdin:\n"
        "    request_started.send(None)\n"
        f"    print({KEY!r} in registry, {KEY!r} in [form.key for form in registry], flush=True)\n"
        "    request_finished.send(None)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", asks], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY
    ) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None

        def answer() -> str:
            worker.stdin.write("\n")  # type: ignore[union-attr]
            worker.stdin.flush()  # type: ignore[union-attr]
            return worker.stdout.readline().strip()  # type: ignore[union-attr]

        assert answer() == "False False"
        in_use(world, example(), datetime(2026, 6, 1, tzinfo=UTC))  # the other process goes by the real clock
        assert answer() == "True True"
        worker.stdin.close()
        assert worker.wait(timeout=20) == 0
