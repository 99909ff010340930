"""The server falls over in the middle: before it has committed, after, between custody and record, on one form's bug."""

import threading

import pytest

from mih.encounters.models import Encounter, Narrative, Patch
from mih.field.models import Envelope
from tests.faults.scene import Scene
from tests.faults.tablet import once
from tests.faults.wire import Refused, Unsure


def two(scene: Scene) -> object:
    """A response and a narrative, still on the tablet."""
    tablet = scene.tablet()
    encounter = tablet.begin(scene.world.paramedic)
    tablet.fill(scene.world.paramedic, encounter, "narrative", text=scene.words())
    return encounter


def test_f12_killed_before_the_commit_leaves_nothing_half_done(scene: Scene) -> None:
    encounter = two(scene)
    [tablet] = scene.tablets
    scene.installation.fail("before_commit", "kill")
    with pytest.raises(Unsure):
        tablet.push()
    assert not Envelope.objects.filter(pk__in=scene.ledger.saved).exists()
    assert not Encounter.objects.filter(pk=encounter).exists()
    scene.installation.mend()
    tablet.drain()
    assert {each.outcome for each in tablet.sent} == {"applied"}


def test_f13_killed_after_the_commit_answers_the_next_time(scene: Scene) -> None:
    two(scene)
    [tablet] = scene.tablets
    scene.installation.fail("after_commit", "kill")
    with pytest.raises(Unsure):
        tablet.push()
    assert Envelope.objects.filter(pk__in=scene.ledger.saved).count() == 2
    scene.installation.mend()
    receipt = tablet.push()
    assert [(item.outcome, item.first) for item in receipt.items] == [("dup", "applied")] * 2


@pytest.mark.parametrize("place", ["in_custody", "applying"])
def test_f14_killed_between_custody_and_record_keeps_both_or_none(scene: Scene, place: str) -> None:
    encounter = two(scene)
    [tablet] = scene.tablets
    scene.installation.fail(place, "kill")
    with pytest.raises(Unsure):
        tablet.push()
    kept = Envelope.objects.filter(pk__in=scene.ledger.saved)
    begun = kept.filter(type="encounter.create", outcome="applied").exists()
    assert begun == Encounter.objects.filter(pk=encounter).exists()
    written = kept.filter(type="draft.patch", outcome="applied").exists()
    assert written == Patch.objects.filter(encounter=encounter).exists()
    scene.installation.mend()
    tablet.drain()


@pytest.mark.faults_short
def test_f14_an_error_between_custody_and_record_leaves_custody_alone(scene: Scene) -> None:
    encounter = two(scene)
    [tablet] = scene.tablets
    scene.installation.fail("applying", "error", form="narrative")
    receipt = tablet.push()
    assert [item.outcome for item in receipt.items] == ["applied", "quarantined"]
    assert receipt.items[1].detail["code"] == "failed"
    assert not Narrative.objects.filter(encounter=encounter).exists()
    assert not Patch.objects.filter(encounter=encounter).exists()


@pytest.mark.faults_short
def test_f16_a_deadlock_is_tried_again_by_the_server(scene: Scene) -> None:
    encounter = two(scene)
    [tablet] = scene.tablets
    scene.installation.fail("applying", "deadlock", form="narrative", times=1)
    assert {item.outcome for item in tablet.push().items} == {"applied"}
    assert Patch.objects.filter(encounter=encounter).count() == 1


def test_f16_two_pushers_of_one_record_at_once_are_both_applied_once(scene: Scene) -> None:
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs = scene.tablet(pat), scene.tablet(nia)
    encounter = mine.begin(pat, crew=[nia])
    mine.drain()
    for number in range(6):
        mine.fill(pat, encounter, "disposition", destination=scene.words())
        theirs.fill(nia, encounter, "narrative", text=scene.words())
        mine.fill(pat, encounter, "narrative", text=scene.words()) if number % 2 else None
    mine.batch = theirs.batch = 2
    both = [threading.Thread(target=tablet.drain) for tablet in (mine, theirs)]
    for each in both:
        each.start()
    for each in both:
        each.join(150)
    assert not mine.pending
    assert not theirs.pending


@pytest.mark.faults_short
def test_f17_a_full_disk_is_507_and_the_tablet_keeps_everything(scene: Scene) -> None:
    two(scene)
    [tablet] = scene.tablets
    scene.installation.fail("before_commit", "disk_full")
    with pytest.raises(Refused, match="507"):
        tablet.push()
    assert len(tablet.pending) == 2
    assert not Envelope.objects.filter(pk__in=scene.ledger.saved).exists()


@pytest.mark.faults_short
def test_f38_a_poisoned_form_stops_nothing_else_and_is_seen(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    poison = tablet.fill(pat, encounter, "disposition", destination=scene.words())
    tablet.fill(pat, encounter, "narrative", text=scene.words("goes on"))
    scene.installation.fail("applying", "error", form="disposition")
    tablet.drain()
    outcomes = {each.head["form"]: each.outcome for each in tablet.sent}
    assert outcomes == {
        None: "applied",
        "disposition@00000000": "quarantined",
        "narrative@00000000": "applied",
    }
    assert Narrative.objects.filter(pk=once(encounter, "narrative")).exists()
    seen = tablet.pull(pat)["outcomes"]
    assert [one["outcome"] for one in seen if one["mid"] == str(poison.mid)] == ["quarantined"]
