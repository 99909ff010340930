"""What waits for something before it: let go in order when that comes, or by a supervisor's word."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import NotFound, Stale
from mih.encounters.models import Encounter
from mih.field.models import Envelope, Outcome
from mih.field.sync.apply import BEGINS
from mih.field.sync.batch import Batch, finish
from mih.field.sync.judging import OUTCOME, judge
from mih.field.sync.look import hold
from mih.field.sync.wire import read_header
from mih.privacy import policy


def follow(settled: Iterable[Envelope], batch: Batch) -> list[Envelope]:
    """Judge whatever waited for these, then whatever waited for those, and so on. Gives all that went on."""
    went: list[Envelope] = []
    ahead = list(settled)
    while ahead:
        begun = [each.encounter for each in ahead if each.type == BEGINS and each.encounter]
        waiting = Q(prev__in=[each.mid for each in ahead])
        if begun:
            waiting |= Q(encounter__in=begun, detail__waits_for="response")
        rows = list(
            Envelope.objects.select_for_update().filter(waiting, outcome=Outcome.HELD).order_by("seq")
        )
        ahead = [row for row in _judged(rows, batch) if row.outcome != Outcome.HELD]
        went += ahead
    return went


def _judged(rows: list[Envelope], batch: Batch) -> list[Envelope]:
    if not rows:
        return []
    heads = {row.mid: read_header(bytes(row.header)) for row in rows}
    batch.know(list(heads.values()), {row.uploader for row in rows})
    wanted = [row.prev for row in rows if row.prev]
    open_ones = set(
        Envelope.objects.filter(mid__in=wanted, outcome=Outcome.HELD).values_list("mid", flat=True)
    )
    there = set(Envelope.objects.filter(mid__in=wanted).values_list("mid", flat=True)) - open_ones
    for row in rows:
        judge(row, heads[row.mid], batch, ready=row.prev is None or row.prev in there)
    finish(batch)
    Envelope.objects.bulk_update(rows, OUTCOME)
    batch.memory.saved(rows)
    return rows


@transaction.atomic
def release(*, envelope: UUID, by: Staff, at: datetime) -> Envelope:
    """Let a held envelope go ahead of what it waits for, and what waits for it after it. A supervisor's word alone.

    Raises `NotAllowed`, `NotFound`, or `Stale` when it is not held any more, or its response is still unknown.
    """
    row = _locked(envelope, by)
    if row.outcome != Outcome.HELD:
        raise Stale("This is not waiting any more. Reload to see what became of it.", code="not_held")
    return _go(row, by, at)


@transaction.atomic
def try_again(*, envelope: UUID, by: Staff, at: datetime) -> Envelope:
    """Have an envelope that was kept apart judged once more, as after a mistake was put right; and what waited for it.

    Raises `NotAllowed`, `NotFound`, or `Stale` when it is not kept apart.
    """
    row = _locked(envelope, by)
    if row.outcome != Outcome.QUARANTINED:
        raise Stale(
            "This is not kept apart any more. Reload to see what became of it.", code="not_quarantined"
        )
    return _go(row, by, at)


@transaction.atomic
def settle(*, envelope: UUID, by: Staff, at: datetime) -> Envelope:
    """Note that nobody needs to look after this envelope any more: its words are where they belong, or are known to."""
    row = _locked(envelope, by, own=True)
    if row.settled_at is None:
        row.settled_by, row.settled_at = by.pk, at
        row.save(update_fields=["settled_by", "settled_at"])
    return row


def _go(row: Envelope, by: Staff, at: datetime) -> Envelope:
    row.released_by, row.released_at = by.pk, at
    row.save(update_fields=["released_by", "released_at"])
    head = read_header(bytes(row.header))
    batch = Batch(at)
    batch.know([head], {row.uploader})
    with timezone.override(clock.agency_zone()):
        judge(row, head, batch, ready=True)
        finish(batch)
    Envelope.objects.bulk_update([row], OUTCOME)
    batch.memory.saved([row])
    if row.outcome == Outcome.HELD:
        raise Stale(
            "The response it belongs to has not arrived. It goes ahead by itself when that comes.",
            code="no_response_yet",
        )
    with timezone.override(clock.agency_zone()):
        follow([row], batch)
    return row


def _locked(envelope: UUID, by: Staff, *, own: bool = False) -> Envelope:
    """The envelope, with the locks that a batch with it would take: what is on its way and waits for it either sees what
    becomes of it here, or is seen by it."""
    found = Envelope.objects.filter(pk=envelope).first()
    if found is not None:
        hold(found)
    row = Envelope.objects.select_for_update().filter(pk=envelope).first()
    if row is None:
        raise NotFound("There is no such item.", code="no_envelope")
    if not (own and row.author == by.pk):
        policy.demand(policy.page(by, "quarantine"))
    responses = Encounter.objects.select_related("programme")
    response = responses.filter(pk=row.encounter).first() if row.encounter else None
    if response is not None and policy.encounter(by, response, "read").code == "other_world":
        raise NotFound("There is no such item.", code="no_envelope")
    return row
