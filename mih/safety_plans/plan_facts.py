"""A safety plan as written, as the completeness rule reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Access = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to ask for help; `contact` is a telephone number or another way to reach them."""

    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Professional:
    """A professional or agency. `line_988`: the 988 lifeline itself; any other counts as local."""

    name: str
    contact: str = ""
    line_988: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansItem:
    """The answer for one kind of means: firearms, medicines or other.

    `action` answers a yes: a key of the policy's `means_actions`, or `declined`, which needs `reason` and a review task
    for the supervisor. `verifier` and `verify_at` say who makes sure of it, and when.
    """

    kind: str
    access: Access | None = None
    action: str | None = None
    reason: str = ""
    review_task: bool = False
    verifier: str = ""
    verify_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFacts:
    """A safety plan as written. `means_verifier` and `means_verify_at` serve every means item without its own.

    `caregiver_permitted`: whoever was told or given a copy may have been, by permission, emergency or as a minor's parent.
    `unread_steps`: steps taken over from an earlier plan that nobody has confirmed with the person yet.
    """

    warning_signs: Sequence[str] = ()
    coping: Sequence[str] = ()
    coping_obstacle_asked: bool | None = None
    distraction_people: Sequence[str] = ()
    distraction_places: Sequence[str] = ()
    helpers: Sequence[Helper] = ()
    helpers_none: bool = False
    professionals: Sequence[Professional] = ()
    means: Sequence[MeansItem] = ()
    means_verifier: str = ""
    means_verify_at: datetime | None = None
    reason_for_living: str = ""
    author_role: str | None = None
    collaborative: bool = True
    cosigned_by_role: str | None = None
    acknowledged_by: str | None = None
    copy_given: str | None = None
    plan_date: date | None = None
    caregiver: str | None = None
    caregiver_permitted: bool = True
    unread_steps: Sequence[int] = ()
    superseded: bool = False
