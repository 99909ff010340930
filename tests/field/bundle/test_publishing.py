"""A form has a new version exactly when it has changed; what was given out stays."""

import json
import threading
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from mih.field.bundle import publishing, rendering
from mih.field.bundle.checks import Unfit
from mih.field.bundle.publishing import publish, published
from mih.field.models import FormVersion
from tests.world import World, found_agency

CLEARED = {"fentanyl": True, "xylazine": True}
UNCLEARED = {"fentanyl": False, "xylazine": False}


def standing(key: str) -> FormVersion:
    return FormVersion.objects.get(key=key, retired_at__isnull=True)


@pytest.mark.django_db
def test_publishing_again_changes_nothing(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    first = publish()
    rows = list(FormVersion.objects.values_list("pk", "sha", "retired_at"))
    assert first.new == len(first.forms) == len(rows) > 30
    again = publish()
    assert (again.sha, again.text, again.new) == (first.sha, first.text, 0)
    call_command("build_field_bundle")
    assert "0 of them new" in capsys.readouterr().out
    assert list(FormVersion.objects.values_list("pk", "sha", "retired_at")) == rows


@pytest.mark.django_db
def test_a_policy_that_takes_effect_is_in_the_next_list(world: World, rule: Callable[..., None]) -> None:
    rule("naloxone", "strips", UNCLEARED)
    before = published()
    old = standing("kit_left")
    assert "xylazine_strips" not in old.document
    rule("naloxone", "strips", CLEARED)
    after = published()
    new = standing("kit_left")
    assert "xylazine_strips" in new.document
    assert (after.new, new.version) == (1, old.version + 1)
    assert after.sha != before.sha
    old.refresh_from_db()
    assert old.retired_at is not None
    assert before.forms - after.forms == {old.sha}


@pytest.mark.django_db
def test_a_form_that_goes_back_to_old_words_is_a_version_of_its_own(
    world: World, rule: Callable[..., None]
) -> None:
    for strips in (UNCLEARED, CLEARED, UNCLEARED):
        rule("naloxone", "strips", strips)
        published()
    versions = list(FormVersion.objects.filter(key="kit_left").order_by("version"))
    assert [row.version for row in versions] == [1, 2, 3]
    assert [row.retired_at is None for row in versions] == [False, False, True]
    first, last = (json.loads(row.document) for row in (versions[0], versions[2]))
    assert first["html"] == last["html"]
    assert len({row.sha for row in versions}) == 3


@pytest.mark.django_db
def test_a_form_that_is_gone_is_retired_and_kept(world: World) -> None:
    publish()
    FormVersion.objects.create(key="of_long_ago", version=4, sha="0" * 64, document="{}")
    assert "of_long_ago" not in json.loads(publish().text)["forms"]
    assert FormVersion.objects.get(key="of_long_ago").retired_at is not None


@pytest.mark.django_db
def test_the_list_is_told_again_without_rendering(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = published()
    monkeypatch.setattr(publishing, "every_form", lambda: pytest.fail("rendered again"))
    assert published() is first


@pytest.mark.django_db
def test_a_restored_database_gets_its_forms_again(world: World) -> None:
    with transaction.atomic():
        published()
        transaction.set_rollback(True)
    assert not FormVersion.objects.exists()
    assert FormVersion.objects.filter(sha__in=published().forms).count() == len(published().forms)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"document": "{}"}, {"sha": "1" * 64}, {"version": 9}, {"key": "x"}])
def test_what_was_given_out_is_never_changed(world: World, change: dict[str, object]) -> None:
    publish()
    with pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(key="vitals").update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        FormVersion.objects.filter(key="vitals").delete()


@pytest.mark.django_db
def test_a_form_that_may_not_be_held_stops_the_build_and_not_the_tablets(
    world: World, rule: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    rule("naloxone", "strips", UNCLEARED)
    before = published()

    def strict(key: str, html: str, defaults: dict[str, object]) -> None:
        if key == "vitals":
            raise Unfit("vitals holds a script")

    monkeypatch.setattr(rendering, "check", strict)
    with pytest.raises(CommandError, match="vitals holds a script"):
        call_command("build_field_bundle")
    rule("naloxone", "strips", CLEARED)
    after = published()
    assert after.new == 1
    listed, known = (json.loads(each.text)["forms"] for each in (after, before))
    assert listed["vitals"] == known["vitals"]
    assert listed["kit_left"]["version"] == known["kit_left"]["version"] + 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_publish_each_form_once() -> None:
    found_agency()
    ready, made, faults = threading.Barrier(2), [], []

    def work() -> None:
        try:
            ready.wait(10)
            made.append(publish())
        except Exception as fault:  # shown by the assertion
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    one, other = made
    assert sorted((one.new, other.new)) == [0, len(one.forms)]
    assert one.sha == other.sha
    assert FormVersion.objects.count() == len(one.forms)
