"""The API's documentation, in a browser, under our own content security policy."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mih.accounts.models import Staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a long enough password"


def test_staff_sign_in_and_read_it(page: Page, live_server: LiveServer) -> None:
    Staff.objects.create_user("supervisor", password=PASSWORD, role="supervisor")

    page.goto(f"{live_server.url}/api/docs/")
    assert "swagger" not in page.content()

    page.goto(f"{live_server.url}/accounts/login/?next=/api/docs/")
    page.fill("[name=login]", "supervisor")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")

    expect(page.locator("#swagger-ui .info .title")).to_contain_text("MIH")
