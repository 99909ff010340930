"""Everybody's licenses on one page, the most urgent first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q, QuerySet

from mih.accounts.models import Staff
from mih.core import clock
from mih.protocols.licenses.standing import License, Notice, needed_by, notice_for, standing_of
from mih.protocols.policy import Policy

Filter = Literal["", "stopped", "soon", "well"]


@dataclass(frozen=True)
class Line:
    """One member of staff: what they hold, and what they are told about it."""

    staff: Staff
    licenses: list[License]
    notice: Notice | None
    needs: list[str]

    @property
    def state(self) -> Literal["stopped", "soon", "well", "none_needed"]:
        """stopped: cannot sign today; soon: it ends within the days of notice."""
        if self.notice is not None:
            return "stopped" if self.notice.stopped else "soon"
        return "well" if self.needs else "none_needed"


_ORDER = {"stopped": 0, "soon": 1, "well": 2, "none_needed": 3}


def staff_seen_by(staff: Staff) -> QuerySet[Staff]:
    """Everybody still working in the reader's world."""
    practice = Q(programme__is_practice=True)
    return Staff.objects.filter(practice if staff.in_practice else ~practice, is_active=True)


def license_lines(staff: Staff, *, at: datetime, policy: Policy) -> list[Line]:
    """A line for each member of staff, those who cannot sign first, then those whose license ends soon."""
    members = (
        staff_seen_by(staff).prefetch_related("credentials").order_by("first_name", "last_name", "username")
    )
    lines = [license_line(member, at=at, policy=policy) for member in members]
    return sorted(lines, key=lambda line: _ORDER[line.state])


def license_line(member: Staff, *, at: datetime, policy: Policy) -> Line:
    """The line of one member of staff."""
    needs = needed_by(member.role, policy) or needed_by(member.role, policy, "needed_to_cosign")
    return Line(
        member,
        standing_of(member, on=clock.local(at).date(), policy=policy),
        notice_for(member, at=at, policy=policy),
        needs,
    )
