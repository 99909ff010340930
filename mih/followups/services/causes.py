"""Keeping the triggers of an episode in step with what its responses say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from mih.core.ids import uuid7
from mih.followups.models import FollowUpTrigger
from mih.followups.services.changes import Changes
from mih.followups.services.courses import Course, Courses, Response
from mih.followups.services.starting import REFERRAL, Reading

LOOP_CLOSED = "loop_closed"


def keep_triggers(
    response: Response, course: Course, reading: Reading, *, among: Courses, changes: Changes
) -> None:
    """Have the response's triggers say what it says; those it no longer starts end."""
    theirs = among.of_responses.setdefault(response.pk, [])
    kept = {(row.code, row.occurrence): row for row in theirs}
    cleared = response.t0
    first_hold = reading.on_hold and not any(row.began_on_hold for row in theirs)
    for wanted in reading.wanted:
        row = kept.pop((wanted.code, wanted.occurrence), None)
        if row is None:
            row = _new(
                id=uuid7(),
                encounter_id=response.pk,
                code=wanted.code,
                occurrence=wanted.occurrence,
                cleared_at=cleared,
                created_at=changes.at,
                episode_id=course.pk,
            )
            theirs.append(row)
            course.triggers.append(row)
            changes.triggers.append(row)
        before = None if row._state.adding else _values(row)
        if row.episode_id != course.pk:
            _move(row, course, among)
        row.because, row.about = wanted.because, wanted.about
        row.appointment_at, row.risk = wanted.appointment_at, reading.tier or "none"
        if row.ending in ("no_longer", LOOP_CLOSED):
            row.ended_at, row.ending = None, ""
        _hold(row, on_hold=reading.on_hold)
        if before is not None and _values(row) != before:
            changes.changed(row)
    for row in kept.values():
        if row.ended_at is None:
            row.ended_at = changes.at
            row.ending = LOOP_CLOSED if row.occurrence in reading.closed else "no_longer"
            changes.changed(row)
    if first_hold:
        _hold_the_others(response.pk, course, reading, since=cleared, changes=changes)


_BLANK = {field.attname: field.get_default() for field in FollowUpTrigger._meta.concrete_fields}


def _new(**values: Any) -> FollowUpTrigger:
    """A trigger of these values. Django takes a row's values in their order at a third of the price of named ones."""
    return FollowUpTrigger(*{**_BLANK, **values}.values())  # type: ignore[misc] # the stubs know named values alone


def counting(course: Course) -> list[FollowUpTrigger]:
    """The triggers that count: of each code the newest, and every referral."""
    rows = [row for row in course.triggers if row.ended_at is None or row.ending == LOOP_CLOSED]
    rows.sort(key=_age)
    newest = {row.code: row.pk for row in rows}
    return [row for row in rows if row.code == REFERRAL or newest[row.code] == row.pk]


def _age(row: FollowUpTrigger) -> tuple[datetime, UUID]:
    return row.cleared_at, row.occurrence


def _move(row: FollowUpTrigger, course: Course, among: Courses) -> None:
    """The response belongs to another episode than when it was planned."""
    if row.episode_id in among.courses:
        among[row.episode_id].triggers.remove(row)
    row.episode_id = course.pk
    course.triggers.append(row)


def _values(row: FollowUpTrigger) -> tuple[Any, ...]:
    return (
        row.episode_id,
        row.because,
        row.about,
        row.appointment_at,
        row.risk,
        row.ended_at,
        row.began_on_hold,
        row.held_since,
        row.reverted_at,
    )


def _hold(row: FollowUpTrigger, *, on_hold: bool) -> None:
    """Stop the clock of a trigger whose encounter ended in a facility, and start it again when that was a mistake."""
    if on_hold and not row.began_on_hold and row.released_at is None and row.held_since is None:
        row.began_on_hold, row.held_since = True, row.cleared_at
    elif not on_hold and row.began_on_hold and row.released_at is None:
        row.began_on_hold, row.held_since, row.reverted_at = False, None, None


def _hold_the_others(
    response: UUID, course: Course, reading: Reading, *, since: datetime, changes: Changes
) -> None:
    """The person is in a facility: what earlier encounters started waits too, unless the stay is already over."""
    if any(row.released_at is not None and row.released_at > since for row in course.triggers):
        return
    if course.in_facility_since is None:
        changes.held.append((course.pk, reading.facility, since))
        course.in_facility_since = since
    for row in _running(course.triggers, since):
        if row.encounter_id != response:
            row.held_since = since
            changes.changed(row)


def _running(rows: Sequence[FollowUpTrigger], before: datetime) -> list[FollowUpTrigger]:
    return [
        row for row in rows if row.ended_at is None and row.held_since is None and row.cleared_at < before
    ]
