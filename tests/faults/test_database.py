"""The database goes away, comes back, comes back older, and commits late. On a PostgreSQL of its own."""

import io
import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction

from mih.audit.context import acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.models import Encounter, Narrative
from mih.encounters.services.patches import receive
from mih.field.models import Envelope
from mih.field.sync import epoch
from tests.faults.cluster import Cluster, own_cluster
from tests.faults.scene import Installation, Scene, installed
from tests.faults.tablet import once
from tests.faults.wire import Refused, Unsure
from tests.resilience.machinery import machinery


@pytest.fixture(scope="module")
def cluster(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL of this module's own."""
    with own_cluster(tmp_path_factory.mktemp("pg")) as made:
        yield made


@pytest.fixture(scope="module")
def installation(cluster: Cluster) -> Iterator[Installation]:
    """The small agency in that PostgreSQL, behind a real web server."""
    with machinery(DATABASE_URL=cluster.url) as made, installed(made) as whole:
        yield whole


def test_f15_a_restart_of_the_database_in_the_middle_of_a_batch(scene: Scene, cluster: Cluster) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    encounter = tablet.begin(pat)
    for _ in range(30):
        tablet.fill(pat, encounter, "narrative", text=scene.words())
    connection.close()
    answered: list[object] = []

    def push() -> None:
        try:
            answered.append(tablet.push())
        except Unsure as problem:
            answered.append(problem)

    pushing = threading.Thread(target=push)
    pushing.start()
    cluster.stop()
    pushing.join(90)
    with pytest.raises(Refused, match="503") as refused:
        tablet.push(tablet.pending or tablet.sent[:1])
    assert refused.value.code
    cluster.start()
    close_old_connections()
    tablet.drain()
    assert answered
    assert Envelope.objects.filter(encounter=encounter).count() == 31


def test_f52_a_server_restored_from_an_older_backup_gets_everything_again(
    scene: Scene, cluster: Cluster
) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    first = tablet.begin(pat)
    tablet.fill(pat, first, "narrative", text=scene.words("in the backup"))
    tablet.drain()
    backup = cluster.dump(cluster.url, "older")
    second = tablet.begin(pat)
    tablet.fill(pat, second, "narrative", text=scene.words("received after the backup"))
    tablet.fill(pat, first, "disposition", destination=scene.words())
    tablet.drain()
    tablet.fill(pat, first, "disposition", receiver=scene.words("not sent yet"))

    connection.close()
    cluster.restore(backup)
    assert not Encounter.objects.filter(pk=second).exists()
    call_command("new_sync_epoch", reason="Restored from last night's backup", stdout=io.StringIO())
    tablet.drain()
    assert len(tablet.sent) == 6
    assert Narrative.objects.filter(pk=once(second, "narrative")).exists()


def test_f53_a_transaction_that_commits_late_is_in_the_next_pull(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    late, early = tablet.begin(pat), tablet.begin(pat)
    tablet.drain()
    cursor = tablet.pull(pat)["cursor"]
    written, go_on = threading.Event(), threading.Event()
    text = scene.words("committed late")

    def write() -> None:
        with transaction.atomic(), acting(pat):
            receive(
                patch=uuid7(), encounter=late, form="narrative", record=once(late, "narrative"),
                base_version=0, changes={"text": Change(None, text)}, by=pat, at=clock.now(),
            )  # fmt: skip
            written.set()
            go_on.wait(90)
        connection.close()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        assert written.wait(90)
        tablet.fill(pat, early, "narrative", text=scene.words("committed early"))
        tablet.drain()
        between = tablet.pull(pat, cursor)
        assert text not in str(between)
    finally:
        go_on.set()
        writing.join(90)
    after = tablet.pull(pat, between["cursor"])
    changed = {response["id"]: response for response in after["responses"]}
    assert text in str(changed[str(late)])


def test_f53_nothing_is_pulled_twice_for_ever(scene: Scene) -> None:
    """Once all is committed, a further pull brings nothing."""
    pat = scene.world.paramedic
    tablet = scene.tablet(pat)
    tablet.begin(pat)
    tablet.drain()
    assert epoch.current().pk == tablet.epoch
    seen = tablet.pull(pat)
    again = tablet.pull(pat, seen["cursor"])
    assert again["responses"] == []
