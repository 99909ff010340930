"""Every address of the product with the page it belongs to: the expected table of the crawls.

An address that is missing here fails the crawl. `PAGES` says the roles of each page once more, so that a change of
`mih.privacy.pages` is noticed and agreed to here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.town import Town

CREW = {"peer", "navigator", "intern", "paramedic", "clinician", "ladc"}
LEADERS = {"supervisor", "programme_manager", "medical_director"}
OFFICE = {"privacy_officer", "administrator"}
ROLES = sorted(CREW | LEADERS | OFFICE)
NO_CARE_LICENSE = {"programme_manager", "medical_director"}
"""They see the queue of co-signatures; the policy names neither among those who co-sign a narrative."""

PAGES: dict[str, set[str]] = {
    "home": CREW | LEADERS | OFFICE,
    "document": CREW,
    "queue": CREW | LEADERS,
    "contact_work": CREW | {"supervisor", "programme_manager"},
    "contact_reassign": {"supervisor", "programme_manager"},
    "contacts_export": LEADERS,
    "contacts_export_named": {"programme_manager"},
    "safety_decision": {"clinician", "supervisor"},
    "referrals": CREW | LEADERS,
    "caseload": LEADERS,
    "caseload_own": CREW | LEADERS,
    "caseload_reassign": {"supervisor", "programme_manager"},
    "cosign": {"clinician", "ladc", "supervisor", "programme_manager", "medical_director"},
    "card": CREW | LEADERS,
    "plan_reviews": LEADERS,
    "case_reviews": LEADERS,
    "legal_clocks": LEADERS | {"navigator", "paramedic", "clinician", "ladc"},
    "chart": CREW | LEADERS,
    "chart_print": CREW | LEADERS,
    "chart_readers": {"supervisor", "programme_manager"},
    "people_search": CREW | LEADERS,
    "stock": CREW | LEADERS,
    "stock_manage": {"paramedic", "supervisor", "programme_manager"},
    "stock_variance": LEADERS,
    "dose_reviews": LEADERS,
    "protocols": CREW | LEADERS | {"privacy_officer"},
    "protocols_propose": LEADERS,
    "protocols_sign": {"medical_director"},
    "instruments": CREW | LEADERS | {"privacy_officer"},
    "instruments_sign": {"medical_director"},
    "credentials": {"administrator", "supervisor"},
    "devices": {"supervisor", "programme_manager", "administrator"},
    "quarantine": {"supervisor", "programme_manager"},
    "denials": {"privacy_officer", "supervisor"},
    "read_log": {"privacy_officer"},
    "administration": {"administrator"},
    "api_docs": CREW | LEADERS | OFFICE,
    "styleguide": CREW | LEADERS | OFFICE,
}


@dataclass(frozen=True)
class Expected:
    """What an address belongs to. `ids` names what of the town stands in the address where its own name does not say;
    `also` gives roles of the page that the record itself refuses, by method."""

    page: str
    methods: tuple[str, ...] = ("get",)
    write_page: str = ""
    ids: dict[str, Any] = field(default_factory=dict)
    also: dict[str, set[str]] = field(default_factory=dict)

    def page_for(self, method: str) -> str:
        return self.write_page if self.write_page and method != "get" else self.page

    def roles(self, method: str) -> set[str]:
        """The roles that are let in."""
        return PAGES[self.page_for(method)] - self.also.get(method, set())


def get(page: str, *, but: set[str] | None = None, **ids: Any) -> Expected:
    return Expected(page, ("get",), ids=ids, also={"get": but} if but else {})


def post(page: str, *, but: set[str] | None = None, **ids: Any) -> Expected:
    return Expected(page, ("post",), ids=ids, also={"post": but} if but else {})


def both(page: str, *, but: set[str] | None = None, **ids: Any) -> Expected:
    return Expected(page, ("get", "post"), ids=ids, also={"post": but} if but else {})


ADDRESSES: dict[str, Expected] = {
    "home": get("home"),
    # The API
    "api-clinical-values": get("protocols"),
    "api-licenses": get("credentials"),
    "api-license-mine": get("home"),
    "api-denials": get("denials"),
    "api-people": post("document"),
    "api-people-search": post("people_search"),
    "api-people-similar": post("people_search"),
    "api-person": get("chart"),
    "api-incidents": post("document"),
    "api-shifts": both("document"),
    "api-shift-end": post("document"),
    "api-encounters": both("document"),
    "api-encounter": Expected("chart", ("get", "patch"), write_page="document"),
    "api-times": post("document", but={"peer"}),
    "api-whom": post("document"),
    "api-crew": post("document"),
    "api-patches": post("document"),
    "api-entry": Expected("document", ("delete",), ids={"form": "narrative"}),
    "api-conflicts": get("document"),
    "api-review": get("chart"),
    "api-sign": post("document", but={"intern", "peer"}),
    "api-sign-own": post("document", but=CREW - {"paramedic"}),
    "api-addenda": post("chart", but={"programme_manager"}, encounter="signed"),
    "api-correct": post("document", but={"intern"}, form="narrative", record="signed_narrative"),
    "api-cosign": post("cosign", but=NO_CARE_LICENSE, form="narrative", record="entry"),
    "api-alarm": post("document"),
    "api-conflict": post("document"),
    "api-instruments": get("chart"),
    "api-instrument": get("chart", key="cows"),
    "api-instrument-version": get("chart", key="cows", number=1),
    "api-stock": get("stock"),
    "api-stock-movements": post("stock_manage"),
    "api-induction": get("chart"),
    "api-second-person": post("stock", but={"paramedic"} | LEADERS),
    "api-dose-reviews": get("chart", but=CREW),
    "api-dose-review": post("chart", but=CREW),
    "api-safety-plans": get("chart"),
    "api-safety-plan-start": post("document", but={"peer"}),
    "api-plan-changes": get("chart"),
    "api-plan-copies": both("chart_print", but=LEADERS),
    "api-plan-readings": post("document"),
    "api-plan-reviews": get("chart", but=CREW),
    "api-plan-review": post("chart", but=CREW, review="plan_review"),
    "api-contacts": get("queue"),
    "api-contact-counts": get("queue"),
    "api-contact-next": post("contact_work", but=LEADERS),
    "api-contacts-reassign": post("contact_reassign"),
    "api-contacts-undo": post("contact_reassign"),
    "api-contact": get("queue"),
    "api-contact-claim": post("contact_work", but=LEADERS),
    "api-contact-release": post("contact_work"),
    "api-contact-snooze": post("contact_work", but=LEADERS),
    "api-contact-attempts": post("contact_work", but=LEADERS),
    "api-contact-close": post("contact_work", but=LEADERS),
    "api-person-contacts": get("chart"),
    "api-escalation-decide": post("contact_work", but=PAGES["contact_work"] - {"paramedic"}),
    "api-episode-facility": post("contact_work"),
    "api-referrals": get("referrals"),
    "api-referral-events": both("referrals", but=LEADERS),
    "api-partners": get("referrals"),
    "api-conclusions": get("chart"),
    "api-legal-holds": get("legal_clocks"),
    "api-hold-events": post("legal_clocks", but={"medical_director"}, encounter="held"),
    "api-caseload": get("caseload"),
    "api-handoffs": post("caseload_reassign"),
    "api-handoff-undo": post("caseload_reassign"),
    "api-cosignatures": get("cosign"),
    "api-card": get("card"),
    "api-chart": get("chart"),
    # The desk
    "read-log": both("read_log"),
    "stock": get("stock"),
    "stock-receive": both("stock_manage"),
    "stock-count": both("stock_manage"),
    "stock-needs": get("stock"),
    "stock-variance": get("stock_variance"),
    "stock-second-people": get("stock"),
    "stock-second-person": post("stock", but={"paramedic"} | LEADERS, act="dose"),
    "stock-lot": get("stock"),
    "stock-expired": post("stock_manage"),
    "dose-reviews": get("dose_reviews"),
    "dose-review": both("dose_reviews"),
    "stock-act": both("stock_manage", act="count"),
    "denials": get("denials"),
    "protocols:licenses": get("credentials"),
    "protocols:license-staff": both("credentials", member="colleague"),
    "protocols:license-act": post("credentials", credential="license", act="renew"),
    "protocols:list": get("protocols"),
    "protocols:values": get("protocols"),
    "protocols:values-print": get("protocols"),
    "protocols:values-verdict": post("protocols_sign"),
    "protocols:detail": get("protocols", key="buprenorphine"),
    "protocols:version": get("protocols", key="buprenorphine", number=1),
    "protocols:sign": post("protocols_sign", key="buprenorphine", number=1),
    "protocols:change": both("protocols_propose", key="cosign"),
    "protocols:compare": get("protocols", key="cosign"),
    "protocols:withdraw": post(
        "protocols_propose", key="cosign", number=1, but={"supervisor", "programme_manager"}
    ),
    "instruments:list": get("instruments"),
    "instruments:upload": both("instruments_sign"),
    "instruments:detail": get("instruments", key="cows"),
    "instruments:version": get("instruments", key="cows", number=1),
    "instruments:file": get("instruments", key="town_scale", number=1),
    "instruments:sign": post("instruments_sign", key="town_scale", number=1),
    "instruments:withdraw": post("instruments_sign", key="town_scale", number=1),
    "instruments:remove": post("instruments_sign", key="town_scale", number=1),
    "instruments:wording": get("instruments", key="dast10", number=1),
    "instruments:wording-file": get("instruments", key="dast10", number=1),
    "instruments:wording-sign": post("instruments_sign", key="dast10", number=1),
    "instruments:wording-withdraw": post("instruments_sign", key="dast10", number=1),
    "instruments:wording-remove": post("instruments_sign", key="dast10", number=1),
    "queue": get("queue"),
    "contact-next": post("contact_work", but=LEADERS),
    "contact-reassign": both("contact_reassign"),
    "contacts-export": both("contacts_export"),
    "contact-reassign-undo": post("contact_reassign", batch="reassignment"),
    "contact": get("queue"),
    "contact-claim": post("contact_work", but=LEADERS),
    "contact-release": post("contact_work"),
    "contact-snooze": both("contact_work"),
    "contact-attempt": post("contact_work"),
    "contact-decide": post("contact_work", but=PAGES["contact_work"] - {"paramedic"}, action="field_visit"),
    "contact-close": post("contact_work"),
    "contact-discharge": post("contact_work"),
    "referrals": get("referrals"),
    "partners": get("referrals"),
    "partner-verify": post("referrals", but=LEADERS),
    "referral": get("referrals"),
    "referral-event": post("referrals"),
    "caseload": get("caseload"),
    "caseload-list": get("caseload", number="open"),
    "caseload-hand-over": post("caseload_reassign"),
    "caseload-undo": post("caseload_reassign"),
    "case-reviews": get("case_reviews"),
    "case-review": post("case_reviews", review="case_review"),
    "legal-clocks": get("legal_clocks"),
    "legal-clock-event": post("legal_clocks", but={"medical_director"}, encounter="held"),
    "cosign-queue": get("cosign"),
    "cosign": post("cosign", but=NO_CARE_LICENSE, form="narrative"),
    "people": both("people_search"),
    "person": get("chart"),
    "person-card": get("card"),
    "person-timeline": get("chart"),
    "person-responses": get("chart"),
    "person-plans": get("chart"),
    "plan-revise": post("document", but={"peer"}),
    "plan-changes": get("chart"),
    "plan-copy": get("chart_print", layout="large"),
    "plan-copy-given": post("document"),
    "plan-reading": post("document"),
    "plan-reviews": get("plan_reviews"),
    "plan-review": post("plan_reviews", review="plan_review"),
    "person-referrals": get("chart"),
    "person-contacts": get("chart"),
    "person-readers": get("chart_readers"),
    "encounter-record": get("chart"),
    "encounter-print": get("chart_print", encounter="signed"),
    # The tablet
    "field-today": get("document"),
    "field-setup": get("document"),
    "field-me": get("document"),
    "field-signed-in": get("document"),
    "field-shift": post("document"),
    "field-shift-end": post("document"),
    "field-new-call": both("document"),
    "field-respond": post("document"),
    "field-response": get("document"),
    "field-live": get("document"),
    "field-form": get("document", form="narrative"),
    "field-new-entry": get("document", but={"peer", "navigator", "intern"}, form="vitals"),
    "field-entry": get("document", form="narrative"),
    "field-whom": get("document"),
    "field-find": post("document"),
    "field-new-person": both("document"),
    "field-use-person": post("document"),
    "field-details": both("document"),
    "field-crew": post("document"),
    "field-review": get("document"),
    "field-sign": post("document", but={"intern", "peer"}),
    "field-sign-own": post("document", but=CREW - {"paramedic"}),
    "field-record": get("chart", encounter="signed"),
    "field-addendum": post("chart", encounter="signed"),
    "field-attachment": get("chart"),
    # Tablets, as supervisors see them
    "devices": get("devices"),
    "device-rename": post("devices"),
    "device-revoke": post("devices"),
    "device-restore": post("devices"),
    "device-missing": post("devices"),
    "device-receipt": get("devices"),
    "quarantine": get("quarantine"),
    "quarantine-piece": get("quarantine"),
    "quarantine-release": post("quarantine"),
    "quarantine-again": post("quarantine"),
    "quarantine-settle": post("quarantine"),
}

ELSEWHERE: dict[str, str] = {
    "health-live": "a machine's probe; says one word",
    "health-ready": "a machine's probe; says one word",
    "health-metrics": "its own bearer token; tested in tests/web/test_every_answer.py",
    "field-api-push": "an enrolled tablet's sealed work; tested in tests/field/sync",
    "field-api-have": "the same",
    "field-api-report": "an enrolled tablet's word of itself; tested in tests/field/plane",
    "field-api-enrol": "JSON to the app, by role and by tablet; tested there",
    "field-api-pull": "the same",
    "field-api-receipt": "the same",
    "field-api-blob": "an enrolled tablet's sealed photos; tested in tests/field/attachments",
    "field-api-blob-piece": "the same",
    "agency-css": "colours, which the sign-in page needs",
    "field-shell": "the tablet's empty document; tested in tests/field/bundle",
    "field-worker": "the tablet's service worker; tested there",
    "field-manifest": "how a home screen shows the app; tested there",
    "field-bundle": "a tablet of ours or who documents; empty forms; tested there",
    "field-form-version": "the same",
    "schema": "any member of staff; tested below",
    "api-docs": "any member of staff; tested below",
}
"""Addresses of ours that no page of the table guards, each with why."""

LIBRARIES: dict[str, str] = {
    "account_": "allauth: sign-in and the own password; holds no record",
    "mfa_": "allauth: one's own second factor; holds no record",
    "admin:": "Django's admin, for the administrator; tested below, and it registers no clinical model",
}
"""Addresses that a library brings, by the start of their names."""


@dataclass(frozen=True)
class Address:
    """One URL pattern."""

    name: str
    pattern: str
    view: Any
    converters: dict[str, Any]

    @property
    def is_library(self) -> bool:
        return self.name.startswith(tuple(LIBRARIES))

    @property
    def declared_page(self) -> str | None:
        """What the view itself says it is a page of."""
        shown = getattr(self.view, "view_class", None) or getattr(self.view, "cls", None) or self.view
        return getattr(shown, "page", None) or getattr(self.view, "page", None)

    @property
    def takes_a_record(self) -> bool:
        """Whether the address names a row that belongs to one of the two worlds."""
        return any(type(each).__name__ == "UUIDConverter" for each in self.converters.values())


def walk(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[Address]:
    """Every URL pattern of the program."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLPattern):
            name = f"{space}{each.name or ''}"
            yield Address(name, f"{prefix}{each.pattern}", each.callback, each.pattern.converters)
        else:
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from walk(each, f"{prefix}{each.pattern}", inner)


OURS = {address.name: address for address in walk() if not address.is_library}


def url(name: str, town: Town) -> str:
    """The address with identifiers of `town`'s records in it."""
    wanted = ADDRESSES[name].ids
    named: dict[str, Any] = {}
    for key, converter in OURS[name].converters.items():
        given = wanted.get(key, key)
        named[key] = town.ids[given] if type(converter).__name__ == "UUIDConverter" else given
    return reverse(name, kwargs=named)
