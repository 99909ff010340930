"""A contact's window in the words of somebody reading a list."""

from datetime import datetime

from mih.core import clock

_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


def day_word(moment: datetime, at: datetime) -> str:
    """The agency's day of `moment` seen from `at`: today, tomorrow, yesterday, a weekday within the week, else Jan 13."""
    there = clock.local(moment).date()
    days = (there - clock.local(at).date()).days
    if -1 <= days <= 1:
        return _NEAR[days]
    if abs(days) < 7:
        return f"{there:%a}"
    return f"{there:%b} {there.day}"


def window_words(opens: datetime | None, closes: datetime | None, at: datetime) -> str:
    """From when to when the contact can be made: "today to Thu", "today until 14:31", "closed Tue"."""
    if opens is None or closes is None:
        return "waits for release"
    if closes <= at:
        return f"closed {day_word(closes, at)}"
    begins = "today" if opens <= at else day_word(opens, at)
    ends = day_word(closes, at)
    if begins == ends:
        return f"{begins} until {clock.local(closes):%H:%M}"
    return f"{begins} to {ends}"
