"""Places in the timeline, as they travel to the browser and back."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.charts.timeline import Event, cursor, read_cursor
from mih.core.errors import Invalid

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(at=MOMENTS, pk=st.uuids())
def test_a_cursor_leads_back_to_its_place(at: datetime, pk: UUID) -> None:
    assert read_cursor(cursor(Event("response", at, pk, "Title", "icon"))) == (at, pk)


def test_a_cursor_tells_nothing_about_the_person() -> None:
    event = Event("response", datetime(2027, 1, 12, tzinfo=UTC), UUID(int=5), "Ada Quill", "icon", "words")
    other = Event("contact", event.at, event.id, "Bo Moss", "icon", "other")
    assert cursor(event) == cursor(other)


@given(st.text(max_size=60).filter(lambda text: len(text) < 40))
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    """No cursor of ours is that short."""
    with pytest.raises(Invalid) as refusal:
        read_cursor(text)
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize("text", ["", "x", "W10", "bnVsbA", "WyIyMDI3LTAxLTEyIiwgIngiXQ"])
def test_none_of_ours(text: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(text)
