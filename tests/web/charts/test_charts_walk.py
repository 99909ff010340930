"""Lists of a chart while the record goes on: what stays is shown once, whatever comes or goes between two pages."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pytest

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.charts.chart import chart
from mih.charts.readers import READS
from mih.charts.sources import SOURCES
from mih.charts.timeline import Asked, Event, Source, read_cursor
from mih.charts.views.person import RESPONSES
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.episodes.models import EpisodeOfCare
from mih.people.models import Person
from mih.privacy.models import Consent
from tests.web.charts.test_charts_person import eventful
from tests.world import NOON, World

pytestmark = pytest.mark.django_db
Name = tuple[str, UUID, str]


def name(event: Event) -> Name:
    return event.kind, event.id, event.title


def walked(
    staff: Staff,
    person: Person,
    sources: Sequence[Source],
    between: Callable[[int, list[Event]], None] = lambda number, shown: None,
    **narrowed: str,
) -> list[Name]:
    """Every event of the list, three on a page; `between` runs before each page after the first."""
    shown: list[Event] = []
    after = None
    for number in range(60):
        if number:
            between(number, shown)
        page = chart(
            staff, person.pk, Asked(sources, after=after, size=3, **narrowed), surface="chart_timeline"
        ).page
        shown += page.events
        if page.next is None:
            return [name(event) for event in shown]
        after = read_cursor(page.next)
    raise AssertionError("The list has no end.")


@pytest.fixture
def busy(world: World, noon: object) -> Person:
    """Somebody with events of every kind, many of them at one moment, some of one record at one moment."""
    person = world.person(last_name="Busy")
    eventful(world, person, responses=4)
    with acting(world.paramedic):
        for closed in (NOON, NOON - timedelta(days=1)):
            # Begun and ended at one moment: two events of one identifier and one time.
            EpisodeOfCare.objects.create(
                person=person, programme=world.art, opened_at=closed, closed_at=closed, closing="linked"
            )
        for _ in range(4):
            Consent.objects.create(
                person=person,
                kind="release",
                source=uuid7(),
                given_at=NOON,
                revoked_at=NOON,
                revoked_by=world.paramedic,
                recorded_by=world.paramedic,
            )
    return person


def test_each_event_is_on_one_page(world: World, busy: Person) -> None:
    whole = chart(world.supervisor, busy.pk, Asked(SOURCES, size=200), surface="chart").page
    found = walked(world.supervisor, busy, SOURCES)
    assert found == [name(event) for event in whole.events]
    assert len(found) == len(set(found)) == 4 * 4 + 1 + 2 * 2 + 4 * 2
    for kind in ("consent", "episode", "response"):
        some = walked(world.supervisor, busy, SOURCES, kind=kind)
        assert some == [each for each in found if each[0] == kind]
    in_art = walked(world.supervisor, busy, SOURCES, programme="ART")
    assert in_art == [each for each in found if each[0] != "consent"]


def test_what_stays_is_shown_once_whatever_comes_and_goes(world: World, busy: Person) -> None:
    gone: set[UUID] = set()
    come: set[UUID] = set()

    def between(number: int, shown: list[Event]) -> None:
        with acting(world.paramedic):
            if number <= 4:
                # One newer than all, one as old as the oldest, and one at the moment where the page ended.
                for at in (NOON + timedelta(minutes=number), NOON - timedelta(days=300), shown[-1].at):
                    new = Consent.objects.create(
                        person=busy, kind="release", source=uuid7(), given_at=at, recorded_by=world.paramedic
                    )
                    come.add(new.pk)
        with acting(SYSTEM):
            if number == 2:
                # One that was shown goes, and so do one that was not yet and all that belongs to them.
                seen = [event.id for event in shown if event.kind == "response"]
                unseen = Encounter.objects.filter(person=busy, signed_at=None).exclude(pk__in=seen)
                for pk in [*unseen.values_list("pk", flat=True)]:
                    gone.add(pk)
                Encounter.objects.filter(pk__in=gone).update(voided_at=NOON, void_reason="Twice")

    with acting(SYSTEM):
        for days in (2, 6):
            world.response(person=busy, on_scene_at=NOON - timedelta(days=days, hours=1))
    before = walked(world.supervisor, busy, SOURCES)
    found = walked(world.supervisor, busy, SOURCES, between)

    assert gone
    assert len(found) == len(set(found))
    stayed = [each for each in before if each[1] not in gone]
    assert [each for each in found if each[1] not in come and each[1] not in gone] == stayed
    # What was written behind the place where a page ended is met on the way, except where it belongs before it.
    met = [each for each in found if each[1] in come]
    assert len(met) >= 4


def test_responses_are_walked_once_while_more_are_made(world: World, busy: Person) -> None:
    before = walked(world.navigator, busy, RESPONSES)

    def between(number: int, shown: list[Event]) -> None:
        if number == 1:
            world.response(person=busy, on_scene_at=NOON + timedelta(minutes=1))

    found = walked(world.navigator, busy, RESPONSES, between)
    assert found == before
    assert len(found) == 4


def test_the_readers_list_is_walked_once_although_each_look_adds_a_line(world: World, busy: Person) -> None:
    with acting(SYSTEM):
        for number in range(8):
            ReadEvent.objects.create(
                at=NOON - timedelta(hours=number // 2),
                actor=world.peer.pk,
                role="peer",
                people=[busy.pk],
                surface="chart",
                purpose="care",
            )
    known = set(ReadEvent.objects.values_list("pk", flat=True))
    found = walked(world.supervisor, busy, READS)
    assert len(found) == len(set(found))
    assert {pk for _, pk, _ in found} >= known
    assert ReadEvent.objects.filter(people=[busy.pk]).count() > len(known)
