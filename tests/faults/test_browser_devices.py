"""Sessions, cookies, clocks and whole profiles that are not what they were."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from mih.accounts.models import Device, Session
from mih.core import clock
from mih.encounters.models import Narrative
from mih.field.models import Envelope
from mih.field.sync import epoch
from tests.faults.hands import Hands
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser


def begun(tablets: Scene) -> tuple[Hands, UUID]:
    hands = tablets.browser()
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("as it began"))
    hands.kept()
    hands.settle()
    return hands, response


def test_f32_a_session_that_ends_mid_form_stops_no_word(tablets: Scene) -> None:
    hands, response = begun(tablets)
    Session.objects.all().delete()
    text = tablets.words("after the session")
    hands.put(text=text)
    hands.kept()
    hands.settle()
    assert Narrative.objects.get(encounter=response).text == text
    hands.today()
    hands.page.locator("[data-refresh]").click()
    expect(hands.page.locator("[data-banner=signed_out]")).to_be_visible()


def test_f33_a_revoked_tablet_sends_what_it_has_and_forgets_its_keys(tablets: Scene) -> None:
    hands, response = begun(tablets)
    tablets.network.cut()
    hands.put(text=tablets.words("on a stolen tablet"))
    hands.kept()
    row = Envelope.objects.filter(encounter=response).first()
    assert row
    Device.objects.filter(pk=row.device).update(revoked_at=clock.now())
    tablets.heal()
    hands.settle()
    tablets.until(lambda: not hands.rows("drafts"), "the keys to be forgotten")
    assert all(one["slot"] is None for one in hands.rows("users"))
    late = Envelope.objects.filter(encounter=response, outcome="quarantined")
    assert [one.detail["code"] for one in late] == ["revoked"]


@pytest.mark.parametrize("jump", [timedelta(days=3), -timedelta(hours=2)], ids=["+3d", "-2h"])
def test_f47_a_clock_that_jumps_mid_form(tablets: Scene, jump: timedelta) -> None:
    hands, response = begun(tablets)
    hands.put(text=tablets.words("just before the jump"))
    hands.page.clock.install(time=clock.now() + jump)
    hands.page.mouse.click(5, 400)
    hands.locked()  # nobody can tell how long it was: the tablet locks itself, and has kept every word
    hands.unlock(tablets.world.paramedic)
    for number in range(3):
        hands.put(text=tablets.words(f"{number}"))
        hands.kept()
    hands.settle()
    flags = {flag for row in Envelope.objects.filter(encounter=response) for flag in row.flags}
    assert flags & {"clock_skew", "clock_suspect"}


def test_f52_a_server_that_began_another_life_is_asked_what_it_lacks(tablets: Scene) -> None:
    hands, response = begun(tablets)
    epoch.begin("Restored from a backup")
    hands.put(text=tablets.words("in the next life"))
    hands.kept()
    hands.settle()
    tablets.until(
        lambda: any(one.path.startswith("/field/api/have") for one in tablets.network.seen), "it to ask"
    )
    assert hands.response == response


def test_f59_a_tablet_put_back_to_an_older_copy_of_its_profile(tablets: Scene, tmp_path: Path) -> None:
    pat = tablets.world.paramedic
    hands = tablets.browser(pat)
    tablets.network.cut()
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("before the copy"))
    hands.kept()
    hands.profile.close()
    copy = hands.profile.copy(tmp_path / "older")
    tablets.heal()
    hands = tablets.again(hands)
    hands.settle()
    hands.unlock(pat)
    hands.fill_in(response, "disposition", clinician_name=tablets.words("after the copy"))
    hands.kept()
    hands.settle()
    hands.profile.close()

    hands.profile.put_back(copy)
    hands = tablets.again(hands)
    hands.settle()
    hands.unlock(pat)
    hands.fill_in(response, "disposition", supervisor_note=tablets.words("in the second life"))
    hands.kept()
    hands.settle()
    rows = Envelope.objects.filter(encounter=response)
    assert any("device_rewound" in row.flags for row in rows)
    seqs = list(rows.values_list("seq", flat=True))
    assert len(seqs) > len(set(seqs))


def test_f60_a_lost_cookie_is_mended_by_the_next_sign_in(tablets: Scene) -> None:
    pat, nia = tablets.world.paramedic, tablets.world.navigator
    hands, response = begun(tablets)
    hands.context.clear_cookies()
    text = tablets.words("without a cookie")
    hands.put(text=text)
    hands.kept()
    assert hands.pending()
    hands.lock()
    hands.taken(nia)
    hands.enrol(nia, "730518")
    hands.settle()
    row = Envelope.objects.filter(encounter=response).latest("custody_at")
    assert row.author == pat.pk
    assert "readopted" in row.flags
    assert Narrative.objects.get(encounter=response).text == text
