"""The upload endpoint itself: who may ask, what it reads, how it says no, and what `have` tells."""

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mih.core.ids import uuid7
from mih.field.models import Envelope
from mih.field.sync import epoch, pace
from tests.field.client import Author, Tablet, framed
from tests.world import NOON, World

pytestmark = pytest.mark.django_db

BATCH = 14
"""Statements of a batch that changes one response, however many changes it holds."""


def some(pat: Author, encounter: UUID) -> Any:
    return pat.patch(encounter, "narrative", uuid7(), {"text": "Words."})


def test_a_browser_that_is_no_tablet_is_not_heard(pat: Author, encounter: UUID) -> None:
    answer = Tablet().push(some(pat, encounter))
    assert (answer.status_code, answer.json()["code"]) == (401, "device_unknown")
    assert not Envelope.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"X-Field": ""}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}],
    ids=["no header", "another site", "another origin"],
)
def test_another_sites_page_is_not_heard(
    headers: dict[str, str], pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    sealed = some(pat, encounter)
    answer = tablet.push(sealed, **headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert tablet.push(sealed, Origin="http://testserver").status_code == 200


def test_nobody_needs_to_be_signed_in_and_whoever_is_changes_no_author(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    from mih.encounters.models import Narrative

    tablet.http.force_login(world.clinician)
    (item,) = tablet.items(some(pat, encounter))
    assert item["outcome"] == "applied"
    event = Narrative.pgh_event_models["insert"] if hasattr(Narrative, "pgh_event_models") else None
    rows = event or Narrative._meta.apps.get_model("encounters", "NarrativeEvent")
    assert {row.pgh_context.metadata["actor"] for row in rows.objects.all()} == {str(pat.staff.pk)}
    assert {row.pgh_context.metadata["device"] for row in rows.objects.all()} == {str(tablet.device.pk)}


def test_another_kind_of_body_is_not_read(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    answer = tablet.push(some(pat, encounter), **{"Content-Type": "application/json"})
    assert answer.status_code == 415


@pytest.mark.parametrize("cut", [3, 15, 25, 100, -1])
def test_a_cut_batch_is_no_batch(cut: int, pat: Author, tablet: Tablet, encounter: UUID) -> None:
    whole = framed([some(pat, encounter).parts])
    answer = tablet.send(whole[:cut])
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert not Envelope.objects.exists()


def test_too_much_at_once_is_said_so(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = some(pat, encounter)
    assert tablet.send(framed([sealed.parts] * 201)).status_code == 413
    assert tablet.send(framed([sealed.parts]) + b"0" * 262_144).status_code == 413
    assert tablet.send(framed([sealed.parts] * 200)).status_code == 200


def test_a_tablet_gone_wild_is_slowed_and_another_is_not(
    monkeypatch: pytest.MonkeyPatch, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    monkeypatch.setattr(pace, "MOST", 2)
    assert [tablet.send(framed([])).status_code for _ in range(3)] == [200, 200, 429]
    assert int(tablet.send(framed([])).headers["Retry-After"]) > 0
    assert nia.tablet.outcomes(some(nia, encounter)) == ["applied"]


@pytest.mark.parametrize(
    ("failpoint", "status", "code"),
    [("before_commit:disk_full", 507, "server_full"), ("in_custody:away", 503, "away")],
)
def test_a_database_that_is_full_or_away_keeps_everything_on_the_tablet(
    failpoint: str, status: int, code: str, pat: Author, tablet: Tablet, encounter: UUID, settings: Any
) -> None:
    sealed = some(pat, encounter)
    settings.FAILPOINTS = failpoint
    answer = tablet.push(sealed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Envelope.objects.exists()
    settings.FAILPOINTS = ""
    assert tablet.outcomes(sealed) == ["applied"]


@pytest.mark.django_db(transaction=True)
def test_a_lost_race_is_run_again(pat: Author, tablet: Tablet, encounter: UUID, settings: Any) -> None:
    from mih.field.sync import failpoints

    failpoints._hit.clear()
    settings.FAILPOINTS = "applying:deadlock*2"
    assert tablet.outcomes(some(pat, encounter)) == ["applied"]


def test_have_names_what_is_missing(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    sealed = some(pat, encounter)
    tablet.items(sealed)
    never = str(uuid7())

    def asked(mids: Any) -> Any:
        return tablet.http.post(
            "/field/api/have",
            json.dumps({"mids": mids}),
            content_type="application/json",
            headers={"X-Field": "1"},
        )

    said = asked([sealed.mid, never]).json()
    assert said == {"epoch": str(epoch.current().pk), "missing": [never]}
    assert asked([never] * 2001).status_code == 413
    assert asked(["nothing"]).status_code == 400


def test_a_new_epoch_and_a_durable_backup_are_told(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    before = tablet.push(some(pat, encounter)).json()
    assert before["durable_through"] is None
    epoch.begin("Restored from last night's backup")
    epoch.mark_durable(NOON)
    after = tablet.push(some(pat, encounter)).json()
    assert after["epoch"] != before["epoch"]
    assert after["durable_through"] == NOON.isoformat()


def statements(tablet: Tablet, *sealed: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        tablet.items(*sealed)
    return len(asked)


def test_ten_patches_cost_no_more_than_one_and_a_repeat_next_to_nothing(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "vitals", record, {"hr": 80}))
    first = [pat.patch(encounter, "vitals", record, {"hr": 81}, base={"hr": 80})]
    ten = [
        pat.patch(encounter, "vitals", record, {"hr": 82 + n}, base={"hr": 81 + n}, version=2 + n)
        for n in range(10)
    ]
    one = statements(tablet, *first)
    assert one <= BATCH
    assert statements(tablet, *ten) <= one
    assert statements(tablet, *ten) <= 5
