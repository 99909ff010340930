"""Which policy is in force, and which one an old record was made under."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Aggregate, QuerySet, TextField, Value

from mih.protocols.models import Protocol
from mih.protocols.policy import Policy, default_keys


@dataclass
class _Memory:
    """Every version's dates, asked for once, and what was found in force by key and minute, and pinned by its numbers."""

    heads: "list[Head] | None" = None
    stamp: str | None = None
    """The stamp of the rows where it was read with something else, until a policy is loaded or signed."""
    found: dict[tuple[str, datetime], Policy] = field(default_factory=dict)
    pinned: dict[tuple[tuple[str, int], ...], dict[str, Policy]] = field(default_factory=dict)


_remembered: ContextVar[_Memory | None] = ContextVar("mih_policies", default=None)


@contextmanager
def remembering(stamp: str | None = None) -> Iterator[None]:
    """Ask the database once which policies there are inside the block (one request, one row of a sweep), not once a
    question; not at all when `stamp` has just been read by `stamped`."""
    token = _remembered.set(_Memory(stamp=stamp))
    try:
        yield
    finally:
        _remembered.reset(token)


def forget() -> None:
    """Drop what is remembered: a policy was loaded or signed."""
    memory = _remembered.get()
    if memory is not None:
        memory.heads = memory.stamp = None
        memory.found.clear()
        memory.pinned.clear()


def in_force(key: str, at: datetime) -> Policy:
    """The version of `key` in force at `at`; the shipped default, unsigned, when none has been loaded."""
    memory = _remembered.get()
    if memory is None:
        return in_force_many([key], at)[key]
    minute = at.replace(second=0, microsecond=0)
    if (key, minute) not in memory.found:
        memory.found[key, minute] = in_force_many([key], at)[key]
    return memory.found[key, minute]


def in_force_many(keys: Iterable[str], at: datetime) -> dict[str, Policy]:
    """The versions of several policies in force at `at`, in one statement."""
    stretch = _stretch(at)
    wanted = list(keys)
    if missing := [key for key in wanted if key not in stretch.policies]:
        rows = [stretch.standing[key].row for key in missing if key in stretch.standing]
        found = {policy.key: policy for policy in _read(rows)}
        stretch.policies.update({key: found.get(key) or _default(key) for key in missing})
    return {key: stretch.policies[key] for key in wanted}


def versions_in_force(at: datetime) -> dict[str, int]:
    """The version number of every policy in force at `at`: what an encounter pins when it begins."""
    return {key: policy.version for key, policy in in_force_many(default_keys(), at).items()}


def pinned(versions: Mapping[str, int]) -> dict[str, Policy]:
    """The policies an encounter pinned, completed by shipped defaults for policies younger than it."""
    memory = _remembered.get()
    if memory is None:
        return _pinned(versions)
    key = tuple(sorted(versions.items()))
    if key not in memory.pinned:
        memory.pinned[key] = _pinned(versions)
    return dict(memory.pinned[key])


def _pinned(versions: Mapping[str, int]) -> dict[str, Policy]:
    rows = [head.row for head in _heads() if versions.get(head.key) == head.number]
    found = {policy.key: policy for policy in _read(rows)}
    return {key: found.get(key) or _default(key) for key in default_keys()}


@dataclass(frozen=True)
class Standing:
    """One policy as the list shows it: what is in force, its row if it has one, and versions waiting for a signature."""

    policy: Policy
    row: Protocol | None
    waiting: tuple[Protocol, ...]
    coming: tuple[Protocol, ...] = ()
    """Signed versions that have not taken effect yet."""

    @property
    def to_verify(self) -> int:
        """How many of its values are general clinical knowledge that the medical director must verify."""
        return sum(value.tag == "GCK" for value in self.policy.values.values())

    @property
    def programme_defaults(self) -> int:
        """How many of its values are the programme's own defaults."""
        return sum(value.tag == "DEF" for value in self.policy.values.values())


def overview(at: datetime) -> list[Standing]:
    """Every policy at `at`, in the order of their titles."""
    in_force_now = in_force_many(default_keys(), at)
    versions: dict[str, list[Protocol]] = {}
    for row in Protocol.objects.select_related("signed_by", "created_by").order_by("key", "-number"):
        versions.setdefault(row.key, []).append(row)
    found = [_standing_of(policy, versions.get(key, []), at) for key, policy in in_force_now.items()]
    return sorted(found, key=lambda standing: standing.policy.title)


def _standing_of(policy: Policy, rows: list[Protocol], at: datetime) -> Standing:
    rows = [row for row in rows if row.withdrawn_at is None]
    started = [row for row in rows if row.effective_from and row.effective_from <= at]
    return Standing(
        policy=policy,
        row=next((row for row in started if row.number == policy.version), None),
        waiting=tuple(row for row in rows if row.signed_at is None and row not in started),
        coming=tuple(row for row in rows if row.signed_at is not None and row not in started),
    )


def history(key: str) -> list[Protocol]:
    """Every version of a policy, the newest first."""
    return list(
        Protocol.objects.filter(key=key).select_related("signed_by", "created_by").order_by("-number")
    )


def numbered(row: Protocol) -> Policy:
    """The policy of one row."""
    return _policy(row)


@dataclass(frozen=True, slots=True)
class Head:
    """What decides whether a version stands at some moment."""

    pk: Any
    key: str
    number: int
    version: int
    signed_at: datetime | None
    effective_from: datetime | None
    effective_to: datetime | None
    withdrawn_at: datetime | None

    def stands(self, at: datetime) -> bool:
        """Whether it is in force at `at`."""
        if self.effective_from is None or self.effective_from > at or self.withdrawn_at is not None:
            return False
        return self.effective_to is None or self.effective_to > at

    @property
    def order(self) -> tuple[datetime, int]:
        """Of several that stand, the one that began last."""
        return self.effective_from or _NEVER[0], self.number

    @property
    def row(self) -> "Row":
        return self.pk, self.version, self.signed_at


_NEVER = (datetime.min.replace(tzinfo=UTC), 0)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of time in which no version of `heads` comes into force or ends: what stands in it, and the policies of it
    that somebody has asked for."""

    heads: "list[Head]"
    since: datetime
    until: datetime
    standing: dict[str, Head]
    policies: dict[str, Policy] = field(default_factory=dict)


_known_stretch = _Stretch([], _NEVER[0], _NEVER[0], {})


def _stretch(at: datetime) -> _Stretch:
    """The stretch of time around `at`. The last one is kept by this process: whatever begins now asks for the same."""
    global _known_stretch
    heads, known = _heads(), _known_stretch
    if heads is known.heads and known.since <= at < known.until:
        return known
    turns = {moment for head in heads for moment in (head.effective_from, head.effective_to) if moment}
    standing: dict[str, Head] = {}
    for head in heads:
        if head.stands(at) and head.order > (standing[head.key].order if head.key in standing else _NEVER):
            standing[head.key] = head
    _known_stretch = found = _Stretch(
        heads,
        max((turn for turn in turns if turn <= at), default=_NEVER[0]),
        min((turn for turn in turns if turn > at), default=datetime.max.replace(tzinfo=UTC)),
        standing,
    )
    return found


_HEADS = [each.name for each in fields(Head)]
_known_heads: tuple[str, list[Head]] = ("", [])


def _heads() -> list[Head]:
    """Every version's dates, kept by this process and read again whenever a row has come, changed or gone: asking
    whether one has is a statement of a tenth of a millisecond."""
    global _known_heads
    memory = _remembered.get()
    if memory is not None and memory.heads is not None:
        return memory.heads
    stamp = memory.stamp if memory is not None else None
    if stamp is None:
        with connection.cursor() as cursor:
            cursor.execute(STAMP)
            stamp = str(cursor.fetchone()[0])
    if stamp != _known_heads[0]:
        _known_heads = (stamp, [Head(*row) for row in Protocol.objects.values_list(*_HEADS)])
    if memory is not None:
        memory.heads = _known_heads[1]
    return _known_heads[1]


def know(stamp: str) -> None:
    """The stamp of all rows as a statement of this request has just read it: need not be asked for again."""
    memory = _remembered.get()
    if memory is not None and memory.heads is None and stamp == _known_heads[0]:
        memory.heads = _known_heads[1]


# The transaction that wrote a row last is part of it, whoever wrote and however: a stamp over all rows misses no change.
_OF_ROWS = (
    "current_database() || ' ' || count(*) || ' ' || "
    "coalesce(sum(hashtext(id::text || xmin::text || ctid::text)), 0)"
)
STAMP = f"SELECT {_OF_ROWS} FROM protocols_protocol"  # noqa: S608 - of constants


class _Stamp(Aggregate):
    template = _OF_ROWS
    output_field = TextField()


def stamped() -> QuerySet[Protocol, Any]:
    """The same stamp as one question among others; `stamp_in` reads it."""
    alike = Protocol.objects.order_by().annotate(one=Value(1)).values("one")
    return alike.annotate(stamp=_Stamp("pk")).values_list("stamp")


def stamp_in(rows: list[tuple[str]]) -> str:
    """The stamp in what `stamped` gave; there is one without any version too."""
    return rows[0][0] if rows else "none"


Row = tuple[Any, int, datetime | None]
"""A row's identifier, its count of changes, and when it was signed."""

_kept: dict[Row, Policy] = {}


def _read(rows: list[Row]) -> list[Policy]:
    """Policies by row. A row's content never changes except by signing, so each is read once."""
    missing = [row[0] for row in rows if row not in _kept]
    if missing:
        for found in Protocol.objects.filter(pk__in=missing).select_related("signed_by"):
            _kept[(found.pk, found.version, found.signed_at)] = _policy(found)
    return [kept for row in rows if (kept := _kept.get(row)) is not None]


def _policy(row: Protocol) -> Policy:
    return Policy.from_document(
        row.body,
        signed=row.signed_at is not None,
        effective_from=row.effective_from,
        signed_by=row.signed_by.signature_name if row.signed_by else "",
        signed_at=row.signed_at,
    ).completed_from(_default(row.key))


@cache
def _default(key: str) -> Policy:
    return Policy.default(key)
