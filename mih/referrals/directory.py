"""Keeping the directory of partners true: when a row was last checked, and by whom it is checked again."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.errors import NotFound
from mih.privacy import policy
from mih.protocols.selectors import in_force
from mih.referrals.models import Partner


@transaction.atomic
def verify(*, partner: UUID, by: Staff, at: datetime) -> Partner:
    """Note that `by` has checked a partner's row today. Whoever may write referrals may."""
    policy.demand(policy.section(by, "referral", "C"))
    row = Partner.objects.select_for_update(of=("self",)).filter(pk=partner, is_active=True).first()
    if row is None:
        raise NotFound("There is no such partner. Reload the directory.", code="no_partner")
    row.last_verified = clock.local(at).date()
    row.version += 1
    row.save(update_fields=["last_verified", "version"])
    return row


def stale_before(at: datetime) -> date:
    """Rows last checked before this day are shown in amber."""
    days: int = in_force("directory", at)["verify_after_days"]
    return date.fromordinal(clock.local(at).date().toordinal() - days)
