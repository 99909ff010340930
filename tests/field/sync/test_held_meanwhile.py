"""A supervisor's word and a batch on its way, at the same moment: neither misses what the other does."""

from threading import Event, Thread
from uuid import UUID

import pytest
from django.db import connection

from mih.core.ids import uuid7
from mih.encounters.models import Narrative
from mih.field.models import Envelope
from mih.field.sync import failpoints, held
from tests.field.client import Author, Sealed, Tablet
from tests.world import NOON, World

pytestmark = pytest.mark.django_db(transaction=True)


class Paused:
    """A push that has judged everything and waits before it commits."""

    def __init__(self, tablet: Tablet, sealed: Sealed, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outcomes: list[str] = []
        self._there, self._go = Event(), Event()
        self._thread = Thread(target=self._send, args=(tablet, sealed))
        monkeypatch.setattr(failpoints, "reached", self._reached)
        self._thread.start()
        assert self._there.wait(30)

    def _send(self, tablet: Tablet, sealed: Sealed) -> None:
        try:
            self.outcomes = tablet.outcomes(sealed)
        finally:
            connection.close()
            self._there.set()

    def _reached(self, place: str, **_: str) -> None:
        if place == "before_commit":
            self._there.set()
            assert self._go.wait(30)

    def commit(self) -> None:
        """Let it go on, until it is done."""
        self._go.set()
        self._thread.join(30)


def _released(envelope: str, world: World) -> Thread:
    def release() -> None:
        try:
            held.release(envelope=UUID(envelope), by=world.supervisor, at=NOON)
        finally:
            connection.close()

    thread = Thread(target=release)
    thread.start()
    return thread


def _waits_or_is_done(thread: Thread) -> None:
    """Return once the release is through, or waits for a lock of the batch."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    for _ in range(600):
        thread.join(0.02)
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if not thread.is_alive() or cursor.fetchone()[0]:
                return
    raise AssertionError("The release neither waits nor ends.")


def test_what_comes_while_the_one_before_it_is_released_goes_on_too(
    world: World, pat: Author, tablet: Tablet, encounter: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    pat.patch(encounter, "vitals", uuid7(), {"hr": 88})  # never arrives
    record = uuid7()
    waits = pat.patch(encounter, "narrative", record, {"text": "Waits."})
    after = pat.patch(
        encounter, "narrative", record, {"text": "Waits too."}, base={"text": "Waits."}, version=1
    )
    assert tablet.outcomes(waits) == ["held"]
    push = Paused(tablet, after, monkeypatch)
    release = _released(waits.mid, world)
    _waits_or_is_done(release)
    push.commit()
    release.join(30)
    assert push.outcomes == ["held"]
    assert {row.outcome for row in Envelope.objects.filter(pk__in=[waits.mid, after.mid])} == {"applied"}
    assert Narrative.objects.get(pk=record).text == "Waits too."
