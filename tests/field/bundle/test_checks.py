"""What stops a form from being given to every tablet."""

import pytest
from django import forms
from django.db import models

from mih.accounts.models import Staff
from mih.encounters.models import Narrative
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import Registry
from mih.field.bundle import rendering
from mih.field.bundle.checks import Unfit, check
from mih.people.models import Person
from tests.world import World

FIELD = '<input type="text" name="note" autocomplete="off">'


def test_an_empty_form_and_declared_defaults_are_fine() -> None:
    check("a", FIELD, {})
    check("a", '<input type="text" name="note" value="en" autocomplete="off">', {"note": "en"})
    check("a", '<input type="radio" name="yes" value="true" checked autocomplete="off">', {"yes": True})
    check(
        "a", '<input type="checkbox" name="some" value="b" checked autocomplete="off">', {"some": ["a", "b"]}
    )
    check(
        "a",
        '<select name="how" autocomplete="off"><option value="">Choose</option>'
        '<option value="scene" selected>On scene</option></select>',
        {"how": "scene"},
    )
    check("a", '<textarea name="rows" autocomplete="off" hidden>[]</textarea>', {})
    check("a", "<button type='button' value='7'>Seven</button>", {})


@pytest.mark.parametrize(
    ("markup", "why"),
    [
        ('<input type="hidden" name="csrfmiddlewaretoken" value="x" autocomplete="off">', "CSRF token"),
        ("<script>1</script>", "<script>"),
        ("<style>a{}</style>", "<style>"),
        ('<form action="/x"></form>', "<form>"),
        ('<div onclick="x()"></div>', "runs code"),
        ('<a href=" JavaScript:x()">x</a>', "runs code"),
        ('<input type="text" name="note" value="Robin" autocomplete="off">', "note filled in"),
        ('<input type="hidden" name="note" value="Robin" autocomplete="off">', "note filled in"),
        ('<input type="radio" name="yes" value="true" checked autocomplete="off">', "yes answered"),
        (
            '<select name="how" autocomplete="off"><option value="scene" selected>x</option></select>',
            "how answered",
        ),
        ('<textarea name="note" autocomplete="off">Robin</textarea>', "note filled in"),
        ('<input type="text" name="note">', "remember note"),
        ('<input type="text" name="note" autocomplete="on">', "remember note"),
        ('<textarea name="note"></textarea>', "remember note"),
        ('<select name="how"></select>', "remember how"),
        (
            '<select name="who" data-options="a.who" autocomplete="off"><option value="1">Pat</option></select>',
            "rows of ours under who",
        ),
        ('<p data-of="0192f7a4-1111-7abc-8def-001122334455"></p>', "names a record"),
    ],
)
def test_each_forbidden_thing_stops_the_build(markup: str, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        check("a", FIELD + markup, {})


def test_another_default_than_the_declared_one_stops_the_build() -> None:
    with pytest.raises(Unfit, match="yes answered"):
        check("a", '<input type="radio" name="yes" value="true" checked autocomplete="off">', {"yes": False})


def form_of(*fields: tuple[str, forms.Field]) -> OnSceneForm:
    """An on-scene form with these fields."""

    class Made(OnSceneForm):
        key, title, model = "made", "Made", Narrative
        section, group = "narrative", "Close"

        def form_class(self) -> type[forms.BaseForm]:
            return type("MadeForm", (forms.Form,), dict(fields))

        def read(self, entry: models.Model) -> dict[str, object]:
            return {name: None for name, _ in fields}

    return Made()


@pytest.mark.parametrize("people", [Staff, Person])
def test_a_form_that_reads_people_stops_the_build(
    people: type[models.Model], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.person()

    def choices() -> list[tuple[str, str]]:
        return [("x", str(each)) for each in people._default_manager.all()]

    registry = Registry()
    registry.add(form_of(("who", forms.ChoiceField(choices=choices))))
    monkeypatch.setattr(rendering, "registry", registry)
    with pytest.raises(Unfit, match=f"more than rules.*{people._meta.db_table}"):
        list(rendering.every_form())


def test_choices_that_are_rows_are_left_to_the_lists(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    registry.add(form_of(("who", forms.ModelChoiceField(Staff.objects.all(), label="Who", required=False))))
    monkeypatch.setattr(rendering, "registry", registry)
    made = next(rendering.every_form())
    assert made.content["options"] == {"who": "made.who"}
    assert 'data-options="made.who"' in made.content["html"]
    assert made.content["html"].count("<option") == 1
    for member in world.staff.values():
        assert member.last_name not in made.content["html"]
