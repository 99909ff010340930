"""What is done for tablets by the clock: alerts, pulses nobody needs any more, and sealed originals past their time."""

from datetime import datetime, timedelta

import pgtrigger
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from mih.field.models import Envelope, Outcome, Pulse
from mih.field.sync.blobs import sweep_orphans
from mih.field.sync.cursor import KEPT
from mih.field.sync.standing import find_arrived, refresh_alerts
from mih.protocols.selectors import in_force

BATCH = 1000


def watch(*, at: datetime) -> int:
    """Note what arrived after all, and bring alerts in step. Returns how many rows changed."""
    return find_arrived(at=at) + refresh_alerts(at=at)


def tidy(*, at: datetime) -> int:
    """Drop pulses older than any cursor that is honoured, and empty old envelopes. Returns how many rows changed."""
    sweep_orphans(at=at)
    dropped, _ = Pulse.objects.filter(at__lt=Now() - KEPT).delete()
    return dropped + empty_envelopes(at=at)


@transaction.atomic
def empty_envelopes(*, at: datetime) -> int:
    """Take the bytes out of envelopes older than the policy keeps them, a batch at a time.

    The row stays with its number and digest, so that nothing is ever taken twice. What still waits for somebody is left
    alone however old it is.
    """
    before = at - timedelta(days=in_force("tablets", at)["envelopes_kept_days"])
    done = Q(outcome__in=[Outcome.APPLIED, Outcome.MERGED]) | Q(settled_at__isnull=False)
    old = Envelope.objects.filter(done, custody_at__lt=before).exclude(body=b"")
    batch = list(old.order_by("custody_at").values_list("pk", flat=True)[:BATCH])
    with pgtrigger.ignore("field.Envelope:custody_set_once"):
        return Envelope.objects.filter(pk__in=batch).update(header=b"", body=b"", sig=b"")
