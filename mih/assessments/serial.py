"""A score over the course of one response, for a trend: what it was, when, and in which band."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from mih.assessments.readings import as_vitals, pain, taken_at
from mih.encounters.facts import Score
from mih.instruments import selectors
from mih.instruments.models import INSTRUMENT

if TYPE_CHECKING:
    from mih.encounters.picture import Picture

SERIAL = ("cows", "ciwa_ar", "bars", "rass", "news2", "pain")
"""Scores of the program's own that mean something as a series."""


def serial_keys() -> tuple[str, ...]:
    """`SERIAL`, and every local instrument with a total that may be asked again."""
    own = []
    for key in selectors.local_keys():
        file = selectors.last(INSTRUMENT, key)
        if file and selectors.placement_of(file.pk).repeatable and selectors.definition_of(file.pk).has_total:
            own.append(key)
    return (*SERIAL, *own)


class Point(NamedTuple):
    """One measurement. `band` is the key of the instrument's band, such as `moderate`."""

    at: datetime
    total: int
    band: str


def serial(picture: "Picture", key: str) -> list[Point]:
    """The complete scores of one instrument in this response, oldest first. Pure: it reads nothing but the picture.

    A score that is not finished, or was refused, or has no time yet is no point. BARS rated while de-escalating is
    among them; vital signs taken before arrival are not. KeyError for an instrument that makes no series.
    """
    if key not in SERIAL and key not in serial_keys():
        raise KeyError(f"{key} is not scored as a series.")
    points = _pain(picture) if key == "pain" else [_point(score) for score in picture.facts.of(key)]
    return sorted(point for point in points if point is not None)


def _point(score: Score) -> Point | None:
    if score.at is None or score.total is None:
        return None
    return Point(score.at, score.total, score.band or "")


def _pain(picture: "Picture") -> list[Point | None]:
    found: list[Point | None] = []
    for row in picture.all("vitals"):
        result = pain(as_vitals(row))
        if not row.before_arrival and result.total is not None:
            found.append(Point(taken_at(row), result.total, result.band or ""))
    return found
