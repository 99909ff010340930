"""A signature stands only under what its signer saw."""

import hashlib
import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from mih.core.ids import uuid7
from mih.encounters.models import Addendum, Encounter, Narrative, SignedSnapshot
from mih.encounters.picture import load
from mih.encounters.services.signing import review
from mih.encounters.services.waiting import waiting_signatures
from mih.field.models import Envelope
from mih.field.sync.outcomes import outcomes_of
from tests.field.client import Author, Tablet
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

TIMES = {"on_scene_at": NOON.isoformat(), "cleared_at": (NOON + timedelta(minutes=4)).isoformat()}


@pytest.fixture
def response(world: World) -> Encounter:
    """A welfare check where nobody was found: the least a response needs."""
    return world.response(on_scene_at=NOON, cleared_at=NOON + timedelta(minutes=4))


def fill(pat: Author, encounter: UUID) -> dict[str, Any]:
    """Write what signing needs, and give what then stands on the tablet."""
    disposition, story = uuid5(encounter, "disposition"), uuid5(encounter, "narrative")
    answers = pat.tablet.outcomes(
        pat.patch(encounter, "disposition", disposition, {"code": "no_contact_welfare"}),
        pat.patch(encounter, "narrative", story, {"text": "Nobody home."}),
    )
    assert answers == ["applied", "applied"]
    return {
        "entries": {
            str(disposition): {
                "form": "disposition",
                "values": {"code": "no_contact_welfare", "officer": None},
            },
            str(story): {"form": "narrative", "values": {"text": "Nobody home."}},
        },
        "times": dict(TIMES),
        "person": None,
    }


def test_what_the_signer_saw_is_signed_and_its_hash_stands_beside_the_signature(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    seen = fill(pat, encounter)
    sealed = pat.signature(encounter, seen, captured_at=(NOON - timedelta(minutes=0)).isoformat())
    (item,) = tablet.items(sealed)
    assert item["outcome"] == "applied", item
    response = Encounter.objects.get(pk=encounter)
    assert (response.signed_by, response.signed_at) == (world.paramedic, NOON)
    assert response.seen_sha256 == hashlib.sha256(json.dumps(seen).encode()).hexdigest()
    kept = SignedSnapshot.objects.get()
    assert (str(kept.pk), kept.state, json.loads(kept.seen)) == (sealed.mid, "signed", seen)
    assert tablet.items(sealed)[0]["first"]["outcome"] == "applied"


def _other_time(seen: dict[str, Any]) -> None:
    seen["times"]["on_scene_at"] = (NOON - timedelta(minutes=9)).isoformat()


def _unseen_entry(seen: dict[str, Any]) -> None:
    seen["entries"].popitem()


def _unseen_value(seen: dict[str, Any]) -> None:
    seen["entries"][list(seen["entries"])[1]]["values"].clear()


def _somebody(seen: dict[str, Any]) -> None:
    seen["person"] = str(uuid7())


def _lost_entry(seen: dict[str, Any]) -> None:
    seen["entries"][str(uuid7())] = {"form": "vitals", "values": {"hr": 88}}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (_other_time, ("times", "on_scene_at")),
        (_unseen_entry, ("narrative", "text")),
        (_unseen_value, ("narrative", "text")),
        (_somebody, ("person", "")),
        (_lost_entry, ("vitals", "")),
    ],
)
def test_a_signature_is_never_put_under_what_its_signer_had_not_seen(
    change: Any, where: tuple[str, str], world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    seen = fill(pat, encounter)
    truth = json.loads(json.dumps(seen))
    change(seen)
    (item,) = tablet.items(pat.signature(encounter, seen))
    assert item["outcome"] == "conflict"
    assert [(each["form"], each["field"]) for each in item["detail"]["differences"]] == [where]
    response = Encounter.objects.get(pk=encounter)
    assert (response.signed_at, response.seen_sha256) == (None, "")
    (waiting,) = waiting_signatures(response)
    assert (waiting.state, json.loads(waiting.seen), waiting.by_id) == ("differs", seen, pat.staff.pk)
    told = [
        gap.sentence
        for gap in review(load(response), by=world.supervisor).gaps
        if gap.code == "signature_waits"
    ]
    assert len(told) == 1
    assert told[0].startswith("Pat Reyes signed on a tablet")
    again = pat.signature(encounter, truth)
    assert tablet.outcomes(again) == ["applied"]
    assert waiting_signatures(Encounter.objects.get(pk=encounter)) == []
    first = Envelope.objects.filter(type="record.sign").order_by("seq")[0]
    assert first.settled_at == NOON


def test_values_are_compared_as_the_forms_read_them(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    seen = fill(pat, encounter)
    disposition = uuid5(encounter, "disposition")
    tablet.items(pat.patch(encounter, "disposition", disposition, {"destination": "A friend's"}))
    seen["entries"][str(disposition)]["values"] |= {"destination": " A friend's  ", "receiver": ""}
    seen["times"]["en_route_at"] = None
    seen["times"]["on_scene_at"] = NOON.isoformat().replace("+00:00", "Z")
    assert tablet.outcomes(pat.signature(encounter, seen)) == ["applied"]


def test_somebody_elses_patch_in_between_is_not_signed_for_them(
    world: World, pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    seen = fill(pat, encounter)
    disposition = uuid5(encounter, "disposition")
    nia.tablet.items(nia.patch(encounter, "disposition", disposition, {"destination": "A friend's"}))
    (item,) = tablet.items(pat.signature(encounter, seen))
    assert [each["field"] for each in item["detail"]["differences"]] == ["destination"]
    seen["entries"][str(disposition)]["values"]["destination"] = "A friend's"
    assert tablet.outcomes(pat.signature(encounter, seen)) == ["applied"]


def test_a_signature_under_what_lacks_something_waits(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    seen = {"entries": {}, "times": TIMES, "person": None}
    (item,) = tablet.items(pat.signature(encounter, seen))
    assert item["outcome"] == "missing"
    assert len(item["detail"]["gaps"]) > 1
    assert all(" " in gap for gap in item["detail"]["gaps"])
    assert SignedSnapshot.objects.get().state == "missing"
    assert Encounter.objects.get(pk=encounter).signed_at is None
    assert tablet.outcomes(pat.signature(encounter, fill(pat, encounter))) == ["applied"]


def test_after_the_signature_words_are_frozen_and_an_addendum_is_added(
    pat: Author, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    seen = fill(pat, encounter)
    story = uuid5(encounter, "narrative")
    tablet.items(pat.signature(encounter, seen))
    late = nia.patch(encounter, "narrative", story, {"text": "One more."}, base={"text": "Nobody home."})
    more = [
        pat.signature(encounter, seen),
        pat.signature(encounter, seen, own=True),
        pat.seal(
            "encounter.time", {"field": "cleared_at", "value": None, "reason": "x"}, encounter=encounter
        ),
        pat.seal(
            "record.addendum", {"text": "The dog was in.", "reason": "Learned later"}, encounter=encounter
        ),
        pat.seal("record.addendum", {"text": " ", "reason": ""}, encounter=encounter),
    ]
    assert nia.tablet.outcomes(late) == ["frozen"]
    assert [told["outcome"] for told in outcomes_of(nia.staff)] == ["frozen"]
    payload = {"text": "One more.", "reason": "Came late", "form": "narrative", "entry": str(story)}
    assert nia.tablet.outcomes(nia.seal("record.addendum", payload, encounter=encounter)) == ["applied"]
    assert outcomes_of(nia.staff) == []
    assert tablet.outcomes(*more) == ["frozen", "frozen", "frozen", "applied", "attention"]
    assert Narrative.objects.get(pk=story).text == "Nobody home."
    assert {added.text for added in Addendum.objects.all()} == {"One more.", "The dog was in."}


def test_an_addendum_to_what_is_not_signed_comes_back(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    early = pat.seal("record.addendum", {"text": "Words.", "reason": "Why"}, encounter=encounter)
    (item,) = tablet.items(early)
    assert (item["outcome"], set(item["detail"]["refused"])) == ("attention", {"text"})


def test_somebody_signs_their_own_sections_and_later_words_in_them_are_frozen(
    world: World, nia: Author, tablet: Tablet, encounter: UUID
) -> None:
    cleo = tablet.of(world.clinician)
    record = uuid7()
    tablet.items(cleo.patch(encounter, "narrative", record, {"text": "Mine."}))
    seen = {"entries": {str(record): {"form": "narrative", "values": {"text": "Mine."}}}, "times": {}}
    assert tablet.outcomes(cleo.signature(encounter, seen, own=True)) == ["applied"]
    assert Narrative.objects.get(pk=record).signed_by == world.clinician
    assert Encounter.objects.get(pk=encounter).signed_at is None
    late = cleo.patch(encounter, "narrative", record, {"text": "Changed."}, base={"text": "Mine."})
    assert tablet.outcomes(late, cleo.signature(encounter, seen, own=True)) == ["frozen", "frozen"]


def test_who_may_not_sign_does_not_and_who_may_does(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    seen = fill(pat, encounter)
    perry = Tablet("Tablet 9").of(world.peer)
    (item,) = perry.tablet.items(perry.signature(encounter, seen))
    assert (item["outcome"], item["detail"]["code"]) == ("quarantined", "not_allowed")
    assert tablet.outcomes(pat.signature(encounter, seen)) == ["applied"]


def test_a_text_that_was_not_signed_is_no_signature(pat: Author, tablet: Tablet, encounter: UUID) -> None:
    seen = fill(pat, encounter)
    payload = {"seen": json.dumps(seen), "content_sha256": "0" * 64, "own": False}
    (item,) = tablet.items(pat.seal("record.sign", payload, encounter=encounter))
    assert item["outcome"] == "quarantined"
    assert Encounter.objects.get(pk=encounter).signed_at is None
