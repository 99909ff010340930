"""The store against the real server, without a screen between them: enrol, save, send, receive, read back."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from mih.assessments.models import VitalSigns
from mih.encounters.models import Encounter
from mih.field.models import Envelope
from mih.field.sync import epoch
from mih.people.models import Person
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.test_service_worker import until
from tests.conftest import REPOSITORY
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

START = """
async (who) => {
  window.tablet = await store.openTablet({name: "path", app: "test"});
  window.user = await tablet.enrol({name: "Tablet 7", pin: "271828"});
  const settled = await tablet.pull();
  return {settled, staff: user.staff, device: tablet.device(), today: await user.today()};
}
"""


@pytest.fixture(scope="module")
def store_code(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The store as one script that a page can hold."""
    into = tmp_path_factory.mktemp("store") / "store.js"
    subprocess.run(
        [
            REPOSITORY / "node_modules" / ".bin" / "esbuild",
            "static/src/tablet/store/index.ts",
            "--bundle",
            "--format=iife",
            "--global-name=store",
            f"--outfile={into}",
            "--log-level=error",
        ],
        cwd=REPOSITORY,
        check=True,
    )
    return f"{Path(into).read_text()};globalThis.store = store;"


@pytest.fixture
def page(
    live_browser: Browser,
    live_server: LiveServer,
    city: World,
    browser_code: None,
    store_code: str,
    all_answered: Callable[[], None],
) -> Iterator[Page]:
    """A page of ours that holds nothing but the store."""
    with ExitStack() as stack:
        context = live_browser.new_context(bypass_csp=True, timezone_id="America/Chicago")
        stack.callback(context.close)
        context.add_init_script(store_code)
        app = AppTablet(context, live_server.url)
        app.sign_in(city.paramedic)
        app.page.goto(f"{live_server.url}/field/api/report")
        yield app.page
    all_answered()


def committed(page: Page, change: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate("change => user.commit(change)", change)
    return found


def sent(page: Page) -> dict[str, Any]:
    """Everything goes; how the tablet then stands."""
    page.evaluate("tablet.sendNow()")
    found: dict[str, Any] = page.evaluate("tablet.status()")
    return found


def test_a_response_begun_on_the_tablet_arrives_whole_and_comes_back_as_the_servers_own(
    page: Page, city: World
) -> None:
    started = page.evaluate(START)
    assert started["settled"] == "ok"
    assert started["staff"]["id"] == str(city.paramedic.pk)
    assert page.evaluate("tablet.status().signedOut") is False
    response, person, entry, call = (str(uuid4()) for _ in range(4))
    incident = {"id": call, "call_type": "overdose", "address": "212 W 6th St"}
    changes: list[dict[str, Any]] = [
        {
            "type": "encounter.create",
            "encounter": response,
            "payload": {
                "incident": incident,
                "programme": started["staff"]["programme"],
                "unit": None,
                "crew": [],
                "modality": "scene",
                "begun_at": page.evaluate("new Date().toISOString()"),
            },
        },
        {
            "type": "person.create",
            "encounter": response,
            "record": person,
            "payload": {"details": {"first_name": "Jo", "last_name": "Roe"}, "aliases": []},
        },
        {
            "type": "draft.patch",
            "encounter": response,
            "record": entry,
            "form": {"key": "vitals", "sha": "0" * 64},
            "payload": {"changes": {"hr": {"value": 112}, "rr": {"value": 18}}},
        },
    ]
    changes += [
        {
            "type": "encounter.time",
            "encounter": response,
            "payload": {
                "field": "on_scene_at",
                "value": page.evaluate("new Date().toISOString()"),
                "reason": "",
            },
        },
        {"type": "encounter.details", "encounter": response, "payload": {"response_number": "77-1"}},
    ]
    mids = [committed(page, change)["mid"] for change in changes]
    local = page.evaluate("id => user.response(id)", response)
    assert local["local"] is True
    status = sent(page)
    outcomes = {str(envelope.pk): envelope.outcome for envelope in Envelope.objects.all()}
    assert outcomes == dict.fromkeys(mids, "applied"), Envelope.objects.values("type", "outcome", "detail")
    assert (status["pending"], status["attention"], status["network"]) == (0, 0, "ok")
    assert Encounter.objects.get(pk=response).person_id == Person.objects.get(pk=person).pk
    vitals = VitalSigns.objects.get(pk=entry)
    assert (vitals.hr, vitals.rr) == (112, 18)
    assert page.evaluate("tablet.pull()") == "ok"
    back = page.evaluate("id => user.response(id)", response)
    assert back["local"] is False
    assert back["person"]["id"] == person
    shown = next(one for one in back["entries"] if one["record"] == entry)
    assert (shown["values"]["hr"], shown["pending"], shown["local"]) == (112, [], False)
    assert page.evaluate("user.unsent()") == []


def test_what_was_saved_without_a_server_survives_the_page_and_goes_with_nobody_unlocked(
    page: Page, city: World
) -> None:
    started = page.evaluate(START)
    response = str(city.response().pk)
    entry = str(uuid4())
    page.context.set_offline(True)
    change = {
        "type": "draft.patch",
        "encounter": response,
        "record": entry,
        "form": {"key": "vitals", "sha": "0" * 64},
        "payload": {"changes": {"hr": {"base": None, "value": 64}}},
    }
    mid = committed(page, change)["mid"]
    assert sent(page)["network"] == "none"
    page.evaluate("tablet.close()")
    page.context.set_offline(False)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.reload()
    page.evaluate("""async () => { window.tablet = await store.openTablet({name: "path", app: "test"}); }""")
    assert page.evaluate("tablet.unlocked") is None
    assert sent(page)["pending"] == 0
    envelope = Envelope.objects.get(pk=mid)
    assert (envelope.outcome, str(envelope.author)) == ("applied", started["staff"]["id"])
    assert VitalSigns.objects.get(pk=entry).hr == 64
    assert (
        page.evaluate(
            """async staff => {
          window.user = await tablet.unlock(staff, "271828");
          return tablet.pull();
        }""",
            started["staff"]["id"],
        )
        == "signed_out"
    )


def test_a_value_the_form_refuses_and_one_after_signing_come_back_to_their_author(
    page: Page, city: World
) -> None:
    page.evaluate(START)
    response, entry = str(city.response().pk), str(uuid4())
    change = {
        "type": "draft.patch",
        "encounter": response,
        "record": entry,
        "form": {"key": "vitals", "sha": "0" * 64},
        "payload": {"changes": {"hr": {"base": None, "value": 90_000}, "rr": {"base": None, "value": 16}}},
    }
    committed(page, change)
    assert sent(page)["attention"] == 1
    assert page.evaluate("tablet.pull()") == "ok"
    back = page.evaluate("id => user.response(id)", response)
    shown = next(one for one in back["entries"] if one["record"] == entry)
    assert (shown["values"]["hr"], shown["values"]["rr"], list(shown["refused"])) == (90_000, 16, ["hr"])
    change["payload"] = {"changes": {"hr": {"value": 90}}}
    committed(page, change)
    assert sent(page)["pending"] == 0
    assert page.evaluate("tablet.pull()") == "ok"
    assert page.evaluate("tablet.users()")[0]["attention"] == 0
    assert VitalSigns.objects.get(pk=entry).hr == 90


def test_a_restored_server_is_offered_what_it_says_it_lacks(page: Page, city: World) -> None:
    page.evaluate(START)
    response, entry = str(city.response().pk), str(uuid4())
    change = {
        "type": "draft.patch",
        "encounter": response,
        "record": entry,
        "form": {"key": "vitals", "sha": "0" * 64},
        "payload": {"changes": {"hr": {"base": None, "value": 64}}},
    }
    mid = committed(page, change)["mid"]
    assert sent(page)["pending"] == 0
    page.route("**/field/api/have", lambda route: route.fulfill(json={"epoch": "", "missing": [mid]}))
    epoch.begin("restored")
    page.evaluate("tablet.report()")
    until(page, "async () => (await tablet.log()).some((line) => line.event === 'offered_again')")
    again = sent(page)
    assert (again["pending"], again["attention"]) == (0, 0)
    assert page.evaluate("tablet.device()")["epoch"] == str(epoch.current().pk)
    assert Envelope.objects.filter(pk=mid).count() == 1
