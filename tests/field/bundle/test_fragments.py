"""What a tablet renders a form from is what the page of a blank entry shows."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from mih.accounts.models import Staff
from mih.core import clock
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from mih.field.bundle import published
from mih.field.bundle.rendering import SMALL, on_scene
from mih.field.models import FormVersion
from mih.people.models import ContactPreferences, Person
from mih.protocols.policy import default_keys
from mih.protocols.selectors import in_force_many
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SIGHTS = ("paramedic", "clinician", "navigator", "ladc")
SignIn = Callable[[Staff], Client]


@pytest.fixture
def responses(world: World) -> list[Encounter]:
    """A response of each programme with somebody of whom nothing is known."""
    nobody = world.person(first_name="", last_name="")
    return [world.response(person=nobody, programme=each) for each in (world.art, world.crt)]


def shape(element: Any, *, but: set[str] = frozenset()) -> Any:  # type: ignore[assignment]
    """Markup without what differs on purpose: rows of ours in lists, and fields `but`."""
    for block in element.xpath(".//*[@data-field or @data-item]"):
        if (block.get("data-field") or block.get("data-item")) in but:
            block.getparent().remove(block)
    for select in element.xpath(".//select"):
        if select.get("data-options") or select.get("name") in ROWS:
            select.attrib.pop("data-options", None)
            for option in select.xpath("./option[@value!='']"):
                select.remove(option)
    text = html.tostring(element, encoding="unicode")
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", text))


ROWS = {"lot", "witness", "waste_witness", "partner"}


def page_of(world: World, responses: list[Encounter], key: str, signed_in: SignIn) -> Any:
    """The questions on the page of a blank entry of a form, for whoever may see all of it."""
    for role in SIGHTS:
        for response in responses:
            address = reverse("field-form", args=[response.pk, key])
            answer = signed_in(world.staff[role]).get(address, headers={"X-MIH-Part": "1"})
            if answer.status_code == 200:
                (found,) = html.fromstring(answer.content.decode()).xpath("//fieldset[@class='answers']")
                return found
    raise AssertionError(f"nobody sees the form {key}")


def test_every_fragment_is_what_the_page_shows(
    world: World, responses: list[Encounter], signed_in: SignIn
) -> None:
    different, policies = {}, in_force_many(default_keys(), clock.now())
    used = [spec for spec in registry if spec.in_use(policies)]
    assert len(used) > 30
    for spec in used:
        content = on_scene(spec).content
        page = page_of(world, responses, spec.key, signed_in)
        page.attrib.clear()
        page.set("class", "answers")
        fragment = html.fromstring(f'<fieldset class="answers">{content["html"]}</fieldset>')
        mine, theirs = shape(fragment, but=set(content["unasked"])), shape(page)
        if mine.replace(' checked=""', "") != theirs.replace(' checked=""', "").replace(' disabled=""', ""):
            at = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
            different[spec.key] = (mine[max(0, at - 80) : at + 120], theirs[max(0, at - 80) : at + 120])
    assert different == {}


def test_every_form_of_the_registry_is_on_the_list_with_its_line(world: World) -> None:
    listed = json.loads(published().text)
    assert set(listed["forms"]) == {spec.key for spec in registry} | {small.key for small in SMALL}
    assert listed["groups"] == list(registry.GROUPS)
    for spec in registry:
        line = listed["forms"][spec.key]
        assert (line["title"], line["group"], line["section"]) == (spec.title, spec.group, spec.section)
        assert (line["order"], line["repeatable"], line["segment"]) == (
            spec.order,
            spec.repeatable,
            spec.segment,
        )
        assert (line["programmes"], line["offered"]) == (list(spec.programmes), spec.offered)


def test_a_document_says_how_each_field_travels(world: World) -> None:
    published()
    for row in FormVersion.objects.all():
        document = json.loads(row.document)
        assert (document["key"], document["version"]) == (row.key, row.version)
        markup = html.fromstring(f"<div>{document['html']}</div>")
        drawn = {
            block.get("data-field") or block.get("data-item")
            for block in markup.xpath(".//*[@data-field or @data-item]")
        }
        assert drawn <= set(document["kinds"]) == set(document["labels"]), row.key
        assert drawn
        assert set(document["options"]) <= set(document["kinds"])
        assert set(document["defaults"]) <= set(document["kinds"]), row.key


def test_an_instrument_brings_its_definition_and_vital_signs_their_keypad(world: World) -> None:
    published()
    documents = {row.key: json.loads(row.document) for row in FormVersion.objects.all()}
    assert documents["cows"]["instrument"]["key"] == "cows"
    assert documents["vitals"]["keypad"].count("data-go=") == 8
    assert [key for key, document in documents.items() if document["keypad"]] == ["vitals"]
    assert documents["narrative"]["instrument"] is None


def test_symbols_are_named_by_an_address_that_outlives_the_sheet(world: World) -> None:
    published()
    for row in FormVersion.objects.all():
        document = json.loads(row.document)
        named = re.findall(r'<use href="([^"#]*)', document["html"] + (document["keypad"] or ""))
        assert set(named) <= {"/static/icons.svg"}


def test_nobody_of_ours_stands_in_any_form(world: World, responses: list[Encounter]) -> None:
    published()
    names = {f"{member.first_name} {member.last_name}" for member in world.staff.values()}
    names |= {member.username for member in world.staff.values() if len(member.username) > 3}
    assert Person.objects.exists()
    assert ContactPreferences.objects.exists()
    for row in FormVersion.objects.all():
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", row.document)] == []
