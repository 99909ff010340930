"""Signatures given on tablets that do not stand under the record yet."""

from uuid import UUID

from mih.core.moments import moment_words
from mih.encounters.findings import Gap
from mih.encounters.models import Encounter, SignedSnapshot


def waiting_signatures(response: Encounter) -> list[SignedSnapshot]:
    """Each signer's last signature, while the response is not signed and that one is not under it."""
    if response.is_signed:
        return []
    last: dict[UUID, SignedSnapshot] = {}
    for row in SignedSnapshot.objects.filter(encounter=response).select_related("by").order_by("at", "pk"):
        last[row.by_id] = row
    return [row for row in last.values() if row.state != "signed"]


def signatures_to_repeat(response: Encounter) -> list[Gap]:
    """What the crew and their supervisor are told of them: who signed, when, and what to read before signing again."""
    return [
        Gap("signature_waits", _words(row), _form(row), _entry(row), _field(row), blocking=False)
        for row in waiting_signatures(response)
    ]


def _words(row: SignedSnapshot) -> str:
    who = f"{row.by.display_name} signed on a tablet, {moment_words(row.signed_at)}"
    if row.state == "missing":
        return f"{who}, while something was missing. Their signature is kept; they sign again once it is complete."
    labels = list(dict.fromkeys(each["label"] for each in row.differences))
    first, *others = labels
    shown = f"{first}; and {len(others)} more" if others else first
    return f"{who}, and had not seen this: {shown}. Their signature is kept; they read it and sign again."


def _first(row: SignedSnapshot) -> dict[str, str]:
    return next(iter(row.differences), {})


def _form(row: SignedSnapshot) -> str:
    return _first(row).get("form", "")


def _field(row: SignedSnapshot) -> str:
    return _first(row).get("field", "")


def _entry(row: SignedSnapshot) -> UUID | None:
    first = _first(row)
    return UUID(first["entry"]) if first and first["form"] not in ("times", "person") else None
