"""A written case of docs/practice played by hand: its staff, its times and its values, on tablets and at desks.

The case says who does what when; the story test does it through the rendered controls and looks at what a person sees.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from django.forms import DateTimeField
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from mih.followups import sweeps
from mih.interventions.models import SupplyLot
from mih.interventions.services import supplies
from mih.practice.case import Case
from mih.practice.loose import understood
from mih.referrals.models import Partner
from tests.browser.tablet import DEVICE, Tablet
from tests.conftest import PATIENCE
from tests.world import World

TABLET = {"width": 1024, "height": 768}
DESK = {"width": 1440, "height": 900}
PASSWORD = "a pass phrase of its own"
STROKES = [[(0.1, 0.7), (0.2, 0.2), (0.3, 0.8), (0.4, 0.3)], [(0.5, 0.5), (0.7, 0.5), (0.9, 0.3)]]


class Clock:
    """The time of the server and of every browser: what the story says, and nothing moves it but the story."""

    def __init__(self, live_server: LiveServer) -> None:
        self.at = clock.now()
        self.browsers: list[BrowserContext] = []
        self._server = live_server.thread.httpd
        self._app = self._server.get_app()
        self._server.set_app(self._answer)

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        # Each request runs in a thread of its own, which knows nothing of the test's clock.
        with clock.fixed(self.at):
            return self._app(environ, start)

    def set(self, at: datetime) -> None:
        self.at = at
        for browser in self.browsers:
            browser.clock.set_fixed_time(at)

    def stop(self) -> None:
        self._server.set_app(self._app)


class CrewTablet(Tablet):
    """A tablet whose owner signed in on the sign-in page, and signs on the glass."""

    def __init__(self, page: Page, base: str, staff: Staff) -> None:
        self.page, self.base, self.staff = page, base, staff

    def fill_in(self, form: str, **values: Any) -> None:
        """Fill a plain form of the page, named by its attribute."""
        for name, value in values.items():
            self._answer(self.page.locator(f"[{form}] [data-field={name}]"), value)

    def _answer(self, block: Locator, value: Any) -> None:
        if block.get_attribute("data-kind") == "signature":
            block.locator("[data-signature-name]").fill(value["name"])
            self.draw(block)
        else:
            super()._answer(block, value)

    def wake(self) -> None:
        """Look at the tablet again after time has passed: what it shows is now as of now."""
        expect(self.page.locator("[data-save-state]")).to_have_attribute(
            "data-state", re.compile("^(idle|saved)$")
        )
        self.page.reload()

    def tap_time(self, field: str) -> None:
        self.wake()
        super().tap_time(field)
        self.saved()

    def draw(self, block: Locator) -> None:
        """Sign with strokes on the box, the finger laid on it where it stands just then."""
        pad = block.locator("canvas")
        for stroke in STROKES:
            pad.scroll_into_view_if_needed()
            size = pad.bounding_box()
            assert size is not None
            x, y = stroke[0]
            pad.hover(position={"x": x * size["width"], "y": y * size["height"]})
            box = pad.bounding_box()
            assert box is not None
            points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
            self.page.mouse.down()
            for point in points[1:]:
                self.page.mouse.move(*point, steps=4)
            self.page.mouse.up()
        expect(block.locator("input[value=signed]")).to_be_checked()

    def chosen(self, item: str) -> str:
        """The answer that stands at a question of an instrument."""
        return self.field(item).locator("input:checked").input_value()


class Story:
    """One case under way: `at` moves the time, `values` gives what the case writes into an entry."""

    def __init__(self, case: Case, city: World, clock_: Clock, browser: Browser, base: str) -> None:
        self.case, self.city, self.clock, self.browser, self.base = case, city, clock_, browser, base
        self.staff = {name: _as_written(city, name, about) for name, about in case.staff.items()}
        self.problems: list[str] = []
        self.clock.set(case.start)
        self._set_the_stage()

    def _set_the_stage(self) -> None:
        self.city.unit.call_sign = self.case.unit["call_sign"]
        self.city.unit.save()
        with clock.fixed(self.clock.at), acting(self.city.supervisor):
            for line in self.case.stock:
                supplies.receive(
                    item_code=line["item"],
                    number=line["lot"],
                    expires_on=line["expires"],
                    quantity=line["quantity"],
                    unit=self.city.unit,
                    by=self.city.supervisor,
                    at=clock.now(),
                    witness=self.city.programme_manager,
                )
            for line in self.case.partners:
                Partner.objects.create(name=line["name"], category=line["category"])

    # Time

    def at(self, when: str) -> None:
        """It is now this time (of the day reached so far, or with its date), and the scheduled work has been done."""
        self.clock.set(self.case.moment(when, after=self.clock.at))
        self.work()

    def work(self) -> None:
        """What the worker does every minute."""
        with self.standing_clock():
            for sweep in (sweeps.plan_due, sweeps.activate, sweeps.remind, sweeps.escalate):
                assert sweep(at=clock.now()).failed == 0

    def standing_clock(self) -> AbstractContextManager[None]:
        """The story's time, for code of the test's own thread."""
        return clock.fixed(self.clock.at)

    # Places

    def tablet(self, name: str) -> CrewTablet:
        """A tablet in somebody's hands, signed in on the sign-in page."""
        page = self._signed_in(name, "/field/", viewport=TABLET, has_touch=True)
        return CrewTablet(page, self.base, self.staff[name])

    def desk(self, name: str, path: str = "/") -> Page:
        """A browser on somebody's desk, signed in."""
        return self._signed_in(name, path, viewport=DESK)

    def _signed_in(self, name: str, path: str, **device: Any) -> Page:
        context = self.browser.new_context(**DEVICE, **device)
        context.set_default_timeout(PATIENCE)
        context.clock.set_fixed_time(self.clock.at)
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on(
            "console",
            lambda message: (
                self.problems.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        self.clock.browsers.append(context)
        page = context.new_page()
        page.goto(f"{self.base}/accounts/login/?next={path}")
        page.get_by_label("Username").fill(self.staff[name].username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(f"{self.base}{path}" if path != "/" else "**")
        return page

    # What the case writes

    def values(self, name: str, change: int | None = None) -> dict[str, Any]:
        """The values of an entry by its name (or its form), as `Tablet.answer` takes them; `change` counts from 0."""
        form, found = "", []
        for step in self.case.steps:
            given = step.given
            if step.do == "fill" and given.get("name", given["form"]) == name:
                form = given["form"]
                values = understood(form, given["values"])[0]
                if "time" in given and "happened_at" in registry[form].fields():
                    values["happened_at"] = given["time"]
                found.append((step, values))
            elif step.do == "change" and given["entry"] == name:
                found.append((step, dict(given["values"])))
            elif step.do == name:
                form = "contact" if name == "contact" else "person"
                found.append((step, dict(given)))
        step, values = found[0 if change is None else change + 1]
        return {field: self._shown(form, field, value, step.at) for field, value in values.items()}

    def _shown(self, form: str, name: str, value: Any, at: datetime) -> Any:
        field = registry[form].fields().get(name)
        if isinstance(field, DateTimeField) or name == "happened_at":
            return self.wall(value, at)
        if name == "lot":
            return str(SupplyLot.objects.get(number=value).pk)
        if name == "witness" and value in self.staff:
            return str(self.staff[value].pk)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [{column: str(text) for column, text in row.items()} for row in value]
        return value

    def wall(self, value: Any, at: datetime) -> str:
        """A time of the case as a field takes it."""
        return f"{clock.local(self.case.moment(value, after=at)):%Y-%m-%dT%H:%M}"

    # What came out

    @property
    def expected(self) -> dict[str, Any]:
        """What the case expects of its one response."""
        found: dict[str, Any] = self.case.expect["responses"]["response 1"]
        return found

    @staticmethod
    def shown(at: str) -> str:
        """An expected time as the follow-up table shows it."""
        return f"{clock.local(datetime.fromisoformat(at)):%Y-%m-%d %H:%M %Z}"

    @property
    def response(self) -> Encounter:
        """The case's one response."""
        return Encounter.objects.select_related("person").get()

    def ask(self, name: str, path: str) -> Any:
        """An answer of the API, as one of the staff."""
        client = APIClient()
        client.force_authenticate(self.staff[name])
        with self.standing_clock():
            answer = client.get(f"/api/{path}")
        assert answer.status_code == 200, answer.content
        return answer.json()

    def follow_up_table(self, page: Page) -> dict[str, tuple[str, ...]]:
        """The follow-ups of a signed record's page: opens, target, closes and planned, on the agency's clock."""
        rows = page.locator("[data-follow-up]").evaluate_all(
            "all => all.map(one => [one.dataset.followUp, one.dataset.opensAt, one.dataset.targetAt,"
            " one.dataset.closesAt, one.dataset.plannedAt])"
        )
        return {steps: tuple(self.shown(at) if at else "" for at in times) for steps, *times in rows}


def _as_written(city: World, name: str, about: Any) -> Staff:
    """The member of staff the case means, with the case's phone."""
    member: Staff = next(one for one in city.staff.values() if one.username == name)
    assert (member.role, member.get_full_name()) == (about["role"], about["name"])
    member.phone, member.title = about.get("phone", ""), about.get("title", "")
    member.set_password(PASSWORD)
    member.save()
    return member


def ticking(live_server: LiveServer) -> Iterator[Clock]:
    """A clock for as long as a test runs."""
    made = Clock(live_server)
    yield made
    made.stop()
    for browser in made.browsers:
        browser.close()
