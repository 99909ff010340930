"""The side navigation of the desk: what a role uses, grouped by job."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from mih.accounts.models import Staff
from mih.privacy import policy

ITEMS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Work", "Follow-ups", "queue", "queue", "queue"),
    ("Work", "People", "people", "search", "people_search"),
    ("Work", "Referrals", "referrals", "referral", "referrals"),
    ("Work", "Field", "field-today", "tablet", "document"),
    ("Work", "Supplies", "stock", "box", "stock"),
    ("Supervision", "Caseload", "caseload", "users", "caseload"),
    ("Supervision", "Export contacts", "contacts-export", "download", "contacts_export"),
    ("Supervision", "Co-signatures", "cosign-queue", "signature", "cosign"),
    ("Supervision", "Legal clocks", "legal-clocks", "timer", "legal_clocks"),
    ("Supervision", "Case reviews", "case-reviews", "clipboard-check", "case_reviews"),
    ("Supervision", "Plan reviews", "plan-reviews", "shield-check", "plan_reviews"),
    ("Supervision", "Dose reviews", "dose-reviews", "pill", "dose_reviews"),
    ("Supervision", "Tablets", "devices", "device", "devices"),
    ("Supervision", "Unfiled work", "quarantine", "inbox", "quarantine"),
    ("Governance", "Protocols", "protocols:list", "clipboard-check", "protocols"),
    ("Governance", "Clinical values", "protocols:values", "check-circle", "protocols"),
    ("Supervision", "Licenses", "protocols:licenses", "shield-check", "credentials"),
    ("Governance", "Refused acts", "denials", "circle-slash", "denials"),
    ("Governance", "Instruments", "instruments:list", "list-checks", "instruments"),
    ("Governance", "Read log", "read-log", "eye", "read_log"),
    ("Governance", "Staff and settings", "admin:index", "settings", "administration"),
)
"""Group, label, URL name, icon, row of the page table."""


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    icon: str
    active: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """`nav_groups`: (group, items) that this member of staff may open."""
    staff = getattr(request, "user", None)
    if not isinstance(staff, Staff):
        return {"nav_groups": []}
    groups: dict[str, list[Item]] = {}
    shown: list[tuple[str, str, str, str]] = []
    for group, label, name, icon, page in ITEMS:
        if not policy.page(staff, page):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        shown.append((group, label, url, icon))
    # One address may begin another, such as /protocols/ and /protocols/values/: the fullest is the one looked at.
    here = [
        url for _, _, url, _ in shown if request.path == url or (url != "/" and request.path.startswith(url))
    ]
    current = max(here, key=len, default="")
    for group, label, url, icon in shown:
        groups.setdefault(group, []).append(Item(label, url, icon, active=url == current))
    return {"nav_groups": list(groups.items())}
