"""The figures beside the filters of the queue: each by the very query that its list would run."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count

from mih.accounts.models import Staff
from mih.followups.models.querysets import WHENS
from mih.followups.selectors.queue import SCOPES, QueueFilters, narrowed


@dataclass(frozen=True)
class Facets:
    """How many contacts each choice would show, all other filters left as they are."""

    whens: dict[str, int]
    scopes: dict[str, int]
    risks: dict[str, int]


def facets(staff: Staff, filters: QueueFilters, *, at: datetime) -> Facets:
    """The figures for `filters`, in five statements."""
    every_state = narrowed(staff, replace(filters, when="unfinished"), at=at).order_by()
    every_risk = narrowed(staff, replace(filters, risk=""), at=at).order_by()
    return Facets(
        whens=every_state.aggregate(**{when: Count("pk", filter=meant(at)) for when, meant in WHENS.items()}),
        scopes={scope: narrowed(staff, replace(filters, scope=scope), at=at).count() for scope in SCOPES},
        risks=dict(every_risk.values_list("risk").annotate(Count("pk"))),
    )
