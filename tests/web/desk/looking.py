"""Reading a page as somebody would: its words, and what can be pressed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html


def words(element: Any) -> str:
    """The words of a part of a page in one line."""
    return " ".join(" ".join(element.itertext()).split())


def seen(answer: Any) -> str:
    """The words of a page in one line."""
    return words(html.fromstring(answer.content.decode()))


def found(answer: Any, path: str) -> list[Any]:
    """What an XPath finds in a page."""
    return list(html.fromstring(answer.content.decode()).xpath(path))


def rows(answer: Any) -> list[str]:
    """The lines of the queue, each in one line of words."""
    return [words(line) for line in found(answer, "//li[contains(@class,'due-row')]")]


def offered(answer: Any, address: str) -> bool:
    """Whether the page has a form that posts to `address`."""
    return bool(found(answer, f"//form[@method='post'][@action='{address}']"))


def pages(client: Client, address: str) -> Iterator[str]:
    """The pages of a list, each by the address that the one before gives."""
    where: str | None = address
    for _ in range(40):
        assert where is not None
        answer = client.get(where)
        assert answer.status_code == 200, (where, answer.content[:400])
        yield answer.content.decode()
        where = _next(answer, address)
        if where is None:
            return
    pytest.fail("The list never ends.")


def _next(answer: Any, address: str) -> str | None:
    if "json" not in answer.headers["Content-Type"]:
        more = found(answer, "//nav[contains(@class,'pager')]//a[@rel='next']/@href")
        return address.partition("?")[0] + more[0] if more else None
    if link := answer.headers.get("Link", ""):
        return link.partition("<")[2].partition(">")[0]
    body = answer.json()
    if isinstance(body, dict) and body.get("next"):
        return f"{address}&after={body['next']}"
    return None


def statements(client: Client, address: str) -> list[str]:
    """What the database was asked for one page."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    found = [each["sql"] or "" for each in seen.captured_queries]
    assert not [sql for sql in found if " OFFSET " in sql]
    return found
