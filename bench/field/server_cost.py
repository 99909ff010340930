"""What the server spends on one record of a push, against a bare insert of the same rows."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from bench.field.figures import Figure, percentile
from mih.core.ids import uuid7
from mih.field.models import Envelope
from tests.field.client import Author, Tablet, framed
from tests.world import World

BATCH = 50
ROUNDS = 20
COLUMNS = (
    "mid, device, author, uploader, encounter, record, type, form, seq, prev, kid, app, sha256, header, body, sig, "
    "captured_at, offset_ms, custody_at, flags, outcome, detail, opened"
)
INSERT = f"INSERT INTO bench_envelope ({COLUMNS}) VALUES ({', '.join(['%s'] * len(COLUMNS.split(',')))})"
NARRATIVE = (
    "Arrived to find the client sitting on the porch, alert, answering in full sentences. Says sleep has been poor for "
    "three nights. No weapon seen. Agreed to talk inside. Mother present and supportive. "
)


def server_cost(world: World) -> list[Figure]:
    """Milliseconds for each record, and the ratio; both kinds of round alternate, so that a busy machine slows both."""
    tablet = Tablet("Bench")
    author = tablet.of(world.paramedic)
    pushes, bare = [], []
    for turn in range(ROUNDS + 1):
        batch = _batch(author, turn)
        body = framed([each.parts for each in batch])
        with _timed() as push:
            answer = tablet.send(body)
        assert answer.status_code == 200, answer.content
        outcomes = {item["outcome"] for item in answer.json()["items"]}
        assert outcomes <= {"applied", "merged"}, answer.json()["items"][:2]
        rows = _rows([each.mid for each in batch])
        raw = _bare_table()
        with _timed() as insert, raw.transaction(), raw.cursor() as cursor:
            cursor.executemany(INSERT, rows)
        if turn:  # the first round warms both up
            pushes.append(push[0] / BATCH)
            bare.append(insert[0] / BATCH)
    ratio = statistics.median(pushes) / statistics.median(bare)
    both = f"push p50 {statistics.median(pushes):.2f}, p95 {percentile(pushes, 0.95):.2f}; bare insert p50 "
    both += f"{statistics.median(bare):.3f}, p95 {percentile(bare, 0.95):.3f} ms a record"
    note = f"{ROUNDS} batches of {BATCH} patches, 1 response each; fsync and synchronous_commit on"
    return [
        Figure("Server cost of a push, per record (median)", statistics.median(pushes), "ms", 5, note),
        Figure("… as a ratio to a bare psycopg insert of the same envelope rows", ratio, "times", None, both),
    ]


def _batch(author: Author, turn: int) -> list[Any]:
    """A response and 49 changes of its narrative, each after the one before it."""
    encounter, record = uuid7(), uuid7()
    items = [author.begin(encounter)]
    text = ""
    for n in range(BATCH - 1):
        more = f"{NARRATIVE} {turn}.{n}"
        items.append(
            author.patch(encounter, "narrative", record, {"text": more}, base={"text": text}, version=n)
        )
        text = more
    return items


def _rows(mids: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {COLUMNS} FROM {Envelope._meta.db_table} WHERE mid = ANY(%s)",
            [mids],
        )
        rows = cursor.fetchall()
    assert len(rows) == BATCH
    return rows


def _bare_table() -> Any:
    """An empty table of the same columns and indexes, without a trigger; the plain psycopg connection to it."""
    raw = connection.connection
    with raw.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_envelope (LIKE field_envelope INCLUDING DEFAULTS INCLUDING INDEXES)"
        )
        cursor.execute("TRUNCATE bench_envelope")
    return raw


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Milliseconds of the block, once it is over."""
    took: list[float] = []
    began = time.perf_counter()
    yield took
    took.append((time.perf_counter() - began) * 1000)
