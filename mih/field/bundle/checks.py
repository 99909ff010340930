"""What a form that every tablet holds may not contain. A form that does stops the build."""

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any, Final

CONTROLS: Final = frozenset({"input", "select", "textarea"})
CHOSEN: Final = frozenset({"radio", "checkbox"})
SILENT: Final = frozenset({"button", "submit", "reset"})
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
EMPTY_ROWS: Final = frozenset({"", "[]", "{}", "null"})


class Unfit(Exception):
    """A form that no tablet may hold, with why."""


def check(key: str, html: str, defaults: Mapping[str, Any]) -> None:
    """Raises `Unfit` unless `html` is the same for everybody: only values of `defaults` stand in it, no script runs,
    nothing is remembered by the browser, no record of ours is named."""
    reader = _Reader(defaults)
    reader.feed(html)
    reader.close()
    if found := IDENTIFIER.search(html):
        reader.faults.append(f"names a record of ours: {found.group()}")
    if reader.faults:
        raise Unfit(f"The form {key} cannot be given to tablets. It {'; it '.join(reader.faults)}.")


class _Reader(HTMLParser):
    def __init__(self, defaults: Mapping[str, Any]) -> None:
        super().__init__()
        self.defaults = defaults
        self.faults: list[str] = []
        self.select: str | None = None
        self.area: str | None = None
        self.written = ""
        self.from_lists = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._forbidden(tag, given)
        if tag in CONTROLS and given.get("type") not in SILENT:
            self._control(tag, given)
        if tag == "option":
            self._option(given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def _forbidden(self, tag: str, given: dict[str, str]) -> None:
        if tag in ("script", "style", "iframe", "object", "embed", "form"):
            self.faults.append(f"holds a <{tag}>")
        if given.get("name") == "csrfmiddlewaretoken":
            self.faults.append("holds a CSRF token")
        if any(name.startswith("on") for name in given):
            self.faults.append(f"runs code on <{tag}>")
        if any(value.strip().lower().startswith("javascript:") for value in given.values()):
            self.faults.append(f"runs code from an address of <{tag}>")

    def _control(self, tag: str, given: dict[str, str]) -> None:
        name = given.get("name", "")
        if given.get("autocomplete") != "off":
            self.faults.append(
                f'lets the browser remember {name or given.get("id") or tag}: no autocomplete="off"'
            )
        if tag == "select":
            self.select, self.from_lists = name, "data-options" in given
        elif tag == "textarea":
            self.area, self.written = name, ""
        elif given.get("type") in CHOSEN:
            if "checked" in given and not self._declared(name, given.get("value", "")):
                self.faults.append(f"has {name} answered")
        elif given.get("value") and not self._declared(name, given["value"]):
            self.faults.append(f"has {name} filled in")

    def _option(self, given: dict[str, str]) -> None:
        if self.select is None or not given.get("value"):
            return
        if self.from_lists:
            self.faults.append(f"lists rows of ours under {self.select}")
        elif "selected" in given and not self._declared(self.select, given["value"]):
            self.faults.append(f"has {self.select} answered")

    def _declared(self, name: str, value: str) -> bool:
        default = self.defaults.get(name)
        if isinstance(default, bool):
            return value == str(default).lower()
        if isinstance(default, list):
            return value in [str(each) for each in default]
        return default is not None and value == str(default)

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = None
        if tag == "textarea" and self.area is not None:
            if self.written.strip() not in EMPTY_ROWS and not self._declared(self.area, self.written.strip()):
                self.faults.append(f"has {self.area} filled in")
            self.area = None
