"""A tablet says how it is; the server notices what is late, and what no longer waits although it never came."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.core.ids import uuid7
from mih.field.models import DeviceAlert, Envelope, MissingItem, UnsentWork
from mih.field.sync import epoch
from mih.field.sync.standing import alert_words, alerts_for, find_arrived, refresh_alerts
from tests.field.plane.conftest import Tablet
from tests.world import NOON, World

pytestmark = pytest.mark.django_db


def user(staff: Staff, mids: list[UUID], oldest: datetime | None = None, **more: Any) -> dict[str, Any]:
    told = {"staff": str(staff.pk), "pending": len(mids), "mids": [str(mid) for mid in mids], "attention": 0}
    return told | {"oldest": (oldest or NOON).isoformat() if mids else None} | more


def custody(mid: UUID, tablet: Tablet, staff: Staff, at: datetime = NOON, **more: Any) -> Envelope:
    """An envelope that has arrived."""
    details = {
        "uploader": tablet.id,
        "record": uuid7(),
        "outcome": "applied",
        "opened": True,
        "type": "draft.patch",
        "seq": 1,
        "kid": "k",
        "sha256": "0" * 64,
        "header": b"h",
        "body": b"b",
        "sig": b"s",
    }
    return Envelope.objects.create(
        **{"mid": mid, "device": tablet.id, "author": staff.pk, "custody_at": at} | details | more
    )


@pytest.fixture
def tablet(world: World) -> Tablet:
    made = Tablet()
    with clock.fixed(NOON):
        made.enrol(world.intern)
    return made


def test_the_answer_tells_epoch_keys_and_protocol_without_anybody_signed_in(
    tablet: Tablet, world: World
) -> None:
    tablet.sign_out()
    answer = tablet.report(user(world.intern, []))
    assert answer.status_code == 200
    told = answer.json()
    assert told["epoch"] == str(epoch.current().pk)
    assert told["protocol"] == {"min": 1, "max": 1}
    assert told["keys"]
    assert told["directives"] == []


def test_a_foreign_page_or_an_unknown_tablet_reports_nothing(tablet: Tablet) -> None:
    body: dict[str, Any] = {"users": []}
    for headers in (
        {"X-Field": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example"},
    ):
        answer = tablet.post("field-api-report", body, **headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    answer = Tablet().post("field-api-report", body)
    assert (answer.status_code, answer.json()["code"]) == (401, "device_unknown")
    assert tablet.post("field-api-report", body, **{"Sec-Fetch-Site": "same-origin"}).status_code == 200


@pytest.mark.parametrize(
    "users", [None, {}, [1], [{}], [{"staff": "x"}], [{"staff": str(uuid4()), "mids": [str(uuid4())] * 501}]]
)
def test_a_report_that_is_none_is_refused(tablet: Tablet, users: object) -> None:
    answer = tablet.post("field-api-report", {"users": users})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_report")


def test_impossible_figures_are_passed_over(tablet: Tablet, world: World) -> None:
    told = {"staff": str(world.intern.pk), "pending": -3, "oldest": "yesterday", "mids": [], "attention": "x"}
    answer = tablet.report(
        told, quota=1e99, usage="much", client_now="soon", persisted="yes", app="\x00" * 90
    )
    assert answer.status_code == 200
    report = tablet.row.last_report
    assert (report.quota, report.usage, report.client_now, report.persisted) == (None, None, None, None)
    assert tablet.report(user(uuid_of_nobody(), [])).status_code == 200


def uuid_of_nobody() -> Staff:
    return Staff(pk=uuid4())


def test_the_last_report_is_kept_with_how_far_the_clock_is_off(tablet: Tablet, world: World) -> None:
    with clock.fixed(NOON):
        tablet.report(
            user(world.intern, [uuid7()]),
            client_now=(NOON + timedelta(minutes=5)).isoformat(),
            persisted=True,
            quota=250,
            usage=20,
        )
    report = tablet.row.last_report
    assert (report.skew_ms, report.persisted, report.quota, report.usage) == (300_000, True, 250, 20)
    assert report.at == NOON


def test_what_is_sent_is_not_missing_and_what_never_came_is(tablet: Tablet, world: World) -> None:
    came, lost, still = uuid7(), uuid7(), uuid7()
    with clock.fixed(NOON):
        tablet.report(user(world.intern, [came, lost, still]))
    custody(came, tablet, world.intern, outcome="held")
    with clock.fixed(NOON + timedelta(hours=1)):
        tablet.report(user(world.intern, [still]))
    missing = MissingItem.objects.get()
    assert (missing.mid, missing.staff, missing.last_reported_at) == (lost, world.intern, NOON)
    with clock.fixed(NOON + timedelta(hours=1)):
        words = [alert_words(alert) for alert in alerts_for(world.supervisor)]
    assert words == ["1 item of I. Ortiz on MIH-1 left, last seen 12:00, never came."]


def test_a_tablet_that_comes_back_empty_lost_everything_of_everybody(tablet: Tablet, world: World) -> None:
    tablet.enrol(world.paramedic)
    tablet.report(user(world.intern, [uuid7(), uuid7(), uuid7()]), user(world.paramedic, [uuid7()]))
    tablet.report()
    assert MissingItem.objects.filter(staff=world.intern).count() == 3
    assert MissingItem.objects.filter(staff=world.paramedic).count() == 1
    assert not UnsentWork.objects.filter(pending__gt=0).exists()


def test_nothing_is_concluded_from_a_list_that_names_only_the_oldest(tablet: Tablet, world: World) -> None:
    tablet.report(user(world.intern, [uuid7()]))
    tablet.report(user(world.intern, [uuid7()], pending=700))
    assert not MissingItem.objects.exists()
    assert UnsentWork.objects.get().pending == 700


def test_a_missing_piece_that_is_there_again_or_arrives_is_missing_no_more(
    tablet: Tablet, world: World
) -> None:
    back, late = uuid7(), uuid7()
    tablet.report(user(world.intern, [back, late]))
    tablet.report()
    assert MissingItem.objects.count() == 2
    tablet.report(user(world.intern, [back]))
    assert [each.mid for each in MissingItem.objects.all()] == [late]
    custody(late, tablet, world.intern)
    assert find_arrived(at=NOON) == 1
    refresh_alerts(at=NOON)
    assert MissingItem.objects.get().arrived_at == NOON
    assert not DeviceAlert.objects.filter(kind="missing", cleared_at=None).exists()


@pytest.mark.parametrize(
    ("hours", "kind"), [(1.99, None), (2, "amber"), (11.99, "amber"), (12, "red"), (40, "red")]
)
def test_age_turns_amber_then_red(tablet: Tablet, world: World, hours: float, kind: str | None) -> None:
    with clock.fixed(NOON + timedelta(hours=hours)):
        tablet.report(user(world.intern, [uuid7()], NOON))
    standing = DeviceAlert.objects.filter(cleared_at=None)
    assert [each.kind for each in standing] == ([kind] if kind else [])


def test_a_tablet_that_stays_away_turns_red_by_the_sweep_alone_and_clears_once_it_sends(
    tablet: Tablet, world: World
) -> None:
    mid = uuid7()
    with clock.fixed(NOON):
        tablet.report(user(world.intern, [mid], NOON))
    assert refresh_alerts(at=NOON + timedelta(hours=3)) == 1
    assert refresh_alerts(at=NOON + timedelta(hours=3)) == 0
    assert refresh_alerts(at=NOON + timedelta(hours=13)) == 2
    assert [each.kind for each in DeviceAlert.objects.filter(cleared_at=None)] == ["red"]
    custody(mid, tablet, world.intern)
    find_arrived(at=NOON + timedelta(hours=14))
    refresh_alerts(at=NOON + timedelta(hours=14))
    assert not DeviceAlert.objects.filter(cleared_at=None).exists()
    assert DeviceAlert.objects.count() == 2


def test_alerts_of_one_world_are_not_told_in_the_other(tablet: Tablet, world: World) -> None:
    chief = world.hire("practice-chief", "supervisor", programme=world.practice)
    tablet.report(user(world.intern, [uuid7()]))
    tablet.report()
    assert len(alerts_for(world.supervisor)) == 1
    assert alerts_for(chief) == []


def test_directives(tablet: Tablet, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mih.field.sync.report.shell.build", lambda: SimpleNamespace(id="the-new-shell"))
    assert tablet.report(app="the-new-shell").json()["directives"] == []
    assert tablet.report(epoch=str(uuid4())).json()["directives"] == ["reoffer"]
    assert tablet.report(epoch=str(epoch.current().pk)).json()["directives"] == []
    epoch.begin("restored")
    assert "reoffer" in tablet.report(epoch=str(uuid4())).json()["directives"]
    Device.objects.update(revoked_at=NOON)
    assert tablet.report().json()["directives"] == ["wipe"]
    assert tablet.report(app="an-old-shell").json()["directives"] == ["wipe", "update"]


def test_readopted_work_moves_with_the_tablet(tablet: Tablet, world: World) -> None:
    mid = uuid7()
    tablet.report(user(world.intern, [mid]))
    again = Tablet()
    again.enrol(world.intern, readopts=str(tablet.id))
    assert UnsentWork.objects.get().device_id == again.id
    again.report(user(world.intern, [mid]))
    assert not MissingItem.objects.exists()
    again.report()
    assert MissingItem.objects.get().device_id == again.id


def test_no_report_needs_a_token(tablet: Tablet) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["fdev"] = tablet.client.cookies["fdev"].value
    answer = strict.post(
        reverse("field-api-report"),
        '{"users": []}',
        content_type="application/json",
        headers={"X-Field": "1"},
    )
    assert answer.status_code == 200
