"""Vital signs with one thumb: a full set in counted taps, warnings at once, and nothing lost."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from mih.assessments.models import VitalSigns
from mih.core import clock
from mih.encounters.models import Encounter
from tests.browser.conftest import HandTablet
from tests.browser.tablet import Tablet
from tests.world import World

pytestmark = pytest.mark.browser

BUDGET = 32
"""Taps for a full set, opening included."""

TAP_SECONDS = 0.2 + 0.7
"""One tap on a touch screen by the Keystroke-Level Model: a press (K, a good typist's 0.2 s) after a short reach.

Card, Moran and Newell give 1.1 s for pointing across a screen; keys of one pad lie next to each other, and a touch
needs no way from a mouse: 0.7 s errs on the slow side.
"""


@pytest.fixture
def response(city: World) -> Encounter:
    return city.response(person=city.person(birth_date="1980-03-04"), unit=city.unit, on_scene_at=clock.now())


class Thumb:
    """Counts what it taps."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0

    def tap(self, target: str | Locator) -> None:
        found = self.page.locator(target) if isinstance(target, str) else target
        found.tap()
        self.taps += 1

    def digits(self, text: str) -> None:
        for digit in text:
            self.tap(f'[data-dialog=keypad] [data-key="{digit}"]')

    def word(self, word: str) -> None:
        self.tap(f'[data-dialog=keypad] [data-word="{word}"]')


def keypad(tablet: Tablet) -> Locator:
    return tablet.page.locator("dialog[data-dialog=keypad]")


def at(tablet: Tablet, part: str) -> None:
    """Wait until the keypad asks for a reading."""
    expect(keypad(tablet)).to_have_attribute("data-part", part)


@contextmanager
def open_keypad(tablet: Tablet, response: Encounter) -> Iterator[Thumb]:
    tablet.open(response, "vitals")
    thumb = Thumb(tablet.page)
    thumb.tap("[data-keypad-open]")
    yield thumb


def test_a_full_set_within_the_budget_of_taps(
    city: World, hand_tablet: HandTablet, response: Encounter, capsys: pytest.CaptureFixture[str]
) -> None:
    tablet = hand_tablet(city.paramedic)
    tablet.open(response, "narrative")
    thumb = Thumb(tablet.page)
    thumb.tap("[data-rail=vitals]")
    thumb.tap("[data-keypad-open]")
    thumb.digits("84")
    at(tablet, "rr")
    thumb.digits("16")
    at(tablet, "spo2")
    thumb.digits("97")
    at(tablet, "sbp")
    thumb.digits("128")
    at(tablet, "dbp")
    thumb.digits("82")
    at(tablet, "temp")
    thumb.digits("986")
    at(tablet, "glucose")
    thumb.digits("104")
    at(tablet, "awake")
    thumb.word("A15")
    at(tablet, "pain")
    thumb.word("3")
    thumb.tap("[data-keypad-done]")
    tablet.saved()
    kept = VitalSigns.objects.get()
    assert (kept.hr, kept.rr, kept.spo2, kept.sbp, kept.dbp) == (84, 16, 97, 128, 82)
    assert (float(kept.temp or 0), kept.glucose, kept.avpu, kept.gcs_total, kept.pain) == (
        37.0,
        104,
        "A",
        15,
        3,
    )
    assert kept.happened_at is not None
    assert abs((clock.now() - kept.happened_at).total_seconds()) < 120
    assert thumb.taps <= BUDGET
    with capsys.disabled():
        estimate = thumb.taps * TAP_SECONDS
        said = f"\na full set of vital signs: {thumb.taps} taps (budget {BUDGET}), about {estimate:.0f} s\n"
        sys.stdout.write(said)
