"""Cursors that somebody wrote by hand are refused in a sentence, whatever stands in them."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from mih.charts import timeline
from mih.core import paging
from mih.core.errors import Invalid
from mih.followups.selectors.queue import read_cursor as read_queue_cursor

PK = UUID(int=5)
READERS: dict[str, tuple[Callable[[str], Any], Callable[[str], list[Any]]]] = {
    "list": (paging.read_cursor, lambda at: [at, str(PK)]),
    "queue": (read_queue_cursor, lambda at: [2, at, str(PK)]),
    "timeline": (timeline.read_cursor, lambda at: [at, str(PK), 0]),
}


def word(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2027-01-12T00:00:00", "2027-01-12", "noon"],
)
def test_a_moment_the_database_has_no_place_for_is_refused(kind: str, at: str) -> None:
    read, key = READERS[kind]
    with pytest.raises(Invalid) as refusal:
        read(word(json.dumps(key(at))))
    assert refusal.value.code == "bad_cursor"


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("text", [word("[" * 5000), word("[" * 60), "%00", "é", "=" * 300, word("5")])
def test_what_is_no_cursor_is_refused(kind: str, text: str) -> None:
    with pytest.raises(Invalid):
        READERS[kind][0](text)


@pytest.mark.parametrize("kind", READERS)
def test_a_moment_with_any_offset_is_the_moment_it_was(kind: str) -> None:
    read, key = READERS[kind]
    at = datetime(2027, 1, 12, 6, tzinfo=timezone(timedelta(hours=-23)))
    (found,) = [
        each for each in _parts(read(word(json.dumps(key(at.isoformat()))))) if isinstance(each, datetime)
    ]
    assert (found, found.tzinfo) == (at, UTC)


@pytest.mark.parametrize("rank", [True, 2.0, "2", None])
def test_a_risk_that_is_no_number_is_refused(rank: object) -> None:
    with pytest.raises(Invalid):
        read_queue_cursor(word(json.dumps([rank, "2027-01-12T00:00:00+00:00", str(PK)])))


def _parts(found: Any) -> list[Any]:
    return list(found) if isinstance(found, tuple) else [found.at, found.pk, found.source]
