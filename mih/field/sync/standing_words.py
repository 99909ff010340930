"""Which envelopes still need somebody's eye."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from mih.encounters.models import Conflict
from mih.field.models import Envelope, Outcome
from mih.field.sync.apply import PATCHES, Work

_SIGNATURES = (Outcome.MISSING, Outcome.CONFLICT)


def chosen_since() -> Q:
    """Patches that clashed, of which nothing waits for a choice any more: their author has no open conflict there."""
    waiting = Conflict.objects.filter(
        encounter=OuterRef("encounter"), mine_by=OuterRef("author"), resolved_at__isnull=True
    )
    here = Exists(waiting.filter(entry=OuterRef("record")))
    moved = Q(detail__has_key="in_record") & Exists(waiting)
    return Q(outcome=Outcome.CONFLICT, type=PATCHES) & ~here & ~moved


def attention_waits(work: Work) -> bool:
    """Whether any item of the author in this response waits for another value. Asked once a batch."""
    watched, key = work.memory.watched, (work.by.pk, work.encounter)
    found = watched.get(key)
    if found is None:
        found = watched[key] = _waiting(work).exists()
    return found


def retire_attention(work: Work, written: Collection[str]) -> None:
    """Settle the author's earlier items about this record whose refused values have all been entered anew."""
    if not written:
        return
    record = work.envelope.record
    kept: Iterable[Envelope] = ()
    if attention_waits(work):
        kept = _waiting(work).filter(Q(record=record) | Q(detail__in_record=str(record)))
    _retire(
        work,
        kept,
        lambda row: record in (row.record, _elsewhere(row)) and _refused(row) <= set(written),
    )


def retire_same(work: Work, written: Collection[str]) -> None:
    """Settle the author's earlier items of the same type about the response, now that these of its fields are set."""
    kind = work.envelope.type
    _retire(
        work,
        _waiting(work).filter(type=kind),
        lambda row: row.type == kind and _refused(row) <= set(written),
    )


def retire_frozen(work: Work, entry: UUID | None) -> None:
    """Settle what came too late for `entry`, or for the response: its author has just added it."""
    rows = Envelope.objects.filter(
        author=work.by.pk, encounter=work.encounter, outcome=Outcome.FROZEN, settled_at__isnull=True
    )
    rows = rows.filter(record=entry) if entry else rows
    rows.update(settled_by=work.by.pk, settled_at=work.at)
    for row in _fresh(work):
        if entry in (None, row.record) and row.outcome == Outcome.FROZEN and row.author == work.by.pk:
            _settle(row, work)


def retire_signatures(work: Work) -> None:
    """Settle earlier signatures that waited, and what the signer has seen not taken: this response is signed now."""
    signatures = Q(type="record.sign", outcome__in=_SIGNATURES)
    seen = Q(author=work.by.pk, outcome=Outcome.ATTENTION)
    rows = Envelope.objects.filter(signatures | seen, encounter=work.encounter, settled_at__isnull=True)
    rows.update(settled_by=work.by.pk, settled_at=work.at)
    for row in _fresh(work):
        own = row.outcome == Outcome.ATTENTION and row.author == work.by.pk
        if own or (row.type == "record.sign" and row.outcome in _SIGNATURES):
            _settle(row, work)


def _waiting(work: Work) -> QuerySet[Envelope]:
    return Envelope.objects.filter(
        author=work.by.pk, encounter=work.encounter, outcome=Outcome.ATTENTION, settled_at__isnull=True
    )


def _fresh(work: Work) -> Iterable[Envelope]:
    """What this batch has judged of the response before."""
    return work.memory.fresh.get(work.encounter, ())


def _retire(work: Work, kept: Iterable[Envelope], meant: Callable[[Envelope], bool]) -> None:
    for row in kept:
        if meant(row):
            _settle(row, work)
            row.save(update_fields=["settled_by", "settled_at"])
    for row in _fresh(work):
        # Few of a batch wait for another value: that is asked first.
        if row.outcome == Outcome.ATTENTION and row.author == work.by.pk and meant(row):
            _settle(row, work)


def _refused(row: Envelope) -> set[str]:
    return set(row.detail.get("refused", {}))


def _elsewhere(row: Envelope) -> UUID | None:
    record = row.detail.get("in_record")
    return UUID(record) if record else None


def _settle(row: Envelope, work: Work) -> None:
    if row.settled_at is None:
        row.settled_by, row.settled_at = work.by.pk, work.at
