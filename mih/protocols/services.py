"""Loading, proposing and signing policy."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from mih.accounts.models import Role, Staff
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document, default_keys, problems, shape_problems
from mih.protocols.selectors import forget


@transaction.atomic
def load_defaults(*, by: Staff | None, at: datetime) -> list[Protocol]:
    """Load every shipped policy that the installation does not have in any version. Loading twice adds nothing.

    A policy that needs the medical director's signature is loaded without a date: it is not in force until signed.
    """
    present = set(Protocol.objects.values_list("key", flat=True))
    absent = [default_document(key) for key in default_keys() if key not in present]
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
def propose(*, key: str, document: dict[str, Any], by: Staff) -> Protocol:
    """Put forward a new version of a policy. It takes effect when the medical director signs it.

    Raises `NotAllowed` for other roles and `Invalid` with every problem of the document.
    """
    if by.role not in (Role.MEDICAL_DIRECTOR, Role.PROGRAMME_MANAGER, Role.SUPERVISOR):
        raise NotAllowed(
            "Only the medical director, a manager or a supervisor proposes policy.", code="may_not_propose"
        )
    if key not in default_keys():
        raise Invalid("There is no policy of that name.", code="no_policy")
    last = Protocol.objects.filter(key=key).aggregate(last=Max("number"))["last"] or 0
    document = {**document, "key": key, "version": last + 1}
    pattern = default_document(key)
    wrong = problems(document) or shape_problems(document, pattern)
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
        created_by=by,
    )


@transaction.atomic
def sign(*, protocol: Protocol, by: Staff, at: datetime, effective_from: datetime | None = None) -> Protocol:
    """Sign a policy: in force from `effective_from` (default: now), and the one before it ends then.

    Raises `NotAllowed` for anybody but the medical director, `Stale` for a version already signed, and `Invalid` for a
    start in the past: nothing done yesterday was done under a policy signed today.
    """
    if by.role != Role.MEDICAL_DIRECTOR:
        raise NotAllowed("Only the medical director signs policy.", code="not_medical_director")
    row = Protocol.objects.select_for_update().get(pk=protocol.pk)
    if row.signed_at is not None:
        raise Stale("This version is already signed. Propose a new one to change it.", code="already_signed")
    if effective_from and effective_from < at:
        raise Invalid(
            "A policy cannot take effect in the past. Choose now or later.", code="policy_backdated"
        )
    start = effective_from or row.effective_from or at
    standing = Protocol.objects.filter(key=row.key, effective_to__isnull=True, effective_from__lt=start)
    for before in standing.exclude(pk=row.pk):
        before.effective_to = start
        before.version += 1
        before.save(update_fields=["effective_to", "version"])
    row.signed_by, row.signed_at, row.effective_from = by, at, start
    row.signature_text = by.signature_name
    row.version += 1
    row.save(update_fields=["signed_by", "signed_at", "effective_from", "signature_text", "version"])
    forget()
    return row
