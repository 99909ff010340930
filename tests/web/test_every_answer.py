"""What holds for every answer, whichever app gives it."""

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db

PAGES = ["/accounts/login/", "/health/live", "/no/such/page"]


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_kept_by_no_cache_and_framed_by_nobody(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.parametrize("address", PAGES)
def test_the_browser_may_run_and_style_only_our_built_files(client: Client, address: str) -> None:
    policy = client.get(address).headers["Content-Security-Policy"]

    directives = {line.split()[0]: line.split()[1:] for line in policy.split("; ")}
    assert directives["script-src"] == ["'self'"]
    assert directives["style-src"] == ["'self'"]
    assert directives["default-src"] == ["'self'"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert "unsafe" not in policy


def test_an_unknown_page_says_what_to_do(client: Client) -> None:
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.content.decode()


def test_an_unknown_api_address_answers_in_the_shape_of_every_api_error(client: Client) -> None:
    answer = client.get("/api/no/such/thing")
    assert answer.status_code == 404
    assert answer.json()["type"] == "client_error"
    assert answer.json()["errors"][0]["code"] == "not_found"


@pytest.mark.parametrize(("size", "status"), [(0, 403), (1, 413)])
def test_a_body_over_the_limit_is_refused_before_it_is_read(client: Client, size: int, status: int) -> None:
    body = b"x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + size)

    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", body, content_type="text/plain")

    assert answer.status_code == status
    if status == 413:
        assert "too large to send" in answer.content.decode()


def test_nobody_signs_up(client: Client) -> None:
    before = client.get("/accounts/signup/").content.decode()
    client.post(
        "/accounts/signup/",
        {"username": "me", "password1": "a-long-enough-one", "password2": "a-long-enough-one"},
    )

    assert 'name="password1"' not in before
    assert not client.login(username="me", password="a-long-enough-one")


def test_the_sign_in_page_is_there(client: Client) -> None:
    assert 'name="login"' in client.get("/accounts/login/").content.decode()


def test_ready_while_the_database_answers(client: Client) -> None:
    assert client.get("/health/ready").status_code == 200


def test_metrics_are_for_the_bearer_of_the_token_alone(
    client: Client, settings: pytest.FixtureRequest
) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/health/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "right"
    assert client.get("/health/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    answer = client.get("/health/metrics", headers={"Authorization": "Bearer right"})
    assert answer.status_code == 200
    assert b"django_http_requests" in answer.content


@pytest.mark.parametrize("address", ["/api/schema/", "/api/docs/"])
def test_the_api_describes_itself_to_staff_only(client: Client, address: str) -> None:
    assert client.get(address).status_code in (401, 403)
