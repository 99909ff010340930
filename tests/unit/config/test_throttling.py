"""How often one may ask the API: so many requests in any minute that ends now, by one statement each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from knox.models import AuthToken
from rest_framework.test import APIRequestFactory

from mih.accounts.models import Staff
from mih.config.models import RequestRate
from mih.config.tasks import forget_rates
from mih.config.throttling import StaffThrottle, StrangerThrottle
from tests.world import World

Asking = Callable[[float], tuple[bool, float | None]]

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(world: World) -> Staff:
    return world.paramedic


def asking(throttle: type[Any], monkeypatch: pytest.MonkeyPatch, rate: str, **who: Any) -> Asking:
    """Ask at a second; whether that was allowed, and the seconds to wait if not."""
    monkeypatch.setattr(throttle, "rate", rate, raising=False)

    def ask(at: float) -> tuple[bool, float | None]:
        request: Any = APIRequestFactory().get("/", REMOTE_ADDR=who.get("address", "192.0.2.7"))
        request.user = who.get("user")
        each = throttle()
        each.timer = lambda: at
        return (True, None) if each.allow_request(request, None) else (False, each.wait())

    return ask


def test_a_request_over_the_limit_waits_until_the_oldest_is_a_minute_old(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking(StaffThrottle, monkeypatch, "3/min", user=staff)
    assert [ask(at) for at in (100.0, 110.0, 120.0)] == [(True, None)] * 3
    assert ask(130.0) == (False, 30.0)
    assert ask(159.0) == (False, 1.0)  # what was refused does not count
    assert ask(160.0) == (True, None)
    assert ask(161.0) == (False, 9.0)
    assert ask(170.0) == (True, None)


def test_each_member_of_staff_and_each_address_has_a_limit_of_its_own(
    staff: Staff, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = asking(StaffThrottle, monkeypatch, "1/min", user=staff)
    second = asking(StaffThrottle, monkeypatch, "1/min", user=world.supervisor)
    assert first(1.0)[0]
    assert second(1.0)[0]
    assert not first(2.0)[0]
    here = asking(StrangerThrottle, monkeypatch, "1/min", address="192.0.2.8")
    there = asking(StrangerThrottle, monkeypatch, "1/min", address="192.0.2.9")
    assert here(1.0)[0]
    assert there(1.0)[0]
    assert not here(2.0)[0]


def test_a_lowered_limit_holds_at_once_and_none_lets_nobody_in(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking(StaffThrottle, monkeypatch, "3/min", user=staff)
    assert all(ask(at)[0] for at in (1.0, 2.0, 3.0))
    lowered = asking(StaffThrottle, monkeypatch, "1/min", user=staff)
    assert lowered(4.0) == (False, None)
    assert lowered(63.0)[0]
    assert not asking(StrangerThrottle, monkeypatch, "0/min")(1.0)[0]


def test_a_member_of_staff_is_not_counted_by_address(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = asking(StrangerThrottle, monkeypatch, "1/min", user=staff)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ask(1.0)[0]
        assert ask(2.0)[0]
    assert len(asked) == 0


@pytest.fixture
def token(staff: Staff) -> str:
    return str(AuthToken.objects.create(user=staff)[1])


def get(token: str) -> Any:
    return Client().get(reverse("api-contacts"), headers={"Authorization": f"Token {token}"})


def test_the_api_refuses_who_asks_too_often_and_says_when_to_come_again(
    token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StaffThrottle, "rate", "2/min", raising=False)
    assert [get(token).status_code for _ in range(3)] == [200, 200, 429]
    refused = get(token)
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    # In the database, so that another process and a new one know of it.
    cache.clear()
    assert get(token).status_code == 429


def test_the_limit_costs_one_statement(token: str) -> None:
    get(token)
    with CaptureQueriesContext(connection) as asked:
        assert get(token).status_code == 200
    counting = [sql for each in asked if "config_" in (sql := each["sql"] or "")]
    assert len(counting) == 1
    assert "config_requestrate" in counting[0]


def test_who_asked_when_is_forgotten_once_it_no_longer_counts(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mih.config.throttling.time.time", lambda: 1_000.0)
    asking(StrangerThrottle, monkeypatch, "9/min", address="192.0.2.8")(939.0)
    asking(StrangerThrottle, monkeypatch, "9/min", address="192.0.2.9")(941.0)
    assert forget_rates() == 1
    assert RequestRate.objects.get().key.endswith("192.0.2.9")


def test_the_counts_are_kept_out_of_the_databases_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'config_requestrate'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db(transaction=True)
def test_no_request_is_lost_between_two_that_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = asking(StrangerThrottle, monkeypatch, "10/min")

    def one(number: int) -> bool:
        try:
            return ask(1.0 + number / 100)[0]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as many:
        assert sum(many.map(one, range(40))) == 10
