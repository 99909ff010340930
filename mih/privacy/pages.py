"""Which roles may open which page or endpoint: the table that views, API and the crawl test all read.

A page not named here is open to nobody. Records on a page are judged one by one besides (`policy.person`,
`policy.encounter`); sections of a record by the role matrix.
"""

from typing import Final

DOCUMENTING: Final = frozenset({"peer", "navigator", "intern", "paramedic", "clinician", "ladc"})
OVERSEEING: Final = frozenset({"supervisor", "programme_manager", "medical_director"})
CARE: Final = DOCUMENTING | OVERSEEING
EVERYONE: Final = CARE | {"privacy_officer", "administrator"}

PAGES: Final[dict[str, frozenset[str]]] = {
    "home": EVERYONE,
    # Field
    "document": DOCUMENTING,
    # Desk
    "queue": CARE,
    "contact_work": DOCUMENTING | {"supervisor", "programme_manager"},
    "contact_reassign": OVERSEEING - {"medical_director"},
    "contacts_export": OVERSEEING,
    "contacts_export_named": frozenset({"programme_manager"}),
    "safety_decision": frozenset({"clinician", "supervisor"}),
    "referrals": CARE,
    "caseload": OVERSEEING,
    "caseload_own": CARE,
    "caseload_reassign": OVERSEEING - {"medical_director"},
    "cosign": frozenset({"clinician", "ladc", "supervisor", "programme_manager", "medical_director"}),
    "card": CARE,
    "plan_reviews": OVERSEEING,
    "case_reviews": OVERSEEING,
    "legal_clocks": OVERSEEING | {"navigator", "paramedic", "clinician", "ladc"},
    "chart": CARE,
    "chart_print": CARE,
    "chart_readers": frozenset({"supervisor", "programme_manager"}),
    "people_search": CARE,
    "stock": CARE,
    "stock_manage": frozenset({"paramedic", "supervisor", "programme_manager"}),
    "stock_variance": OVERSEEING,
    "dose_reviews": OVERSEEING,
    "devices": frozenset({"supervisor", "programme_manager", "administrator"}),
    "quarantine": frozenset({"supervisor", "programme_manager"}),
    # Governance
    "protocols": CARE | {"privacy_officer"},
    "protocols_propose": OVERSEEING,
    "protocols_sign": frozenset({"medical_director"}),
    "instruments": CARE | {"privacy_officer"},
    "instruments_sign": frozenset({"medical_director"}),
    "credentials": frozenset({"administrator", "supervisor"}),
    "denials": frozenset({"privacy_officer", "supervisor"}),
    "read_log": frozenset({"privacy_officer"}),
    "administration": frozenset({"administrator"}),
    "api_docs": EVERYONE,
    "styleguide": EVERYONE,
}
