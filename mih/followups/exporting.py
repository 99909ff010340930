"""The contacts of a period as a spreadsheet, for whoever runs the program: any number of rows in the same memory.

Rows come from a cursor of the database a few thousand at a time, and leave as they come. A file that was cut off on its
way is told from a whole one by its last line, which counts the rows.
"""

import csv
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.audit.services import log_export
from mih.core import clock
from mih.core.lookups import AmongMany
from mih.followups.models import ContactDue, ContactStatus
from mih.followups.models.contact import OUTCOMES
from mih.privacy import policy

CHUNK = 2_000
"""Rows fetched at a time, and about as many sent."""

OLDEST = 90
"""Ages from here on are one group, as HIPAA's safe harbor has it (45 CFR 164.514(b)(2))."""

COLUMNS = (
    "Contact", "Program", "Team", "Steps", "Risk", "Status", "Outcome", "Owner role", "Assigned to", "First choice of how",
    "Opens", "Target", "Closes", "Ended", "Ended within its window", "Attempts", "Escalated", "Age",
)  # fmt: skip
NAMING = ("Person", "Name", "Birth date", "Phone")

_STATUS = dict(ContactStatus.choices)
_OUTCOME = dict(OUTCOMES)
_ROLE = dict(Staff._meta.get_field("role").flatchoices)
_FIELDS = (
    "pk", "programme__name", "team__name", "steps", "risk", "status", "outcome", "owner_role", "assigned_to__first_name",
    "assigned_to__last_name", "modality", "opens_at", "target_at", "closes_at", "closed_at", "attempts_count",
    "escalated_at", "person__birth_date",
)  # fmt: skip
_NAMING_FIELDS = ("person_id", "person__first_name", "person__last_name", "person__contact__phone")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Period:
    """Whole days on the agency's clock, the last one included. `programme` is a code; empty: every program."""

    since: date
    until: date
    programme: str = ""


def contacts_of_period(staff: Staff, period: Period) -> QuerySet[ContactDue]:
    """Contacts that `staff` may see whose target lies in the period. Those on hold have no target yet."""
    zone = clock.agency_zone()
    begins = datetime.combine(period.since, time.min, zone)
    ends = datetime.combine(period.until + timedelta(days=1), time.min, zone)
    rows = ContactDue.objects.seen_by(staff).filter(target_at__gte=begins, target_at__lt=ends)
    return rows.filter(programme__code=period.programme) if period.programme else rows


def export(staff: Staff, period: Period, *, named: bool) -> Generator[str, None, None]:
    """The file, in parts. Whose contacts they are is in the read log as one look before the first part leaves.

    `named` adds who each person is. Raises `NotAllowed` for a role that may not export, or not with names.
    """
    policy.demand(policy.page(staff, "contacts_export"))
    if named:
        policy.demand(policy.page(staff, "contacts_export_named"))
    rows = contacts_of_period(staff, period)
    people = rows.order_by().values("person_id").distinct()
    kept = log_export(by=staff, people=people, surface="contacts_export")
    # Somebody whose first contact is planned between the log and the file is not in it.
    return _file(rows.filter(AmongMany("person", kept)), named)


def _file(rows: QuerySet[ContactDue], named: bool) -> Generator[str, None, None]:
    yield _lines([(*COLUMNS, *(NAMING if named else ()))])
    fields = _FIELDS + (_NAMING_FIELDS if named else ())
    count, chunk = 0, []
    for row in rows.order_by("target_at", "pk").values_list(*fields).iterator(chunk_size=CHUNK):
        chunk.append(_line(row, named))
        count += 1
        if len(chunk) == CHUNK:
            yield _lines(chunk)
            chunk = []
    yield _lines([*chunk, (f"End of the file: {count} contacts",)])


def _line(row: tuple[Any, ...], named: bool) -> tuple[Any, ...]:
    (pk, programme, team, steps, risk, status, outcome, role, first, last, modality, opens, target, closes, closed, tries,
     escalated, born, *who) = row  # fmt: skip
    line = (
        pk, programme, team or "", "+".join(steps), risk, _STATUS[status], _OUTCOME.get(outcome, ""), _ROLE.get(role, role),
        f"{first or ''} {last or ''}".strip(), modality.replace("_", " "), _moment(opens), _moment(target), _moment(closes),
        _moment(closed), "" if closed is None or closes is None else "yes" if closed <= closes else "no", tries,
        "yes" if escalated else "no", _age(born, target),
    )  # fmt: skip
    if not named:
        return line
    person, first, last, phone = who
    return (*line, person, f"{first} {last}".strip(), born or "", phone.as_national if phone else "")


def _moment(at: datetime | None) -> str:
    return clock.local(at).strftime("%Y-%m-%d %H:%M") if at else ""


def _age(born: date | None, at: datetime) -> str:
    """In years on that day; one group from `OLDEST` on."""
    if born is None:
        return ""
    day = clock.local(at).date()
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return f"{OLDEST} or more" if years >= OLDEST else str(years)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(rows: Iterable[tuple[Any, ...]]) -> str:
    writer = csv.writer(_Echo())
    return "".join(writer.writerow([_cell(value) for value in row]) for row in rows)


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
