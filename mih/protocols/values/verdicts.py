"""The medical director's word on single values."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from mih.accounts.models import Role, Staff
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.protocols.models import ValueVerdict
from mih.protocols.values.listing import Listed, listed


@transaction.atomic
def approve(*, fingerprints: Iterable[str], note: str, by: Staff, at: datetime) -> list[ValueVerdict]:
    """Approve the values that read as their fingerprints say.

    Raises `NotAllowed` for anybody but the medical director, `Invalid` when nothing is named, and `Stale` when one of
    them has changed since it was read or is approved already: then nothing is approved.
    """
    return _say("approved", "verify", fingerprints, note, by, at)


@transaction.atomic
def withdraw_approval(
    *, fingerprints: Iterable[str], note: str, by: Staff, at: datetime
) -> list[ValueVerdict]:
    """Take an approval back: the values are marked verify again. Says why. Raises as `approve`."""
    if not note.strip():
        raise Invalid(
            "Say why the approval is taken back.", code="reason_missing", fields={"note": "Say why."}
        )
    return _say("withdrawn", "approved", fingerprints, note, by, at)


def _say(
    verdict: str, from_state: str, fingerprints: Iterable[str], note: str, by: Staff, at: datetime
) -> list[ValueVerdict]:
    if by.role != Role.MEDICAL_DIRECTOR:
        raise NotAllowed("Only the medical director approves values.", code="not_medical_director")
    wanted = list(dict.fromkeys(fingerprints))
    if not wanted:
        raise Invalid("Nothing is ticked. Tick the values you have read.", code="nothing_ticked")
    standing: dict[str, Listed] = {each.value.fingerprint: each for each in listed(at)}
    found = [standing[key] for key in wanted if key in standing]
    if len(found) != len(wanted):
        raise Stale(
            "A ticked value has changed since you read it. Reload the page and read it again.",
            code="value_changed",
        )
    if any(each.state != from_state for each in found):
        raise Stale(
            "Somebody has settled a ticked value since you read it. Reload the page.", code="value_settled"
        )
    return ValueVerdict.objects.bulk_create(
        ValueVerdict(
            document=each.value.document,
            name=each.value.name,
            fingerprint=each.value.fingerprint,
            shown=list(each.value.lines),
            tag=each.value.tag,
            verdict=verdict,
            note=note.strip()[:300],
            by=by,
            signature_text=by.signature_name,
            at=at,
        )
        for each in found
    )
