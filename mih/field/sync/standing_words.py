"""Which envelopes still need somebody's eye."""

from collections.abc import Collection

from mih.field.models import Envelope, Outcome
from mih.field.sync.apply import Work


def retire_attention(work: Work, written: Collection[str]) -> None:
    """Settle the author's earlier items about this record whose refused values have all been entered anew."""
    if not written:
        return
    rows = Envelope.objects.filter(
        author=work.by.pk,
        encounter=work.envelope.encounter,
        record=work.envelope.record,
        outcome=Outcome.ATTENTION,
        settled_at__isnull=True,
    )
    for row in rows:
        if set(row.detail.get("refused", {})) <= set(written):
            row.settled_by, row.settled_at = work.by.pk, work.at
            row.save(update_fields=["settled_by", "settled_at"])


def retire_signatures(work: Work) -> None:
    """Settle earlier signatures that waited: this response is signed now."""
    Envelope.objects.filter(
        encounter=work.envelope.encounter,
        type="record.sign",
        outcome__in=[Outcome.MISSING, Outcome.CONFLICT],
        settled_at__isnull=True,
    ).update(settled_by=work.by.pk, settled_at=work.at)
