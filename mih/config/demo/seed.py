"""Filling an empty database with the invented city, day by day, as it would have happened."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from mih.accounts.models import Programme, Staff
from mih.audit.context import acting
from mih.config.demo.agency import City, found, sign_on
from mih.config.demo.days import Days
from mih.config.demo.desk_work import STEPS
from mih.config.demo.follow_up import Desk
from mih.config.demo.practice_room import fill_practice
from mih.config.demo.response import Response
from mih.config.demo.week import TODAY, WEEK, Event, Today
from mih.core import clock
from mih.episodes.services import assign
from mih.followups import sweeps
from mih.protocols.models import Protocol

Say = Callable[[str], None]
SWEEPS_A_DAY = ("08:05", "12:05", "17:05")
TEAM_OF = {"ART": "ART navigators", "CRT": "CRT clinicians", "CCD": "CCD desk", "CAP": "CAP advocates"}


@dataclass(frozen=True)
class Moment:
    """Something to do at `at`."""

    at: datetime
    do: Callable[[], None]


def is_there() -> bool:
    """Whether the demo has been loaded already."""
    return Staff.objects.filter(username="pat", programme__code="ART").exists()


def is_in_use() -> bool:
    """Whether the database holds anything else that the demo would mix with."""
    return Staff.objects.exists() or Programme.objects.exists() or Protocol.objects.exists()


@transaction.atomic
def fill(*, now: datetime, say: Say) -> None:
    """The whole city, or nothing: interrupted in the middle, the database is as empty as before."""
    days = Days(now.replace(second=0, microsecond=0))
    say("Hiring staff, signing the protocols, stocking the units")
    city = found(days)
    desk = Desk(city)
    agenda = sorted(_agenda(city, desk), key=lambda moment: moment.at)
    today = None
    for moment in agenda:
        day = clock.local(moment.at).date()
        if day != today:
            today = day
            say(f"{day:%A, %B %-d}")
        moment.do()
    say("Practice program, and the last sweep")
    fill_practice(city)
    _sweep(days.now)


def _agenda(city: City, desk: Desk) -> Iterator[Moment]:
    days = city.days
    for number, event in enumerate(WEEK, 1):
        yield _response(city, event, days.at(event.ago, event.wall), number)
    began = days.shift_began(days.now - timedelta(minutes=90))
    yield Moment(began, lambda: sign_on(city))
    for number, today in enumerate(TODAY, len(WEEK) + 1):
        yield _response(city, today, days.now - timedelta(minutes=today.minutes), number)
    for ago in range(8, -1, -1):
        for wall in SWEEPS_A_DAY:
            at = days.at(ago, wall)
            if at < days.now:
                yield Moment(at, lambda at=at: _sweep(at))  # type: ignore[misc]
    for step in STEPS:
        at = days.at(step.ago, step.wall)
        if at < days.now:
            yield Moment(at, lambda step=step, at=at: desk.carry_out(step, at=at))  # type: ignore[misc]


def _response(city: City, event: Event | Today, start: datetime, number: int) -> Moment:
    def play() -> None:
        response = Response(city, event.call, start, number, event.who)
        event.story(response)
        _hand_to_navigator(response, event.navigator)

    return Moment(start, play)


def _hand_to_navigator(response: Response, navigator: str | None) -> None:
    """Once signed: the supervisor gives the episode to its navigator and team, and follow-up is planned."""
    if response.signed_at is None:
        return
    episode = response.encounter.episode
    at = response.signed_at
    if episode is not None and navigator is not None:
        with clock.fixed(at), acting(response.city.staff["sami"]):
            team = response.city.teams[TEAM_OF[response.encounter.programme.code]]
            assign(episode=episode, to=response.city.staff[navigator], team=team)
    with clock.fixed(at):
        sweeps.plan_due(at=at)


def _sweep(at: datetime) -> None:
    """What Celery does each minute, as often as it makes a difference here."""
    with clock.fixed(at):
        for sweep in (sweeps.plan_due, sweeps.activate, sweeps.remind, sweeps.escalate):
            sweep(at=at)
