"""Every page that shows a person says so in the read log; nobody else learns the name, nowhere."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from django.urls import reverse
from structlog.stdlib import ProcessorFormatter

from mih.audit.models import ReadEvent
from mih.config.settings.logs import FINISH, SHARED
from tests.architecture.addresses import ADDRESSES, OURS, PAGES, ROLES, url
from tests.architecture.test_pages_by_role import KNOCKS, knock, signed_in
from tests.architecture.town import CANARY_WORDS, TwoWorlds, rolled_back, savepoint, towns

__all__ = ["savepoint", "towns"]

READS = [name for name, method in KNOCKS if method == "get"]


def names(answer) -> list[str]:
    """Words of the canary person that the answer shows."""
    text = answer.content.decode(errors="replace")
    return [word for word in CANARY_WORDS if word in text]


def first_role(name: str) -> str:
    return next(role for role in ("paramedic", "supervisor", *ROLES) if role in ADDRESSES[name].roles("get"))


@pytest.mark.parametrize("name", READS)
def test_whatever_shows_a_person_leaves_a_line_naming_them(
    name: str, towns: TwoWorlds, savepoint: None
) -> None:
    role = first_role(name)
    answer = knock(signed_in(towns.real, role), name, "get", towns.real)
    assert answer.status_code in (200, 302)
    about_one = bool({"person", "encounter", "contact", "referral"} & set(OURS[name].converters))
    if names(answer) or (about_one and answer.status_code == 200):
        line = ReadEvent.objects.filter(people__contains=[towns.real.person.pk]).latest("at")
        assert line.allowed
        assert (line.actor, line.role) == (towns.real.world.staff[role].pk, role)
        assert line.surface
        assert not any(word in line.surface for word in CANARY_WORDS)


@pytest.mark.parametrize(
    ("name", "method", "body"),
    [
        ("api-people-search", "post", {"text": "Quillfeather"}),
        ("api-people-similar", "post", {"last_name": "Quillfeather"}),
        ("people", "post", {"text": "Quillfeather"}),
        ("field-find", "post", {"text": "Quillfeather"}),
        ("api-whom", "post", None),
        ("api-cosign", "post", None),
    ],
)
def test_a_search_that_finds_somebody_is_logged(
    name: str, method: str, body: dict[str, str] | None, towns: TwoWorlds, savepoint: None
) -> None:
    client = signed_in(towns.real, "clinician")
    if body is None:
        answer = knock(client, name, method, towns.real)
    elif name.startswith("api-"):
        answer = client.post(url(name, towns.real), body, content_type="application/json")
    else:
        answer = client.post(url(name, towns.real), body)
    assert answer.status_code == 200, answer.content[:300]
    assert names(answer)
    lines = ReadEvent.objects.filter(people__contains=[towns.real.person.pk], allowed=True)
    assert lines.filter(actor=towns.real.world.clinician.pk).exists()


@pytest.mark.parametrize("name", ["api-person", "api-chart", "person", "api-safety-plans"])
def test_a_refused_look_is_logged_as_refused(name: str, towns: TwoWorlds, savepoint: None) -> None:
    answer = knock(signed_in(towns.practice, "clinician"), name, "get", towns.real)
    assert answer.status_code == 404
    line = ReadEvent.objects.filter(actor=towns.practice.world.clinician.pk).latest("at")
    assert not line.allowed
    assert line.refusal == "other_world"
    assert line.people == [towns.real.person.pk]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_shown_the_name_on_a_page_it_may_not_open(
    role: str, towns: TwoWorlds, savepoint: None
) -> None:
    client = signed_in(towns.real, role)
    seen = {}
    for name, method in KNOCKS:
        if role in PAGES[ADDRESSES[name].page_for(method)]:
            continue
        with rolled_back():
            answer = knock(client, name, method, towns.real)
        if found := names(answer):
            seen[f"{method} {name}"] = found
    assert not seen


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_those_without_care_duties_never_see_a_name(role: str, towns: TwoWorlds, savepoint: None) -> None:
    client = signed_in(towns.real, role)
    for name in READS:
        answer = knock(client, name, "get", towns.real)
        assert not names(answer), name


@pytest.mark.parametrize("role", ["paramedic", "supervisor", "medical_director"])
def test_practice_staff_are_shown_nobody_real(role: str, towns: TwoWorlds, savepoint: None) -> None:
    """Both worlds hold a person of this name: what tells them apart is the identifier."""
    client, theirs = signed_in(towns.practice, role), str(towns.real.person.pk)
    for name in READS:
        if OURS[name].takes_a_record or role not in PAGES[ADDRESSES[name].page]:
            continue
        answer = client.get(url(name, towns.practice))
        assert theirs not in answer.content.decode(errors="replace"), name
    found = client.post(
        reverse("api-people-search"), {"text": "Quillfeather"}, content_type="application/json"
    )
    assert [row["id"] for row in found.json()] == [str(towns.practice.person.pk)]


@pytest.fixture
def log_text(caplog: pytest.LogCaptureFixture) -> Iterator[StringIO]:
    """Everything that is logged at INFO, as the product writes it."""
    caplog.set_level("INFO")
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(ProcessorFormatter(foreign_pre_chain=SHARED, processors=FINISH))
    loggers = [logging.getLogger(), logging.getLogger("django"), logging.getLogger("django.server")]
    for logger in loggers:
        logger.addHandler(handler)
    yield written
    for logger in loggers:
        logger.removeHandler(handler)


def test_no_log_line_holds_the_name(towns: TwoWorlds, savepoint: None, log_text: StringIO) -> None:
    for role in ("paramedic", "supervisor", "administrator"):
        client = signed_in(towns.real, role)
        for name, method in KNOCKS:
            with rolled_back():
                knock(client, name, method, towns.real)
        client.get("/people/?text=Quillfeather")
        client.get("/no/such/page/?name=Quillfeather")
        client.post("/api/people/search/", '{"text": "Quillfeather', content_type="application/json")
    lines = log_text.getvalue().splitlines()
    assert len(lines) > len(KNOCKS)
    assert [line for line in lines if any(word in line for word in CANARY_WORDS)] == []


@pytest.mark.parametrize(
    "address", ["/people/Quillfeather/", "/api/people/Quillfeather/", "/no/such/?q=Quillfeather"]
)
def test_an_error_page_does_not_repeat_what_was_asked(
    address: str, towns: TwoWorlds, savepoint: None
) -> None:
    for role in ("paramedic", "administrator"):
        answer = signed_in(towns.real, role).get(address)
        assert answer.status_code == 404
        assert not names(answer)
