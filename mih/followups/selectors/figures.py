"""The figures beside the queue: how many contacts each tab, each scope and each risk would show.

Of the scope that is shown, the contacts are counted by status and risk as they lie in the index, and put together here; of
the other scopes only what is asked: how many of theirs the chosen tab would show.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Value

from mih.episodes.models import RISK_ORDER, RISKS
from mih.followups.models.querysets import MOMENTS, STATUSES, WHENS, ContactQuerySet, Scope, When
from mih.followups.selectors.counts import Facets
from mih.followups.selectors.queue import SCOPES

Parts = Mapping[Scope, Sequence[Q]]
"""Of each scope the parts that make it up."""


def questions(
    rows: ContactQuerySet[Any], parts: Parts, *, scope: Scope, when: When, risk: Q, at: datetime
) -> dict[str, QuerySet[Any, Any]]:
    """What is asked of `rows`, which fit all that is chosen besides tab, scope and risk."""
    counts = {name: Count(Value(1), filter=meant(at)) for name, meant in MOMENTS.items()}
    # One question for each status, so that the rows come in the order of their risk and need not be sorted or hashed.
    groups = [
        rows.filter(part, status=status)
        .order_by()
        .values("status", "risk_rank")
        .annotate(n=Count(Value(1)), **counts)
        .values_list(*_GROUP)
        for part in parts[scope]
        for status in STATUSES["unfinished"]
    ]
    shown = rows.filter(WHENS[when](at), risk).order_by()
    others = [
        shown.filter(part)
        .annotate(scope=Value(name))
        .values("scope")
        .annotate(n=Count(Value(1)))
        .values_list("scope", "n")
        for name, whole in parts.items()
        if name != scope
        for part in whole
    ]
    return {"groups": together(groups), "others": together(others)}


def together(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """The rows of several questions, one after the other."""
    first, *rest = parts
    return first.union(*rest, all=True) if rest else first


def figures(found: Mapping[str, Sequence[Any]], *, scope: Scope, when: When, risk: str) -> Facets:
    """The figures from what was answered."""
    groups, others = found["groups"], found["others"]
    chosen = {RISK_ORDER[risk]} if risk else _RANKS
    whens: dict[str, int] = {name: _sum(groups, name, chosen) for name in WHENS}
    scopes = {scope: whens[when]}
    for whose, number in others:
        scopes[whose] = scopes.get(whose, 0) + number
    risks = {name: _sum(groups, when, {RISK_ORDER[name]}) for name, _ in RISKS}
    return Facets(
        whens, {name: scopes.get(name, 0) for name in SCOPES}, {name: n for name, n in risks.items() if n}
    )


_RANKS = set(RISK_ORDER.values())
_GROUP = ("status", "risk_rank", "n", *MOMENTS)


def _sum(groups: Iterable[Any], when: When, ranks: Set[int]) -> int:
    place = _GROUP.index(when if when in MOMENTS else "n")
    return sum(group[place] for group in groups if group[0] in STATUSES[when] and group[1] in ranks)
