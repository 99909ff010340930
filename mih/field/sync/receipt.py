"""The end of a shift: the server's signed word that nothing of somebody's is left on a tablet."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from mih.accounts.models import Device, Staff
from mih.accounts.selectors import open_shift
from mih.core import clock
from mih.core.errors import Stale
from mih.field.models import Attachment, AttachmentState, Envelope, MissingItem, Outcome, ShiftReceipt
from mih.field.sync import epoch, receipt_keys
from mih.field.sync.report import keep_unsent, users_of
from mih.field.sync.standing import short_name

LONGEST_SHIFT = timedelta(hours=24)
"""Without a shift signed on to, what came in this time is counted."""


@transaction.atomic
def give_receipt(*, staff: Staff, device: Device, asked: dict[str, Any], at: datetime) -> ShiftReceipt:
    """The receipt of `staff`'s work on `device`, kept and signed. Raises `Stale` while anything is unsent, `Invalid` for
    a message that is none."""
    users = users_of(asked)
    Device.objects.select_for_update().get(pk=device.pk)  # a report may come at the same moment
    keep_unsent(device, users, at)
    waiting = sum(user.pending for user in users)
    if waiting:
        raise Stale(_still_here(staff, {user.staff: user.pending for user in users}), code="unsent")
    photos = Attachment.objects.filter(author=staff, device=device.pk, state=AttachmentState.WAITING).count()
    if photos:
        raise Stale(
            f"{_count(photos, 'photo')} of {short_name(staff)} {'is' if photos == 1 else 'are'} still on this tablet. "
            "Tap Send now and wait until all have gone.",
            code="unsent",
        )
    facts = _facts(staff, device, at)
    key = receipt_keys.current_key()
    statement = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return ShiftReceipt.objects.create(
        device=device,
        staff=staff,
        at=at,
        statement=statement,
        signature=receipt_keys.sign(key, statement),
        key=key,
        words=facts["words"],
    )


def _facts(staff: Staff, device: Device, at: datetime) -> dict[str, Any]:
    shift = open_shift(staff)
    since = shift.started_at if shift else at - LONGEST_SHIFT
    came = Envelope.objects.filter(
        Q(device=device.pk) | Q(uploader=device.pk),
        author=staff.pk,
        custody_at__gte=since,
        custody_at__lte=at,
    )
    totals = came.aggregate(
        records=Count(Coalesce("record", "encounter"), distinct=True),
        responses=Count("encounter", distinct=True),
        pieces=Count("mid"),
        open=Count(
            "mid", filter=Q(settled_at__isnull=True) & ~Q(outcome__in=[Outcome.APPLIED, Outcome.MERGED])
        ),
    )
    lost = MissingItem.objects.filter(device=device, staff=staff, arrived_at=None, settled_at=None).count()
    return {
        "v": 1,
        "device": {"id": str(device.pk), "name": device.name},
        "staff": {"id": str(staff.pk), "name": staff.signature_name},
        "unit": shift.unit.call_sign if shift else None,
        "since": since.isoformat(),
        "at": at.isoformat(),
        "epoch": str(epoch.current().pk),
        "unsent": 0,
        "records": totals["records"],
        "responses": totals["responses"],
        "pieces": totals["pieces"],
        "needs_attention": totals["open"],
        "never_came": lost,
        "words": _words(staff, totals["records"], totals["open"], lost, at),
    }


def _words(staff: Staff, records: int, needing: int, lost: int, at: datetime) -> str:
    parts = [
        f"0 unsent. {_count(records, 'record')} of {short_name(staff)} received by {clock.local(at):%H:%M}."
    ]
    if needing:
        parts.append(
            f"{_count(needing, 'item')} still {'needs' if needing == 1 else 'need'} somebody's decision."
        )
    if lost:
        parts.append(f"{_count(lost, 'item')} never came.")
    return " ".join(parts)


def _still_here(staff: Staff, pending: dict[Any, int]) -> str:
    names = {each.pk: short_name(each) for each in Staff.objects.filter(pk__in=pending)}
    parts = [f"{_count(n, 'item')} of {names.get(pk, 'a colleague')}" for pk, n in pending.items() if n]
    return f"Still on this tablet: {', '.join(parts)}. Tap Send now and wait until all have gone."


def _count(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
