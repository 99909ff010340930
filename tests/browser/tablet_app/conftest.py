"""Enrolled tablets for the tests of the offline app: a live server, the small agency, a person with a PIN."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Incident
from tests.browser.tablet import DEVICE, SIZE
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.crew import Crew
from tests.browser.tablet_app.gate import Gate
from tests.conftest import PATIENCE
from tests.world import World

HandAppTablet = Callable[..., AppTablet]
HandBareTablet = Callable[..., AppTablet]
HandCrew = Callable[..., Crew]


@pytest.fixture
def bare_tablet(
    live_browser: Browser,
    live_server: LiveServer,
    city: World,
    browser_code: None,
    all_answered: Callable[[], None],
) -> Iterator[HandBareTablet]:
    """Hand out tablets nobody has set up. A script error or a blocked resource fails the test."""
    problems: list[str] = []
    with ExitStack() as stack:

        def hand(viewport: dict[str, int] = SIZE) -> AppTablet:
            context = live_browser.new_context(
                viewport=viewport,  # type: ignore[arg-type]
                has_touch=True,
                **DEVICE,
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE)
            context.on("weberror", lambda error: problems.append(str(error.error)))
            context.on(
                "console",
                lambda message: (
                    problems.append(message.text) if "Content Security Policy" in message.text else None
                ),
            )
            return AppTablet(context, live_server.url)

        yield hand
    all_answered()
    assert not problems, "\n".join(problems)


@pytest.fixture
def hand_app_tablet(bare_tablet: HandBareTablet) -> HandAppTablet:
    """Hand out tablets that somebody has enrolled and unlocked."""

    def hand(staff: Staff, viewport: dict[str, int] = SIZE) -> AppTablet:
        tablet = bare_tablet(viewport)
        tablet.enrol(staff)
        return tablet

    return hand


@pytest.fixture
def app_tablet(city: World, hand_app_tablet: HandAppTablet) -> AppTablet:
    """The paramedic's tablet, enrolled and unlocked."""
    return hand_app_tablet(city.paramedic)


@pytest.fixture
def timed_tablet(city: World, bare_tablet: HandBareTablet) -> AppTablet:
    """The paramedic's tablet, enrolled and unlocked, whose clock is in the test's hands."""
    tablet = bare_tablet()
    tablet.own_clock()
    tablet.enrol(city.paramedic)
    return tablet


@pytest.fixture
def call(city: World) -> Incident:
    """A call that came in, logged at a desk."""
    with acting(city.paramedic):
        return Incident.objects.create(called_at=clock.now(), call_type="overdose", address="212 W 6th St")


@pytest.fixture
def gate(live_server: LiveServer) -> Iterator[Gate]:
    """The line to the server, which can be cut."""
    gate = Gate(live_server.url)
    yield gate
    gate.open()
    gate.shut()


@pytest.fixture
def hand_crew(city: World, gate: Gate, bare_tablet: HandBareTablet) -> HandCrew:
    """Hand out enrolled tablets behind the gate, the paramedic's unless somebody else is named, ready to lose the network."""

    def hand(staff: Staff | None = None, **viewport: int) -> Crew:
        tablet = bare_tablet(viewport) if viewport else bare_tablet()
        tablet.base = gate.url
        tablet.enrol(staff or city.paramedic)
        crew = Crew(tablet, staff or city.paramedic)
        crew.ready()
        return crew

    return hand


@pytest.fixture
def crew(hand_crew: HandCrew) -> Crew:
    """The paramedic with an enrolled tablet behind the gate."""
    return hand_crew()
