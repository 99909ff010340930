"""Signing in and out, the second step, and what went wrong: pages that work under the strict content policy."""

import re

import pytest
from django.test import Client

from tests.world import World

INLINE = re.compile(r"""\sstyle=|\son[a-z]+=|<style|javascript:|<script(?![^>]*(?:src=|application/json))""")


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url, follow=True)
    assert response.status_code == status, url
    text = response.content.decode()
    assert not INLINE.search(text), url
    assert text.count("<h1") == 1, url
    return text


@pytest.mark.parametrize("url", ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"])
@pytest.mark.django_db
def test_pages_of_somebody_signed_out(client: Client, url: str) -> None:
    text = page(client, url)
    assert "theme/main" in text


def test_a_wrong_password_is_answered_with_a_sentence(client: Client, world: World) -> None:
    answer = client.post("/accounts/login/", {"login": "nia", "password": "not this"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "error-summary" in text
    assert "not this" not in text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/accounts/logout/", "Sign out?"),
        ("/accounts/password/change/", "Change your password"),
        ("/accounts/2fa/", "Second step at sign-in"),
        ("/accounts/reauthenticate/", "Confirm it is you"),
    ],
)
def test_pages_of_somebody_signed_in(client: Client, world: World, url: str, words: str) -> None:
    client.post("/accounts/login/", {"login": "nia", "password": "a-long-pass-phrase"})
    assert words in page(client, url)


def test_setting_up_codes_shows_the_square_and_the_key(client: Client, world: World) -> None:
    client.post("/accounts/login/", {"login": "nia", "password": "a-long-pass-phrase"})
    assert "Confirm it is you" in page(client, "/accounts/2fa/totp/activate/")
    client.post("/accounts/reauthenticate/", {"password": "a-long-pass-phrase"})
    text = page(client, "/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml' in text
    assert re.search(r'id="authenticator_secret" value="[A-Z2-7]{16,}"', text)


@pytest.mark.django_db
def test_an_address_that_does_not_exist_says_what_to_do(client: Client) -> None:
    text = page(client, "/no/such/page/", status=404)
    assert "There is nothing here" in text
    assert 'href="/"' in text
