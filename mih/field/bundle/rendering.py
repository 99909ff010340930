"""Renders each form as its page does, for nobody in particular: no record, no reader, no person."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.templatetags.static import static

from mih.accounts.models import Staff
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.encounters.values import as_json
from mih.field.bundle.checks import Unfit, check
from mih.field.dressing import dress, dressed, helper_of
from mih.field.forms import CallForm, DetailsForm, NewPersonForm
from mih.field.panels import offer_films
from mih.field.sheets import TOLD
from mih.field.vital_entry import FORM as VITALS
from mih.field.vital_entry import KEYS, STEPS
from mih.instruments.catalogue import document
from mih.protocols.policy import default_keys
from mih.protocols.selectors import in_force, in_force_many

MAY_ASK: Final = ("protocols_", "instruments_")
"""Apps whose tables rendering a form may read: rules and questionnaires. Any other may hold people."""

TABLE = re.compile(r'(?:FROM|INTO|UPDATE)\s+"(\w+)"', re.IGNORECASE)
"""What a statement is about. A rule's row is read together with who signed it, which no form shows."""


@dataclass(frozen=True)
class Small:
    """A form beside the registry's, which a tablet needs to begin a response."""

    key: str
    title: str
    icon: str
    made: Callable[[], forms.BaseForm]


SMALL: Final = (
    Small("new_call", "Start a response", "plus", CallForm),
    Small("new_person", "Add a person", "user-plus", NewPersonForm),
    Small("details", "Response and crew", "users", DetailsForm),
)


@dataclass(frozen=True)
class Rendered:
    """One form: what tablets get of it but its version, and its line in the list of forms. `content` is None for a form
    that no tablet may hold as it is now."""

    key: str
    content: dict[str, Any] | None
    line: dict[str, Any]


def every_form(*, unfit: Callable[[Unfit], None] | None = None) -> Iterator[Rendered]:
    """Every form of the registry, withdrawn ones too, then the small ones.

    Raises `Unfit` for a form that no tablet may hold; with `unfit`, tells it and goes on.
    """
    with _no_people():
        for spec in registry:
            yield _judged(spec.key, lambda spec=spec: on_scene(spec), _line(spec), unfit)  # type: ignore[misc]
        for small in SMALL:
            yield _small(small)


def _judged(
    key: str, render: Callable[[], Rendered], line: dict[str, Any], unfit: Callable[[Unfit], None] | None
) -> Rendered:
    try:
        return render()
    except Unfit as fault:
        if unfit is None:
            raise
        unfit(fault)
        return Rendered(key, None, line)


def on_scene(spec: OnSceneForm) -> Rendered:
    """A form of the registry, with the values a new record begins with."""
    entry = _blank(spec)
    spec = spec.under(entry)
    form_class = spec.form_class()
    values = spec.read(entry)
    form = dressed(form_class, values)
    offer_films(form, in_force("buprenorphine", clock.now()))
    _leave_rows_out(spec.key, form)
    definition = getattr(form_class, "definition", None)
    content = _content(
        spec.key,
        form,
        helper=helper_of(form),
        title=spec.title,
        icon=spec.icon,
        defaults={name: value for name, value in values.items() if value not in (None, "", [], {})},
        unasked=list(spec.unasked(entry)),
        instrument=document(definition.key, definition.version) if definition is not None else None,
        timed=spec.section not in TOLD,
        keypad=_keypad() if spec.key == VITALS else None,
    )
    return Rendered(spec.key, content, _line(spec))


def _line(spec: OnSceneForm) -> dict[str, Any]:
    """What the list says of a form."""
    return {
        "title": spec.title,
        "group": spec.group,
        "order": spec.order,
        "icon": spec.icon,
        "section": spec.section,
        "repeatable": spec.repeatable,
        "segment": spec.segment,
        "programmes": list(spec.programmes),
        "add_label": spec.add_label,
        "offered": spec.offered,
        "in_use": spec.in_use(in_force_many(default_keys(), clock.now())),
        "related": list(spec.related),
    }


def _small(small: Small) -> Rendered:
    form = dress(small.made())
    _leave_rows_out(small.key, form)
    starts = {name: as_json(form.get_initial_for_field(field, name)) for name, field in form.fields.items()}
    content = _content(
        small.key,
        form,
        helper=None,
        title=small.title,
        icon=small.icon,
        defaults={name: value for name, value in starts.items() if value not in (None, "", [], {})},
        unasked=[],
        instrument=None,
        timed=False,
        keypad=None,
    )
    line = {
        "title": small.title,
        "group": "",
        "order": 0,
        "icon": small.icon,
        "section": "encounter",
        "repeatable": False,
        "segment": "general",
        "programmes": [],
        "add_label": "",
        "offered": True,
        "in_use": True,
        "related": [],
    }
    return Rendered(small.key, content, line)


def _content(key: str, form: forms.BaseForm, *, helper: FormHelper | None, **around: Any) -> dict[str, Any]:
    html = _tidy(render_to_string("field/answers.html", {"form": form, "helper": helper}))
    defaults = around["defaults"]
    check(key, html, defaults)
    if around["keypad"]:
        check(key, around["keypad"], {})
    return {
        "key": key,
        "html": html,
        "kinds": {name: field.kind for name, field in form.fields.items()},  # type: ignore[attr-defined]
        "labels": {name: str(field.label or name) for name, field in form.fields.items()},
        "options": {
            name: f"{key}.{name}"
            for name, field in form.fields.items()
            if isinstance(field, forms.ModelChoiceField)
        },
        **around,
    }


def _keypad() -> str:
    return _tidy(render_to_string("field/keypad.html", {"keypad_steps": STEPS, "keypad_digits": KEYS}))


def _blank(spec: OnSceneForm) -> Any:
    """A new record of nobody's response. That was before everything, so a form withdrawn since is rendered as well."""
    if not issubclass(spec.model, Entry):
        return spec.model()
    response = Encounter(pk=uuid7(), created_at=datetime(1, 1, 2, tzinfo=UTC))
    return spec.new(response, uuid7(), by=Staff(), at=clock.now())


def _leave_rows_out(key: str, form: forms.BaseForm) -> None:
    """Choices that are rows of ours (colleagues, lots, partners) travel with the tablet's lists, encrypted there."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = field.queryset.none() if field.queryset is not None else None
            field.widget.attrs["data-options"] = f"{key}.{name}"


def _tidy(html: str) -> str:
    """Without the template's indentation, and with symbols named by the sheet's plain address, which never changes."""
    lines = (line.strip() for line in html.splitlines())
    return "\n".join(line for line in lines if line).replace(
        static("icons.svg"), f"{settings.STATIC_URL}icons.svg"
    )


@contextmanager
def _no_people() -> Iterator[None]:
    """Refuse every question to the database but for rules and questionnaires."""

    def ask(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        others = [table for table in TABLE.findall(str(sql)) if not table.startswith(MAY_ASK)]
        if others:
            raise Unfit(
                f"A form asks the database for more than rules while it is rendered: {', '.join(others)}."
            )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(ask):
        yield


__all__ = ["SMALL", "Rendered", "every_form", "on_scene"]
