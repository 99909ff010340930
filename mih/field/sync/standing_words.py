"""Which envelopes still need somebody's eye."""

from collections.abc import Collection

from mih.field.models import Envelope, Outcome
from mih.field.sync.apply import Work

_SIGNATURES = (Outcome.MISSING, Outcome.CONFLICT)


def retire_attention(work: Work, written: Collection[str]) -> None:
    """Settle the author's earlier items about this record whose refused values have all been entered anew."""
    if not written:
        return
    waiting = Envelope.objects.filter(
        author=work.by.pk, encounter=work.encounter, outcome=Outcome.ATTENTION, settled_at__isnull=True
    )
    watched, key = work.memory.watched, (work.by.pk, work.encounter)
    if key not in watched:
        watched[key] = waiting.exists()
    kept = list(waiting.filter(record=work.envelope.record)) if watched[key] else []
    fresh = [
        row for row in work.memory.fresh if row.outcome == Outcome.ATTENTION and row.author == work.by.pk
    ]
    for row in [*kept, *fresh]:
        if row.record == work.envelope.record and set(row.detail.get("refused", {})) <= set(written):
            _settle(row, work)
            if row not in fresh:
                row.save(update_fields=["settled_by", "settled_at"])


def retire_signatures(work: Work) -> None:
    """Settle earlier signatures that waited: this response is signed now."""
    Envelope.objects.filter(
        encounter=work.envelope.encounter,
        type="record.sign",
        outcome__in=_SIGNATURES,
        settled_at__isnull=True,
    ).update(settled_by=work.by.pk, settled_at=work.at)
    for row in work.memory.fresh:
        if row.encounter == work.encounter and row.type == "record.sign" and row.outcome in _SIGNATURES:
            _settle(row, work)


def _settle(row: Envelope, work: Work) -> None:
    row.settled_by, row.settled_at = work.by.pk, work.at
