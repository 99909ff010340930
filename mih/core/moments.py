"""Moments on the agency's wall clock: a form field that reads one, and the words that show one."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from mih.core import clock

SHAPE = "%Y-%m-%dT%H:%M"
"""As a `datetime-local` box writes it."""


class LocalMomentField(forms.Field):
    """A date and time on the agency's clock, given as an instant in UTC.

    A wall-clock time that the spring change skips is read on the old clock, one that the autumn change repeats is the
    first of the two.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=SHAPE))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            wall = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
            if not 1900 <= wall.year <= 2200:
                raise ValueError(value)
        except ValueError:
            raise ValidationError("Enter the date and the time.", code="invalid") from None
        return (wall if wall.tzinfo else wall.replace(tzinfo=clock.agency_zone())).astimezone(UTC)

    def prepare_value(self, value: Any) -> Any:
        return clock.local(value).strftime(SHAPE) if isinstance(value, datetime) and value.tzinfo else value


def day_words(on: date) -> str:
    """A day as people here write it: `Nov 22, 2026`."""
    return f"{on:%b} {on.day}, {on:%Y}"


def moment_words(at: datetime) -> str:
    """An instant on the agency's clock: `Nov 22, 2026 13:20`."""
    local = clock.local(at)
    return f"{day_words(local)} {local:%H:%M}"


__all__ = ["LocalMomentField", "day_words", "moment_words"]
