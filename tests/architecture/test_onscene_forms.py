"""Every on-scene form keeps the house's promises: saved at any time, judged by the matrix, shown whole, kept for ever."""

from collections.abc import Iterator

import pytest
from django.db import models
from pgtrigger import registered

from mih.encounters.models import Entry
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.instruments.selectors import nothing_uploaded
from mih.privacy.policy import SEGMENT_READERS
from mih.protocols.policy import Policy

FORMS = list(registry)
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.key)


@pytest.fixture(autouse=True)
def only_shipped() -> Iterator[None]:
    """The program's own forms; local instruments are held to the same in tests/web/instruments."""
    with nothing_uploaded():
        yield


@each_form
def test_its_section_stands_in_the_role_matrix(form: OnSceneForm) -> None:
    matrix = Policy.default("role_matrix")
    assert form.section in matrix.values
    assert form.segment in SEGMENT_READERS


@each_form
def test_saving_is_never_refused_for_what_is_missing(form: OnSceneForm) -> None:
    required = [name for name, field in form.fields().items() if field.required]
    assert [name for name in required if not form.model._meta.get_field(name).has_default()] == []


@each_form
def test_every_row_of_it_keeps_its_history(form: OnSceneForm) -> None:
    names = {trigger.name for model, trigger in registered() if model is form.model}
    assert {"named_actor", "insert_insert", "update_update", "delete_delete"} <= names
    if issubclass(form.model, Entry):
        assert {"signed_is_frozen", "signed_is_kept"} <= names


@each_form
def test_each_of_its_fields_is_kept_in_a_column(form: OnSceneForm) -> None:
    columns = {field.name for field in form.model._meta.get_fields()}
    assert issubclass(form.model, models.Model)
    stored = set(form.read(form.model())) if issubclass(form.model, Entry) else columns
    assert set(form.fields()) <= columns | stored
