"""Everything a batch asks of the database before it is judged, in one message: first its locks, then one statement whose
every column is one question's rows as JSON, so that what it sees is as it stands once the locks are held."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection, models

from mih.accounts.models import Device, Programme, Staff
from mih.encounters.models import Encounter
from mih.field.models import Enrolment, Envelope, Outcome, SyncEpoch
from mih.field.sync.apply import BEGINS
from mih.field.sync.wire import Header
from mih.instruments import selectors as instruments
from mih.protocols import selectors as protocols

_BYTES = ("header", "body", "sig")


@dataclass
class Look:
    """What stands in the database, under the locks of a batch.

    `kept`: envelopes in custody that the batch holds or that come before one of its own, without their bytes. `numbers`:
    which of the batch's (tablet, author, number) are taken by something else. `followed`: whether anything held waits for
    an item or a response of the batch. `keys`: by tablet and author, the newest first.
    """

    kept: dict[UUID, Envelope]
    numbers: set[tuple[UUID, UUID, int]]
    followed: bool
    staff: dict[UUID, Staff]
    keys: dict[tuple[UUID, UUID], list[bytes]]
    revoked: set[UUID]
    responses: dict[UUID, Encounter]
    programmes: dict[str, Programme] = field(default_factory=dict)
    epoch: SyncEpoch | None = None


class _Rows:
    """Rows of one model, with what one of its foreign keys points at, as a column of JSON and back."""

    def __init__(
        self, model: type[models.Model], related: str = "", *, without: Collection[str] = ()
    ) -> None:
        self.model = model
        self.related = model._meta.get_field(related) if related else None
        self.own = _Columns(model, "t", without)
        self.other = _Columns(self.related.related_model, "o", ()) if self.related else None  # type: ignore[arg-type]

    @cached_property
    def sql(self) -> str:
        """The statement, up to its condition on `t`."""
        columns, join = self.own.sql, ""
        if self.other is not None and self.related is not None:
            columns += f", {self.other.sql}"
            table, key = self.other.model._meta.db_table, self.other.model._meta.pk.column
            join = f' LEFT JOIN "{table}" o ON o."{key}" = t."{self.related.column}"'  # type: ignore[union-attr]
        return f'SELECT jsonb_build_array({columns}) FROM "{self.model._meta.db_table}" t{join}'  # noqa: S608 - our own names

    def made(self, found: list[list[Any]]) -> list[Any]:
        """The rows' instances."""
        return [self._made(row) for row in found]

    def _made(self, row: list[Any]) -> Any:
        one = self.own.made(row[: self.own.width])
        if self.other is not None and self.related is not None:
            there = row[self.own.width :]
            setattr(one, self.related.name, self.other.made(there) if there[self.other.key] else None)
        return one


class _Columns:
    def __init__(self, model: type[models.Model], alias: str, without: Collection[str]) -> None:
        self.model = model
        kept = [each for each in model._meta.concrete_fields if each.name not in without]
        self.names = [each.attname for each in kept]
        self.width = len(kept)
        self.key = kept.index(model._meta.pk)
        self.sql = ", ".join(f'{alias}."{each.column}"' for each in kept)
        self._reads: list[Callable[[Any], Any]] = [each.to_python for each in kept]

    def made(self, values: Iterable[Any]) -> Any:
        read = [
            None if value is None else reads(value) for reads, value in zip(self._reads, values, strict=True)
        ]
        return self.model.from_db(connection.alias, self.names, read)


_ENVELOPES = _Rows(Envelope, without=_BYTES)
_STAFF = _Rows(Staff, "programme", without=("password",))
_RESPONSES = _Rows(Encounter, "programme")
_PROGRAMMES = _Rows(Programme)
_EPOCHS = _Rows(SyncEpoch)

_LOCKS = "SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) AS k"
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


def look(heads: Collection[Header], uploader: UUID) -> Look:
    """Take the batch's locks, and look. One batch at a time works on a response: of two that hold an item and the one
    before it, neither must miss the other. Locks are taken in one order by everybody, so that nobody waits in a circle."""
    mids = [head.mid for head in heads]
    authors = list({head.author for head in heads})
    devices = list({head.device for head in heads})
    named = list({head.encounter for head in heads if head.encounter})
    begun = list({head.encounter for head in heads if head.encounter and head.type == BEGINS})
    before = [head.prev for head in heads if head.prev]
    asked: list[tuple[str, list[Any]]] = [
        (f"{_ENVELOPES.sql} WHERE t.mid = ANY(%s)", [list({*mids, *before})]),
        (_NUMBERS, [devices, authors, list({head.seq for head in heads}), mids]),
        (_FOLLOWED, [mids, begun]),
        (f"{_STAFF.sql} WHERE t.id = ANY(%s)", [authors]),
        (_KEYS, [authors, devices]),
        (_REVOKED, [[*devices, uploader]]),
        (f"{_RESPONSES.sql} WHERE t.id = ANY(%s)", [named]),
        (_PROGRAMMES.sql if begun else f"{_PROGRAMMES.sql} WHERE false", []),
        (f"{_EPOCHS.sql} ORDER BY t.started_at DESC, t.id DESC LIMIT 1", []),
        (instruments.SIGNED, []),
        (f"SELECT to_jsonb(stamp) FROM ({protocols.STAMP}) AS s(stamp)", []),  # noqa: S608
    ]
    kept, numbers, followed, staff, keys, revoked, responses, programmes, epochs, signed, stamp = _ask(
        _locks(heads), asked
    )
    instruments.know(signed)
    protocols.know(stamp[0])
    found: dict[tuple[UUID, UUID], list[bytes]] = {}
    for device, author, point in keys:
        found.setdefault((UUID(device), UUID(author)), []).append(bytes.fromhex(point))
    return Look(
        kept={row.mid: row for row in _ENVELOPES.made(kept)},
        numbers={(UUID(device), UUID(author), seq) for device, author, seq in numbers},
        followed=bool(followed),
        staff={member.pk: member for member in _STAFF.made(staff)},
        keys=found,
        revoked={UUID(device) for device in revoked},
        responses={response.pk: response for response in _RESPONSES.made(responses)},
        programmes={programme.code: programme for programme in _PROGRAMMES.made(programmes)},
        epoch=next(iter(_EPOCHS.made(epochs)), None),
    )


def hold(heads: Collection[Header]) -> None:
    """Take the locks of a batch of these alone, for whoever judges them without a batch."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCKS, [_locks(heads)])


def _locks(heads: Collection[Header]) -> list[int]:
    return sorted(
        {
            (head.encounter.int if head.encounter else head.device.int ^ head.author.int) & (2**63 - 1)
            for head in heads
        }
    )


def _ask(locks: list[int], asked: list[tuple[str, list[Any]]]) -> list[list[Any]]:
    columns = ", ".join(f"ARRAY({sql})" for sql, _ in asked)
    values = [value for _, given in asked for value in given]
    with connection.cursor() as cursor:
        cursor.execute(f"{_LOCKS}; SELECT json_build_array({columns})::text", [locks, *values])
        # What names the actor of a request goes on to the last answer by itself.
        while cursor.nextset():
            pass
        found: list[list[Any]] = json.loads(cursor.fetchone()[0])
    return found
