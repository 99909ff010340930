"""Each refusal beside its permission, with the same person and the same moment."""

from dataclasses import replace
from datetime import time

import pytest

from mih.followups.permissions import Answer, Channel, ContactPermissions, Voicemail, channel_verdict

OPEN = ContactPermissions(Answer.YES, Voicemail.GENERIC, sms=True, email=True, mail=True, third_party=True)
NOON, NIGHT = "2027-01-12 12:00", "2027-01-12 22:10"


@pytest.fixture
def verdict(window, zone, local):
    return lambda channel, person, at=NOON, **more: channel_verdict(
        channel, person, local(at), window, zone, **more
    )


@pytest.mark.parametrize(
    ("channel", "withdrawn", "code"),
    [
        (Channel.CALL, {"call": Answer.NO}, "call_not_permitted"),
        (Channel.VOICEMAIL, {"voicemail": Voicemail.NONE}, "voicemail_not_permitted"),
        (Channel.VOICEMAIL, {"call": Answer.NO}, "call_not_permitted"),
        (Channel.TEXT, {"sms": False}, "text_not_permitted"),
        (Channel.EMAIL, {"email": False}, "email_not_permitted"),
        (Channel.MAIL, {"mail": False}, "mail_not_permitted"),
        (Channel.THIRD_PARTY, {"third_party": False}, "third_party_not_permitted"),
    ],
)
def test_each_channel_needs_its_own_consent(verdict, channel, withdrawn, code):
    assert verdict(channel, OPEN)
    refused = verdict(channel, replace(OPEN, **withdrawn))
    assert (refused.allowed, refused.code) == (False, code)
    assert refused.sentence.endswith(".")


def test_one_consent_never_implies_another(verdict):
    only_name = ContactPermissions(call=Answer.YES, voicemail=Voicemail.NAME_ONLY)
    assert verdict(Channel.VOICEMAIL, only_name)
    assert not verdict(Channel.TEXT, only_name)


def test_calls_never_asked_about_are_for_people_not_machines(verdict):
    never_asked = ContactPermissions()
    by_staff = verdict(Channel.CALL, never_asked)
    assert by_staff
    assert "ask first" in by_staff.sentence
    assert verdict(Channel.CALL, never_asked, automated=True).code == "call_not_asked"
    assert verdict(Channel.CALL, OPEN, automated=True)


def test_at_night_staff_may_call_with_a_reason_and_nothing_is_sent(verdict):
    assert verdict(Channel.CALL, OPEN, NIGHT, reason="Partner reports a new plan to die").allowed
    assert verdict(Channel.CALL, OPEN, NIGHT).code == "reason_needed"
    assert verdict(Channel.CALL, OPEN, NIGHT, reason="  ").code == "reason_needed"
    assert verdict(Channel.CALL, OPEN, NIGHT, automated=True, reason="campaign").code == "quiet_hours"
    assert verdict(Channel.TEXT, OPEN, NIGHT, reason="urgent").code == "quiet_hours"
    assert verdict(Channel.EMAIL, OPEN, NIGHT, automated=True).code == "quiet_hours"
    assert verdict(Channel.MAIL, OPEN, NIGHT)


def test_a_reason_never_overrides_a_missing_consent(verdict):
    assert (
        verdict(Channel.CALL, replace(OPEN, call=Answer.NO), NIGHT, reason="urgent").code
        == "call_not_permitted"
    )


def test_own_hours_and_own_zone_decide(verdict):
    mornings = replace(OPEN, window_start=time(9), window_end=time(11))
    assert not verdict(Channel.TEXT, mornings)
    assert verdict(Channel.TEXT, mornings, "2027-01-12 10:00")
    assert verdict(Channel.TEXT, replace(mornings, timezone="America/Los_Angeles"))


def test_visit_in_the_evening_needs_a_reason(verdict):
    assert verdict(Channel.IN_PERSON, OPEN)
    assert not verdict(Channel.IN_PERSON, OPEN, NIGHT)
    assert verdict(Channel.IN_PERSON, OPEN, NIGHT, reason="Agreed with the person")
