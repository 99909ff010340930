"""What the forms of this app ask of a whole response."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mih.core import clock

if TYPE_CHECKING:
    from mih.encounters.picture import Picture


def person_context(picture: "Picture") -> Mapping[str, object]:
    """Age, sex and pregnancy as the scoring engine takes them; what is unknown is left out."""
    known: dict[str, object] = {}
    person = picture.person
    if person is not None:
        response = picture.encounter
        age = person.age_on(clock.local(response.on_scene_at or response.created_at).date())
        if age is not None:
            known["age"] = age
        if person.sex in ("male", "female"):
            known["sex"] = person.sex
    medical = picture.one("medical")
    if medical is not None and medical.pregnant is not None:
        known["pregnant"] = medical.pregnant
    return known


def emergency(picture: "Picture") -> bool:
    """Whether a medical emergency, or a medical cause of the behavior, is suspected."""
    medical = picture.one("medical")
    return bool(medical and medical.medical_emergency)


def in_future(at: datetime | None, picture: "Picture") -> bool:
    """Whether a time lies further ahead of the clock than the policy allows."""
    ahead = timedelta(minutes=picture.policies["assessments"]["minutes_ahead"])
    return at is not None and at > clock.now() + ahead


def at_clock(at: datetime | None) -> str:
    """` (13:15)` on the agency's clock, or nothing."""
    return f" ({clock.local(at):%H:%M})" if at else ""
