"""A list that a form names is sent with every pull, and no list on a tablet stays empty for want of a source."""

import json

import pytest
from lxml import html

from mih.core import clock
from mih.field.bundle import published
from mih.field.models import FormVersion
from mih.field.sync.pull import pull
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def documents() -> dict[str, dict[str, object]]:
    published()
    rows = FormVersion.objects.filter(retired_at__isnull=True)
    return {row.key: json.loads(row.document) for row in rows}


def selects(document: dict[str, object]) -> list[html.HtmlElement]:
    """Every list of a form, those in the mould of a table's line too."""
    markup = html.fromstring(f"<div>{document['html']}{document['keypad'] or ''}</div>")
    return list(markup.xpath(".//select"))


def test_every_list_that_a_form_names_comes_with_a_pull(world: World) -> None:
    sent = pull(world.paramedic, "", at=clock.now())["options"]
    named: dict[str, set[str]] = {}
    for key, document in documents().items():
        names = {select.get("data-options") for select in selects(document)} - {None}
        told = document["options"]
        assert isinstance(told, dict)
        named[key] = names | set(told.values())
    assert set().union(*named.values()) >= {"buprenorphine_dose.witness", "naloxone.lot", "referral.partner"}
    without = {(key, name) for key, names in named.items() for name in names if name not in sent}
    assert without == set(), "lists that no pull fills"


def test_a_list_that_a_form_does_not_name_holds_its_choices(world: World) -> None:
    empty = [
        (key, select.get("name") or select.get("data-column"))
        for key, document in documents().items()
        for select in selects(document)
        if not select.get("data-options") and not select.xpath("./option[@value!='']")
    ]
    assert empty == []


def test_the_films_of_a_dose_are_those_of_the_protocol(world: World) -> None:
    (strength,) = [
        select
        for select in selects(documents()["buprenorphine_dose"])
        if select.get("data-column") == "strength"
    ]
    offered = [option.text for option in strength.xpath("./option[@value!='']")]
    assert offered == ["2/0.5 mg", "4/1 mg", "8/2 mg", "12/3 mg"]
