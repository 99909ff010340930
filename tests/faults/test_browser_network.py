"""The real app in a real browser on a network that breaks: nothing is touched while it heals."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Encounter, Narrative, Patch
from mih.field.models import Envelope
from tests.faults import breakage
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser


@pytest.mark.faults_short
def test_f56_a_first_response_begun_cold_without_a_network_arrives(tablets: Scene) -> None:
    """The app opens from nothing with no network, on a response and a form that were never opened before."""
    pat = tablets.world.paramedic
    hands = tablets.browser(pat)
    hands.profile.close()
    tablets.network.cut()
    hands = tablets.again(hands)
    hands.unlock(pat)
    response = hands.respond()
    text = tablets.words("met behind the station")
    hands.fill_in(response, "narrative", text=text)
    hands.kept()
    expect(hands.status).to_contain_text("Saved on this tablet")
    assert hands.count() == len(hands.pending()) >= 2
    assert not Encounter.objects.filter(pk=response).exists()
    tablets.heal()
    hands.settle()
    expect(hands.status).to_contain_text("Received")
    assert Narrative.objects.get(encounter=response).text == text


def test_f01_a_network_that_is_gone_loses_nothing_and_says_so(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.drop_before, times=3)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    assert hands.count() >= 1
    hands.settle()
    assert Patch.objects.filter(encounter=response).count() >= 1


def test_f02_an_answer_lost_in_the_browser_is_given_again(tablets: Scene) -> None:
    hands = tablets.browser()
    tablets.network.next(breakage.drop_after, times=2)
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    hands.settle()
    told = [outcome for mid, outcome in tablets.ledger.received.items() if mid in tablets.ledger.saved]
    assert told
    assert set(told) == {"applied"}
    assert Encounter.objects.filter(pk=response).count() == 1


@pytest.mark.faults_short
def test_f03_the_browsers_own_silent_second_post_is_applied_once(tablets: Scene) -> None:
    """Chromium sends a POST again by itself when a connection it had used before is reset: the server sees both."""
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.drop_after, where=lambda request: request.of_connection > 0)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    hands.settle()
    bodies = [request.body for request in tablets.network.pushes() if request.status == 200]
    silent = [body for body in set(bodies) if bodies.count(body) > 1]
    assert silent, "no request was sent again with the same nonce"
    assert Narrative.objects.filter(encounter=response).count() == 1


def test_f04_a_black_hole_in_the_browser_ends_within_its_budget(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.black_hole)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    hands.settle(seconds=55)
    [lost, again] = tablets.network.pushes()[-2:]
    assert lost.status is None
    assert 15 < again.at - lost.at < 50


@pytest.mark.parametrize(
    "share", [0.1, 0.5, 0.98], ids=["in the head", "in the middle", "before the last byte"]
)
def test_f05_a_receipt_cut_in_the_browser_is_no_receipt(tablets: Scene, share: float) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.truncated(share), times=None)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    tablets.until(lambda: Narrative.objects.filter(encounter=response).exists())
    hands.page.wait_for_timeout(300)
    waiting = hands.pending()
    assert waiting
    assert not waiting & set(tablets.ledger.received)
    assert hands.count() >= 1


def test_f06_a_push_that_arrives_twice_from_the_browser(tablets: Scene) -> None:
    hands = tablets.browser()
    tablets.network.next(breakage.twice, times=3)
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    hands.settle()
    assert Encounter.objects.filter(pk=response).count() == 1


def test_f07_a_push_that_arrives_after_later_ones(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.keep_back)
    hands.fill_in(response, "narrative", text=tablets.words("first"))
    hands.kept()
    hands.settle()
    hands.put(text=tablets.words("second"))
    hands.kept()
    hands.settle()
    [late] = tablets.network.kept
    assert tablets.network.deliver(late) == 200
    assert Narrative.objects.get(encounter=response).text.endswith("second")


@pytest.mark.parametrize("status", [401, 403, 404, 409, 422])
def test_f34_an_error_from_a_stranger_deletes_nothing_in_the_browser(tablets: Scene, status: int) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.answered(status, b"<h1>Blocked</h1>"), times=2)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    tablets.until(lambda: len([one for one in tablets.network.pushes() if one.status is None]) >= 1)
    assert hands.pending()
    hands.settle()


@pytest.mark.faults_short
def test_f35_a_captive_portal_is_named_and_nothing_is_called_received(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.captive_portal, path="/field/api/", times=None)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    expect(hands.page.locator("[data-banner=portal]")).to_be_visible()
    assert hands.pending()
    expect(hands.status).not_to_contain_text("Received")
    tablets.heal()
    hands.settle()
    expect(hands.page.locator("[data-banner=portal]")).to_be_hidden()


def test_f36_a_redirect_to_sign_in_is_no_receipt_in_the_browser(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.to_sign_in, times=2)
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    tablets.until(lambda: len([one for one in tablets.network.pushes() if one.status is None]) >= 1)
    assert hands.pending()
    hands.settle()
    assert "/accounts/" not in hands.page.url


def test_f37_the_browser_halves_its_batches_and_waits_when_told(tablets: Scene) -> None:
    hands = tablets.browser()
    response = hands.respond()
    hands.settle()
    tablets.network.next(breakage.refused(429, "too_often", retry_after="2"))
    hands.fill_in(response, "narrative", text=tablets.words())
    hands.kept()
    hands.settle()
    late = [one for one in tablets.network.pushes() if one.status is None][-1]
    again = next(one for one in tablets.network.pushes() if one.at > late.at)
    assert again.at - late.at >= 1.9


FLAPS = 3.0


def test_f54_five_hundred_records_through_a_network_that_flaps_every_three_seconds(
    tablets: Scene, record_property: Callable[[str, object], None]
) -> None:
    """Each record is an entry of its own, so that nothing is put together on the tablet."""
    hands = tablets.browser()
    responses = [hands.respond() for _ in range(5)]
    hands.settle()
    tablets.network.cut()
    for response in responses:
        hands.many(response, "referral", "reason", [tablets.words() for _ in range(100)])
    waiting = len(hands.pending())
    assert waiting >= 500
    began = time.monotonic()
    up = False
    while hands.pending():
        assert time.monotonic() - began < 900, f"{len(hands.pending())} left"
        up = not up
        tablets.network.mend() if up else tablets.network.cut()
        hands.page.wait_for_timeout(FLAPS * 1000)
    record_property("seconds", round(time.monotonic() - began))
    assert Envelope.objects.filter(encounter__in=responses).count() == waiting + 5
