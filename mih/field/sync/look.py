"""Everything a batch asks of the database before it is judged: its locks, and then one statement whose every column is one
question's rows as JSON, so that what it sees is as it stands once the locks are held."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, models

from mih.accounts.models import Device, Programme, Staff
from mih.core.gather import reader, rows_of
from mih.encounters.models import Encounter
from mih.field.models import Enrolment, Envelope, Outcome, SyncEpoch
from mih.field.sync.apply import BEGINS, PATCHES
from mih.field.sync.wire import Header
from mih.instruments import selectors as instruments
from mih.protocols import selectors as protocols

_BYTES = ("header", "body", "sig")


@dataclass
class Look:
    """What stands in the database, under the locks of a batch.

    `kept`: envelopes in custody that the batch holds or that come before one of its own, without their bytes. `numbers`:
    which of the batch's (tablet, author, number) are taken by something else. `followed`: whether anything held waits for
    an item or a response of the batch. `watched`: of its `pairs` of author and response, those with an item that waits for
    another value. `patched`: of its responses, those that nobody else can write in until this transaction ends. `keys`: by tablet and author, the newest first.
    """

    kept: dict[UUID, Envelope]
    numbers: set[tuple[UUID, UUID, int]]
    followed: bool
    watched: set[tuple[UUID, UUID]]
    pairs: set[tuple[UUID, UUID]]
    patched: set[UUID]
    staff: dict[UUID, Staff]
    keys: dict[tuple[UUID, UUID], list[bytes]]
    revoked: set[UUID]
    responses: dict[UUID, Encounter]
    programmes: dict[str, Programme] = field(default_factory=dict)
    epoch: SyncEpoch | None = None


class _Rows:
    """Rows of one model, with what some of its foreign keys point at, as a column of JSON and back."""

    def __init__(self, model: type[models.Model], *related: str, without: Collection[str] = ()) -> None:
        self.table = model._meta.db_table
        self.own = _Columns(model, "t", without)
        fields: list[Any] = [model._meta.get_field(name) for name in related]
        self.others = [(each, _Columns(each.related_model, f"o{at}", ())) for at, each in enumerate(fields)]

    @cached_property
    def sql(self) -> str:
        """The statement, up to its condition on `t`."""
        joins = "".join(
            f' LEFT JOIN "{there.model._meta.db_table}" {there.alias}'
            f' ON {there.alias}."{there.model._meta.pk.column}" = t."{field.column}"'
            for field, there in self.others
        )
        # One array for each table: PostgreSQL gives no function more than a hundred values.
        columns = ", ".join([self.own.sql, *(there.sql for _, there in self.others)])
        return f'SELECT jsonb_build_array({columns}) FROM "{self.table}" t{joins}'  # noqa: S608 - our own names

    def made(self, found: list[list[list[Any]]]) -> list[Any]:
        """The rows' instances."""
        return [self._made(*row) for row in found]

    def _made(self, own: list[Any], *others: list[Any]) -> Any:
        one = self.own.made(own)
        for (key, there), values in zip(self.others, others, strict=True):
            setattr(one, key.name, there.made(values) if values[there.key] else None)
        return one


class _Columns:
    def __init__(self, model: type[models.Model], alias: str, without: Collection[str]) -> None:
        self.model, self.alias = model, alias
        kept = [each for each in model._meta.concrete_fields if each.name not in without]
        self.names = [each.attname for each in kept]
        self.key = kept.index(model._meta.pk)
        named = ", ".join(f'{alias}."{each.column}"' for each in kept)
        self.sql = f"jsonb_build_array({named})"
        self._reads = [(at, read) for at, each in enumerate(kept) if (read := reader(each))]

    def made(self, values: list[Any]) -> Any:
        for at, read in self._reads:
            if values[at] is not None:
                values[at] = read(values[at])
        return self.model.from_db(connection.alias, self.names, values)


_ENVELOPES = _Rows(Envelope, without=_BYTES)
_STAFF = _Rows(Staff, "programme", without=("password",))
_RESPONSES = _Rows(Encounter, "programme", "person", "incident")
_PROGRAMMES = _Rows(Programme)
_EPOCHS = _Rows(SyncEpoch)

_LOCKS = "SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k"
_WRITTEN = (
    f'SELECT 1 FROM "{Encounter._meta.db_table}" WHERE id = ANY(%s) '  # noqa: S608
    f'AND EXISTS (SELECT 1 FROM unnest(%s::uuid[]) AS m(mid) LEFT JOIN "{Envelope._meta.db_table}" e USING (mid) '
    "WHERE e.mid IS NULL) ORDER BY id FOR UPDATE"
)
_KEYS = (
    f"SELECT jsonb_build_array(device_id, staff_id, encode(sign_pub, 'hex')) FROM \"{Enrolment._meta.db_table}\" "  # noqa: S608
    "WHERE staff_id = ANY(%s) AND device_id = ANY(%s) ORDER BY enrolled_at DESC"
)
_REVOKED = f'SELECT to_jsonb(id) FROM "{Device._meta.db_table}" WHERE id = ANY(%s) AND revoked_at IS NOT NULL'  # noqa: S608
_NUMBERS = (
    f'SELECT jsonb_build_array(device, author, seq) FROM "{Envelope._meta.db_table}" '  # noqa: S608
    "WHERE device = ANY(%s) AND author = ANY(%s) AND seq = ANY(%s) AND NOT mid = ANY(%s)"
)
_FOLLOWED = (
    f'SELECT to_jsonb(1) FROM "{Envelope._meta.db_table}" '  # noqa: S608
    f"WHERE outcome = '{Outcome.HELD}' AND (prev = ANY(%s) "
    "OR (encounter = ANY(%s) AND detail->>'waits_for' = 'response')) LIMIT 1"
)

_WATCHED = (
    f'SELECT jsonb_build_array(author, encounter) FROM "{Envelope._meta.db_table}" '  # noqa: S608
    f"WHERE author = ANY(%s) AND encounter = ANY(%s) AND outcome = '{Outcome.ATTENTION}' AND settled_at IS NULL"
)


def look(heads: Collection[Header], uploader: UUID) -> Look:
    """Take the batch's locks, and look. One batch at a time works on a response: of two that hold an item and the one
    before it, neither must miss the other. Locks are taken in one order by everybody, so that nobody waits in a circle.

    Responses that a new item patches are locked, too, against everybody else who writes in them; but not one that the
    batch itself begins: nobody knows it yet, or else whoever patches it asks for it by itself."""
    mids = [head.mid for head in heads]
    begun = {head.encounter for head in heads if head.encounter and head.type == BEGINS}
    patched = {head.encounter for head in heads if head.encounter and head.type == PATCHES} - begun
    tablets = {head.device for head in heads}
    came, authors, devices = _ids(mids), _ids({head.author for head in heads}), _ids(tablets)
    named = _ids({head.encounter for head in heads if head.encounter})
    numbers_given = _array(map(str, {head.seq for head in heads}))
    asked: list[tuple[str, list[str]]] = [
        (
            f"{_ENVELOPES.sql} WHERE t.mid = ANY(%s)",
            [_ids({*mids, *(head.prev for head in heads if head.prev)})],
        ),
        (_NUMBERS, [devices, authors, numbers_given, came]),
        (_FOLLOWED, [came, _ids(begun)]),
        (_WATCHED, [authors, named]),
        (f"{_STAFF.sql} WHERE t.id = ANY(%s)", [authors]),
        (_KEYS, [authors, devices]),
        (_REVOKED, [_ids({*tablets, uploader})]),
        (f"{_RESPONSES.sql} WHERE t.id = ANY(%s)", [named]),
        (_PROGRAMMES.sql if begun else f"{_PROGRAMMES.sql} WHERE false", []),
        (f"{_EPOCHS.sql} ORDER BY t.started_at DESC, t.id DESC LIMIT 1", []),
        (instruments.SIGNED, []),
        (f"SELECT to_jsonb(stamp) FROM ({protocols.STAMP}) AS s(stamp)", []),  # noqa: S608
    ]
    locked = [(_LOCKS, [_locks(heads)])]
    if patched:
        locked.append((_WRITTEN, [_ids(patched), came]))
    kept, numbers, followed, watched, staff, keys, revoked, responses, programmes, epochs, signed, stamp = (
        _ask(locked, asked)
    )
    instruments.know(signed)
    protocols.know(stamp[0])
    found: dict[tuple[UUID, UUID], list[bytes]] = {}
    for device, author, point in keys:
        found.setdefault((UUID(device), UUID(author)), []).append(bytes.fromhex(point))
    known = {row.mid: row for row in _ENVELOPES.made(kept)}
    return Look(
        kept=known,
        numbers={(UUID(device), UUID(author), seq) for device, author, seq in numbers},
        followed=bool(followed),
        watched={(UUID(author), UUID(encounter)) for author, encounter in watched},
        pairs={(head.author, head.encounter) for head in heads if head.encounter},
        staff={member.pk: member for member in _STAFF.made(staff)},
        keys=found,
        revoked={UUID(device) for device in revoked},
        patched=patched if any(mid not in known for mid in mids) else set(),
        responses={response.pk: response for response in _RESPONSES.made(responses)},
        programmes={programme.code: programme for programme in _PROGRAMMES.made(programmes)},
        epoch=next(iter(_EPOCHS.made(epochs)), None),
    )


def hold(kept: Envelope) -> None:
    """Take the lock that a batch with this one takes, for whoever judges it without a batch."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS, [_locks([kept])])


def _locks(heads: Iterable[Header | Envelope]) -> str:
    numbers = {
        (head.encounter.int if head.encounter else head.device.int ^ head.author.int) & (2**63 - 1)
        for head in heads
    }
    return _array(map(str, sorted(numbers)))


def _ids(each: Iterable[UUID]) -> str:
    return _array(f"{one.int:032x}" for one in each)


def _array(each: Iterable[str]) -> str:
    """An array as PostgreSQL reads it: the driver takes longer to write a list than the statement to look for it, and asks
    another one to be prepared where numbers have grown."""
    return "{" + ",".join(each) + "}"


def _ask(locked: list[tuple[str, list[str]]], asked: list[tuple[str, list[str]]]) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute("; ".join(sql for sql, _ in locked), [value for _, given in locked for value in given])
    columns = ", ".join(f"ARRAY({sql})" for sql, _ in asked)
    # Planning this takes longer than answering it, so it stays prepared; hence a message of its own.
    ((answer,),) = rows_of(
        f"SELECT json_build_array({columns})::text", [value for _, given in asked for value in given]
    )
    found: list[list[Any]] = json.loads(answer)
    return found
