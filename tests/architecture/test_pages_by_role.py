"""No role reaches a page or record it may not see: every address, knocked on by everybody and by nobody."""

import pytest
from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from mih.privacy.pages import PAGES as DECLARED
from tests.architecture.addresses import ADDRESSES, ELSEWHERE, LIBRARIES, OURS, PAGES, ROLES, url, walk
from tests.architecture.bodies import api_body, web_body
from tests.architecture.town import Town, TwoWorlds, rolled_back

KNOCKS = [(name, method) for name, expected in ADDRESSES.items() for method in expected.methods]
RECORDS = [(name, method) for name, method in KNOCKS if name in OURS and OURS[name].takes_a_record]
SHARED = {
    "partner-verify": "the directory of partners is one for both worlds",
    "stock-lot": "a lot is a number on a box; the lines of its ledger are each world's own",
    "stock-act": "the same",
    "stock-expired": "the same",
}
"""Addresses whose record belongs to no world, each with why."""
AS_IF_TOO_LATE = {"api-handoff-undo": 409, "caseload-undo": 302}
"""A hand-over is undone by whoever made it; everybody else hears what they hear of one that never was."""


def knock(client: Client, name: str, method: str, town: Town) -> HttpResponse:
    """One request as a browser or program would send it."""
    address = url(name, town)
    if method == "get":
        return client.get(address)
    if name.startswith("api-"):
        body = api_body(name, town) or {}
        return getattr(client, method)(address, body, content_type="application/json")
    return getattr(client, method)(address, web_body(name))


def signed_in(town: Town, role: str) -> Client:
    """A browser in which somebody of `role` is signed in; each test gets its own, on the module's one session."""
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = town.session(role)
    return client


def test_every_address_is_in_the_table() -> None:
    missing = set(OURS) - set(ADDRESSES) - set(ELSEWHERE)
    assert not missing, f"Add to tests/architecture/addresses.py who may open {sorted(missing)}"
    gone = (set(ADDRESSES) | set(ELSEWHERE)) - set(OURS)
    assert not gone, f"There is no such address any more: {sorted(gone)}"


def test_the_pages_are_those_agreed_to_here() -> None:
    assert {page: set(roles) for page, roles in DECLARED.items()} == PAGES


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_each_view_names_its_page(name: str) -> None:
    assert OURS[name].declared_page == ADDRESSES[name].page


@pytest.mark.parametrize(("name", "method"), KNOCKS)
def test_nobody_gets_in_without_signing_in(name: str, method: str, towns: TwoWorlds, savepoint: None) -> None:
    answer = knock(Client(raise_request_exception=False), name, method, towns.real)
    if name.startswith("api-"):
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(("name", "method"), KNOCKS)
def test_each_role_reaches_its_own_pages_and_no_other(
    name: str, method: str, towns: TwoWorlds, savepoint: None
) -> None:
    wrong = {}
    for role in ROLES:
        with rolled_back():
            answer = knock(signed_in(towns.real, role), name, method, towns.real)
        if trouble := misjudged(answer, name, method, role):
            wrong[role] = f"{trouble}: {answer.status_code} {answer.content[:300]!r}"
    assert not wrong


def misjudged(answer: HttpResponse, name: str, method: str, role: str) -> str:
    """What is wrong with an answer; empty when it is as the table says."""
    expected = ADDRESSES[name]
    if role in expected.roles(method):
        to_sign_in = answer.headers.get("Location", "").startswith("/accounts/login/")
        return (
            "refused" if to_sign_in or answer.status_code in (401, 403) or answer.status_code >= 500 else ""
        )
    if answer.status_code != 403:
        return "let in"
    has_page = role in PAGES[expected.page_for(method)]
    return "" if has_page or b"Your role does not use this page" in answer.content else "not by the page"


@pytest.mark.parametrize(
    ("here", "role"),
    [("practice", role) for role in ROLES]
    + [("real", role) for role in ("paramedic", "supervisor", "clinician")],
)
def test_records_of_the_other_world_are_not_there(
    here: str, role: str, towns: TwoWorlds, savepoint: None
) -> None:
    mine, other = (towns.real, towns.practice) if here == "real" else (towns.practice, towns.real)
    client = signed_in(mine, role)
    reached = {}
    for name, method in RECORDS:
        with rolled_back():
            answer = knock(client, name, method, other)
        wanted = {AS_IF_TOO_LATE.get(name, 404)}
        if role not in ADDRESSES[name].roles(method):
            wanted |= {403}
        if answer.status_code not in wanted and name not in SHARED:
            reached[f"{method} {name}"] = (answer.status_code, answer.content[:200])
    assert not reached


@pytest.mark.parametrize("role", ROLES)
def test_the_admin_opens_to_no_clinical_role(role: str, towns: TwoWorlds, savepoint: None) -> None:
    answer = signed_in(towns.real, role).get(reverse("admin:index"))
    assert answer.status_code == 302
    assert "/login/" in answer.headers["Location"]


def test_the_admin_holds_no_clinical_record() -> None:
    ours = {model._meta.label for model in admin.site._registry if model.__module__.startswith("mih.")}
    assert ours <= {
        "referrals.Partner",
        "accounts.Staff",
        "accounts.Programme",
        "accounts.Team",
        "accounts.Unit",
        "accounts.Credential",
        "accounts.Device",
    }


@pytest.mark.parametrize("name", ["schema", "api-docs"])
def test_the_schema_is_for_staff(name: str, towns: TwoWorlds, savepoint: None) -> None:
    assert Client().get(reverse(name)).status_code == 401
    assert signed_in(towns.real, "administrator").get(reverse(name)).status_code == 200


def test_every_library_named_here_is_there() -> None:
    names = [address.name for address in walk()]
    for start in LIBRARIES:
        assert any(name.startswith(start) for name in names)
