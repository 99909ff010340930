"""The list of clinical values on paper."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.typesetting import typeset
from mih.protocols.values.listing import Counts, Listed


def values_pdf(
    groups: Iterable[tuple[Listed, list[Listed]]], counts: Counts, *, by: Staff, whole: bool
) -> bytes:
    """Every value of `groups` with its source and state, by document, on US Letter across."""
    return typeset(
        "values.typ",
        list={
            "agency": settings.AGENCY_NAME,
            "title": "Clinical values",
            "printed": f"Printed {_moment(clock.now())} by {by.display_name}",
            "counts": f"{counts.total} values: {counts.verify} to verify, {counts.approved} approved. "
            f"{counts.gck} are general clinical knowledge, {counts.default} are program defaults.",
            "part": "" if whole else "A part of the list: it was narrowed before printing.",
            "documents": [
                {
                    "title": f"{first.value.title}, version {first.value.version}",
                    "values": [_row(each) for each in each_of],
                }
                for first, each_of in groups
            ],
        },
    )


def _row(each: Listed) -> dict[str, object]:
    value = each.value
    state = "verify"
    if each.state == "approved":
        state = f"approved by {each.approved_by} on {_moment(each.approved_at)}"
    return {
        "label": value.label,
        "lines": list(value.lines),
        "tag": {"GCK": "general clinical knowledge", "DEF": "program default"}[value.tag],
        "source": value.source,
        "note": value.note,
        "state": state,
        "verify": each.state == "verify",
    }


def _moment(at: datetime | None) -> str:
    return f"{clock.local(at):%b %d, %Y, %H:%M}" if at else ""
