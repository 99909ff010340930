"""What was kept apart can be read, by whoever looks after it, in words; and each look is logged."""

from uuid import UUID

import pytest

from mih.audit.models import ReadEvent
from mih.core.errors import NotAllowed, NotFound
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.field.models import Envelope
from mih.field.sync.words import words_of
from tests.field.client import Author, Tablet
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def kept_apart(world: World, encounter: UUID) -> Envelope:
    """Vitals by a peer, whose role does not write them."""
    perry = Tablet("Tablet 9").of(world.peer)
    sealed = perry.patch(encounter, "vitals", uuid7(), {"hr": 88, "bp_method": "palpated", "no_such": 1})
    perry.tablet.items(sealed)
    return Envelope.objects.get(pk=sealed.mid)


def test_a_supervisor_reads_it_in_words_and_the_look_is_logged(world: World, encounter: UUID) -> None:
    envelope = kept_apart(world, encounter)
    said = words_of(envelope, by=world.supervisor)
    assert (said.author, said.device, said.title) == ("Perry Lane, PRSS", "Tablet 9", "Writes: Vital signs")
    words = dict(said.lines)
    assert words["No such"] == "1"
    assert "88" in words.values()
    assert any("diastolic" in text for text in words.values())
    assert said.sentence.endswith(".")
    look = ReadEvent.objects.get(surface="field_quarantine")
    assert (look.actor, look.people) == (world.supervisor.pk, [Encounter.objects.get(pk=encounter).person_id])


def test_its_author_reads_it_and_a_colleague_does_not(world: World, encounter: UUID) -> None:
    envelope = kept_apart(world, encounter)
    assert (
        words_of(envelope, by=world.peer).readable is False
    )  # a peer does not read vitals, and kept no copy
    with pytest.raises(NotAllowed):
        words_of(envelope, by=world.navigator)


def test_a_supervisor_of_the_practice_program_is_told_of_nothing(world: World, encounter: UUID) -> None:
    envelope = kept_apart(world, encounter)
    other = world.hire("pia", "supervisor", programme=world.practice)
    with pytest.raises(NotFound):
        words_of(envelope, by=other)


def test_what_was_forged_or_does_not_open_shows_nothing(
    world: World, pat: Author, tablet: Tablet, encounter: UUID
) -> None:
    sealed = pat.patch(encounter, "vitals", uuid7(), {"hr": 88}, info=b"other")
    tablet.items(sealed)
    said = words_of(Envelope.objects.get(pk=sealed.mid), by=world.supervisor)
    assert (said.lines, said.readable) == ([], False)
    assert not ReadEvent.objects.filter(surface="field_quarantine").exists()


@pytest.mark.parametrize(
    ("type", "payload", "words"),
    [
        ("person.create", {"details": {"first_name": "Rosa"}}, "Rosa"),
        ("encounter.time", {"field": "cleared_at", "value": "2027-01-12T18:00:00Z"}, "2027-01-12T18:00:00Z"),
        ("encounter.create", {"incident": {"address": "5 Elm"}}, "5 Elm"),
        ("note.lost", {"words": "From another version"}, "From another version"),
    ],
)
def test_every_type_is_told_in_words(
    type: str,
    payload: dict[str, object],
    words: str,
    world: World,
    pat: Author,
    tablet: Tablet,
    encounter: UUID,
) -> None:
    sealed = pat.seal(type, payload, encounter=encounter, record=uuid7())
    tablet.items(sealed)
    said = words_of(Envelope.objects.get(pk=sealed.mid), by=world.supervisor)
    assert words in [text for _, text in said.lines]
