"""The demo: loaded once, valid throughout, invented throughout, and apart from the practice program. And the city of any
size that is made of its week.

The week that is loaded here holds the night on which daylight saving time begins.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from mih.accounts.models import Programme, Staff
from mih.assessments.models import InstrumentAnswers
from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.config.city.build import build
from mih.core import clock
from mih.encounters.models import Alarm, Disposition, Encounter, EntryStatus
from mih.encounters.services.people import look_for
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import Attempt, ContactDue, Escalation, PlanningTrouble
from mih.interventions.models import BuprenorphineDose, SupplyMovement
from mih.people.models import Alias, ContactPreferences, Person
from mih.protocols.models import Protocol
from mih.protocols.policy import Policy
from mih.referrals.models import Referral
from mih.referrals.services import _sum_up
from mih.safety_plans.models import SafetyPlan

AFTERNOON = datetime(2027, 3, 18, 20, 30, tzinfo=UTC)
"""Half past three in the afternoon in Oklahoma City, four days after the clocks went forward."""
ROLES = {
    "Paramedic",
    "Behavioral health navigator",
    "Peer recovery specialist",
    "Clinician",
    "Intern",
    "Supervisor",
    "Program manager",
    "Medical director",
    "Privacy officer",
    "Administrator",
}


SUMMED = ("level", "sent_at", "received_at", "kept_at", "outcome_at", "closed_at", "closing")
"""What a referral's loop sums up of its events."""


def run() -> tuple[str, str]:
    """The command's two streams: what it prints, and the progress it shows."""
    out, progress = StringIO(), StringIO()
    call_command("demo", stdout=out, stderr=progress)
    return out.getvalue(), progress.getvalue()


def logins(printed: str) -> list[tuple[str, str, str]]:
    """User name, password and role of every line that offers a sign-in."""
    return re.findall(r"^  (\S+)\s+(\S+)   ([^:]+): .+\n\s{6,}\S.+$", printed, re.MULTILINE)


def rows() -> dict[str, int]:
    """How many rows each table of ours holds."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.fixture(scope="module")
def city(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, str]]:
    """The demo, loaded once for this file; what the command said."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.fixed(AFTERNOON):
        yield run()
        transaction.set_rollback(True)


def test_a_second_run_adds_nothing_and_prints_the_same(city: tuple[str, str]) -> None:
    before = rows()
    printed, progress = run()
    assert printed == city[0]
    assert progress == ""
    assert rows() == before
    assert "Hiring" in city[1]


def test_every_printed_login_opens_its_first_page(city: tuple[str, str]) -> None:
    offered = logins(city[0])
    assert {role for _, _, role in offered} == ROLES
    for username, password, _ in offered:
        client = Client()
        with transaction.atomic():
            assert client.login(username=username, password=password), username
            reply = client.get("/", follow=True)
        assert reply.status_code == 200, username


def test_a_wrong_password_opens_nothing(city: tuple[str, str]) -> None:
    assert not Client().login(username="pat", password="something else entirely")


def test_production_and_a_foreign_database_are_refused(city: tuple[str, str], settings: object) -> None:
    settings.PRODUCTION = True  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="production"):
        run()
    settings.PRODUCTION = False  # type: ignore[attr-defined]
    with transaction.atomic():
        Staff.objects.filter(username="pat").update(username="somebody")
        with pytest.raises(CommandError, match="demo-reset"):
            run()
        transaction.set_rollback(True)


def phones() -> set[str]:
    """The last ten digits of every telephone number in any text of the database."""
    number = re.compile(r"\+1\d{10}|\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b")
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith("mih."):
            continue
        texts = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField)
        ]
        for row in model._default_manager.values_list(*texts):
            found |= set(number.findall(json.dumps(row, default=str)))
    return {re.sub(r"\D", "", each)[-10:] for each in found}


def test_every_phone_number_is_of_the_fictional_block(city: tuple[str, str]) -> None:
    digits = phones()
    assert len(digits) > 40
    assert {each for each in digits if not re.fullmatch(r"40555501\d\d", each)} == set()


def test_practice_people_are_in_nobodys_queue_but_practice_staffs(city: tuple[str, str]) -> None:
    shown = {}
    for username in ("nia", "practice-navigator"):
        client = Client()
        client.force_login(Staff.objects.get(username=username))
        shown[username] = client.get("/queue/?scope=all&when=unfinished").content.decode()
    assert "Robin Practice" in shown["practice-navigator"]
    assert "Robin Practice" not in shown["nia"]
    assert "Lena Birdwell" in shown["nia"]
    assert "Lena Birdwell" not in shown["practice-navigator"]


def test_the_week_is_whole(city: tuple[str, str]) -> None:
    assert {"ART", "CRT", "CCD", "CAP"} <= set(Programme.objects.values_list("code", flat=True))
    assert Protocol.objects.get(key="buprenorphine").signed_at is not None
    assert Person.objects.filter(is_practice=False).count() >= 36
    signed = Encounter.objects.filter(signed_at__isnull=False, programme__is_practice=False)
    assert signed.count() >= 38
    assert not signed.filter(follow_ups_planned_at=None).exists()
    assert not PlanningTrouble.objects.exists()
    assert not signed.exclude(cleared_at__lte=models.F("signed_at")).exists()
    assert SupplyMovement.objects.filter(kind="issue", lot__item__code="film_8_2").exists()
    assert BuprenorphineDose.objects.exclude(verdict__eligible=True).count() == 0
    states = set(SafetyPlan.objects.values_list("completeness__state", flat=True))
    assert "complete" in states
    assert EpisodeOfCare.objects.filter(closed_at=None, primary=None, person__is_practice=False).count() == 0


def test_the_queue_shows_every_state(city: tuple[str, str]) -> None:
    contacts = ContactDue.objects.filter(is_practice=False)
    assert contacts.due(AFTERNOON).exclude(overdue_at__lt=AFTERNOON).exists()
    assert contacts.overdue(AFTERNOON).exists()
    assert contacts.filter(status="on_hold").exists()
    assert contacts.when("now", AFTERNOON).filter(risk="high").exists()
    assert contacts.filter(status="done", outcome="reached").exists()
    assert contacts.filter(snoozed_until__gt=AFTERNOON).exists()
    kinds = {"suicide_safety", "field_visit", "neutral_outreach"}
    assert set(Escalation.objects.filter(decided_at=None).values_list("kind", flat=True)) == kinds
    assert len(set(contacts.unfinished().values_list("assigned_to", flat=True))) >= 5


def test_work_lies_open(city: tuple[str, str]) -> None:
    drafts = Encounter.objects.filter(signed_at=None, programme__is_practice=False)
    assert drafts.count() == 4
    red = Alarm.objects.filter(encounter__in=drafts, level="red", cleared_at=None, acknowledged_at=None)
    assert red.values_list("code", flat=True).distinct().get() == "CSSRS_HIGH"
    waiting = InstrumentAnswers.objects.filter(status=EntryStatus.AWAITING_COSIGN)
    assert {entry.author.username for entry in waiting.select_related("author")} == {"inez"}


@pytest.fixture
def grown(city: tuple[str, str]) -> Iterator[None]:
    """The city with 400 people more."""
    with transaction.atomic():
        grow(seed=7)
        yield
        transaction.set_rollback(True)


def grow(seed: int) -> str:
    """Build a city of 400 and give a digest of what it holds."""
    build(people=400, contacts=2_000, seed=seed, now=AFTERNOON, progress=lambda what, done, of: None)
    digest = hashlib.sha256()
    for model in (Person, Encounter, ContactDue, Attempt, ReadEvent, InstrumentAnswers):
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._default_manager.order_by("pk").values_list(*names):
            digest.update(repr(row).encode())
    return digest.hexdigest()


def test_one_seed_gives_one_city_and_another_seed_another(
    city: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for seed, bare_from in ((7, 1_000_000), (7, 0), (8, 1_000_000)):
        with transaction.atomic():
            monkeypatch.setattr("mih.config.city.build.BARE_FROM", bare_from)
            stood = rules_of_the_database()
            found.append(grow(seed))
            assert rules_of_the_database() == stood
            transaction.set_rollback(True)
    assert found[0] == found[1] != found[2]


def rules_of_the_database() -> list[tuple[str, ...]]:
    """Every index, constraint and trigger, and whether it is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname::text, indexdef, '' FROM pg_indexes WHERE schemaname = 'public' "
            "UNION ALL SELECT conname::text, pg_get_constraintdef(oid), convalidated::text FROM pg_constraint WHERE contype <> 'n' "
            "UNION ALL SELECT tgname::text, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
        )
        # PostgreSQL writes the same condition with other casts each time it reads it.
        return [
            (name, re.sub(r"::character varying|::text(\[\])?|[()]", "", rule), on)
            for name, rule, on in cursor
        ]


def test_a_grown_city_is_whole(grown: None) -> None:
    copies = Encounter.objects.filter(incident__cad_number__startswith="CITY-")
    contacts = ContactDue.objects.filter(encounter__in=copies)
    assert 1_500 < contacts.count() < 2_500
    assert Attempt.objects.filter(contact__in=contacts).count() > 1_000
    assert {"ART", "CRT", "CCD", "CAP"} == set(copies.values_list("programme__code", flat=True))
    assert Person.objects.filter(identity_status="unknown", contact=None).exists()
    assert Alias.objects.count() > 15
    for model in (Person, ContactPreferences):
        for name in (field.name for field in model._meta.fields if field.choices and not field.null):
            codes = {code for code, _ in model._meta.get_field(name).flatchoices} | {""}  # type: ignore[union-attr]
            assert set(model.objects.values_list(name, flat=True)) <= codes, name
    known = Person.objects.filter(identity_status="known").exclude(last_name="").latest("pk")
    sami = Staff.objects.get(username="sami")
    assert known in look_for(text=f"{known.last_name} {known.first_name}", by=sami)
    reached = copies.filter(on_scene_at__isnull=False).values_list("on_scene_at__year", flat=True).distinct()
    assert len(set(reached)) >= 5
    ended = set(Disposition.objects.filter(encounter__in=copies).values_list("code", flat=True))
    # Of the rarest, so small a city may have none.
    assert len(set(Policy.default("dispositions").values) - ended) <= 5
    assert not contacts.filter(status__in=["planned", "open"], closes_at__lt=AFTERNOON).exists()
    assert not contacts.filter(closed_at__gt=AFTERNOON).exists()
    assert contacts.filter(status="open").exists()
    assert contacts.filter(status="planned").exists()
    for model in (Encounter, Disposition, InstrumentAnswers, ContactDue, EpisodeOfCare, Person):
        last = model.pgh_event_model.objects.filter(pgh_obj=models.OuterRef("pk")).order_by("-pgh_id")  # type: ignore[attr-defined]
        told = model.objects.annotate(kept=models.Subquery(last.values("version")[:1]))
        assert not told.exclude(kept=models.F("version")).exists(), model
    # What a careful city has long ended is ended, in ways that hold together.
    referrals = Referral.objects.filter(encounter__in=copies).select_related("loop")
    old = referrals.filter(encounter__incident__called_at__lt=AFTERNOON - timedelta(days=70))
    assert 0 < old.filter(loop__closed_at=None).count() < old.count() / 10
    with transaction.atomic(), acting(sami):
        for entry in old.order_by("pk")[:200]:
            stood = {name: getattr(entry.loop, name) for name in SUMMED}
            _sum_up(entry.loop, entry, entry.loop.learned.order_by("at", "id"))
            assert {name: getattr(entry.loop, name) for name in SUMMED} == stood
        transaction.set_rollback(True)
    waiting = InstrumentAnswers.objects.filter(encounter__in=copies, status="awaiting_cosign")
    assert not waiting.filter(signed_at__lt=AFTERNOON - timedelta(days=10)).exists()
    assert InstrumentAnswers.objects.filter(encounter__in=copies, status="cosigned").exists()
    assert {each for each in phones() if not re.fullmatch(r"40555501\d\d", each)} == set()


def test_the_pages_of_a_grown_city_open(grown: None) -> None:
    copy = Encounter.objects.filter(incident__cad_number__startswith="CITY-", person__isnull=False).latest(
        "pk"
    )
    client = Client()
    client.force_login(Staff.objects.get(username="sami"))
    for address in (
        "/queue/?scope=all",
        "/caseload/",
        f"/people/{copy.person_id}/",
        f"/encounters/{copy.pk}/",
    ):
        assert client.get(address).status_code == 200, address


def test_a_city_is_built_once(grown: None) -> None:
    with pytest.raises(CommandError, match="already holds a city"):
        call_command("seed", "--people", "10")


@pytest.mark.django_db
def test_shipped_policies_load_once() -> None:
    out = StringIO()
    call_command("load_policies", stdout=out)
    loaded = Protocol.objects.count()
    assert loaded > 10
    assert "waits for the medical director" in out.getvalue()
    call_command("load_policies", stdout=out)
    assert Protocol.objects.count() == loaded
    assert "there already" in out.getvalue()
