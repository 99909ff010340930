"""Taking custody: whatever a tablet hands over is kept first, and only then judged. All of a batch or nothing."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from mih.accounts.models import Device
from mih.core import clock, rows
from mih.field.models import Envelope, EnvelopeClash, Outcome, SyncEpoch
from mih.field.sync import epoch, failpoints, held
from mih.field.sync.batch import Apart, Batch, finish
from mih.field.sync.judging import OUTCOME, SENTENCES, SKEW, judge
from mih.field.sync.look import Look, look
from mih.field.sync.wire import Header, Item

log = structlog.get_logger()

TRIES = 5
_AGAIN = {"40001", "40P01", "55P03"}
"""SQLSTATE of a lost race: serialization failure, deadlock, lock not to be had."""


@dataclass(frozen=True)
class Taken:
    """What became of each item, in the order given, and the epoch it was received in."""

    items: list[dict[str, Any]]
    epoch: SyncEpoch


def take(items: list[Item], *, uploader: Device, at: datetime) -> Taken:
    """Keep every item, apply what can be applied, and say of each what became of it.

    One transaction: what is reported is in the database. A race lost to another request is run again. Raises
    `django.db.OperationalError` when the database is away, full, or does not get through.
    """
    together = True
    for turn in range(TRIES):
        try:
            try:
                return _take(items, uploader=uploader, at=at, together=together)
            except Apart as reason:
                log.warning("batch_taken_apart", problem=type(reason.__cause__).__name__)
                together = False
                return _take(items, uploader=uploader, at=at, together=False)
        except OperationalError as error:
            lost = getattr(error.__cause__, "sqlstate", None) in _AGAIN
            if not lost or turn == TRIES - 1 or connection.in_atomic_block:
                raise
            log.info("batch_run_again", count=turn + 1)
            time.sleep(0.02 * 2**turn)
    raise AssertionError  # the last turn returns or raises


@transaction.atomic
def _take(items: list[Item], *, uploader: Device, at: datetime, together: bool) -> Taken:
    first: dict[UUID, Item] = {}
    for item in items:
        first.setdefault(item.head.mid, item)
    seen = look([item.head for item in first.values()], uploader.pk)
    known = {mid: seen.kept[mid] for mid in first if mid in seen.kept}
    fresh = {mid: _envelope(item, uploader, at) for mid, item in first.items() if mid not in known}
    batch = Batch(at, together=together)
    batch.seen(seen)
    if together:
        batch.custody = list(fresh.values())
    else:
        new = _insert(list(fresh.values()))
        known |= {row.mid: row for row in Envelope.objects.filter(mid__in=fresh.keys() - new)}
        fresh = {mid: row for mid, row in fresh.items() if mid in new}
    failpoints.reached("in_custody")
    if fresh:
        with timezone.override(clock.agency_zone()):
            _settle(fresh, {mid: first[mid].head for mid in fresh}, batch, seen)
    failpoints.reached("before_commit")
    answers = _answers(items, first, known | fresh, set(fresh), uploader, at)
    return Taken(answers, seen.epoch or epoch.current())


def _settle(fresh: dict[UUID, Envelope], heads: dict[UUID, Header], batch: Batch, seen: Look) -> None:
    """Judge what is new, each after the one before it, and then whatever waited for any of it."""
    wanted = {row.prev for row in fresh.values() if row.prev}
    before = {mid: fresh.get(mid) or seen.kept[mid] for mid in wanted if mid in fresh or mid in seen.kept}
    for envelope in fresh.values():
        _flag(envelope, heads[envelope.mid], before.get(envelope.prev) if envelope.prev else None)
    _flag_rewound(fresh, seen.numbers)
    done: set[UUID] = {mid for mid, row in before.items() if row.outcome != Outcome.HELD and mid not in fresh}
    for envelope in in_order(fresh):
        ready = envelope.prev is None or envelope.prev in done
        judge(envelope, heads[envelope.mid], batch, ready=ready)
        if envelope.outcome != Outcome.HELD:
            done.add(envelope.mid)
    unsaved = len(batch.custody) != len(fresh)
    finish(batch)
    if unsaved:
        save(fresh.values())
    batch.memory.saved(fresh.values())
    settled = [each for each in fresh.values() if each.outcome != Outcome.HELD]
    if seen.followed or len(settled) < len(fresh):
        held.follow(settled, batch)


def save(envelopes: Iterable[Envelope]) -> None:
    """Write what became of these, in one statement."""
    found = list(envelopes)
    if found:
        rows.send([rows.updating_many(found, OUTCOME)])


def in_order(fresh: dict[UUID, Envelope]) -> list[Envelope]:
    """The new ones with each after the one before it, and else as they came."""
    placed: dict[UUID, Envelope] = {}
    for envelope in fresh.values():
        chain: list[Envelope] = []
        seen: set[UUID] = set()
        at: Envelope | None = envelope
        while at is not None and at.mid not in placed and at.mid not in seen:
            chain.append(at)
            seen.add(at.mid)
            at = fresh.get(at.prev) if at.prev else None
        placed.update({each.mid: each for each in reversed(chain)})
    return list(placed.values())


def _insert(new: list[Envelope]) -> set[UUID]:
    """Keep those whose identifier is not taken yet, and say which; one statement, whoever else inserts the same."""
    if not new:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(f"{rows.inserting(new)} ON CONFLICT (mid) DO NOTHING RETURNING mid", ())
        return {mid for (mid,) in cursor.fetchall()}


def _envelope(item: Item, uploader: Device, at: datetime) -> Envelope:
    head = item.head
    return rows.new(
        Envelope,
        mid=head.mid,
        device=head.device,
        author=head.author,
        uploader=uploader.pk,
        encounter=head.encounter,
        record=head.record,
        type=head.type,
        form=head.form,
        seq=head.seq,
        prev=head.prev,
        kid=head.kid,
        app=head.app,
        sha256=item.sha256,
        header=item.header,
        body=item.body,
        sig=item.sig,
        captured_at=head.captured_at,
        offset_ms=head.offset_ms,
        custody_at=at,
    )


def _flag(envelope: Envelope, head: Header, before: Envelope | None) -> None:
    flags = []
    if head.device != envelope.uploader:
        flags.append("readopted")
    told = envelope.captured_at
    off = abs(timedelta(milliseconds=envelope.offset_ms or 0))
    if told and (
        off > SKEW or told + timedelta(milliseconds=envelope.offset_ms or 0) > envelope.custody_at + SKEW
    ):
        flags.append("clock_skew")
    back = before and before.captured_at and before.captured_at - SKEW
    seen = head.last_seen and head.last_seen - timedelta(milliseconds=envelope.offset_ms or 0) - SKEW
    if told is None or (back and told < back) or (seen and told < seen):
        flags.append("clock_suspect")
    envelope.flags = flags


def _flag_rewound(fresh: dict[UUID, Envelope], taken: set[tuple[UUID, UUID, int]]) -> None:
    """Flag a number that this author's tablet has already given to something else: it is `taken`, or here twice."""
    keys = [(row.device, row.author, row.seq) for row in fresh.values()]
    numbered = Counter(keys)
    for row, key in zip(fresh.values(), keys, strict=True):
        if key in taken or numbered[key] > 1:
            row.flags = [*row.flags, "device_rewound"]


def _answers(
    items: list[Item],
    first: dict[UUID, Item],
    kept: dict[UUID, Envelope],
    new: set[UUID],
    uploader: Device,
    at: datetime,
) -> list[dict[str, Any]]:
    answers = []
    told: set[UUID] = set()
    clashes = []
    for item in items:
        row = kept[item.head.mid]
        if row.sha256 != item.sha256:
            clashes.append(_clash(item, uploader, at))
            answers.append(_reused(row))
        elif row.mid in new and row.mid not in told:
            told.add(row.mid)
            answers.append(as_item(row))
        else:
            answers.append({**as_item(row), "outcome": "dup", "detail": {}, "first": as_item(row)})
    if clashes:
        EnvelopeClash.objects.bulk_create(clashes, ignore_conflicts=True)
        for clash in clashes:
            log.error("envelope_identifier_reused", envelope_id=str(clash.mid), device_id=str(uploader.pk))
    return answers


def _clash(item: Item, uploader: Device, at: datetime) -> EnvelopeClash:
    return EnvelopeClash(
        mid=item.head.mid,
        sha256=item.sha256,
        header=item.header,
        body=item.body,
        sig=item.sig,
        uploader=uploader.pk,
        received_at=at,
    )


def _reused(row: Envelope) -> dict[str, Any]:
    detail = {"code": "mid_reuse", "sentence": SENTENCES["mid_reuse"]}
    return {**as_item(row), "outcome": Outcome.QUARANTINED.value, "opened": False, "detail": detail}


def as_item(row: Envelope) -> dict[str, Any]:
    """One envelope's line in a receipt."""
    return {
        "mid": str(row.mid),
        "outcome": str(row.outcome),
        "opened": row.opened,
        "encounter": str(row.encounter) if row.encounter else None,
        "record": str(row.record) if row.record else None,
        "version": row.version,
        "detail": row.detail,
    }


def missing(mids: list[UUID]) -> list[UUID]:
    """Those of `mids` that are not in custody."""
    known = set(Envelope.objects.filter(mid__in=mids).values_list("mid", flat=True))
    return [mid for mid in mids if mid not in known]
