"""Times on the agency's clock, ages and small words, as the chart and its prints write them."""

from datetime import date, datetime

from django import template

from mih.core import clock
from mih.encounters.models import Alarm
from mih.people.models import Person

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """Day and time on the agency's clock: `Jan 12, 2027 13:02`."""
    return f"{clock.local(at):%b} {clock.local(at).day}, {clock.local(at):%Y %H:%M}" if at else ""


@register.filter
def day(at: date | datetime | None) -> str:
    """`Jan 12, 2027`; for a time, its day on the agency's clock."""
    on = clock.local(at) if isinstance(at, datetime) else at
    return f"{on:%b} {on.day}, {on:%Y}" if on else ""


@register.filter
def iso(at: date | datetime | None) -> str:
    """For the `datetime` of a `<time>`."""
    return at.isoformat() if at else ""


@register.filter
def age(person: Person) -> str:
    """Age in years today, or at death; an estimate says so; empty when not known."""
    years = person.age_on(person.deceased_on or clock.local(clock.now()).date())
    if years is None:
        return ""
    return f"{years}" if person.birth_date else f"about {years}"


@register.filter
def ending(phone: object) -> str:
    """The last four digits of a phone number: enough to recognise it, too little to dial it."""
    digits = "".join(ch for ch in str(phone or "") if ch.isdigit())
    return digits[-4:]


@register.filter
def done(alarm: Alarm) -> str:
    """What became of an alarm."""
    raised = f"Raised {moment(alarm.raised_at)}. "
    if alarm.acknowledged_at and alarm.acknowledged_by:
        by = f"{alarm.acknowledged_by.signature_name}, {moment(alarm.acknowledged_at)}"
        return f"{raised}{alarm.action} ({by})"
    if alarm.met_by:
        return f"{raised}Met by {alarm.met_by}."
    if alarm.cleared_at:
        return f"{raised}Its cause was gone {moment(alarm.cleared_at)}."
    return f"{raised}Nothing recorded about it yet."
