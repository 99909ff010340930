"""Places in the timeline, as they travel to the browser and back."""

import base64
import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mih.charts.timeline import Place, cursor, read_cursor
from mih.core.errors import Invalid

MOMENTS = st.datetimes(timezones=st.just(UTC))


@given(at=MOMENTS, pk=st.uuids(), source=st.integers(0, 40))
def test_a_cursor_leads_back_to_its_place(at: datetime, pk: UUID, source: int) -> None:
    assert read_cursor(cursor(Place(at, pk, source))) == Place(at, pk, source)


def test_a_cursor_tells_nothing_about_the_person() -> None:
    place = Place(datetime(2027, 1, 12, tzinfo=UTC), UUID(int=5), 3)
    text = cursor(place)
    held = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    assert json.loads(held) == ["2027-01-12T00:00:00+00:00", str(UUID(int=5)), 3]


@given(st.text(max_size=60).filter(lambda text: len(text) < 40))
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    """No cursor of ours is that short."""
    with pytest.raises(Invalid) as refusal:
        read_cursor(text)
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "W10",
        "bnVsbA",
        "WyIyMDI3LTAxLTEyIiwgIngiXQ",
        "WyIyMDI3LTAxLTEyVDAwOjAwOjAwKzAwOjAwIiwgIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwNSIsIHRydWVd",
    ],
)
def test_none_of_ours(text: str) -> None:
    with pytest.raises(Invalid):
        read_cursor(text)
