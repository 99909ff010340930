"""The contacts of whole signed encounters: S01 to S05 of the written scenarios, and planning them again."""

from datetime import timedelta

import pytest

from mih.audit.context import acting
from mih.core.ids import uuid7
from mih.encounters.facts import DoseGiven, Facts, ReferralMade
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue, FollowUpTrigger, PlannedStep
from mih.followups.services import enter_facility, release_from_facility
from tests.unit.followups.test_scenario_plans import S01, S02_NOON_TO_EIGHT, S03, S04, S05, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(zone):
    def draw(episode):
        contacts = ContactDue.objects.unfinished().filter(episode=episode).order_by("target_at", "created_at")
        return [
            [
                c.label,
                *(
                    f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
                    for at in (c.opens_at, c.target_at, c.closes_at, c.planned_at)
                ),
            ]
            for c in contacts
        ]

    return draw


def dose(medicine, at, *, before=False):
    return DoseGiven(uuid7(), medicine, 4.0, at, "fire", before)


def referral(partner, at, appointment=None, *, entry=None, open=True):
    return ReferralMade(entry or uuid7(), partner, "other", at, appointment, open)


@pytest.fixture
def s01(signed, local):
    cleared = local("2027-01-12 14:31")
    facts = Facts(
        screened_tier="none",
        overdose_suspected=True,
        doses=[dose("naloxone", cleared, before=True), dose("buprenorphine", cleared)],
        referrals=[referral("MAT clinic M", local("2027-01-12 14:10"), local("2027-01-13 10:30"))],
        disposition="treated_released_refused_transport",
    )
    return signed(cleared), facts


def test_s01_from_a_signed_encounter(s01, planned, table):
    encounter, facts = s01
    planned(encounter, facts)
    assert table(encounter.episode) == rows(S01)
    first = ContactDue.objects.get(steps=["BU1", "OD1"])
    assert (first.owner_role, first.modality, first.status) == ("paramedic", "in_person", "planned")
    assert first.why[-1] == {"code": "rule", "sentence": "Follow-up cadence, version 1."}
    assert first.rule_version == 1
    assert ContactDue.objects.get(steps=["RF2"]).about == ["MAT clinic M"]


def test_s02_with_the_hours_the_person_asked_for(world, signed, planned, table, local):
    from datetime import time

    person = world.person(contact={"window_opens": time(12), "window_closes": time(20), "call_allowed": True})
    cleared = local("2027-02-09 11:32")
    made = referral("CMHC C", local("2027-02-09 11:20"), local("2027-02-16 14:00"))
    facts = Facts(
        screened_tier="none", mental_health=True, referrals=[made], disposition="stabilised_in_place"
    )
    encounter = signed(cleared, person=person)
    planned(encounter, facts)
    assert table(encounter.episode) == rows(S02_NOON_TO_EIGHT)
    first = ContactDue.objects.get(steps=["ML1", "RF1"])
    assert first.shifted
    assert "12:00 to 20:00" in first.shift_reason


def test_s03_moves_the_attempt_out_of_the_night(signed, planned, table, local):
    encounter = signed(local("2027-03-03 21:48"))
    planned(encounter, Facts(screened_tier="moderate", mental_health=True, disposition="stabilised_in_place"))
    assert table(encounter.episode) == rows(S03)
    assert set(ContactDue.objects.values_list("risk", "risk_rank")) == {("moderate", 2)}


def test_s04_waits_in_custody_and_is_counted_from_the_release(world, signed, planned, table, local):
    encounter = signed(local("2027-04-20 11:05"))
    planned(encounter, Facts(screened_tier="high", disposition="crisis_centre_police_transport"))
    held = list(ContactDue.objects.order_by("steps"))
    assert [(c.label, c.status, c.target_at) for c in held] == [
        (f"SH{n}", "on_hold", None) for n in range(1, 5)
    ]
    episode = EpisodeOfCare.objects.get()
    assert episode.in_facility_since == encounter.cleared_at
    with acting(world.navigator):
        release_from_facility(episode=episode.pk, by=world.navigator, at=local("2027-04-23 15:00"))
    assert table(episode) == rows(S04)
    assert {c.pk for c in held} == set(ContactDue.objects.values_list("pk", flat=True))
    episode.refresh_from_db()
    assert (episode.facility, episode.in_facility_since) == ("", None)


def test_s05_saved_twice_has_one_first_contact(signed, planned, table, local):
    cleared = local("2027-05-06 16:10")
    facts = Facts(
        doses=[dose("naloxone", cleared, before=True)],
        referrals=[referral("Methadone clinic", cleared)],
        disposition="stabilised_in_place",
    )
    encounter = signed(cleared)
    planned(encounter, facts)
    planned(encounter, facts)
    assert table(encounter.episode) == rows(S05)
    assert ContactDue.objects.filter(steps__contains=["OD1"]).count() == 1
    assert set(ContactDue.objects.values_list("version", flat=True)) == {1}
    assert set(PlannedStep.objects.values_list("version", flat=True)) == {1}


def test_s06_is_followed_by_nothing(signed, planned, local):
    encounter = signed(local("2027-06-11 09:30"))
    planned(
        encounter, Facts(medical_emergency=True, mental_health=True, disposition="ed_transport_other_ems")
    )
    assert not ContactDue.objects.exists()


@pytest.mark.parametrize("missing", ["signature", "person", "void"])
def test_only_a_signed_encounter_for_somebody_is_followed(signed, planned, local, missing):
    cleared = local("2027-06-11 09:30")
    encounter = signed(cleared, sign=missing != "signature", named=missing != "person")
    if missing == "void":
        encounter.voided_at = cleared
    assert planned(encounter, Facts(screened_tier="high")) == []
    assert planned(signed(cleared), Facts(screened_tier="high")) != []


def test_higher_tier_supersedes_lower_and_a_correction_brings_it_back(signed, planned, local):
    encounter = signed(local("2027-03-03 12:00"))
    planned(encounter, Facts(screened_tier="moderate"))
    lower = {c.label: c.pk for c in ContactDue.objects.all()}
    planned(encounter, Facts(screened_tier="moderate", final_tier="high"))
    assert set(ContactDue.objects.filter(pk__in=lower.values()).values_list("status", flat=True)) == {
        "superseded"
    }
    assert sorted(c.label for c in ContactDue.objects.unfinished()) == ["SH1", "SH2", "SH3", "SH4"]
    assert set(PlannedStep.objects.filter(trigger="SM").values_list("state", flat=True)) == {"superseded"}
    encounter.episode.refresh_from_db()
    assert encounter.episode.risk == "high"
    planned(encounter, Facts(screened_tier="moderate"))
    assert sorted(c.label for c in ContactDue.objects.unfinished()) == ["SM1", "SM2", "SM3"]


def test_newer_encounter_of_the_same_kind_replaces_what_the_older_left_open(
    world, signed, planned, local, done
):
    person = world.person()
    older = signed(local("2027-01-12 14:00"), person=person)
    facts = Facts(overdose_suspected=True)
    planned(older, facts)
    done(ContactDue.objects.get(steps=["OD1"]), at=local("2027-01-13 10:00"))
    newer = signed(local("2027-01-15 14:00"), person=person)
    planned(newer, facts)
    kept = PlannedStep.objects.filter(occurrence=older.pk)
    assert dict(kept.values_list("step", "state")) == {
        "OD1": "done",
        "OD2": "superseded",
        "OD3": "superseded",
    }
    assert ContactDue.objects.unfinished().filter(encounter=newer).count() == 3
    assert ContactDue.objects.filter(status="done", steps=["OD1"]).count() == 1


def test_an_appointment_learned_later_brings_its_contact_and_moves_it(signed, planned, local):
    cleared = local("2027-02-09 11:32")
    encounter = signed(cleared)
    entry = uuid7()
    planned(encounter, Facts(referrals=[referral("CMHC C", cleared, entry=entry)]))
    before = dict(ContactDue.objects.values_list("pk", "version"))
    assert not ContactDue.objects.filter(steps=["RF2"]).exists()
    planned(encounter, Facts(referrals=[referral("CMHC C", cleared, local("2027-02-16 14:00"), entry=entry)]))
    moved = ContactDue.objects.get(steps=["RF2"])
    assert moved.target_at == local("2027-02-17 14:00")
    planned(encounter, Facts(referrals=[referral("CMHC C", cleared, local("2027-02-18 14:00"), entry=entry)]))
    assert ContactDue.objects.get(steps=["RF2"]).pk == moved.pk
    assert ContactDue.objects.get(pk=moved.pk).target_at == local("2027-02-19 14:00")
    assert dict(ContactDue.objects.exclude(pk=moved.pk).values_list("pk", "version")) == before


def test_regrouping_keeps_the_contact_that_somebody_claimed(world, signed, planned, local, done):
    from mih.followups.services import claim

    encounter = signed(local("2027-05-06 16:10"))
    made = referral("Clinic", encounter.cleared_at)
    planned(encounter, Facts(overdose_suspected=True, referrals=[made]))
    merged = ContactDue.objects.get(steps=["OD3", "RF3"])
    with acting(world.navigator):
        claim(contact=merged.pk, by=world.navigator, at=encounter.cleared_at)
    planned(encounter, Facts(overdose_suspected=True))
    merged.refresh_from_db()
    assert (merged.label, merged.status, merged.claimed_by) == ("OD3", "claimed", world.navigator)
    assert ContactDue.objects.get(steps=["RF1"]).status == "superseded"


def test_a_closed_loop_ends_its_own_contacts_and_moves_nobody_elses(signed, planned, local):
    encounter = signed(local("2027-05-06 16:10"))
    made = referral("Clinic", encounter.cleared_at)
    planned(encounter, Facts(overdose_suspected=True, referrals=[made]))
    merged = ContactDue.objects.get(steps=["OD3", "RF3"])
    closed = referral("Clinic", encounter.cleared_at, entry=made.entry, open=False)
    planned(encounter, Facts(overdose_suspected=True, referrals=[closed]))
    assert ContactDue.objects.get(steps=["RF1"]).status == "superseded"
    again = ContactDue.objects.get(pk=merged.pk)
    assert (again.label, again.opens_at, again.version) == ("OD3+RF3", merged.opens_at, merged.version)
    planned(encounter, Facts(overdose_suspected=True, referrals=[made]))
    assert ContactDue.objects.filter(steps=["RF1"], status="planned").count() == 1


def test_steps_done_are_not_planned_again(signed, planned, local, done):
    encounter = signed(local("2027-05-06 16:10"))
    facts = Facts(overdose_suspected=True)
    planned(encounter, facts)
    done(ContactDue.objects.get(steps=["OD1"]), at=local("2027-05-07 10:00"))
    planned(encounter, facts)
    assert ContactDue.objects.filter(steps=["OD1"]).count() == 1
    assert ContactDue.objects.unfinished().count() == 2


def test_death_found_at_a_later_encounter_ends_everything(world, signed, planned, local):
    person = world.person()
    planned(signed(local("2027-05-06 16:10"), person=person), Facts(overdose_suspected=True))
    planned(
        signed(local("2027-05-09 10:00"), person=person), Facts(overdose_suspected=True, disposition="died")
    )
    assert set(ContactDue.objects.values_list("status", flat=True)) == {"cancelled"}
    assert EpisodeOfCare.objects.get().closing == "deceased"
    late = signed(local("2027-05-05 10:00"), person=person)
    assert planned(late, Facts(overdose_suspected=True)) == []


def test_midway_stay_stops_the_clock_and_lets_nothing_slip(world, signed, planned, local, table):
    encounter = signed(local("2027-05-06 16:10"))
    planned(encounter, Facts(overdose_suspected=True))
    before = table(encounter.episode)
    with acting(world.navigator):
        waiting = enter_facility(
            episode=encounter.episode_id,
            facility="County jail",
            by=world.navigator,
            at=local("2027-05-07 08:00"),
        )
        assert {c.status for c in waiting} == {"on_hold"}
        release_from_facility(episode=encounter.episode_id, by=world.navigator, at=local("2027-05-07 12:00"))
    assert table(encounter.episode) == before
    with acting(world.navigator):
        enter_facility(
            episode=encounter.episode_id,
            facility="County jail",
            by=world.navigator,
            at=local("2027-05-07 13:00"),
        )
        release_from_facility(episode=encounter.episode_id, by=world.navigator, at=local("2027-05-20 12:00"))
    first = ContactDue.objects.get(steps=["OD1"])
    assert first.target_at == local("2027-05-20 12:00") + timedelta(hours=24)


def test_every_contact_and_step_belongs_to_its_trigger(s01, planned):
    encounter, facts = s01
    planned(encounter, facts)
    keys = set(FollowUpTrigger.objects.values_list("code", "occurrence"))
    assert {(step.trigger, step.occurrence) for step in PlannedStep.objects.all()} == keys
    assert {code for code, _ in keys} == {"OD", "BUP", "RF"}
