"""Rows written by few messages stand in the database as saving each of them would have left them."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mih.assessments.models import VitalSigns
from mih.audit.context import acting
from mih.core import rows
from mih.core.ids import uuid7
from mih.encounters.models import CrewMember, Encounter, Patch
from mih.field.models import Envelope, Outcome
from tests.world import World

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 3, 7, 8, 9, 123456, tzinfo=UTC)
HARD = [
    "",
    "it's",
    "100 %",
    "%s %(a)s",
    "a\\nb",
    "\\",
    'say "no"',
    "two\nlines",
    "Núñez – 東京",
    "$1; --",
    "{a,b}",
    "NULL",
]
WORDS = st.sampled_from(HARD) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6, width=32) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
QUICKLY = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _envelope(**given: Any) -> Envelope:
    told = {
        "mid": uuid7(),
        "device": uuid7(),
        "author": uuid7(),
        "uploader": uuid7(),
        "type": "draft.patch",
        "seq": 7,
    }
    told |= {"kid": "k", "sha256": "0" * 64, "header": b"h", "body": b"b", "sig": b"s", "custody_at": AT}
    return Envelope(**told | given)


def _columns(row: models.Model) -> dict[str, Any]:
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in found.items()}


def _patch(response: Encounter, world: World, changes: Any, form: str) -> Patch:
    return Patch(
        pk=uuid7(), encounter=response, form=form, record=uuid7(), base_version=0, changes=changes,
        by=world.paramedic, received_at=AT, outcome=[],
    )  # fmt: skip


@QUICKLY
@given(
    text=WORDS,
    body=st.binary(max_size=40),
    detail=JSON,
    seq=st.integers(-(2**60), 2**60),
    flags=st.lists(WORDS),
)
def test_an_inserted_row_holds_what_was_given(
    text: str, body: bytes, detail: Any, seq: int, flags: list[str]
) -> None:
    given = [
        _envelope(form=text, body=body, detail={"a": detail}, seq=seq, flags=[flag[:20] for flag in flags]),
        _envelope(
            prev=UUID(int=seq % 2**62), captured_at=AT, opened=True, outcome=Outcome.APPLIED, version=3
        ),
    ]
    with transaction.atomic():
        rows.send([rows.inserting(given)])
        kept = Envelope.objects.in_bulk([row.pk for row in given])
        assert [_columns(kept[row.pk]) for row in given] == [_columns(row) for row in given]
        transaction.set_rollback(True)


@QUICKLY
@given(changes=JSON.filter(lambda found: found is not None), form=WORDS)
def test_it_is_what_saving_would_have_written_beside_a_named_actor(
    world: World, changes: Any, form: str
) -> None:
    response = world.response()
    one, other = (_patch(response, world, changes, form[:40]) for _ in range(2))
    with acting(world.paramedic):
        rows.send([rows.inserting([one])])
        other.save(force_insert=True)
    here, there = (_columns(Patch.objects.get(pk=row.pk)) for row in (one, other))
    assert here["changes"] == changes
    own = dict.fromkeys(("id", "record", "created_at"))
    assert here | own == there | own


@QUICKLY
@given(text=WORDS, detail=JSON)
def test_only_what_differs_is_updated(text: str, detail: Any) -> None:
    before, after = _envelope(outcome=Outcome.HELD), _envelope()
    after.mid = before.mid
    for field in before._meta.concrete_fields:
        setattr(after, field.attname, getattr(before, field.attname))
    assert rows.updating(after, before) is None
    after.outcome, after.detail, after.flags = Outcome.QUARANTINED, {text: detail}, [text[:20]]
    changed = rows.updating(after, before)
    assert changed is not None
    assert "body" not in changed
    with transaction.atomic():
        rows.send([rows.inserting([before]), changed])
        assert _columns(Envelope.objects.get(pk=before.pk)) == _columns(after)
        transaction.set_rollback(True)


def test_many_rows_are_updated_each_with_its_own() -> None:
    kept = [_envelope(), _envelope(), _envelope()]
    rows.send([rows.inserting(kept)])
    for number, (row, words) in enumerate(zip(kept, HARD[1:], strict=False)):
        row.outcome, row.detail, row.version = Outcome.QUARANTINED, {"sentence": words}, number or None
    rows.send([rows.updating_many(kept, ("outcome", "detail", "version"))])
    found = Envelope.objects.in_bulk([row.pk for row in kept])
    assert [_columns(found[row.pk]) for row in kept] == [_columns(row) for row in kept]


def test_what_no_text_can_hold_is_refused() -> None:
    with pytest.raises((psycopg.DataError, UnicodeError)), transaction.atomic():
        rows.send([rows.inserting([_envelope(form="a\x00b")])])
    with pytest.raises((psycopg.DataError, UnicodeError)), transaction.atomic():
        rows.send([rows.inserting([_envelope(form="a\ud800b")])])


def test_an_identifier_that_is_taken_is_said_to_be() -> None:
    row = _envelope()
    assert rows.insert_new(row)
    again = _envelope(mid=row.mid, form="other")
    assert not rows.insert_new(again)
    assert Envelope.objects.get(pk=row.mid).form == ""


@pytest.mark.parametrize("told", [[1, True, 1.0], [False, 0], ["1", "1"], [[1], [True]], [{}, []]])
def test_a_column_keeps_apart_what_counts_as_equal(world: World, told: list[Any]) -> None:
    response = world.response()
    given = [_patch(response, world, each, "narrative") for each in told]
    with acting(world.paramedic):
        rows.send([rows.inserting(given)])
    kept = Patch.objects.in_bulk([row.pk for row in given])
    assert [json.dumps(kept[row.pk].changes) for row in given] == [json.dumps(each) for each in told]


def test_a_new_row_is_what_the_model_makes(world: World) -> None:
    response = world.response()
    for model, told in (
        (Envelope, {"mid": uuid7(), "device": uuid7(), "custody_at": AT}),
        (Patch, {"id": uuid7(), "encounter": response, "by": world.paramedic, "received_at": AT}),
        (VitalSigns, {"id": uuid7(), "encounter": response, "author_id": world.paramedic.pk, "hr": 80}),
        (CrewMember, {"encounter": response, "staff": world.paramedic, "id": uuid7()}),
        (
            Encounter,
            {"id": uuid7(), "incident": response.incident, "unit": None, "created_by": world.paramedic},
        ),
    ):
        made, alike = rows.new(model, **told), model(**told)
        timed = dict.fromkeys(("created_at", "recorded_at", "received_at"))
        assert _columns(made) | timed == _columns(alike) | timed
        assert (made._state.adding, made._state.db) == (True, alike._state.db)
        assert made._state.fields_cache.keys() == alike._state.fields_cache.keys()


def test_new_rows_share_nothing() -> None:
    one, other = rows.new(Envelope), rows.new(Envelope)
    one.flags.append("readopted")
    one.detail["code"] = "failed"
    assert (other.flags, other.detail) == ([], {})
    assert one._state is not other._state
