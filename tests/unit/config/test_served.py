"""The production settings, served by gunicorn behind a proxy that has ended TLS."""

import http.client
import re
import secrets
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.resilience.machinery import PATIENCE, Machinery, machinery
from tests.world import World

HOST = "mih.example.org"
PHRASE = "correct horse battery staple"


class Proxy:
    """What the TLS proxy sends on; cookies are kept as a browser keeps them."""

    def __init__(self, address: str) -> None:
        self.place = urlsplit(address).netloc
        self.cookies = SimpleCookie()

    def ask(
        self, path: str, form: dict[str, str] | None = None, *, scheme: str = "https", host: str = HOST
    ) -> tuple[http.client.HTTPResponse, str]:
        """One request and its answer; a form is posted."""
        headers = {
            "Host": host,
            "X-Forwarded-Proto": scheme,
            "Referer": f"{scheme}://{host}{path}",
            "Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection = http.client.HTTPConnection(self.place, timeout=PATIENCE)
        connection.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(line)
        text = answer.read().decode()
        connection.close()
        return answer, text


@pytest.fixture(scope="module")
def address(django_db_setup: None) -> Iterator[str]:
    """Gunicorn with the production settings over the test database. Redis is away, which stops nobody."""
    with machinery(
        DJANGO_SETTINGS_MODULE="mih.config.settings",
        MIH_ENV="production",
        SECRET_KEY=secrets.token_urlsafe(50),
        ALLOWED_HOSTS=HOST,
        STATIC_COMPRESSION="off",
        LOG_LEVEL="WARNING",
    ) as made:
        _collect(made)
        yield made.start_web().address


def _collect(made: Machinery) -> None:
    collected = made.start(sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    assert collected.wait(PATIENCE) == 0


@pytest.fixture
def proxy(address: str) -> Proxy:
    return Proxy(address)


def test_it_is_ready_and_a_load_balancer_needs_no_tls_to_ask(proxy: Proxy) -> None:
    for scheme in ("https", "http"):
        answer, text = proxy.ask("/health/ready", scheme=scheme)
        assert (answer.status, text) == (200, "ready\n")


def test_the_sign_in_page_carries_every_protection(proxy: Proxy) -> None:
    answer, _ = proxy.ask("/accounts/login/")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert proxy.cookies["mih_csrf"]["secure"]


def test_styles_and_scripts_are_served_by_their_hash_and_kept(proxy: Proxy) -> None:
    _, text = proxy.ask("/accounts/login/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', text)
    assert files
    for file in files:
        answer, _ = proxy.ask(file)
        assert answer.status == 200, file
        assert re.search(r"\.[0-9a-f]{12}\.", file)
        assert "immutable" in answer.headers["Cache-Control"]


def test_plain_http_is_sent_to_https(proxy: Proxy) -> None:
    answer, _ = proxy.ask("/accounts/login/", scheme="http")
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/accounts/login/")


def test_another_host_name_is_refused_and_ours_is_not(proxy: Proxy) -> None:
    assert proxy.ask("/accounts/login/", host="elsewhere.example.com")[0].status == 400
    assert proxy.ask("/accounts/login/")[0].status == 200


def test_somebody_signs_in_and_opens_the_first_page(
    proxy: Proxy, transactional_db: None, world: World
) -> None:
    assert proxy.ask("/")[0].headers["Location"] == "/accounts/login/?next=/"
    hasher = PBKDF2PasswordHasher()
    world.supervisor.password = hasher.encode(PHRASE, hasher.salt(), iterations=1000)
    world.supervisor.save()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', proxy.ask("/accounts/login/")[1])
    assert token
    signed_in, said = proxy.ask(
        "/accounts/login/", {"login": "sami", "password": PHRASE, "csrfmiddlewaretoken": token[1]}
    )
    assert (signed_in.status, signed_in.headers["Location"]) == (302, "/"), said
    session = proxy.cookies["mih_session"]
    assert session["secure"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    home, _ = proxy.ask("/")
    assert home.status == 302
    first, text = proxy.ask(home.headers["Location"])
    assert first.status == 200
    assert "Sami Boone" in text
    assert first.headers["Cache-Control"] == "no-store"
