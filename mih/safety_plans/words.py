"""Codes inside the rows of a plan, as people write and read them."""

from datetime import date, datetime, time
from typing import Any

from mih.core import clock

KINDS = {"firearms": "Firearms", "medicines": "Medicines", "other": "Another way"}
ACTIONS = {
    "removed": "Taken out of the home",
    "locked": "Locked away",
    "transferred": "Given to somebody to keep",
    "disposed": "Disposed of",
    "no_access_confirmed": "No access, confirmed",
    "declined": "Declined",
}
PLACES = {"person": "Person", "place": "Place"}
COLUMNS = {"means": {"kind": KINDS, "action": ACTIONS}, "distraction": {"kind": PLACES}}
"""Columns that hold a code, by field."""


def coded(text: str, words: dict[str, str]) -> str:
    """The code for what was typed: the code itself or its words, in any case; otherwise the text as it is."""
    typed = text.strip().lower()
    for code, label in words.items():
        if typed in (code, code.replace("_", " "), label.lower()):
            return code
    return text.strip()


def with_codes(field: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows with their coded columns as codes."""
    columns = COLUMNS.get(field, {})
    return [
        {name: coded(text, columns[name]) if name in columns else text for name, text in row.items()}
        for row in rows
    ]


def with_words(field: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with their coded columns in words, for reading and printing."""
    columns = COLUMNS.get(field, {})
    return [{name: columns.get(name, {}).get(str(text), text) for name, text in row.items()} for row in rows]


def moment(text: str, day: date | None) -> datetime | None:
    """When something is verified: a date and time, or a time of day on the plan's `day`; None when it says neither."""
    try:
        read = datetime.fromisoformat(text.strip())
        return read if read.tzinfo else read.replace(tzinfo=clock.agency_zone())
    except ValueError:
        pass
    try:
        hour = time.fromisoformat(text.strip())
    except ValueError:
        return None
    return datetime.combine(day, hour, clock.agency_zone()) if day else None
