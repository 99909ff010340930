"""Reading a page as somebody would: its words, and what can be pressed."""

from typing import Any

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
