"""The session of a request brings who is signed in, their licenses and the stamp of the policies, in one statement."""

from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client

from mih.accounts.models import Session
from mih.accounts.sessions import SessionStore
from tests.web.desk.looking import seen
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(world: World) -> Client:
    client = Client()
    client.force_login(world.navigator)
    client.get("/queue/")
    return client


def test_one_statement_reads_all_that_every_page_asks(world: World, client: Client):
    asked: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        asked.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        page = client.get("/queue/")
    assert world.navigator.display_name in seen(page)
    assert len(asked) == 2  # nobody is shown, so nothing is logged
    for table in ("accounts_session", "accounts_staff", "accounts_credential", "protocols_protocol"):
        assert f'"{table}"' in asked[0], table


def test_it_says_whose_it_is(world: World, client: Client):
    assert [row.staff for row in Session.objects.all()] == [world.navigator]
    client.post("/accounts/logout/")
    assert not Session.objects.exists()


def test_whoever_left_is_out_at_the_next_request(world: World, client: Client):
    world.navigator.is_active = False
    world.navigator.save()
    assert client.get("/queue/")["Location"].startswith("/accounts/login/")


def test_a_new_password_ends_it(world: World, client: Client):
    world.navigator.set_password("another long one, quite unlike it")
    world.navigator.save()
    assert client.get("/queue/")["Location"].startswith("/accounts/login/")


def test_its_content_says_who_it_is_and_not_its_column(world: World, client: Client):
    Session.objects.update(staff=world.programme_manager)
    page = seen(client.get("/queue/"))
    assert world.navigator.display_name in page
    assert world.programme_manager.display_name not in page


def test_one_that_has_ended_or_never_was_signs_nobody_in(client: Client):
    store = SessionStore("abcdefghijklmnopqrstuvwxyz012345")
    assert store.load() == {}
    assert store.session_key is None
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    assert client.get("/queue/")["Location"].startswith("/accounts/login/")


def test_one_that_was_ended_meanwhile_is_not_brought_back(world: World, client: Client):
    store = SessionStore(Session.objects.get().session_key)
    store["seen"] = "yes"
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
