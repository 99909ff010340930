"""The tablet's pages through the test client: who may open them, what they log, what they never do."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from lxml import html

from mih.audit.context import acting
from mih.audit.models import ReadEvent
from mih.encounters.models import Encounter, EntryStatus, Incident, Narrative
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.field import urls
from mih.field.opening import once_only_record
from mih.people.models import Person
from mih.privacy import policy
from mih.privacy.pages import DOCUMENTING, PAGES
from tests.architecture.addresses import ELSEWHERE
from tests.world import NAMES, World

pytestmark = pytest.mark.django_db

FORMS = sorted(form.key for form in registry)


@pytest.fixture
def response(world: World) -> Encounter:
    return world.response(person=world.person(), unit=world.unit)


def signed_in(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.staff[role])
    return client


def form_page(response: Encounter, form: str) -> str:
    return reverse("field-form", args=[response.pk, form])


# Who


def test_every_page_names_its_row_of_the_role_table() -> None:
    pages = [each for each in urls.urlpatterns if isinstance(each, URLPattern) and each.name not in ELSEWHERE]
    for pattern in pages:
        assert pattern.callback.view_class.page in PAGES, pattern.name


@pytest.mark.parametrize("role", NAMES)
def test_the_tablet_is_for_those_who_document(world: World, role: str) -> None:
    answer = signed_in(world, role).get(reverse("field-today"))
    assert answer.status_code == (200 if role in DOCUMENTING else 403)


def test_somebody_not_signed_in_is_sent_to_sign_in_and_back(world: World, response: Encounter) -> None:
    page = form_page(response, "narrative")
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={page}"


def test_a_response_of_the_practice_world_is_not_there_for_real_staff(world: World) -> None:
    trainee = world.hire("tess", "paramedic", programme=world.practice)
    with acting(trainee):
        call = Incident.objects.create(is_practice=True)
    practice = world.response(by=trainee, programme=world.practice, incident=call)
    assert signed_in(world, "paramedic").get(form_page(practice, "narrative")).status_code == 404


def test_a_supervisor_reads_the_signed_record_but_not_the_workspace(
    world: World, response: Encounter
) -> None:
    client = signed_in(world, "supervisor")
    assert client.get(form_page(response, "narrative")).status_code == 403
    assert client.get(reverse("field-record", args=[response.pk])).status_code == 200


# Every form of the registry, whatever app it comes from


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_the_registry_is_filled_on_one_page(
    world: World, response: Encounter, form: str
) -> None:
    role = next(
        (name for name in ("paramedic", "clinician", "peer") if _writes(world, name, form)), "paramedic"
    )
    answer = signed_in(world, role).get(form_page(response, form))
    if not registry[form].in_use(load(response).policies):
        assert answer.status_code == 404
        return
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    (sheet,) = page.xpath(f'//form[@data-form="{form}"]')
    assert sheet.get("autocomplete") == "off"
    assert sheet.get("data-version") in ("0", "1")
    shown = sheet.xpath(".//*[@data-field]/@data-field") + sheet.xpath(".//*[@data-item]/@data-item")
    assert len(shown) == len(set(shown)), "a field stands on the page once"
    assert set(shown) <= set(registry[form].fields())
    for control in sheet.xpath(".//input | .//select | .//textarea"):
        assert control.get("autocomplete") == "off" or control.get("hidden") is not None, control.get("name")


def _writes(world: World, role: str, form: str) -> bool:
    return bool(policy.section(world.staff[role], registry[form].section, "C"))


@pytest.mark.parametrize("name", ["field-today", "field-new-call"])
def test_pages_without_a_response_carry_no_script_or_style_of_their_own(world: World, name: str) -> None:
    assert_clean(signed_in(world, "paramedic").get(reverse(name)).content.decode())


@pytest.mark.parametrize(
    "name", ["field-whom", "field-new-person", "field-details", "field-review", "field-record", "field-live"]
)
def test_pages_of_a_response_carry_no_script_or_style_of_their_own(
    world: World, response: Encounter, name: str
) -> None:
    answer = signed_in(world, "paramedic").get(reverse(name, args=[response.pk]))
    assert answer.status_code == 200
    assert_clean(answer.content.decode())


def assert_clean(page: str) -> None:
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<[^>]+\son[a-z]+=", page)
    assert "<style" not in page
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script


# Whom


def test_a_search_says_no_name_in_its_address_and_is_logged(world: World, response: Encounter) -> None:
    found = world.person(first_name="Maria", last_name="Sandoval")
    before = ReadEvent.objects.count()
    answer = signed_in(world, "paramedic").post(reverse("field-find", args=[response.pk]), {"text": "sandov"})
    assert "Maria Sandoval" in answer.content.decode()
    assert "sandov" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    seen = ReadEvent.objects.filter(surface="field_search").latest("at")
    assert seen.people == [found.pk]
    assert ReadEvent.objects.count() > before


def test_the_first_page_logs_whose_names_it_shows(world: World, response: Encounter) -> None:
    signed_in(world, "paramedic").get(reverse("field-today"))
    assert ReadEvent.objects.get(surface="field_today").people == [response.person_id]


def test_a_new_person_with_alias_and_phone(world: World) -> None:
    response = world.response()
    data: dict[str, Any] = {
        "record": str(uuid4()),
        "identity_status": "alias",
        "preferred_name": "Doc",
        "alias": "Doc H.",
        "phone": "405-555-0111",
        "no_fixed_address": "true",
    }
    client = signed_in(world, "paramedic")
    page = reverse("field-new-person", args=[response.pk])
    assert client.post(page, data).status_code == 302
    person = Person.objects.get()
    assert (person.preferred_name, person.no_fixed_address) == ("Doc", True)
    assert str(person.contact.phone) == "+14055550111"
    assert person.aliases.get().name == "Doc H."
    assert client.post(page, data | {"nobody_similar": "yes"}).status_code == 302
    assert Person.objects.count() == 1, "sent twice, it is one person"


def test_an_impossible_phone_is_said_so_and_nobody_is_made(world: World) -> None:
    response = world.response()
    page = reverse("field-new-person", args=[response.pk])
    answer = signed_in(world, "paramedic").post(page, {"record": str(uuid4()), "phone": "12"})
    assert answer.status_code == 400
    assert "valid phone number" in answer.content.decode()
    assert not Person.objects.exists()


def test_somebody_off_the_crew_does_not_say_whom_it_is_for(world: World, response: Encounter) -> None:
    stranger = Client()
    stranger.force_login(world.hire("nick", "navigator"))
    page = reverse("field-use-person", args=[response.pk, world.person().pk])
    assert stranger.post(page).status_code == 403
    assert signed_in(world, "navigator").post(page).status_code == 302


# Calls


def test_a_call_sent_twice_is_one_response(world: World) -> None:
    client = signed_in(world, "paramedic")
    data = {"record": str(uuid4()), "call": str(uuid4()), "modality": "scene", "cad_number": "C-1"}
    first, second = client.post(reverse("field-new-call"), data), client.post(reverse("field-new-call"), data)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Encounter.objects.count() == Incident.objects.count() == 1


def test_a_cad_number_that_dispatch_logged_joins_its_call(world: World) -> None:
    with acting(world.navigator):
        call = Incident.objects.create(cad_number="C-7", call_type="overdose")
    data = {"record": str(uuid4()), "call": str(uuid4()), "modality": "scene", "cad_number": "C-7"}
    assert signed_in(world, "paramedic").post(reverse("field-new-call"), data).status_code == 302
    assert Encounter.objects.get().incident == call


# Signing


def test_signing_too_early_says_everything_that_is_missing(world: World, response: Encounter) -> None:
    answer = signed_in(world, "paramedic").post(reverse("field-sign", args=[response.pk]))
    assert answer.status_code == 400
    page = html.fromstring(answer.content)
    gaps = page.xpath("//*[@data-gap-form]/@data-gap-form")
    assert "disposition" in gaps
    response.refresh_from_db()
    assert response.signed_at is None


def test_a_peer_specialist_is_not_offered_the_signature(world: World, response: Encounter) -> None:
    page = reverse("field-review", args=[response.pk])
    assert b"data-sign-now" in signed_in(world, "paramedic").get(page).content
    answer = signed_in(world, "peer")
    assert not html.fromstring(answer.get(page).content).xpath("//button[@data-sign]")
    assert answer.post(reverse("field-sign", args=[response.pk])).status_code == 403


# Records


def test_two_tablets_begin_a_form_under_one_identifier(world: World, response: Encounter) -> None:
    pages = [
        signed_in(world, role).get(form_page(response, "narrative")) for role in ("paramedic", "navigator")
    ]
    records = {re.search(r'data-record="([^"]+)"', page.content.decode()).group(1) for page in pages}  # type: ignore[union-attr]
    assert len(records) == 1
    form = registry["narrative"]
    record = once_only_record(form, response)
    assert {str(record)} == records
    world.fill(response, "narrative", {"text": "One."}, record=record)
    world.fill(
        response,
        "narrative",
        {"text": "One. Two."},
        record=record,
        by=world.navigator,
        base={"text": "One."},
        version=1,
    )
    assert Narrative.objects.get().text == "One. Two."


def test_an_entry_taken_out_leaves_its_identifier_behind(world: World, response: Encounter) -> None:
    form = registry["narrative"]
    first = once_only_record(form, response)
    world.fill(response, "narrative", {"text": "Wrong person."}, record=first)
    world.client(world.paramedic).delete(f"/api/encounters/{response.pk}/entries/narrative/{first}/")
    assert Narrative.objects.get().status == EntryStatus.REMOVED
    second = once_only_record(form, response)
    assert second != first
    assert world.fill(response, "narrative", {"text": "Right."}, record=second).status_code == 200


def test_the_addresses_are_all_resolved_by_name() -> None:
    names = [pattern.name for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)]
    assert len(names) == len(set(names))
    assert set(names) <= set(get_resolver().reverse_dict)
