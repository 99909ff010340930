import pytest

from mih.followups.unreachable import EscalationKind, Outcome, PastAttempt, escalation_for, reached_escalation


@pytest.fixture
def escalates(unreachable, zone, local):
    def decide(*attempts, outcome=Outcome.NO_ANSWER, last=None):
        made = [PastAttempt(local(f"2027-01-{at}"), outcome) for at in attempts]
        if last:
            made.append(PastAttempt(local("2027-01-20 10:00"), last))
        return reached_escalation(made, unreachable, zone)

    return decide


@pytest.mark.parametrize(
    ("attempts", "due"),
    [
        (["13 09:00", "13 14:00", "14 18:00"], True),
        (["13 09:00", "14 09:30", "14 12:00"], True),
        (["13 09:00", "14 18:00"], False),
        (["13 09:00", "13 14:00", "13 18:00"], False),
        (["13 09:00", "14 10:00", "15 11:59"], False),
        ([], False),
    ],
)
def test_three_attempts_on_two_dates_in_two_parts_of_the_day(escalates, attempts, due):
    assert escalates(*attempts) is due


def test_dates_are_local(escalates):
    assert escalates("13 16:00", "13 17:30", "13 19:00") is False  # 19:00 is the next day in UTC


@pytest.mark.parametrize(
    "outcome",
    [o for o in Outcome if o not in ("reached", "declined", "in_facility", "in_custody", "deceased")],
)
def test_outcomes_that_leave_the_person_unreached_count(escalates, outcome):
    assert escalates("13 09:00", "13 14:00", "14 18:00", outcome=outcome)


@pytest.mark.parametrize("outcome", ["reached", "declined", "in_facility", "in_custody", "deceased"])
def test_knowing_where_the_person_stands_ends_the_count(escalates, outcome):
    assert not escalates("13 09:00", "13 14:00", "14 18:00", last=Outcome(outcome))


def test_high_suicide_risk_goes_to_people_today_and_the_check_to_a_clinician_alone(unreachable):
    escalation = escalation_for(["SH", "RF"], unreachable)
    assert escalation.kind is EscalationKind.SUICIDE_SAFETY
    assert not escalation.closes_at_window_end
    roles = {action.code: action.roles for action in escalation.actions}
    assert roles["supervisor_review"] == ("supervisor",)
    assert roles["welfare_check_decision"] == ("clinician",)
    assert all(action.same_day for action in escalation.actions)


def test_overdose_leads_to_a_visit_also_when_merged_with_high_risk(unreachable):
    assert escalation_for(["OD", "BUP"], unreachable).kind is EscalationKind.FIELD_VISIT
    both = escalation_for(["OD", "SH"], unreachable)
    assert both.kind is EscalationKind.SUICIDE_SAFETY
    assert "field_visit" in [action.code for action in both.actions]


@pytest.mark.parametrize("code", ["BUP", "SM", "ML", "RF"])
def test_others_get_a_neutral_message_a_review_and_an_end(unreachable, code):
    escalation = escalation_for([code], unreachable)
    assert (escalation.kind, escalation.closes_at_window_end) == (EscalationKind.NEUTRAL_OUTREACH, True)
    assert [a.code for a in escalation.actions] == ["letter_or_text", "navigator_review", "close_as_unable"]
