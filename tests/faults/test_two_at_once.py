"""Several tablets, several people, one response: merged, clashing, signed too early, changed too late."""

import pytest

from mih.core.ids import uuid7
from mih.encounters.models import Addendum, Conflict, Disposition, Encounter, Narrative
from mih.field.models import Envelope
from tests.faults.scene import Scene
from tests.faults.tablet import Tablet, once

pytestmark = pytest.mark.faults_short


def both(scene: Scene) -> tuple[Tablet, Tablet, object]:
    """The paramedic's tablet, the navigator's, and a response that both are on."""
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs = scene.tablet(pat), scene.tablet(nia)
    encounter = mine.begin(pat, crew=[nia])
    mine.drain()
    return mine, theirs, encounter


def test_f26_two_tablets_in_different_fields_are_merged(scene: Scene) -> None:
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs, encounter = both(scene)
    mine.fill(pat, encounter, "disposition", destination=scene.words())
    theirs.fill(nia, encounter, "disposition", receiver=scene.words(), officer=scene.words())
    assert mine.push().items[0].outcome == "applied"
    assert theirs.push().items[0].outcome in ("applied", "merged")
    entry = Disposition.objects.get(encounter=encounter)
    assert all((entry.destination, entry.receiver, entry.officer))
    assert not Conflict.objects.filter(encounter=encounter).exists()


def test_f27_two_tablets_in_one_field_leave_one_conflict_with_both_values_and_authors(scene: Scene) -> None:
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs, encounter = both(scene)
    first, second = scene.words("by the medic"), scene.words("by the navigator")
    mine.fill(pat, encounter, "narrative", text=first)
    theirs.fill(nia, encounter, "narrative", text=second)
    mine.drain()
    receipt = theirs.push()
    assert receipt.items[0].outcome == "conflict"
    assert receipt.items[0].detail["clashes"] == ["text"]
    found = Conflict.objects.get(encounter=encounter)
    assert (found.theirs, found.theirs_by) == (first, pat)
    assert (found.mine, found.mine_by) == (second, nia)
    assert Narrative.objects.get(encounter=encounter).text == first
    # A person settles it, from either tablet, and both tablets hear of it.
    payload = {"conflict": str(found.pk), "keep": "both"}
    mine.write(pat, "conflict.settle", payload, encounter=encounter, record=found.entry)
    mine.drain()
    assert Narrative.objects.get(encounter=encounter).text in (f"{first}\n{second}", f"{second}\n{first}")
    assert not Conflict.objects.filter(encounter=encounter, resolved_at=None).exists()


def test_f28_two_tablets_answering_one_call_make_two_responses(scene: Scene) -> None:
    """Both are kept, each with the person its crew met, and the two records of one person are offered to be merged."""
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs = scene.tablet(pat), scene.tablet(nia)
    call, last_name = str(uuid7()), scene.words()
    made = []
    for tablet, staff in ((mine, pat), (theirs, nia)):
        encounter, person = tablet.begin(staff, id=call), uuid7()
        details = {"first_name": "Robin", "last_name": last_name, "birth_date": "1990-02-03"}
        tablet.write(
            staff, "person.create", {"details": details, "aliases": []}, encounter=encounter, record=person
        )
        made.append((encounter, person))
    for tablet in (mine, theirs):
        assert {item.outcome for item in tablet.push().items} == {"applied"}
    rows = Encounter.objects.filter(incident=call).values_list("pk", "person")
    assert set(rows) == set(made)
    similar = scene.world.client(pat).post(
        "/api/people/similar/", {"first_name": "Robin", "last_name": last_name, "but": str(made[0][1])}
    )
    assert str(made[1][1]) in str(similar.data)


def test_f29_a_signature_holds_what_its_signer_saw(scene: Scene) -> None:
    """The colleague's change comes first: nothing is signed that nobody saw; the signer is told what differs."""
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs, encounter = both(scene)
    mine.complete(pat, encounter, scene.words("nobody home"))
    mine.drain()
    theirs.fill(nia, encounter, "disposition", destination=scene.words())
    signature = mine.sign(pat, encounter)
    theirs.drain()
    item = mine.push()[signature.mid]
    assert item.outcome == "conflict"
    assert [one["field"] for one in item.detail["differences"]] == ["destination"]
    response = Encounter.objects.get(pk=encounter)
    assert response.signed_at is None
    assert Envelope.objects.get(pk=signature.mid).opened


def test_f29_what_arrives_after_the_signature_is_frozen(scene: Scene) -> None:
    pat, nia = scene.world.paramedic, scene.world.navigator
    mine, theirs, encounter = both(scene)
    mine.complete(pat, encounter, scene.words("nobody home"))
    theirs.fill(nia, encounter, "disposition", destination=scene.words())
    signature = mine.sign(pat, encounter)
    assert mine.push()[signature.mid].outcome == "applied"
    response = Encounter.objects.get(pk=encounter)
    assert response.signed_by == pat
    item = theirs.push().items[0]
    assert item.outcome == "frozen"
    assert Disposition.objects.get(encounter=encounter).destination == ""
    seen = theirs.pull(nia)["outcomes"]
    assert [one["outcome"] for one in seen if one["mid"] == str(item.mid)] == ["frozen"]


def test_f30_an_edit_after_the_signature_becomes_an_addendum(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.complete(pat, encounter, scene.words("nobody home"))
    tablet.sign(pat, encounter)
    late = scene.words("the neighbor says he moved")
    tablet.fill(pat, encounter, "narrative", text=late)
    outcomes = [item.outcome for item in tablet.push().items]
    assert outcomes[-2:] == ["applied", "frozen"]
    before = Encounter.objects.get(pk=encounter)
    tablet.addendum(pat, encounter, late, form="narrative", entry=once(encounter, "narrative"))
    tablet.drain()
    assert Addendum.objects.get(encounter=encounter).text == late
    after = Encounter.objects.get(pk=encounter)
    assert (after.signed_digest, after.signed_at) == (before.signed_digest, before.signed_at)
    assert Narrative.objects.get(encounter=encounter).text != late


def test_f31_two_signatures_in_one_breath_sign_once(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.complete(pat, encounter, scene.words())
    first, second = tablet.sign(pat, encounter), tablet.sign(pat, encounter)
    receipt = tablet.push()
    assert receipt[first.mid].outcome == "applied"
    assert receipt[second.mid].outcome == "frozen"
    assert receipt[second.mid].detail["code"] == "already_signed"


def test_f31_a_signature_that_lacks_something_is_kept_and_says_what(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    tablet.fill(pat, encounter, "narrative", text=scene.words())
    signature = tablet.sign(pat, encounter)
    item = tablet.push()[signature.mid]
    assert item.outcome == "missing"
    assert item.detail["gaps"]
    assert Encounter.objects.get(pk=encounter).signed_at is None
    tablet.complete(pat, encounter, scene.words("now whole"))
    again = tablet.sign(pat, encounter)
    assert tablet.push()[again.mid].outcome == "applied"
