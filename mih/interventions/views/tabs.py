"""The pages of supplies beside each other."""

from dataclasses import dataclass

from django.urls import reverse

from mih.accounts.models import Staff
from mih.interventions.unwitnessed import open_count
from mih.privacy import policy

TABS = (
    ("stock", "What there is", "stock"),
    ("stock-needs", "Expiring and to restock", "stock"),
    ("stock-count", "Count", "stock_manage"),
    ("stock-variance", "Variances", "stock_variance"),
    ("stock-second-people", "Second person", "stock"),
)


@dataclass(frozen=True)
class Tab:
    """One page. `waiting`: how much there is to do on it."""

    label: str
    url: str
    current: bool
    waiting: int = 0


def tabs(staff: Staff, current: str) -> list[Tab]:
    """The pages `staff` may open."""
    waiting = open_count(by=staff)
    return [
        Tab(label, reverse(name), name == current, waiting if name == "stock-second-people" else 0)
        for name, label, page in TABS
        if policy.page(staff, page)
    ]
