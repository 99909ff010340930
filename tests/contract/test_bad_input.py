"""Bad input on every endpoint of the API: 4xx with a clear sentence, never 5xx, and nothing of a person repeated."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from mih.core.errors import Invalid
from mih.core.ids import uuid7
from mih.encounters.registry import registry
from mih.encounters.services.patches import cleaned
from tests.architecture.addresses import ADDRESSES, OURS, url
from tests.architecture.bodies import api_body
from tests.architecture.town import CANARY_WORDS, TwoWorlds, rolled_back

API = {name: expected for name, expected in ADDRESSES.items() if name.startswith("api-")}
WRITES = [(name, method) for name, expected in API.items() for method in expected.methods if method != "get"]
READS = [name for name, expected in API.items() if "get" in expected.methods]
JSON = "application/json"
VALUES: dict[str, Any] = {
    "nothing": None,
    "a list": [[]],
    "an object": {"": {"": []}},
    "a yes": True,
    "an empty text": "",
    "NUL": "a\x00b",
    "a lone surrogate": "\ud83d",
    "emoji and right-to-left": "🚑‮אבג",
    "a huge integer": 10**40,
    "a negative integer": -(2**63) - 1,
    "a fraction": 1e308,
    "year 0": "0000-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:59:59.999999-12:00",
    "year 1": "0001-01-01T00:00:00+14:00",
    "nobody's identifier": "01a00000-0000-7000-8000-000000000000",
    "a very long text": "x" * 20_000,
}
INSIDE = re.compile(r"Traceback|psycopg|IntegrityError|DataError|django\.|/site-packages/|line \d+, in ")
ROLE = {
    "cosign": "clinician",
    "caseload": "supervisor",
    "caseload_reassign": "supervisor",
    "contact_reassign": "supervisor",
}


def client_for(name: str, towns: TwoWorlds) -> Client:
    """Somebody whose role gets as far as the body."""
    expected = API[name]
    method = expected.methods[-1]
    role = next(role for role in ("paramedic", "supervisor", "clinician") if role in expected.roles(method))
    client = Client(raise_request_exception=False)
    client.cookies[settings.SESSION_COOKIE_NAME] = towns.real.session(role)
    return client


def send(client: Client, name: str, method: str, towns: TwoWorlds, body: Any, kind: str = JSON) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    with rolled_back():
        return getattr(client, method)(url(name, towns.real), text, content_type=kind)


def trouble(answer: Any, *, at_least: int = 400) -> str:
    """What is wrong with a refusal; empty when it is as it should be."""
    text = answer.content.decode(errors="replace")  # a print is no text
    if answer.status_code >= 500 or answer.status_code == 429:
        return f"{answer.status_code} {text[:300]}"
    if answer.status_code < at_least:
        return f"taken: {answer.status_code} {text[:200]}"
    if answer.status_code < 400:
        return ""
    if answer.status_code != 404 and answer.headers["Content-Type"] != JSON:
        return f"no JSON: {answer.headers['Content-Type']}"
    errors = answer.json()["errors"]
    if not errors or not all(error["detail"].strip() and error["code"] for error in errors):
        return f"no sentence: {text[:200]}"
    if INSIDE.search(text):
        return f"shows its inside: {text[:300]}"
    if any(word in text for word in CANARY_WORDS):
        return f"repeats what is known of a person: {text[:300]}"
    return ""


def spoiled(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The body with one value at a time made wrong, one level down as well; and with one left out."""
    for key, old in body.items():
        for words, value in VALUES.items():
            yield f"{key}: {words}", {**body, key: value}
            if isinstance(old, dict):
                yield f"{key}.{next(iter(old))}: {words}", {**body, key: {**old, next(iter(old)): value}}
            if isinstance(old, list):
                yield f"{key}[]: {words}", {**body, key: [value]}
        yield f"without {key}", {name: value for name, value in body.items() if name != key}


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_no_value_in_a_body_breaks_an_endpoint(
    name: str, method: str, towns: TwoWorlds, savepoint: None
) -> None:
    body = api_body(name, towns.real)
    client = client_for(name, towns)
    found = {
        words: wrong
        for words, wrong_body in spoiled(body or {})
        if (wrong := trouble(send(client, name, method, towns, wrong_body), at_least=200))
    }
    assert not found


@pytest.mark.parametrize(("name", "method"), [(n, m) for n, m in WRITES if n != "api-entry"])
def test_what_is_no_body_at_all_is_refused(name: str, method: str, towns: TwoWorlds, savepoint: None) -> None:
    client = client_for(name, towns)
    takes_one = name in BODIED
    least = 400 if takes_one else 200
    found = {}
    for words, body, kind in [
        ("no JSON", "{", JSON),
        ("not UTF-8", b'{"text": "\xff\xfe"}', JSON),
        ("a list", "[]", JSON),
        ("a text", '"text"', JSON),
        ("a number", "1e999", JSON),
        ("NaN", '{"x": NaN}', JSON),
        ("deep", '{"a":' * 5000 + "1" + "}" * 5000, JSON),
        ("deep list", "[" * 100_000 + "]" * 100_000, JSON),
        ("a form", "text=1", "application/x-www-form-urlencoded"),
        ("XML", "<a/>", "application/xml"),
        ("nothing said of its kind", "{}", ""),
    ]:
        answer = send(client, name, method, towns, body, kind)
        if wrong := trouble(answer, at_least=least):
            found[words] = wrong
    assert not found


BODIED = {
    "api-people-search", "api-shifts", "api-encounters", "api-times", "api-whom", "api-crew", "api-patches",
    "api-addenda", "api-correct", "api-alarm", "api-conflict", "api-stock-movements", "api-dose-review",
    "api-safety-plan-start", "api-plan-review", "api-contacts-reassign", "api-contacts-undo", "api-contact-snooze",
    "api-contact-attempts", "api-contact-close", "api-escalation-decide", "api-referral-events", "api-handoffs",
}  # fmt: skip
"""Endpoints that cannot do anything without a body."""


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_a_body_too_large_is_answered_with_413(
    name: str, method: str, towns: TwoWorlds, savepoint: None
) -> None:
    big = '{"text": "' + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + '"}'
    answer = send(client_for(name, towns), name, method, towns, big)
    assert answer.status_code == 413
    assert "too large" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("name", [name for name in API if OURS[name].takes_a_record])
def test_identifiers_of_nothing_are_not_found(name: str, towns: TwoWorlds, savepoint: None) -> None:
    for method in API[name].methods:
        client = client_for(name, towns)
        named = {
            key: str(uuid7()) if type(converter).__name__ == "UUIDConverter" else "narrative"
            for key, converter in OURS[name].converters.items()
        }
        address = reverse(name, kwargs=named)
        body = json.dumps(api_body(name, towns.real) or {})
        answer = (
            client.get(address)
            if method == "get"
            else getattr(client, method)(address, body, content_type=JSON)
        )
        wanted = {404} if name != "api-handoff-undo" else {409}
        assert answer.status_code in wanted, answer.content
        assert not trouble(answer)


QUERIES = [
    "after=x", "cursor=x", "cursor=%00", "page_size=-1", "page_size=9999999999999999999999", "size=0", "size=x",
    "after=%00", "after=%ED%A0%80", "scope=all&when=never", "programme=%00", "unit=%00", "kind=%00", "language=%00",
    "category=x", "state=%00", "version=99999999999999999999999999", "version=%00", "after=9999-12-31T23:59:59_x",
    "after=bm90aGluZw%3D%3D", "cursor=bm90aGluZw%3D%3D", "role=%00", "risk=x", "limit=-1&offset=99999999999999999999",
]  # fmt: skip


@pytest.mark.parametrize("name", READS)
def test_no_query_breaks_a_list(name: str, towns: TwoWorlds, savepoint: None) -> None:
    client = client_for(name, towns)
    found = {}
    for query in QUERIES:
        with rolled_back():
            answer = client.get(f"{url(name, towns.real)}?{query}")
        if wrong := trouble(answer, at_least=200):
            found[query] = wrong
    assert not found


@pytest.mark.parametrize(("name", "method"), WRITES)
def test_a_method_an_endpoint_does_not_know_is_refused_with_a_sentence(
    name: str, method: str, towns: TwoWorlds, savepoint: None
) -> None:
    answer = send(client_for(name, towns), name, "put", towns, {})
    assert answer.status_code == 405
    assert not trouble(answer)


FORMS = [form.key for form in registry]


@pytest.mark.parametrize("form", FORMS)
def test_no_value_in_an_on_scene_form_breaks_it(form: str, towns: TwoWorlds, savepoint: None) -> None:
    """Each kind of wrong value in every field: what a field refuses is refused, what it takes is kept or refused."""
    client = client_for("api-patches", towns)
    record = str(towns.real.person.pk if registry[form].section == "demographics" else uuid7())
    found = {}
    for words, value in VALUES.items():
        readable = words not in ("NUL", "a lone surrogate")  # the parser of the body stops these
        taken = [name for name in registry[form].fields() if readable and takes(form, name, value)]
        for chosen, least in ([*registry[form].fields(), "no_such_field"], 400), (taken, 200):
            body = {
                "id": str(uuid7()),
                "form": form,
                "record": record,
                "changes": {name: {"base": value, "value": value} for name in chosen},
            }
            if wrong := trouble(send(client, "api-patches", "post", towns, body), at_least=least):
                found[f"{words} in {chosen}"] = wrong
    assert not found


def takes(form: str, name: str, value: Any) -> bool:
    """Whether the field reads the value; any error but its refusal fails the test."""
    try:
        cleaned(registry[form], {name: value})
    except Invalid:
        return False
    return True


@pytest.mark.parametrize(
    ("form", "field", "value"),
    [
        ("cows", "pulse", 3),
        ("cows", "pulse", "4.5"),
        ("cssrs_screener", "q1", "maybe"),
        ("vitals", "hr", 701),
        ("vitals", "hr", -1),
        ("vitals", "hr", "fast"),
        ("vitals", "spo2", 101),
        ("vitals", "sbp", 1e9),
    ],
)
def test_a_value_that_cannot_be_true_is_refused_with_a_sentence_for_its_field(
    form: str, field: str, value: Any, towns: TwoWorlds, savepoint: None
) -> None:
    changes = {field: {"base": None, "value": value}}
    body = {"id": str(uuid7()), "form": form, "record": str(uuid7()), "changes": changes}
    answer = send(client_for("api-patches", towns), "api-patches", "post", towns, body)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["attr"] == field
    assert len(error["detail"].split()) >= 3


@pytest.mark.parametrize(("version", "status"), [(99, 409), (-1, 400), (2**70, 400), ("new", 400)])
def test_versions_that_never_were_are_refused(
    version: Any, status: int, towns: TwoWorlds, savepoint: None
) -> None:
    body = (api_body("api-patches", towns.real) or {}) | {"base_version": version}
    answer = send(client_for("api-patches", towns), "api-patches", "post", towns, body)
    assert answer.status_code == status
    assert not trouble(answer)


def test_a_stale_base_is_kept_as_a_clash_and_overwrites_nothing(towns: TwoWorlds, savepoint: None) -> None:
    body = api_body("api-patches", towns.real) or {}
    body |= {"base_version": 0, "changes": {"text": {"base": "Something else.", "value": "Mine."}}}
    answer = send(client_for("api-patches", towns), "api-patches", "post", towns, body)
    assert answer.status_code == 200
    assert answer.json()["clashes"] == ["text"]
    assert answer.json()["values"]["text"] == "Zebulon Quillfeather sat by the door."


def test_the_sentence_of_a_refusal_stands_beside_those_of_its_fields(
    towns: TwoWorlds, savepoint: None
) -> None:
    body = {"unit": "NO-SUCH", "crew": []}
    answer = send(client_for("api-shifts", towns), "api-shifts", "post", towns, body)
    told = {error["attr"]: error["detail"] for error in answer.json()["errors"]}
    assert told == {None: "There is no unit with that call sign.", "unit": "Choose a unit."}
    assert answer.json()["errors"][0]["attr"] is None
