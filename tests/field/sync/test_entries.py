"""What is written in entries without a signal: merged, refused in part, clashing, frozen, discarded, answered."""

from datetime import timedelta
from uuid import UUID

import pytest

from mih.assessments.models import VitalSigns
from mih.audit.context import acting
from mih.core.ids import uuid7
from mih.encounters.models import Alarm, AlarmAnswer, Conflict, Encounter, EntryStatus, Narrative, Patch
from mih.encounters.services import signing
from mih.field.models import Envelope
from mih.field.sync.outcomes import outcomes_of
from mih.interventions.models import Refusal
from tests.field.client import Author, Tablet
from tests.unit.interventions.support import naloxone
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_a_wrong_value_is_named_and_the_right_ones_are_written(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    (item,) = tablet.items(
        pat.patch(encounter, "vitals", record, {"hr": 88, "rr": "many", "sbp": 9000, "no_such": 1})
    )
    assert item["outcome"] == "attention"
    assert set(item["detail"]["refused"]) == {"rr", "sbp", "no_such"}
    assert all(sentence.endswith((".", "!")) for sentence in item["detail"]["refused"].values())
    kept = VitalSigns.objects.get(pk=record)
    assert (kept.hr, kept.rr, kept.sbp) == (88, None, None)
    online = world.fill(Encounter.objects.get(pk=encounter), "vitals", {"hr": 90, "sbp": 9000})
    assert online.status_code == 400  # at a page one can be asked at once
    assert VitalSigns.objects.count() == 1


def test_two_values_that_cannot_both_be_true_leave_the_rest(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    (item,) = tablet.items(
        pat.patch(encounter, "vitals", record, {"hr": 88, "glucose": 90, "glucose_word": "hi"})
    )
    assert list(item["detail"]["refused"]) == ["glucose_word"]
    kept = VitalSigns.objects.get(pk=record)
    assert (kept.hr, kept.glucose, kept.glucose_word) == (88, 90, "")


def test_attention_ends_when_another_value_is_entered(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    record = uuid7()
    wrong = pat.patch(encounter, "vitals", record, {"hr": 88, "sbp": 9000})
    tablet.items(wrong)
    assert Envelope.objects.get(pk=wrong.mid).settled_at is None
    tablet.items(pat.patch(encounter, "vitals", record, {"sbp": 120}, base={"sbp": 9000}))
    assert VitalSigns.objects.get(pk=record).sbp == 120
    assert Envelope.objects.get(pk=wrong.mid).settled_at == NOON
    again = pat.patch(encounter, "vitals", record, {"sbp": 9000}, base={"sbp": 120})
    right = pat.patch(encounter, "vitals", record, {"sbp": 130}, base={"sbp": 9000})
    assert tablet.outcomes(again, right) == ["attention", "applied"]
    assert VitalSigns.objects.get(pk=record).sbp == 130
    assert Envelope.objects.get(pk=again.mid).settled_at == NOON
    assert not Conflict.objects.exists()


def test_two_tablets_on_different_fields_are_merged(
    pat: Author, remy: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "vitals", record, {"hr": 88}))
    (item,) = remy.tablet.items(remy.patch(encounter, "vitals", record, {"rr": 16}))
    assert item["outcome"] == "merged"
    kept = VitalSigns.objects.get(pk=record)
    assert (kept.hr, kept.rr) == (88, 16)


def test_two_tablets_on_one_field_keep_both_values_in_one_conflict(
    world: World, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "narrative", record, {"text": "Pat's."}))
    (item,) = nia.tablet.items(nia.patch(encounter, "narrative", record, {"text": "Nia's."}))
    assert item["outcome"] == "conflict"
    assert item["detail"]["clashes"] == ["text"]
    nia.tablet.items(
        nia.patch(encounter, "narrative", record, {"text": "Nia's more."}, base={"text": "Nia's."})
    )
    clash = Conflict.objects.get()
    assert (clash.theirs, clash.theirs_by, clash.mine, clash.mine_by) == (
        "Pat's.",
        world.paramedic,
        "Nia's more.",
        world.navigator,
    )
    assert Narrative.objects.get(pk=record).text == "Pat's."
    nia.tablet.items(
        nia.patch(encounter, "narrative", record, {"text": "Pat's."}, base={"text": "Nia's more."})
    )
    clash.refresh_from_db()
    assert (clash.kept, clash.resolved_by) == ("theirs", world.navigator)


@pytest.mark.parametrize(
    ("keep", "stands"), [("mine", "Nia's."), ("theirs", "Pat's."), ("both", "Pat's.\nNia's.")]
)
def test_a_person_settles_a_conflict(
    keep: str, stands: str, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "narrative", record, {"text": "Pat's."}))
    nia.tablet.items(nia.patch(encounter, "narrative", record, {"text": "Nia's."}))
    clash = Conflict.objects.get()
    assert [told["outcome"] for told in outcomes_of(nia.staff)] == ["conflict"]
    settle = pat.seal("conflict.settle", {"conflict": str(clash.pk), "keep": keep}, encounter=encounter)
    assert tablet.outcomes(settle) == ["applied"]
    assert Narrative.objects.get(pk=record).text == stands
    clash.refresh_from_db()
    assert (clash.kept, clash.resolved_by_id) == (keep, pat.staff.pk)
    assert outcomes_of(nia.staff) == []
    other = "theirs" if keep == "mine" else "mine"
    late = nia.seal("conflict.settle", {"conflict": str(clash.pk), "keep": other}, encounter=encounter)
    (item,) = nia.tablet.items(late)
    assert (item["outcome"], set(item["detail"]["refused"])) == ("attention", {"text"})
    assert Narrative.objects.get(pk=record).text == stands
    again = nia.patch(encounter, "narrative", record, {"text": "Nia's, again."}, base={"text": stands})
    nia.tablet.items(again)
    assert outcomes_of(nia.staff) == []


def test_both_of_two_numbers_cannot_be_kept(
    pat: Author, remy: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "vitals", record, {"hr": 88}))
    remy.tablet.items(remy.patch(encounter, "vitals", record, {"hr": 92}))
    clash = Conflict.objects.get()
    both = pat.seal("conflict.settle", {"conflict": str(clash.pk), "keep": "both"}, encounter=encounter)
    assert tablet.outcomes(both) == ["attention"]
    assert VitalSigns.objects.get(pk=record).hr == 88


def test_ticked_boxes_of_two_people_come_together(
    pat: Author, remy: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "refusal", record, {"refuses": ["evaluation", "treatment"]}))
    tablet.items(
        pat.patch(
            encounter,
            "refusal",
            record,
            {"refuses": ["treatment"]},
            base={"refuses": ["evaluation", "treatment"]},
        )
    )
    base = {"refuses": ["evaluation", "treatment"]}
    late = remy.patch(
        encounter, "refusal", record, {"refuses": ["evaluation", "treatment", "transport"]}, base=base
    )
    assert remy.tablet.outcomes(late) == ["merged"]
    assert Refusal.objects.get(pk=record).refuses == ["treatment", "transport"]
    assert not Conflict.objects.exists()


def test_the_same_form_begun_under_two_identifiers_is_one_record(
    pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "disposition", record, {"receiver": "ED nurse"}))
    (item,) = nia.tablet.items(nia.patch(encounter, "disposition", uuid7(), {"destination": "St. Anthony"}))
    assert item["detail"]["in_record"] == str(record)
    response = Encounter.objects.get(pk=encounter)
    (entry,) = response.disposition_entries.all()
    assert (entry.receiver, entry.destination) == ("ED nurse", "St. Anthony")


def test_a_patch_after_signing_is_kept_and_not_applied(
    world: World, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    record = uuid7()
    tablet.items(pat.patch(encounter, "narrative", record, {"text": "Signed."}))
    with acting(world.paramedic):
        signing.sign_own(encounter=encounter, by=world.paramedic, at=NOON)
    (item,) = nia.tablet.items(
        nia.patch(encounter, "narrative", record, {"text": "Late."}, base={"text": "Signed."})
    )
    assert (item["outcome"], item["detail"]["code"]) == ("frozen", "entry_signed")
    assert item["opened"] is True
    assert Narrative.objects.get(pk=record).text == "Signed."


def test_a_discarded_draft_goes_and_stays_in_history(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    record = uuid7()
    words = pat.patch(encounter, "vitals", record, {"hr": 88})
    gone = [
        pat.seal("draft.discard", {}, encounter=encounter, record=record, form="vitals") for _ in range(2)
    ]
    never = pat.seal("draft.discard", {}, encounter=encounter, record=uuid7(), form="vitals")
    late = pat.patch(encounter, "vitals", record, {"hr": 90}, base={"hr": 88})
    assert tablet.outcomes(words, *gone, never, late) == [
        "applied",
        "applied",
        "applied",
        "applied",
        "frozen",
    ]
    assert VitalSigns.objects.get(pk=record).status == EntryStatus.REMOVED


def test_a_role_that_does_not_write_the_section_is_refused_and_another_is_not(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    perry = Tablet("Tablet 9").of(world.peer)
    (item,) = perry.tablet.items(perry.patch(encounter, "vitals", uuid7(), {"hr": 88}))
    assert (item["outcome"], item["detail"]["code"]) == ("quarantined", "not_allowed")
    assert item["opened"] is True
    assert tablet.outcomes(pat.patch(encounter, "vitals", uuid7(), {"hr": 88})) == ["applied"]


def test_somebody_not_on_the_crew_is_refused_and_let_in_by_a_supervisor_once_on_it(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    from mih.encounters.services.responses import join_crew
    from mih.field.sync import held

    lars = Tablet("Tablet 9").of(world.ladc)
    record = uuid7()
    sealed = lars.patch(encounter, "narrative", record, {"text": "I came later."})
    (item,) = lars.tablet.items(sealed)
    assert item["detail"]["code"] == "not_allowed"
    with acting(world.paramedic):
        join_crew(encounter=encounter, staff=world.ladc, by=world.paramedic)
    held.try_again(envelope=UUID(sealed.mid), by=world.supervisor, at=NOON)
    assert Envelope.objects.get(pk=sealed.mid).outcome == "applied"
    assert Narrative.objects.get(pk=record).author_id == world.ladc.pk
    with pytest.raises(Exception, match="not kept apart any more"):
        held.try_again(envelope=UUID(sealed.mid), by=world.supervisor, at=NOON)


def test_only_a_supervisor_lets_a_held_one_go_ahead(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    from mih.core.errors import NotAllowed
    from mih.field.sync import held

    lost = pat.patch(encounter, "vitals", uuid7(), {"hr": 88})
    record = uuid7()
    waits = pat.patch(encounter, "narrative", record, {"text": "Waits."})
    after = pat.patch(encounter, "narrative", record, {"text": "Waits too."}, base={"text": "Waits."})
    assert tablet.outcomes(after, waits) == ["held", "held"]
    with pytest.raises(NotAllowed):
        held.release(envelope=UUID(waits.mid), by=world.navigator, at=NOON)
    held.release(envelope=UUID(waits.mid), by=world.supervisor, at=NOON)
    assert Narrative.objects.get(pk=record).text == "Waits too."
    assert Narrative.objects.get(pk=record).author_id == pat.staff.pk
    assert Envelope.objects.get(pk=waits.mid).released_by == world.supervisor.pk
    assert tablet.outcomes(lost) == ["applied"]


def test_an_alarm_is_answered_after_and_before_the_server_raises_it(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    refusal = uuid7()
    code = "REFUSAL_AFTER_NALOXONE"
    words = {"code": code, "action": "Called medical control."}
    early = pat.seal("alarm.acknowledge", words, encounter=encounter, record=refusal)
    (item,) = tablet.items(early)
    assert item["outcome"] == "applied"
    assert AlarmAnswer.objects.get().action == "Called medical control."
    tablet.items(pat.patch(encounter, "naloxone", uuid7(), naloxone(NOON)))
    tablet.items(pat.patch(encounter, "refusal", refusal, {"refuses": ["transport"]}))
    alarm = Alarm.objects.get(code=code)
    assert (alarm.action, alarm.acknowledged_by_id) == ("Called medical control.", pat.staff.pk)
    empty = pat.seal("alarm.acknowledge", {"code": code, "action": " "}, encounter=encounter, record=refusal)
    assert tablet.outcomes(empty) == ["attention"]


def test_the_tablets_clock_tells_when_it_was_typed_and_the_servers_when_it_came(
    pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    record, ahead, mad = uuid7(), uuid7(), uuid7()
    typed = NOON - timedelta(hours=3)
    seen = {"offset_ms": 0, "last_seen": (typed - timedelta(hours=1)).isoformat()}
    late = pat.patch(encounter, "vitals", record, {"hr": 88}, captured_at=typed.isoformat(), clock=seen)
    fast = pat.patch(
        encounter,
        "vitals",
        ahead,
        {"hr": 90},
        captured_at=(NOON + timedelta(days=3)).isoformat(),
        clock={"offset_ms": -3 * 86_400_000, "last_seen": None},
    )
    backward = pat.patch(
        encounter,
        "vitals",
        mad,
        {"hr": 91},
        captured_at="1970-01-02T00:00:00+00:00",
        clock={"offset_ms": None, "last_seen": None},
    )
    assert tablet.outcomes(late, fast, backward) == ["applied"] * 3
    rows = {row.pk: row for row in VitalSigns.objects.all()}
    assert (rows[record].recorded_at, rows[record].received_at) == (typed, NOON)
    assert rows[ahead].recorded_at == rows[mad].recorded_at == NOON
    flags = dict(Envelope.objects.values_list("mid", "flags"))
    assert flags[UUID(late.mid)] == []
    assert flags[UUID(fast.mid)] == ["clock_skew"]
    assert flags[UUID(backward.mid)] == ["clock_suspect"]


def test_a_forms_own_time_wins_over_the_envelopes(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    own, given = uuid7(), uuid7()
    earlier = NOON - timedelta(hours=2)
    hour = NOON - timedelta(hours=1)
    tablet.items(
        pat.patch(encounter, "vitals", own, {"hr": 88, "happened_at": earlier.isoformat()}, happened_at=hour),
        pat.patch(encounter, "vitals", given, {"hr": 88}, happened_at=hour),
    )
    assert VitalSigns.objects.get(pk=own).happened_at == earlier
    assert VitalSigns.objects.get(pk=given).happened_at == hour


@pytest.mark.parametrize("trouble", ["error", "too_large"])
def test_a_mistake_in_one_form_keeps_its_item_and_lets_the_others_through(
    trouble: str, pat: Author, tablet: Tablet, encounter: UUID, settings: object
) -> None:
    settings.FAILPOINTS = f"applying:{trouble}@vitals"  # type: ignore[attr-defined]
    record = uuid7()
    poison = pat.patch(encounter, "vitals", uuid7(), {"hr": 88})
    fine = pat.patch(encounter, "narrative", record, {"text": "Goes through."})
    items = tablet.items(poison, fine)
    assert [item["outcome"] for item in items] == ["quarantined", "applied"]
    assert items[0]["detail"]["code"] == "failed"
    assert bytes(Envelope.objects.get(pk=poison.mid).body) == poison.body
    assert not VitalSigns.objects.exists()
    assert Patch.objects.count() == 1
