"""Recording, renewing, suspending and reinstating credentials. Nobody keeps their own."""

from datetime import date

from django.db import transaction

from mih.accounts.models import Credential, Role, Staff
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale

KEEPERS = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR})


@transaction.atomic
def add(
    *,
    staff: Staff,
    kind: str,
    by: Staff,
    number: str = "",
    issuer: str = "",
    issued_on: date | None = None,
    expires_on: date | None = None,
    supervisor: Staff | None = None,
    scope_note: str = "",
) -> Credential:
    """Record a license or certification. Raises `NotAllowed`, or `Invalid` for dates that cannot be true."""
    _demand_keeper(staff, by)
    if not kind.strip():
        raise Invalid(
            "Say which license it is.", code="kind_missing", fields={"kind": "Say which license it is."}
        )
    _demand_order(issued_on, expires_on)
    if supervisor is not None and supervisor.pk == staff.pk:
        raise Invalid(
            "Nobody supervises themself. Choose somebody else.",
            code="own_supervisor",
            fields={"supervisor": "Choose somebody else."},
        )
    return Credential.objects.create(
        staff=staff,
        kind=kind.strip(),
        number=number.strip(),
        issuer=issuer.strip(),
        issued_on=issued_on,
        expires_on=expires_on,
        supervisor=supervisor,
        scope_note=scope_note.strip(),
    )


@transaction.atomic
def renew(*, credential: Credential, issued_on: date | None, expires_on: date, by: Staff) -> Credential:
    """Record the renewal as a credential of its own, with the old one's number, issuer, supervisor and note.

    The old one stays as it was: what was signed under it can be checked. Without `issued_on` the renewal begins the day
    after the old one ends. Raises `Invalid` when it ends no later than the old one.
    """
    old = _locked(credential)
    _demand_keeper(old.staff, by)
    if old.expires_on and expires_on <= old.expires_on:
        raise Invalid(
            "A renewal ends later than what it renews. Check the date.",
            code="renewal_too_short",
            fields={"expires_on": "A renewal ends later than what it renews."},
        )
    begins = issued_on or (date.fromordinal(old.expires_on.toordinal() + 1) if old.expires_on else None)
    _demand_order(begins, expires_on)
    return Credential.objects.create(
        staff=old.staff,
        kind=old.kind,
        number=old.number,
        issuer=old.issuer,
        issued_on=begins,
        expires_on=expires_on,
        supervisor=old.supervisor,
        scope_note=old.scope_note,
    )


@transaction.atomic
def suspend(*, credential: Credential, on: date, reason: str, by: Staff) -> Credential:
    """Suspend from the day `on`: signing stops that day. Raises `Stale` while it is suspended already."""
    row = _locked(credential)
    _demand_keeper(row.staff, by)
    if not reason.strip():
        raise Invalid(
            "Say why it is suspended.", code="reason_missing", fields={"reason": "Say why it is suspended."}
        )
    if row.suspended_on and row.reinstated_on is None:
        raise Stale("This license is suspended already. Reload the page.", code="already_suspended")
    row.suspended_on, row.suspended_reason, row.reinstated_on = on, reason.strip()[:200], None
    row.version += 1
    row.save()
    return row


@transaction.atomic
def reinstate(*, credential: Credential, on: date, by: Staff) -> Credential:
    """End a suspension: it stands again from the day `on`. Raises `Stale` when it is not suspended."""
    row = _locked(credential)
    _demand_keeper(row.staff, by)
    if row.suspended_on is None or row.reinstated_on is not None:
        raise Stale("This license is not suspended. Reload the page.", code="not_suspended")
    if on <= row.suspended_on:
        raise Invalid(
            "It stands again after the day it was suspended. Check the date.",
            code="reinstated_too_early",
            fields={"on": "Choose a day after the suspension."},
        )
    row.reinstated_on = on
    row.version += 1
    row.save()
    return row


def demand_keeps(by: Staff, staff: Staff) -> None:
    """Raise `NotAllowed` or `NotFound` unless `by` keeps the credentials of `staff`."""
    _demand_keeper(staff, by)


def _demand_keeper(staff: Staff, by: Staff) -> None:
    if staff.in_practice != by.in_practice:
        raise NotFound("There is no such member of staff.", code="no_staff")
    if by.role not in KEEPERS:
        raise NotAllowed("The administrator or a supervisor keeps credentials.", code="keeps_no_credentials")
    if staff.pk == by.pk:
        raise NotAllowed(
            "Nobody keeps their own credentials. Ask the administrator or another supervisor.",
            code="own_credential",
        )


def _demand_order(issued_on: date | None, expires_on: date | None) -> None:
    if issued_on and expires_on and expires_on <= issued_on:
        raise Invalid(
            "It ends after it is issued. Check the two dates.",
            code="credential_dates",
            fields={"expires_on": "It ends after it is issued."},
        )


def _locked(credential: Credential) -> Credential:
    row = Credential.objects.select_for_update(of=("self",)).filter(pk=credential.pk).first()
    if row is None:
        raise NotFound("There is no such license. Reload the page.", code="no_credential")
    return row
