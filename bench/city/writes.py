"""What it costs to receive records from tablets, against the bare insert of the same rows."""

import random
from collections.abc import Iterator
from typing import Any

from bench.city.figures import Figure, against
from bench.city.reference import Reference
from bench.city.rows import Floor, Watch, Written
from bench.city.timing import Taken, counted, timed
from mih.accounts.models import Staff
from mih.core.ids import uuid7
from mih.field.sync.wire import MOST_ITEMS
from tests.field.client import Author, Sealed, Tablet, framed

BUNDLE = 100
DAYS = 3
PUSH_BYTES = 128 * 1024
"""What a tablet sends at once before it has learnt how good the line is (static/src/tablet/store/push.ts)."""
FRAME = 10

TEXT = (
    "Arrived to find the client sitting on the porch, alert, answering in full sentences. Says sleep has been poor for "
    "three nights. No weapon seen. Agreed to talk inside. Mother present and supportive."
)


def writes(count: int) -> list[Figure]:
    """Receiving one encounter, and an offline bundle with its replay."""
    turns = max(3, count // 3)
    tablet = Tablet("Bench")
    author = tablet.of(Staff.objects.get(username="pat"))
    return [
        *_one(author, 5, turns, limit=0.9, most=8),
        *_one(author, 12, turns, limit=None, most=None),
        *_bundle(author),
    ]


def _one(author: Author, entries: int, turns: int, *, limit: float | None, most: int | None) -> list[Figure]:
    """One encounter with that many entries in one push, in turns with R and with its rows."""
    reference = Reference()
    received, bare, floors = Taken(), Taken(), Taken()
    written: Written | None = None
    _send(author, _encounter(author, entries))  # what a process asks once
    for turn in range(turns + 1):
        watch = Watch()
        items = _encounter(author, entries)
        if turn == 0:
            with counted() as statements:
                _send(author, items)
            received.statements = len(statements)
            written = watch.written()
            continue
        received.times.append(timed(lambda items=items: _send(author, items)))  # type: ignore[misc]
        floor = Floor(watch.written())
        floor.empty()
        floors.times.append(timed(floor))
        bare.times.append(timed(reference))
    assert written is not None
    name = f"Receiving one encounter of {entries} entries"
    note = f"{written.count} rows in {len(written.tables)} tables, sealed, signed, validated, with history; unsigned yet, so there is nothing to plan"
    figures = [against(f"receive {entries} floor", name, received, floors, "same rows, psycopg", note=note)]
    if limit is not None:
        figures.append(
            against(f"receive {entries}", f"{name}, against R", received, bare, "R", limit=limit, most=most)
        )
    return figures


def _bundle(author: Author) -> list[Figure]:
    """A hundred encounters with five hundred entries, as tablets bring them after a day without a network."""
    taken, bare = Taken(), Taken()
    for _ in range(DAYS):
        watch = Watch()
        items = [item for _ in range(BUNDLE) for item in _encounter(author, 5)]
        batches = list(_pushes(items))
        taken.times.append(_pushed(author, batches))
        written = watch.written()
        floor = Floor(written)
        floor.empty()
        bare.times.append(timed(floor))
    since = Watch()
    replayed = Taken([_pushed(author, batches)])
    again = since.written()
    # A look at the same envelopes leaves a line in the log of offers and nothing else.
    doubled = {
        table: len(rows)
        for table, (_, rows) in again.tables.items()
        if table.startswith(("encounters_", "followups_", "assessments_"))
    }
    assert not doubled, doubled
    note = f"{written.count} rows; {len(items)} envelopes in {len(batches)} pushes"
    return [
        against(
            "bundle",
            f"Offline bundle of {BUNDLE} encounters with 500 entries",
            taken,
            bare,
            "same rows, psycopg",
            limit=3,
            statements=None,
            note=note,
        ),
        Figure(
            "replay",
            "The same bundle once more: adds nothing",
            replayed.median,
            ratio=replayed.median / taken.median,
            floor="the first time",
        ),
    ]


def _pushes(items: list[Sealed]) -> Iterator[list[Sealed]]:
    """The items in the pushes in which a tablet sends them."""
    batch: list[Sealed] = []
    size = 0
    for item in items:
        more = FRAME + sum(len(part) for part in item.parts)
        if batch and (len(batch) == MOST_ITEMS or size + more > PUSH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += more
    if batch:
        yield batch


def _pushed(author: Author, batches: list[list[Sealed]]) -> float:
    """Milliseconds until all of them are received, one after the other."""
    return sum(timed(lambda batch=batch: _send(author, batch)) for batch in batches)  # type: ignore[misc]


def _encounter(author: Author, entries: int) -> list[Sealed]:
    """A response and its entries as their author wrote them."""
    encounter = uuid7()
    made = [author.begin(encounter)]
    for number in range(entries):
        form, values = _entry(number)
        made.append(author.patch(encounter, form, uuid7(), values))
    return made


def _entry(number: int) -> tuple[str, dict[str, Any]]:
    chance = random.Random(number)
    if number == 0:
        return "narrative", {"text": TEXT}
    return "vitals", {
        "hr": str(chance.randint(60, 110)),
        "rr": str(chance.randint(12, 20)),
        "spo2": str(chance.randint(94, 99)),
        "sbp": str(chance.randint(105, 145)),
        "dbp": str(chance.randint(60, 90)),
    }


def _send(author: Author, items: list[Sealed]) -> None:
    answer = author.tablet.send(framed([each.parts for each in items]))
    assert answer.status_code == 200, answer.content
    outcomes = {item["outcome"] for item in answer.json()["items"]}
    assert outcomes <= {"applied", "merged", "dup"}, outcomes
