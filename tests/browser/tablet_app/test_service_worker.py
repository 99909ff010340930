"""The service worker: opens the app without a server, keeps nothing of anybody, and changes only when told to."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from mih.audit.context import acting
from mih.core import clock
from mih.encounters.models import Incident
from mih.field import shell
from mih.field.bundle import published
from mih.field.views import shell as shell_views
from tests.browser.tablet_app.app import AppTablet
from tests.browser.tablet_app.gate import Gate
from tests.world import World

pytestmark = pytest.mark.browser

REGISTER = """async () => {
  const registration = await navigator.serviceWorker.register("/field/sw.js", {scope: "/field/", updateViaCache: "none"});
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  const settled = () => worker.state === "activated" || worker.state === "redundant" || worker.state === "installed";
  await new Promise((resolve) => {
    if (settled()) return resolve();
    worker.addEventListener("statechange", () => settled() && resolve());
  });
  if (worker.state === "redundant") return worker.state;
  return (await navigator.serviceWorker.ready).active.state === "redundant" ? "redundant" : "activated";
}"""
"""What became of the worker that the server gives out now."""

FORMS_THERE = "async () => (await (await caches.open('mih-forms')).match('/field/bundle/')) !== undefined"

UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/field/");
  await registration.update().catch(() => {});
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return "none";
  await new Promise((resolve) => {
    const look = () => worker.state !== "installing" && resolve();
    worker.addEventListener("statechange", look);
    look();
  });
  return worker.state;
}"""
"""What became of a newer worker."""

TAKE_OVER = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/field/");
  const changed = new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, {once: true});
  });
  registration.waiting.postMessage({type: "take-over"});
  await changed;
}"""

KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      found.push({cache: name, url: request.url, status: answer.status, redirected: answer.redirected,
                  text: await answer.text()});
    }
  }
  return found;
}"""

GET = """async (address) => {
  try { const answer = await fetch(address); return answer.status; } catch { return 0; }
}"""


@pytest.fixture
def gate(live_server: LiveServer) -> Iterator[Gate]:
    """The line to the server."""
    shell._build.cache_clear()
    gate = Gate(live_server.url)
    yield gate
    gate.shut()
    shell._build.cache_clear()


@pytest.fixture
def browser(gate: Gate, bare_tablet: Callable[..., AppTablet]) -> BrowserContext:
    """An empty browser."""
    return bare_tablet().context


@pytest.fixture
def page(gate: Gate, browser: BrowserContext) -> Page:
    """A page of the worker's that is not the app and answers none of its questions, as a frozen one would."""
    page = browser.new_page()
    page.goto(f"{gate.url}/field/manifest.webmanifest")
    return page


@pytest.fixture
def release(settings: Any) -> Callable[[], None]:
    """Puts out another build: a changed colour changes the document."""

    def put() -> None:
        settings.AGENCY_COLOUR = "#334455" if settings.AGENCY_COLOUR != "#334455" else "#554433"
        shell._build.cache_clear()

    return put


def until(page: Page, holds: str) -> None:
    """Wait until an async function of the page says true. (Playwright's own waiting takes its promise for a yes.)"""
    page.evaluate(
        f"""async () => {{
      for (let turn = 0; turn < 2000; turn++) {{
        if (await ({holds})()) return;
        await new Promise((resolve) => setTimeout(resolve, 40));
      }}
      throw new Error("it never came true");
    }}"""
    )


def shells(page: Page) -> set[str]:
    names: list[str] = page.evaluate("() => caches.keys()")
    return {name for name in names if name.startswith("mih-shell-")}


def test_the_app_opens_cold_without_a_server(gate: Gate, browser: BrowserContext, page: Page) -> None:
    assert page.evaluate(REGISTER) == "activated"
    page.close()
    gate.shut()
    for address in ("/field/", "/field/encounters/0192f7a4-1111-7abc-8def-001122334455/", "/field/me/"):
        cold = browser.new_page()
        cold.goto(gate.url + address)
        expect(cold.locator("main h1").first).to_be_visible()
        assert cold.evaluate("document.body.hasAttribute('data-shell')")
        assert cold.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Inter')
        cold.close()


def test_every_form_is_there_without_a_server(
    gate: Gate, browser: BrowserContext, city: World, live_server: LiveServer
) -> None:
    tablet = AppTablet(browser, gate.url)
    tablet.enrol(city.paramedic)
    page = tablet.page
    until(page, FORMS_THERE)
    gate.shut()
    missing = page.evaluate("""async () => {
      const list = await (await fetch("/field/bundle/")).json();
      const missing = [];
      for (const [key, line] of Object.entries(list.forms)) {
        const form = await (await fetch(`/field/forms/${line.sha}/`)).json().catch(() => ({}));
        if (form.key !== key) missing.push(key);
      }
      return missing;
    }""")
    assert missing == []


def test_nothing_of_anybody_is_kept(gate: Gate, browser: BrowserContext, city: World) -> None:
    person = city.person(first_name="Quillon", last_name="Featherstone")
    response = city.response(person=person)
    with acting(city.paramedic):
        Incident.objects.create(called_at=clock.now(), call_type="overdose", address="4418 Quillfeather Lane")
    tablet = AppTablet(browser, gate.url)
    tablet.enrol(city.paramedic)
    tablet.open(response, "narrative")
    page = tablet.page
    until(page, FORMS_THERE)
    page.goto(f"{gate.url}/field/signed-in/")
    page.goto(f"{gate.url}/field/encounters/{response.pk}/review/")
    kept = page.evaluate(KEPT)
    assert len(kept) > 40
    for entry in kept:
        path = entry["url"].removeprefix(gate.url)
        assert path.startswith(
            ("/static/", "/field/shell/", "/field/forms/", "/field/bundle/", "/agency.css")
        ), path
        assert (entry["status"], entry["redirected"]) == (200, False)
        for word in (
            "Quillon",
            "Featherstone",
            "Quillfeather",
            "Reyes",
            str(response.pk),
            "csrfmiddlewaretoken",
        ):
            assert word not in entry["text"], path


def to_sign_in(_request: HttpRequest) -> HttpResponse:
    return redirect("/accounts/login/")


def of_the_network(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h1>Welcome to the library's network. Accept the rules.</h1>")


@pytest.mark.parametrize("answer", [to_sign_in, of_the_network])
def test_a_sign_in_page_is_never_kept_as_the_app(
    answer: Callable[[HttpRequest], HttpResponse], page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell_views, "shell_answer", answer)
    assert page.evaluate(REGISTER) == "redundant"
    assert shells(page) == set()


@pytest.mark.parametrize("answer", [to_sign_in, of_the_network])
def test_a_release_that_cannot_be_kept_whole_leaves_the_one_that_is(
    answer: Callable[[HttpRequest], HttpResponse],
    gate: Gate,
    browser: BrowserContext,
    page: Page,
    release: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page.evaluate(REGISTER)
    before = shells(page)
    release()
    monkeypatch.setattr(shell_views, "shell_answer", answer)
    assert page.evaluate(UPDATE) == "redundant"
    assert shells(page) == before
    gate.shut()
    cold = browser.new_page()
    cold.goto(f"{gate.url}/field/")
    assert cold.evaluate("document.body.hasAttribute('data-shell')")


def test_a_new_build_waits_until_the_page_lets_it(
    gate: Gate, browser: BrowserContext, page: Page, release: Callable[[], None]
) -> None:
    page.evaluate(REGISTER)
    old = shell.build()
    release()
    new = shell.build()
    assert new.id != old.id
    assert page.evaluate(UPDATE) == "installed"
    asked = "fetch('/field/shell/').then((answer) => answer.text())"
    second = browser.new_page()
    second.goto(f"{gate.url}/field/manifest.webmanifest")
    assert second.evaluate("navigator.serviceWorker.getRegistration('/field/').then((one) => !!one.waiting)")
    home = f"caches.open('mih-shell-{old.id}').then((cache) => cache.match('/field/shell/')).then((one) => one.text())"
    assert f'data-build="{old.id}"' in second.evaluate(home)
    page.evaluate(TAKE_OVER)
    assert f'data-build="{new.id}"' in second.evaluate(asked)
    gate.shut()
    cold = browser.new_page()
    cold.goto(f"{gate.url}/field/")
    assert cold.evaluate("document.documentElement.dataset.build") == new.id


def test_a_page_of_the_old_build_still_gets_its_files(
    gate: Gate, page: Page, release: Callable[[], None]
) -> None:
    page.evaluate(REGISTER)
    old = {asset.url for asset in shell.build().assets}
    release()
    (gone,) = old - {asset.url for asset in shell.build().assets}
    page.evaluate(UPDATE)
    page.evaluate(TAKE_OVER)
    assert len(shells(page)) == 2
    gate.shut()
    assert page.evaluate(GET, gone) == 200


def test_an_old_build_goes_once_no_page_shows_it(
    gate: Gate, browser: BrowserContext, page: Page, release: Callable[[], None]
) -> None:
    page.evaluate(REGISTER)
    release()
    page.evaluate(UPDATE)
    page.evaluate(TAKE_OVER)
    assert len(shells(page)) == 2
    page.evaluate("""() => navigator.serviceWorker.addEventListener("message", (event) => {
      if (event.data?.type === "which-build") event.ports[0].postMessage("");
    })""")
    page.evaluate("""async () => {
      navigator.serviceWorker.startMessages();
      (await navigator.serviceWorker.getRegistration("/field/")).active.postMessage({type: "pinned", pinned: []});
    }""")
    until(
        page, "async () => (await caches.keys()).filter((name) => name.startsWith('mih-shell-')).length === 1"
    )
    assert shells(page) == {f"mih-shell-{shell.build().id}"}


def test_requests_to_the_api_are_left_alone(gate: Gate, page: Page) -> None:
    page.evaluate(REGISTER)
    page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")
    assert page.evaluate(GET, "/api/schema/") == 401
    gate.shut()
    assert page.evaluate(GET, "/field/api/pull") == 0
    assert page.evaluate(GET, "/api/schema/") == 0
    assert [entry for entry in page.evaluate(KEPT) if "/api/" in entry["url"]] == []


def test_forms_that_a_draft_was_begun_with_stay(gate: Gate, browser: BrowserContext, city: World) -> None:
    tablet = AppTablet(browser, gate.url)
    tablet.enrol(city.paramedic)
    until(tablet.page, FORMS_THERE)
    now = json.loads(published().text)["forms"]["vitals"]["sha"]
    left = tablet.page.evaluate(
        """async (now) => {
      const cache = await caches.open("mih-forms");
      const put = (sha) => cache.put(`/field/forms/${sha}/`, new Response("{}"));
      await put("a".repeat(64));
      await put("b".repeat(64));
      const registration = await navigator.serviceWorker.getRegistration("/field/");
      registration.active.postMessage({type: "pinned", pinned: ["vitals@aaaaaaaa"]});
      const has = async (sha) => (await cache.match(`/field/forms/${sha}/`)) !== undefined;
      for (let turn = 0; turn < 2000 && (await has("b".repeat(64))); turn++)
        await new Promise((resolve) => setTimeout(resolve, 40));
      return [await has("a".repeat(64)), await has("b".repeat(64)), await has(now)];
    }""",
        now,
    )
    assert left == [True, False, True]


def test_the_switch_takes_the_worker_off_and_leaves_the_records(
    gate: Gate, page: Page, settings: Any
) -> None:
    page.evaluate(REGISTER)
    page.evaluate("""() => new Promise((resolve, reject) => {
      const asked = indexedDB.open("mih-field");
      asked.onupgradeneeded = () => asked.result.createObjectStore("outbox").put("sealed", 1);
      asked.onsuccess = () => { asked.result.close(); resolve(); };
      asked.onerror = () => reject(asked.error);
    })""")
    settings.FIELD_SW = False
    page.evaluate("navigator.serviceWorker.getRegistration('/field/').then((one) => one.update())")
    until(page, "async () => (await caches.keys()).length === 0")
    page.reload()
    until(page, "async () => (await navigator.serviceWorker.getRegistration('/field/')) === undefined")
    kept = page.evaluate("""() => new Promise((resolve) => {
      const asked = indexedDB.open("mih-field");
      asked.onsuccess = () => {
        const found = asked.result.transaction("outbox").objectStore("outbox").get(1);
        found.onsuccess = () => resolve(found.result);
      };
    })""")
    assert kept == "sealed"
