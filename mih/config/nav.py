"""The side navigation of the desk: what a role uses, grouped by job."""

from functools import cache

from django.urls import reverse

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


@cache
def shown(role: str, prefix: str) -> tuple[tuple[str, str, str, str], ...]:
    """What a working member of staff of this role may open: group, label, address, icon. The addresses begin with
    `prefix`, where the application is mounted."""
    staff, found = Staff(role=role), []
    for group, label, name, icon, page in ITEMS:
        if policy.page(staff, page):
            found.append((group, label, reverse(name), icon))
    return tuple(found)


def current(role: str, prefix: str, path: str) -> str:
    """The address in the navigation that leads to `path`; empty when none does."""
    # One address may begin another, such as /protocols/ and /protocols/values/: the fullest is the one looked at.
    here = [url for _, _, url, _ in shown(role, prefix) if path.startswith(url)]
    return max(here, key=len, default="")
