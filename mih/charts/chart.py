"""One page of a person's chart: whom it is about, the card, and the lines asked for, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from mih.accounts.models import Programme, Staff
from mih.charts import summary as cards
from mih.charts import timeline as lines
from mih.charts.risk import screens_asked
from mih.charts.sight import Scope, Sight
from mih.charts.summary import Summary
from mih.charts.timeline import Asked, Page
from mih.core import clock
from mih.core.errors import NotFound
from mih.core.gather import gather
from mih.people.models import Person
from mih.privacy import policy


@dataclass(frozen=True)
class Chart:
    """What one page of the chart shows. `summary` is the card; None where only lines were asked for."""

    person: Person
    page: Page
    programmes: list[Programme]
    """Those of the reader's world, by their code."""
    summary: Summary | None


def chart(
    staff: Staff, person: UUID, asked: Asked, *, surface: str, purpose: str = "care", card: bool = False
) -> Chart:
    """A page of the chart of `person` for `staff`. The look is logged as `surface`, and so is a refused one.

    Nothing of a person whom the reader may not see is read: the database answers no question of the page before that of
    whom the policy layer lets the reader see. Raises `NotAllowed` for a role without care duties, `NotFound` for nobody and
    for somebody of the other world.
    """
    sight = Sight(staff)
    found = gather(
        _questions,
        (sight.scope, _shape(asked), screens_asked() if card else None),
        gate="person",
        person=person,
        programme=asked.programme,
        at=asked.after.at if asked.after else None,
        pk=asked.after.pk if asked.after else None,
    )
    if not found["person"]:
        policy.open_person(staff, person, surface=surface, purpose=purpose)  # refuses with its reason
        raise NotFound("There is no such person. Search again by name or phone.", code="no_person")
    whom: Person = found["person"][0]
    policy.shown(staff, [whom.pk], surface=surface, purpose=purpose)
    programmes = {each.pk: each for each in found["programmes"]}
    return Chart(
        whom,
        lines.page_from(asked, found, programmes),
        [each for each in found["programmes"] if each.is_practice == staff.in_practice],
        Summary(whom, clock.now(), found, programmes) if card else None,
    )


def _shape(asked: Asked) -> Asked:
    """What of a request decides which questions it asks: all but the values in them. Questions are kept for each shape, so
    a cursor made by hand must not make shapes without end."""
    after = None
    if asked.after:
        source = max(0, min(asked.after.source, len(asked.sources)))
        after = lines.Place(_ANY, UUID(int=0), source)
    return Asked(asked.sources, asked.kind, "", after, asked.size)


_ANY = datetime.min.replace(tzinfo=UTC)


def _questions(
    shape: tuple[Scope, Asked, tuple[str, ...] | None],
    *,
    person: UUID,
    programme: str,
    at: datetime | None,
    pk: UUID | None,
) -> Mapping[str, QuerySet[Any, Any]]:
    scope, asked, screens = shape
    asked = Asked(asked.sources, asked.kind, programme, asked.after, asked.size)
    people = policy.visible_people(scope.reader)
    return {
        "person": people.select_related("contact").filter(pk=person),
        "programmes": Programme.objects.order_by("code"),
        **(cards.questions(person, scope, screens) if screens is not None else {}),
        **lines.questions(asked, person, scope, programme=programme, at=at, pk=pk),
    }
