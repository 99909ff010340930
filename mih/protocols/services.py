"""Loading, proposing and signing policy."""

from datetime import datetime
from itertools import zip_longest
from typing import Any

from django.db import transaction
from django.db.models import Max

from mih.accounts.models import Role, Staff
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document, default_keys, problems, shape_problems
from mih.protocols.selectors import forget, in_force
from mih.protocols.shape import document_problems


@transaction.atomic
def load_defaults(*, by: Staff | None, at: datetime) -> list[Protocol]:
    """Load every shipped policy that the installation does not have in any version. Loading twice adds nothing.

    A policy that needs the medical director's signature is loaded without a date: it is not in force until signed.
    """
    present = set(Protocol.objects.values_list("key", flat=True))
    absent = [default_document(key) for key in default_keys() if key not in present]
    forget()
    return Protocol.objects.bulk_create(_first_version(document, by=by, at=at) for document in absent)


def _first_version(document: dict[str, Any], *, by: Staff | None, at: datetime) -> Protocol:
    return Protocol(
        key=document["key"],
        number=document["version"],
        title=document["title"],
        body=document,
        needs_signature=document["needs_signature"],
        effective_from=None if document["needs_signature"] else at,
        created_by=by,
    )


@transaction.atomic
def propose(
    *,
    key: str,
    document: dict[str, Any],
    by: Staff,
    reason: str = "",
    based_on: int | None = None,
    at: datetime | None = None,
) -> Protocol:
    """Put forward a new version of a policy. It takes effect when the medical director signs it.

    Every policy holds clinical values, so each change waits for that signature, whoever proposes it. `based_on` is the
    version the change was made from. Raises `NotAllowed` for other roles, `Stale` when another version has come into
    force since, and `Invalid` with every problem of the document.
    """
    demand_proposes(by)
    if key not in default_keys():
        raise Invalid("There is no policy of that name.", code="no_policy")
    if based_on is not None and in_force(key, at or clock.now()).version != based_on:
        raise Stale(
            "Another version has come into force since you began. Look at it, and make your change there.",
            code="policy_moved_on",
        )
    last = Protocol.objects.filter(key=key).aggregate(last=Max("number"))["last"] or 0
    document = {**document, "key": key, "version": last + 1}
    pattern = default_document(key)
    wrong = problems(document) or shape_problems(document, pattern)
    if not wrong:
        wrong = document_problems(key, {name: entry["value"] for name, entry in document["values"].items()})
    if document.get("needs_signature") is not pattern["needs_signature"]:
        wrong.append("Whether a policy needs a signature does not change from version to version.")
    if wrong:
        raise Invalid(" ".join(wrong), code="bad_policy")
    return Protocol.objects.create(
        key=key,
        number=last + 1,
        title=document["title"],
        body=document,
        needs_signature=document["needs_signature"],
        reason=reason.strip()[:400],
        created_by=by,
    )


def demand_proposes(by: Staff) -> None:
    """Raise `NotAllowed` unless `by` may propose policy."""
    if by.role not in (Role.MEDICAL_DIRECTOR, Role.PROGRAMME_MANAGER, Role.SUPERVISOR):
        raise NotAllowed(
            "Only the medical director, a manager or a supervisor proposes policy.", code="may_not_propose"
        )


@transaction.atomic
def sign(*, protocol: Protocol, by: Staff, at: datetime, effective_from: datetime | None = None) -> Protocol:
    """Sign a policy: in force from `effective_from` (default: now), until another version takes its place.

    A version in force without a signature is signed as it stands. Raises `NotAllowed` for anybody but the medical
    director, `Stale` for a version already signed or withdrawn, and `Invalid` for a start in the past: nothing done
    yesterday was done under a policy signed today.
    """
    if by.role != Role.MEDICAL_DIRECTOR:
        raise NotAllowed("Only the medical director signs policy.", code="not_medical_director")
    row = Protocol.objects.select_for_update(of=("self",)).get(pk=protocol.pk)
    if row.withdrawn_at is not None:
        raise Stale("This version was withdrawn. Propose a new one.", code="policy_withdrawn")
    if row.signed_at is not None:
        raise Stale("This version is already signed. Propose a new one to change it.", code="already_signed")
    if effective_from and effective_from < at:
        raise Invalid(
            "A policy cannot take effect in the past. Choose now or later.", code="policy_backdated"
        )
    if effective_from and row.effective_from:
        raise Invalid(
            "This version has a date already. Sign it as it stands, without another.", code="policy_in_force"
        )
    row.signed_by, row.signed_at, row.effective_from = by, at, effective_from or row.effective_from or at
    row.signature_text = by.signature_name
    row.version += 1
    row.save(update_fields=["signed_by", "signed_at", "effective_from", "signature_text", "version"])
    _settle(row.key)
    return row


@transaction.atomic
def withdraw(*, protocol: Protocol, by: Staff, at: datetime, reason: str) -> Protocol:
    """Take back a version that has not taken effect; the one before it goes on. The row stays to be read.

    The medical director withdraws any such version; whoever proposed it, while it is unsigned. Raises `NotAllowed`,
    `Invalid` without a reason, and `Stale` once it has taken effect or is withdrawn.
    """
    row = Protocol.objects.select_for_update(of=("self",)).get(pk=protocol.pk)
    own = row.created_by_id == by.pk and row.signed_at is None
    if by.role != Role.MEDICAL_DIRECTOR and not own:
        raise NotAllowed(
            "Only the medical director, or who proposed an unsigned version, withdraws it.",
            code="may_not_withdraw",
        )
    if row.withdrawn_at is not None:
        raise Stale("This version is withdrawn already. Reload the page.", code="policy_withdrawn")
    if row.effective_from is not None and row.effective_from <= at:
        raise Stale(
            "This version has taken effect. Propose another one to change it.", code="policy_in_force"
        )
    if not reason.strip():
        raise Invalid(
            "Say why this version is withdrawn.", code="reason_missing", fields={"reason": "Say why."}
        )
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, at, reason.strip()[:200]
    row.version += 1
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_reason", "version"])
    _settle(row.key)
    return row


def _settle(key: str) -> None:
    """End each dated version where the next one begins, and let the last one stand."""
    rows = list(
        Protocol.objects.select_for_update(of=("self",))
        .filter(key=key, effective_from__isnull=False, withdrawn_at__isnull=True)
        .order_by("effective_from", "number")
    )
    for row, following in zip_longest(rows, rows[1:]):
        end = following.effective_from if following else None
        if end == row.effective_from:
            continue  # two that begin at one moment: the later number is in force
        if row.effective_to != end:
            row.effective_to = end
            row.version += 1
            row.save(update_fields=["effective_to", "version"])
    forget()
