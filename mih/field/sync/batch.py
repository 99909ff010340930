"""What one batch knows and has not written yet: its people and keys, its responses, and what waits to be written together."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from django.db import InterfaceError, OperationalError

from mih.accounts.models import Device, Staff
from mih.encounters.models import Encounter
from mih.encounters.services import together
from mih.encounters.services.together import Begun, Sitting
from mih.field.models import Enrolment, Envelope, Outcome
from mih.field.sync.apply import Memory
from mih.field.sync.look import Look
from mih.field.sync.wire import Header


class Apart(Exception):
    """Something of what was written together cannot be written: the whole batch begins anew, each item by itself, so
    that this one alone is kept apart."""


@dataclass
class Batch:
    """What is remembered while one batch is judged: people, keys, revoked tablets, responses already looked at.

    `together`: changes of one response are merged in memory and written at the end, by `finish`, with the envelopes that
    brought them (`custody`, those that are not in the database yet). `keep` puts these and the responses begun there
    before anything else is done.
    """

    at: datetime
    together: bool = False
    custody: list[Envelope] = field(default_factory=list)
    staff: dict[UUID, Staff] = field(default_factory=dict)
    keys: dict[tuple[UUID, UUID], list[bytes]] = field(default_factory=dict)
    revoked: set[UUID] = field(default_factory=set)
    memory: Memory = field(default_factory=Memory)

    def __post_init__(self) -> None:
        self.memory.keep = self.keep

    def seen(self, look: Look) -> None:
        """Take over what was looked at before."""
        self.staff.update(look.staff)
        self.keys.update(look.keys)
        self.revoked |= look.revoked
        self.memory.responses.update(look.responses)
        self.memory.begun.update(look.responses)
        self.memory.standing.update((pk, look.responses[pk]) for pk in look.patched & look.responses.keys())
        self.memory.watched.update((pair, pair in look.watched) for pair in look.pairs)
        self.memory.programmes.update(look.programmes)

    def keep(self) -> None:
        """Put what came in custody, as nobody has judged it yet, and write the responses begun. Raises
        `django.db.Error`."""
        custody, self.custody = self.custody, []
        begun, self.memory.unwritten = self.memory.unwritten, []
        together.write((), at=self.at, custody=[unjudged(each) for each in custody], begun=begun)

    def know(self, heads: list[Header], uploaders: set[UUID]) -> None:
        """Load the authors, their keys, which tablets are revoked and which responses are there, in four statements."""
        authors = {head.author for head in heads} - set(self.staff)
        devices = {head.device for head in heads}
        for member in Staff.objects.select_related("programme").filter(pk__in=authors):
            self.staff[member.pk] = member
        rows = Enrolment.objects.filter(staff__in=authors, device__in=devices).order_by("-enrolled_at")
        for device, author, point in rows.values_list("device_id", "staff_id", "sign_pub"):
            self.keys.setdefault((device, author), []).append(bytes(point))
        gone = Device.objects.filter(pk__in=devices | uploaders, revoked_at__isnull=False)
        self.revoked.update(gone.values_list("pk", flat=True))
        named = {head.encounter for head in heads if head.encounter} - self.memory.begun
        for response in Encounter.objects.select_related("programme").filter(pk__in=named):
            self.memory.responses[response.pk] = response
            self.memory.begun.add(response.pk)


def finish(batch: Batch) -> None:
    """Write what waits to be written. To be called before any outcome of the batch is saved; raises `Apart`."""
    custody, batch.custody = batch.custody, []
    begun, batch.memory.unwritten = batch.memory.unwritten, []
    write(list(batch.memory.sittings.values()), batch, custody, begun)


def unjudged(envelope: Envelope) -> Envelope:
    """The same envelope as it is put in custody before anybody has judged it."""
    found = copy.copy(envelope)
    found.outcome, found.detail, found.opened, found.version = Outcome.HELD, {}, False, None
    found.applied_at = found.settled_by = found.settled_at = None
    return found


def write(
    sittings: list[Sitting], batch: Batch, custody: Sequence[Envelope] = (), begun: Sequence[Begun] = ()
) -> None:
    """Write what waits in these. Raises `Apart`."""
    try:
        together.write(sittings, at=batch.at, custody=custody, begun=begun)
    except Exception as error:
        apart(error)


def apart(error: Exception) -> NoReturn:
    """Raise `Apart` for it; or itself, where it is the trouble of the whole batch however that is taken in."""
    if isinstance(error, InterfaceError) or (isinstance(error, OperationalError) and is_of_all(error)):
        raise error
    raise Apart from error


def is_of_all(error: OperationalError) -> bool:
    """Whether the database's trouble is the batch's (away, full, a lost race), and not this one item's (too large)."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or not state.startswith("54")
