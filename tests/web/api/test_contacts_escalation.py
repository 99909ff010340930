"""Attempts that lead nowhere, the escalation that follows, who may decide it, and handing contacts over."""

from datetime import UTC, datetime, timedelta

import pytest

from mih.core import clock
from mih.encounters.facts import Facts
from mih.followups.models import ContactDue, Escalation
from mih.followups.selectors import escalations_waiting
from mih.followups.sweeps import escalate
from tests.web.api.followup_steps import contact, followed, tried
from tests.world import World

CLEARED = datetime(2027, 1, 12, 20, 31, tzinfo=UTC)
DAY = timedelta(days=1)
MORNING, EVENING, NEXT_MORNING = (
    CLEARED + timedelta(hours=19),
    CLEARED + timedelta(hours=28),
    CLEARED + timedelta(hours=43),
)
"""09:31 and 18:31 on the 13th, 09:31 on the 14th."""


@pytest.fixture(autouse=True)
def now():
    with clock.fixed(MORNING):
        yield


def try_thrice(world: World, whom: ContactDue):
    for at in (MORNING, EVENING, NEXT_MORNING):
        with clock.fixed(at):
            answer = tried(world, whom)
        assert answer.status_code == 201, answer.data
    return answer.data


def code(answer):
    return answer.data["errors"][0]["code"]


def decide(world: World, by, escalation, action, decision, **more):
    body = {"action": action, "decision": decision, **more}
    with clock.fixed(NEXT_MORNING):
        return world.client(by).post(f"/api/escalations/{escalation}/decide/", body, format="json")


def test_three_attempts_on_two_days_and_two_times_of_day_escalate(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    with clock.fixed(MORNING):
        assert tried(world, first).data["next"]["kind"] == "try_again"
    with clock.fixed(EVENING):
        again = tried(world, first).data
    assert again["next"]["sentence"] == "Try again tomorrow morning, from 08:00."
    with clock.fixed(NEXT_MORNING):
        third = tried(world, first).data
    assert third["next"]["kind"] == "escalated"
    assert third["escalation"]["kind"] == "field_visit"
    assert third["escalation"]["assigned_role"] == "paramedic"
    with clock.fixed(NEXT_MORNING):
        brief = world.client(world.navigator).get(f"/api/contacts/{first.pk}/").data
    assert "UNREACHABLE_ESCALATE" in brief["alarms"]
    assert brief["escalation"]["actions"][0]["code"] == "field_visit"


def test_three_attempts_at_the_same_time_of_day_do_not(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    for hours in (0, 24, 26):
        with clock.fixed(MORNING + timedelta(hours=hours)):
            answer = tried(world, first).data
    assert answer["escalation"] is None
    assert answer["next"]["sentence"] == "Try again this afternoon, from 12:00."


def test_welfare_check_is_decided_by_a_clinician_alone(world: World) -> None:
    followed(world, CLEARED, Facts(final_tier="high"))
    raised = try_thrice(world, contact("SH1"))["escalation"]
    assert raised["kind"] == "suicide_safety"
    for role, number in {"clinician": 1, "supervisor": 1, "navigator": 0}.items():
        assert len(escalations_waiting(world.staff[role])) == number, role
    assert clock.local(datetime.fromisoformat(raised["due_at"])).strftime("%d %H:%M") == "15 00:00"
    for role in ("navigator", "supervisor", "peer"):
        refused = decide(
            world, world.staff[role], raised["id"], "welfare_check_decision", "request_welfare_check"
        )
        assert (refused.status_code, code(refused)) == (403, "role_only"), role
    reviewed = decide(world, world.supervisor, raised["id"], "supervisor_review", "reviewed")
    assert (reviewed.status_code, reviewed.data["decided_at"]) == (200, None)
    decided = decide(
        world,
        world.clinician,
        raised["id"],
        "welfare_check_decision",
        "no_welfare_check",
        note="Seen at work today.",
    )
    assert decided.status_code == 200, decided.data
    assert (decided.data["decision"], decided.data["decided_by"]) == ("no_welfare_check", "Cleo Marsh")
    action = next(a for a in decided.data["actions"] if a["code"] == "welfare_check_decision")
    assert (action["by_name"], action["note"]) == ("Cleo Marsh, LPC", "Seen at work today.")
    assert not escalations_waiting(world.supervisor)
    again = decide(world, world.clinician, raised["id"], "welfare_check_decision", "request_welfare_check")
    assert (again.status_code, code(again)) == (409, "already_decided")


@pytest.mark.parametrize(
    ("action", "decision", "expected"),
    [("field_visit", "no_visit", "no_action"), ("supervisor_review", "maybe", "no_decision")],
)
def test_only_what_the_escalation_asks_is_decided(world: World, action, decision, expected) -> None:
    followed(world, CLEARED, Facts(final_tier="high"))
    raised = try_thrice(world, contact("SH1"))["escalation"]
    assert code(decide(world, world.supervisor, raised["id"], action, decision)) == expected


def test_others_close_as_unable_when_their_window_ends(world: World) -> None:
    followed(world, CLEARED, Facts(final_tier="moderate"))
    first = contact("SM1")
    raised = try_thrice(world, first)["escalation"]
    assert raised["kind"] == "neutral_outreach"
    first.refresh_from_db()
    assert escalate(at=first.closes_at - timedelta(seconds=1)).done == 0
    assert escalate(at=first.closes_at).done == 1
    assert escalate(at=first.closes_at).done == 0
    first.refresh_from_db()
    assert (first.status, first.closed_by) == ("unable", None)


def test_overdose_and_suicide_contacts_never_close_by_themselves(world: World) -> None:
    followed(world, CLEARED, Facts(final_tier="high", overdose_suspected=True))
    try_thrice(world, contact("OD1"))
    assert escalate(at=CLEARED + 60 * DAY).done == 0
    assert contact("OD1").status == "open"


def test_a_navigator_may_close_after_review(world: World) -> None:
    followed(world, CLEARED, Facts(final_tier="moderate"))
    raised = try_thrice(world, contact("SM1"))["escalation"]
    refused = decide(world, world.peer, raised["id"], "navigator_review", "close")
    assert refused.status_code == 403
    closed = decide(world, world.navigator, raised["id"], "navigator_review", "close")
    assert closed.status_code == 200
    assert contact("SM1").status == "unable"


def test_the_sweep_raises_what_a_changed_rule_asks_for(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    try_thrice(world, first)
    assert escalate(at=NEXT_MORNING).done == 0
    assert Escalation.objects.count() == 1


def test_contacts_are_handed_over_and_taken_back(world: World) -> None:
    followed(world, CLEARED)
    sami = world.client(world.supervisor)
    chosen = [str(c.pk) for c in ContactDue.objects.order_by("target_at")]
    body = {"contacts": chosen, "to": "perry"}
    assert (
        world.client(world.navigator).post("/api/contacts/reassign/", body, format="json").status_code == 403
    )
    batch = sami.post("/api/contacts/reassign/", body, format="json")
    assert batch.status_code == 201, batch.data
    assert set(ContactDue.objects.values_list("assigned_to", flat=True)) == {world.peer.pk}
    world.client(world.peer).post(f"/api/contacts/{chosen[0]}/claim/")
    undone = sami.post("/api/contacts/undo/", {"batch": batch.data["id"]}, format="json")
    assert [str(pk) for pk in undone.data["left"]] == chosen[:1]
    assert sorted(str(pk) for pk in undone.data["restored"]) == sorted(chosen[1:])
    given = dict(ContactDue.objects.values_list("pk", "assigned_to"))
    assert [given[c.pk] for c in ContactDue.objects.order_by("target_at")] == [world.peer.pk, None, None]
    twice = sami.post("/api/contacts/undo/", {"batch": batch.data["id"]}, format="json")
    assert (twice.status_code, code(twice)) == (409, "already_undone")


@pytest.mark.parametrize(("to", "status"), [("adam", 400), ("nobody", 400), ("pia", 404), ("nia", 201)])
def test_contacts_go_only_to_somebody_who_may_work_on_them(world: World, to, status) -> None:
    followed(world, CLEARED)
    world.hire("pia", "navigator", programme=world.practice)
    body = {"contacts": [str(contact("OD1").pk)], "to": to}
    assert (
        world.client(world.supervisor).post("/api/contacts/reassign/", body, format="json").status_code
        == status
    )


def test_reassigning_ends_a_colleagues_claim(world: World) -> None:
    followed(world, CLEARED)
    first = contact("OD1")
    world.client(world.navigator).post(f"/api/contacts/{first.pk}/claim/")
    body = {"contacts": [str(first.pk)], "to": "perry"}
    world.client(world.supervisor).post("/api/contacts/reassign/", body, format="json")
    first.refresh_from_db()
    assert (first.claimed_by, first.assigned_to, first.status) == (None, world.peer, "open")
