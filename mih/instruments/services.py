"""Taking in, signing and withdrawing what a medical director uploads."""

from datetime import datetime

from django.db import IntegrityError, transaction

from mih.accounts.models import Role, Staff
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.instruments.intake import Problem, examine
from mih.instruments.models import UploadedFile
from mih.instruments.selectors import fingerprint, forget


class UnfitFile(Invalid):
    """A file that cannot be taken in; `problems` says everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(map(str, problems)), code="unfit_file")
        self.problems = problems


@transaction.atomic
def upload(*, source: str, by: Staff, at: datetime) -> UploadedFile:
    """Keep a sound file, unsigned: it can be looked at and tried, and is offered to nobody until it is signed.

    Raises `NotAllowed` for anybody but the medical director, `UnfitFile` with every problem, and `Stale` when somebody
    else has just uploaded the same version.
    """
    _only_the_medical_director(by)
    found = examine(source)
    if found.problems:
        raise UnfitFile(found.problems)
    try:
        with transaction.atomic():
            return UploadedFile.objects.create(
                kind=found.kind,
                key=found.key,
                number=found.number,
                title=found.title,
                source=found.source,
                sha256=fingerprint(found.source),
                uploaded_by=by,
                uploaded_at=at,
            )
    except IntegrityError:
        raise Stale(
            "Somebody else has just uploaded this version. Open the list to see theirs.", code="version_taken"
        ) from None


@transaction.atomic
def sign(
    *, file: UploadedFile, by: Staff, at: datetime, effective_from: datetime | None = None
) -> UploadedFile:
    """Sign an uploaded file: it is used from `effective_from` (default: now), in place of the version before it.

    Raises `NotAllowed` for anybody but the medical director, `Stale` for a file already signed, `Invalid` for a day in
    the past, and `UnfitFile` when something it relies on has changed since the upload, such as the alarm catalogue.
    """
    _only_the_medical_director(by)
    row = _locked(file)
    if row.signed_at is not None:
        raise Stale(
            "This version is already signed. Upload the next version to change it.", code="already_signed"
        )
    if effective_from and effective_from < at:
        raise Invalid(
            "It cannot take effect in the past. Choose now or later.",
            code="backdated",
            fields={"effective_from": "Choose now or later."},
        )
    if wrong := examine(row.source, standing=row).problems:
        raise UnfitFile(wrong)
    row.signed_by, row.signed_at, row.effective_from = by, at, effective_from or at
    row.signature_text = by.signature_name
    _save(row, "signed_by", "signed_at", "effective_from", "signature_text")
    return row


@transaction.atomic
def withdraw(*, file: UploadedFile, reason: str, by: Staff, at: datetime) -> UploadedFile:
    """Stop offering a signed version. What was answered under it stays readable, and a response that had begun may
    still be finished.

    Raises `NotAllowed`, `Invalid` without a reason or signature, and `Stale` when it was withdrawn before.
    """
    _only_the_medical_director(by)
    row = _locked(file)
    if row.signed_at is None:
        raise Invalid("This version was never signed. Remove it instead.", code="not_signed")
    if row.withdrawn_at is not None:
        raise Stale("This version was withdrawn before.", code="already_withdrawn")
    if not reason.strip():
        raise Invalid(
            "Say why it is withdrawn.", code="reason_missing", fields={"reason": "Say why it is withdrawn."}
        )
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_reason = by, at, reason.strip()
    _save(row, "withdrawn_by", "withdrawn_at", "withdrawn_reason")
    return row


@transaction.atomic
def remove(*, file: UploadedFile, by: Staff) -> None:
    """Take out an upload that nobody signed. Raises `NotAllowed`, and `Stale` for one that is signed."""
    _only_the_medical_director(by)
    row = _locked(file)
    if row.signed_at is not None:
        raise Stale("This version is signed and is kept. Withdraw it instead.", code="already_signed")
    row.delete()


def _only_the_medical_director(by: Staff) -> None:
    if by.role != Role.MEDICAL_DIRECTOR:
        raise NotAllowed(
            "Only the medical director uploads, signs and withdraws instruments.", code="not_medical_director"
        )


def _locked(file: UploadedFile) -> UploadedFile:
    row = UploadedFile.objects.select_for_update().filter(pk=file.pk).first()
    if row is None:
        raise NotFound("That upload is not here any more. Open the list again.", code="no_upload")
    return row


def _save(row: UploadedFile, *columns: str) -> None:
    row.version += 1
    row.save(update_fields=[*columns, "version"])
    forget()
