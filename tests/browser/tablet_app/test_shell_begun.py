"""What is typed into a form that is no record yet outlives the app."""

import pytest
from playwright.sync_api import expect

from tests.browser.tablet_app.app import AppTablet
from tests.world import World

pytestmark = pytest.mark.browser

ADDRESS = "4418 Quillfeather Lane"

STORED = """async () => {
  const open = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("mih-field");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const db = await open();
  const asked = db.transaction("begun").objectStore("begun").getAll();
  const rows = await new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  db.close();
  return rows.map(({at}) => at).join();
}"""
"""When what is kept of begun forms was stored."""


def test_a_call_half_typed_outlives_a_killed_app(app_tablet: AppTablet, city: World) -> None:
    page = app_tablet.page
    app_tablet.go("#/new")
    page.locator("label", has_text="Telehealth").first.click()
    page.locator("#id_address").fill("4418 Quillf")
    page.wait_for_function(f"({STORED})()")
    before = page.evaluate(STORED)
    page.locator("#id_address").press_sequentially("eather Lane")
    page.wait_for_function(f"async before => (await ({STORED})()) > before", arg=before)
    page.close()
    app_tablet.page = page = app_tablet.context.new_page()
    page.goto(f"{app_tablet.base}/field/")
    app_tablet.unlock(city.paramedic)
    line = page.locator("[data-begun=new]")
    expect(line).to_contain_text("A new call, not started yet")
    line.locator("[data-go-on]").click()
    expect(page.locator("#id_address")).to_have_value(ADDRESS)
    expect(page.get_by_role("radio", name="Telehealth")).to_be_checked()
    app_tablet.today()
    line.locator("[data-throw-away]").click()
    page.get_by_role("button", name="Throw it away").click()
    expect(line).to_have_count(0)
    app_tablet.go("#/new")
    expect(page.locator("#id_address")).to_have_value("")
