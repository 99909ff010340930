"""Requests and answers that never arrive, arrive in part, twice, or from somebody else: the tablet's half of the
protocol against the real server."""

import time

import pytest

from mih.encounters.models import Encounter, Patch
from mih.field.models import Envelope
from tests.faults import breakage, wire
from tests.faults.asking import PATIENCE
from tests.faults.scene import Scene
from tests.faults.wire import Refused, Unsure
from tests.resilience.machinery import until

SHORT = pytest.mark.faults_short


def narrative(scene: Scene) -> None:
    """A response with a narrative, all of it still on the tablet."""
    tablet = scene.tablet()
    encounter = tablet.begin(scene.world.paramedic)
    tablet.fill(scene.world.paramedic, encounter, "narrative", text=scene.words("met in the street"))


@SHORT
def test_f01_a_request_that_never_leaves_is_tried_again(scene: Scene) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    scene.network.next(breakage.drop_before)
    with pytest.raises(Unsure):
        tablet.push()
    assert len(tablet.pending) == 2
    assert not Envelope.objects.filter(pk__in=scene.ledger.saved).exists()
    tablet.drain()
    assert {each.outcome for each in tablet.sent} == {"applied"}


@SHORT
@pytest.mark.parametrize("lost", [breakage.drop_after, breakage.hang_up_after], ids=["reset", "closed"])
def test_f02_an_answer_lost_after_the_commit_is_given_again(scene: Scene, lost: object) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    scene.network.next(lost)  # type: ignore[arg-type]
    with pytest.raises(Unsure):
        tablet.push()
    assert Envelope.objects.filter(pk__in=scene.ledger.saved, outcome="applied").count() == 2
    assert len(tablet.pending) == 2
    receipt = tablet.push()
    assert [(item.outcome, item.first) for item in receipt.items] == [("dup", "applied")] * 2


def test_f04_a_black_hole_ends_with_the_tablets_patience(scene: Scene) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    tablet.patience = 1.0
    scene.network.next(breakage.black_hole)
    scene.network.next(breakage.black_hole_after)
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(Unsure):
            tablet.push()
        assert time.monotonic() - began < 15
    tablet.patience = PATIENCE
    kept = Envelope.objects.filter(pk__in=scene.ledger.saved)
    until(lambda: kept.count() == 2, "the second push to be committed")
    assert {item.outcome for item in tablet.push().items} == {"dup"}


def test_f05_a_receipt_cut_anywhere_is_no_receipt(scene: Scene) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    for twentieth in range(20):
        scene.network.next(breakage.truncated(max(1, twentieth) / 20 if twentieth else 1))
        with pytest.raises(Unsure):
            tablet.push()
        assert len(tablet.pending) == 2, twentieth
    assert not scene.ledger.received
    assert {item.outcome for item in tablet.push().items} == {"dup"}


@SHORT
def test_f06_the_same_push_twice_and_an_hour_later_is_applied_once(scene: Scene) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    kept = tablet.pending
    scene.network.next(breakage.twice)
    assert {item.outcome for item in tablet.push().items} == {"dup"}
    first = Patch.objects.get(pk=kept[1].mid).received_at
    again = tablet.push(kept)
    assert [(item.outcome, item.first) for item in again.items] == [("dup", "applied")] * 2
    assert Patch.objects.get(pk=kept[1].mid).received_at == first


@SHORT
@pytest.mark.parametrize("order", ["reversed", "inside out"])
def test_f07_batches_out_of_order_are_held_and_applied_in_order(scene: Scene, order: str) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    tablet.batch = 2
    encounter = tablet.begin(pat)
    for _ in range(7):
        tablet.fill(pat, encounter, "narrative", text=scene.words())
    waiting = tablet.pending
    batches = [waiting[at : at + 2] for at in range(0, 8, 2)]
    late = [3, 2, 1, 0] if order == "reversed" else [2, 0, 3, 1]
    for number in late:
        scene.network.next(breakage.keep_back)
        with pytest.raises(Unsure):
            tablet.push(batches[number])
    for request in scene.network.kept:
        assert scene.network.deliver(request) == 200
    assert Envelope.objects.filter(encounter=encounter, outcome="applied").count() == 8
    assert not Envelope.objects.filter(encounter=encounter, outcome="held").exists()
    receipt = tablet.push(waiting)
    assert {item.outcome for item in receipt.items} == {"dup"}


@SHORT
def test_f08_an_item_without_its_predecessor_is_held_until_it_comes(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    tablet.push()
    lost = tablet.fill(pat, encounter, "narrative", text=scene.words("first"))
    later = tablet.fill(pat, encounter, "narrative", text=scene.words("then"))
    after = tablet.fill(pat, encounter, "disposition", destination=scene.words())
    receipt = tablet.push([later, after])
    assert [item.outcome for item in receipt.items] == ["held", "held"]
    assert not Patch.objects.filter(encounter=encounter).exists()
    other = tablet.begin(pat)  # a hold stops its own response alone
    assert tablet.push([tablet.pending[-1]]).items[0].outcome == "applied"
    assert tablet.push([lost]).items[0].outcome == "applied"
    outcomes = Envelope.objects.filter(encounter=encounter).values_list("outcome", flat=True)
    assert set(outcomes) == {"applied"}
    assert Encounter.objects.filter(pk__in=[encounter, other]).count() == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 502])
def test_f34_an_error_on_the_way_deletes_nothing(scene: Scene, status: int) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    scene.network.next(breakage.answered(status, b"<h1>Blocked by the firewall</h1>"))
    with pytest.raises(Refused):
        tablet.push()
    assert len(tablet.pending) == 2
    assert not Envelope.objects.filter(pk__in=scene.ledger.saved).exists()


@SHORT
@pytest.mark.parametrize("after", [False, True], ids=["before the server", "in place of its answer"])
def test_f35_a_captive_portal_is_no_receipt(scene: Scene, after: bool) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    scene.network.next(breakage.answered(200, breakage.PORTAL, after=after))
    with pytest.raises(Unsure, match="not a receipt"):
        tablet.push()
    scene.network.next(breakage.answered(200, b"{}", kind=wire.RECEIPT, after=after))
    with pytest.raises(Unsure, match="broken"):
        tablet.push()
    scene.network.next(breakage.answered(204, after=after))
    with pytest.raises(Unsure):
        tablet.push()
    assert len(tablet.pending) == 2


@SHORT
def test_f36_a_redirect_to_sign_in_is_no_receipt(scene: Scene) -> None:
    narrative(scene)
    [tablet] = scene.tablets
    scene.network.next(breakage.to_sign_in)
    with pytest.raises(Unsure, match="302"):
        tablet.push()
    assert len(tablet.pending) == 2


def test_f36_the_server_itself_never_sends_a_push_to_sign_in(scene: Scene) -> None:
    """No device cookie is 401 with a code, whatever else the browser is."""
    narrative(scene)
    [tablet] = scene.tablets
    secret, tablet.secret = tablet.secret, None
    with pytest.raises(Refused, match="401 device_unknown"):
        tablet.push()
    tablet.secret = secret


@SHORT
def test_f37_too_large_is_halved_and_too_many_waits(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    for _ in range(5):
        tablet.fill(pat, encounter, "narrative", text=scene.words())
    whole = len(tablet.pending)
    scene.network.next(
        breakage.refused(413, "too_large"), times=None, where=lambda request: len(request.body) > 2000
    )
    scene.network.next(breakage.refused(429, "slow_down", retry_after="1"))
    began = time.monotonic()
    tablet.drain()
    assert time.monotonic() - began >= 1.0
    sizes = [len(request.body) for request in scene.network.pushes() if request.status == 200]
    assert sizes
    assert max(sizes) <= 2000
    assert len(tablet.sent) == whole


def test_f37_the_server_refuses_what_is_too_large_and_takes_half_of_it(scene: Scene) -> None:
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    for _ in range(wire.MOST_ITEMS):
        tablet.fill(pat, encounter, "narrative", text=scene.words())
    with pytest.raises(Refused, match="413"):
        tablet.push(tablet.pending)
    tablet.batch = wire.MOST_ITEMS * 2
    tablet.drain()


@SHORT
def test_f54_an_outbox_drains_through_a_network_that_comes_and_goes(scene: Scene) -> None:
    """The browser test of this number sends 500; this one as many pushes, through faults of every kind in turn."""
    pat = scene.world.paramedic
    tablet = scene.tablet()
    encounter = tablet.begin(pat)
    for _ in range(23):
        tablet.fill(pat, encounter, "narrative", text=scene.words())
    tablet.batch = 4
    faults = [
        breakage.drop_before,
        breakage.drop_after,
        breakage.truncated(0.7),
        breakage.twice,
        breakage.captive_portal,
        breakage.refused(503, "busy"),
        breakage.answered(200, b"", after=True),
    ]
    for fault in faults:
        scene.network.next(fault)
        tablet.batch = 4
        try:
            tablet.push()
        except Unsure:
            continue
    tablet.drain()
    assert len(tablet.sent) == 24
