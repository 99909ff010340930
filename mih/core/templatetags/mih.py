"""What every template may say: icons, chips of the one status vocabulary, and times on the agency's clock."""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from mih.core import clock

register = template.Library()

RISK = {
    "high": ("risk-high", "High risk"),
    "moderate": ("risk-moderate", "Moderate risk"),
    "low": ("risk-low", "Low risk"),
    "none": ("risk-none", "No risk found"),
}
DUE = {
    "overdue": ("alert", "Overdue"),
    "today": ("clock-full", "Due today"),
    "open": ("clock", "Open"),
    "claimed": ("user", "Claimed"),
    "planned": ("calendar", "Planned"),
    "on_hold": ("pause", "On hold"),
    "done": ("check-circle", "Done"),
    "unable": ("circle-slash", "Unable"),
    "superseded": ("swap", "Superseded"),
    "cancelled": ("x", "Cancelled"),
}
LEVEL = {"red": ("alarm", "Urgent"), "amber": ("alert", "Attention"), "info": ("info", "Note")}
_KNOWN: dict[str, dict[str, tuple[str, str]]] = {"risk": RISK, "due": DUE, "level": LEVEL}


@cache
def _svg(name: str, classes: str = "") -> SafeString:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static("icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A symbol of the icon sheet, hidden from screen readers: words stand beside it."""
    return _svg(name, classes)


def _chip(kind: str, key: str, words: str) -> SafeString:
    return _known_chip(kind, key) if not words and key in _KNOWN[kind] else _any_chip(kind, key, words)


@cache
def _known_chip(kind: str, key: str) -> SafeString:
    return _any_chip(kind, key, "")


def _any_chip(kind: str, key: str, words: str) -> SafeString:
    symbol, label = _KNOWN[kind].get(key, ("circle", key.replace("_", " ").capitalize()))
    return format_html('<span class="chip {}-{}">{} {}</span>', kind, key, _svg(symbol), words or label)


@register.simple_tag
def risk_chip(tier: str | None, words: str = "") -> SafeString:
    """The risk tier: icon, word and shape."""
    return _chip("risk", tier or "none", words)


@register.simple_tag
def due_chip(state: str, words: str = "") -> SafeString:
    """The state of a follow-up contact; `words` may say the window instead: "today to Thu"."""
    return _chip("due", state, words)


@register.simple_tag
def level_chip(level: str, words: str = "") -> SafeString:
    """The level of an alarm."""
    return _chip("level", level, words)


@register.filter
def local_time(at: datetime | None) -> str:
    """14:03"""
    return _time(clock.local(at)) if at else ""


@register.filter
def local_day(at: datetime | None) -> str:
    """Tue, Jan 12"""
    return _day(clock.local(at), clock.local(clock.now())) if at else ""


@register.filter
def local_moment(at: datetime | None) -> str:
    """14:03 today, or Tue, Jan 12, 14:03"""
    if at is None:
        return ""
    local, now = clock.local(at), clock.local(clock.now())
    same_day = (local.year, local.month, local.day) == (now.year, now.month, now.day)
    return f"today {_time(local)}" if same_day else f"{_day(local, now)}, {_time(local)}"


# By hand: a list shows hundreds of moments, and formatting them is most of what they cost.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _time(local: datetime) -> str:
    return f"{local.hour:02}:{local.minute:02}"


def _day(local: datetime, now: datetime) -> str:
    year = "" if local.year == now.year else f" {local.year}"
    return f"{_WEEKDAYS[local.weekday()]}, {_MONTHS[local.month - 1]} {local.day}{year}"


@register.filter
def initials(name: Any) -> str:
    """The first letters of the first and last word of a name."""
    words = [word for word in str(name).split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
