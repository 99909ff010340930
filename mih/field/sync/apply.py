"""What an envelope asks for, done in its author's name. One small function for each type, in one table."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from mih.accounts.models import Programme, Staff
from mih.core.errors import Invalid
from mih.encounters.models import CrewMember, Encounter
from mih.encounters.picture import Picture
from mih.encounters.services.together import Begun, Sitting
from mih.field.models import Envelope, Outcome
from mih.field.sync.wire import Header, moment
from mih.privacy import policy
from mih.privacy.pages import DOCUMENTING


@dataclass
class Done:
    """What became of an envelope that was applied."""

    outcome: Outcome = Outcome.APPLIED
    detail: dict[str, Any] = field(default_factory=dict)
    version: int | None = None


@dataclass
class Memory:
    """What is known of responses for the length of one batch, while nobody else can write in them.

    `writers`: who may write where; `begun`: responses that are there, `responses`: as they were when the batch came, for
    what never changes of them; `standing`: those of them that stand as they were and that nobody else can write in;
    `sittings`: each response with what waits to be written in it; `pictures`: each as
    the last patch taken in by itself left it; `watched`: whether the database holds items of an author that wait for
    another value, by response; `fresh`: what was judged in this batch and may not be saved yet, by response; `programmes` by code,
    once one was asked for; `unwritten`: responses begun in this batch that are not in the database yet, until `keep` is
    called or the batch ends.
    """

    keep: Callable[[], None] = lambda: None
    unwritten: list[Begun] = field(default_factory=list)
    writers: set[tuple[UUID, UUID]] = field(default_factory=set)
    begun: set[UUID] = field(default_factory=set)
    responses: dict[UUID, Encounter] = field(default_factory=dict)
    standing: dict[UUID, Encounter] = field(default_factory=dict)
    sittings: dict[UUID, Sitting] = field(default_factory=dict)
    pictures: dict[UUID, Picture] = field(default_factory=dict)
    watched: dict[tuple[UUID, UUID], bool] = field(default_factory=dict)
    fresh: dict[UUID | None, list[Envelope]] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)

    def begin(self, response: Encounter, crew: Iterable[CrewMember], by: Staff) -> None:
        """Note that `by` has begun this response just now: nobody else knows it, and nothing of it waits for anything."""
        self.begun.add(response.pk)
        self.sittings[response.pk] = Sitting.begun(response, crew)
        self.watched[by.pk, response.pk] = False
        if by.role in DOCUMENTING:
            self.writers.add((by.pk, response.pk))

    def saved(self, rows: Iterable[Envelope]) -> None:
        """Note that what became of these is in the database now."""
        for row in rows:
            if row.outcome == Outcome.ATTENTION and row.encounter:
                self.watched[row.author, row.encounter] = True

    def leave(self, encounter: UUID) -> None:
        """Read the response itself anew before anything is written in it; its entries are as they were left."""
        sitting = self.sittings.pop(encounter, None)
        if sitting is not None:
            self.pictures[encounter] = sitting.picture

    def forget(self, encounter: UUID | None) -> None:
        """Look again at this response before anything is written in it."""
        if encounter is None:
            return
        self.begun.discard(encounter)
        self.leave(encounter)
        self.pictures.pop(encounter, None)
        self.writers = {pair for pair in self.writers if pair[1] != encounter}
        self.watched = {pair: seen for pair, seen in self.watched.items() if pair[1] != encounter}


@dataclass
class Work:
    """One opened envelope: what it asks for, who asks, and when.

    `at` is the server's time, `recorded_at` when it was typed as far as the tablet's clock can be believed.
    """

    envelope: Envelope
    head: Header
    payload: dict[str, Any]
    by: Staff
    at: datetime
    recorded_at: datetime
    memory: Memory = field(default_factory=Memory)
    together: bool = False
    """Whether a response that it begins is written with the rest of the batch."""

    @property
    def encounter(self) -> Any:
        """The response it belongs to. Raises `Invalid` when it names none."""
        if self.envelope.encounter is None:
            raise Invalid("This does not say which response it belongs to.", code="no_encounter_named")
        return self.envelope.encounter

    @property
    def record(self) -> Any:
        """The record it changes. Raises `Invalid` when it names none."""
        if self.envelope.record is None:
            raise Invalid("This does not say which entry it belongs to.", code="no_record_named")
        return self.envelope.record

    def mapping(self, name: str) -> dict[str, Any]:
        """A part of the payload that must be a mapping. Raises `Invalid`."""
        found = self.payload.get(name) or {}
        if not isinstance(found, dict):
            raise Invalid(f"“{name}” could not be read.", code="unreadable")
        return found

    def text(self, name: str) -> str:
        """A part of the payload as text; empty when it is not there. Raises `Invalid` for anything else."""
        found = self.payload.get(name)
        if found is None:
            return ""
        if not isinstance(found, str):
            raise Invalid(f"“{name}” could not be read.", code="unreadable", fields={name: "Enter it again."})
        return found.replace("\x00", "")

    def moment(self, name: str) -> datetime | None:
        """A part of the payload as a time. Raises `Invalid`."""
        try:
            return moment(self.payload.get(name))
        except (ValueError, OverflowError) as error:
            sentence = "This time could not be read. Enter it again."
            raise Invalid(sentence, code="unreadable", fields={name: sentence}) from error

    def writable(self) -> None:
        """Raise `NotAllowed` unless the author may write in the response."""
        key = (self.by.pk, self.encounter)
        if key not in self.memory.writers:
            if self.encounter in self.memory.sittings:
                self.memory.keep()
            known = self.memory.responses.get(self.encounter)
            response = known or Encounter.objects.select_related("programme").get(pk=self.encounter)
            policy.demand(policy.encounter(self.by, response, "write"))
            self.memory.writers.add(key)


Mutation = Callable[[Work], Done]
MUTATIONS: dict[str, Mutation] = {}
BEGINS = "encounter.create"
"""The one type that needs no response yet."""
BESIDE = {"encounter.time", "encounter.details", "encounter.crew", "alarm.acknowledge", "attachment.link"}
"""Types that write something in their response, but none of its entries."""
PEOPLE = {"person.create", "encounter.person"}
"""Types that say who somebody is."""
PATCHES = "draft.patch"
"""The one type after which what is remembered of its response still holds, and that several can be taken in together."""


def mutation(name: str) -> Callable[[Mutation], Mutation]:
    """Decorator: this function does what envelopes of type `name` ask for."""

    def add(function: Mutation) -> Mutation:
        if name in MUTATIONS:
            raise ValueError(f"Two functions apply {name}.")
        MUTATIONS[name] = function
        return function

    return add
