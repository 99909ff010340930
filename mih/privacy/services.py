"""Recording and revoking consents."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Stale
from mih.people.models import Person
from mih.privacy import policy
from mih.privacy.models import Consent


def record_consent(
    *,
    person: Person,
    kind: str,
    source: UUID,
    description: str,
    recipients: str,
    purpose: str,
    given_at: datetime,
    expires_on: date | None,
    expiry_event: str,
    by: Staff,
) -> Consent:
    """Keep a consent taken on the entry `source`. Recorded again, it stays one consent."""
    consent, _ = Consent.objects.get_or_create(
        source=source,
        defaults={
            "person": person,
            "kind": kind,
            "description": description,
            "recipients": recipients,
            "purpose": purpose,
            "given_at": given_at,
            "expires_on": expires_on,
            "expiry_event": expiry_event,
            "recorded_by": by,
        },
    )
    return consent


@transaction.atomic
def revoke(*, consent: Consent, by: Staff, at: datetime) -> Consent:
    """Revoke a consent. What was disclosed in reliance on it stays disclosed (42 CFR 2.31(a)(6))."""
    policy.demand(policy.section(by, "part2_consent", "C"))
    locked = Consent.objects.select_for_update().get(pk=consent.pk)
    if locked.revoked_at:
        raise Stale("This consent is already revoked.", code="already_revoked")
    locked.revoked_at, locked.revoked_by = at, by
    locked.version += 1
    locked.save()
    return locked
