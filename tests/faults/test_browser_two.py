"""Two tablets in two pairs of hands on one response."""

from uuid import UUID

import pytest
from playwright.sync_api import expect

from mih.encounters.models import Addendum, Conflict, Disposition, Encounter, Narrative
from mih.field.models import Envelope
from tests.faults.hands import Hands
from tests.faults.scene import Scene

pytestmark = pytest.mark.browser


def both(tablets: Scene) -> tuple[Hands, Hands, UUID]:
    """The paramedic's browser and the navigator's, both with a response that the server knows; then no network."""
    world = tablets.world
    mine = tablets.browser(world.paramedic)
    theirs = tablets.browser(world.navigator)
    response = UUID(str(world.response(by=world.paramedic, person=world.person()).pk))
    for hands in (mine, theirs):
        hands.refresh(response)
        hands.turn(response, "narrative")
    tablets.network.cut()
    return mine, theirs, response


def test_f26_two_browsers_in_different_fields(tablets: Scene) -> None:
    mine, theirs, response = both(tablets)
    mine.fill_in(response, "disposition", clinician_name=tablets.words())
    theirs.fill_in(response, "disposition", supervisor_note=tablets.words())
    for hands in (mine, theirs):
        hands.kept()
    tablets.heal()
    for hands in (mine, theirs):
        hands.settle()
    entry = Disposition.objects.get(encounter=response)
    assert entry.clinician_name
    assert entry.supervisor_note
    assert not Conflict.objects.filter(encounter=response).exists()


def test_f27_two_browsers_in_one_field_and_a_person_decides(tablets: Scene) -> None:
    mine, theirs, response = both(tablets)
    first, second = tablets.words("by the medic"), tablets.words("by the navigator")
    mine.fill_in(response, "narrative", text=first)
    theirs.fill_in(response, "narrative", text=second)
    for hands in (mine, theirs):
        hands.kept()
    tablets.heal()
    mine.settle()
    theirs.settle()
    conflict = Conflict.objects.get(encounter=response)
    assert {conflict.mine, conflict.theirs} == {first, second}
    assert {conflict.mine_by, conflict.theirs_by} == {tablets.world.paramedic, tablets.world.navigator}
    late = theirs if conflict.mine == second else mine
    late.refresh(response)
    late.turn(response, "narrative")
    card = late.page.locator("[data-conflict]")
    expect(card).to_contain_text(first)
    expect(card).to_contain_text(second)
    card.locator("[data-keep=both]").click()
    tablets.until(lambda: not Conflict.objects.filter(encounter=response, resolved_at=None).exists())
    text = Narrative.objects.get(encounter=response).text
    assert first in text
    assert second in text


def test_f29_a_signature_under_what_was_seen_and_a_change_that_came_first(tablets: Scene) -> None:
    mine, theirs, response = both(tablets)
    mine.fill_in(response, "narrative", text=tablets.words())
    mine.fill_in(response, "disposition", code="no_contact_welfare")
    mine.kept()
    for name in ("on_scene_at", "cleared_at"):
        mine.tap_time(name)
    mine.sign_here(response)
    theirs.fill_in(response, "disposition", clinician_name=tablets.words("unseen by the signer"))
    theirs.kept()
    tablets.network.mend()
    theirs.page.evaluate("dispatchEvent(new Event('online'))")
    theirs.settle()
    mine.settle()
    sign = Envelope.objects.get(encounter=response, type="record.sign")
    signed = Encounter.objects.get(pk=response).signed_at
    late = Envelope.objects.get(encounter=response, author=tablets.world.navigator.pk, type="draft.patch")
    # Whichever came first: nothing is signed that its signer did not see.
    assert (sign.outcome, signed is None) in (("conflict", True), ("applied", False))
    assert late.outcome == ("frozen" if signed else "applied")


def test_f30_an_edit_after_the_signature_is_offered_as_an_addendum(tablets: Scene) -> None:
    """A colleague's tablet had words under way; the signer adds what they say."""
    hands = tablets.browser()
    response = hands.respond()
    hands.fill_in(response, "narrative", text=tablets.words("nobody home"))
    hands.fill_in(response, "disposition", code="no_contact_welfare")
    hands.kept()
    for name in ("on_scene_at", "cleared_at"):
        hands.tap_time(name)
    hands.settle()
    hands.refresh(response)
    other = tablets.tablet(tablets.world.navigator)
    hands.sign_here(response)
    hands.settle()
    before = Encounter.objects.get(pk=response).signed_digest
    assert before
    late = tablets.words("written before the signature was known")
    other.fill(tablets.world.navigator, response, "narrative", text=late)
    other.drain()
    assert other.sent[-1].outcome in ("frozen", "quarantined")
    hands.go(f"#/record/{response}")
    form = hands.page.locator("form[data-addendum-form]")
    form.locator("[name=text]").fill(late)
    form.locator("[name=reason]").fill("Learned after signing")
    form.locator("[data-add-addendum]").click()
    hands.page.wait_for_timeout(200)
    hands.settle()
    assert Addendum.objects.get(encounter=response).text == late
    assert Encounter.objects.get(pk=response).signed_digest == before
