"""No log line holds a person's data."""

import logging
from io import StringIO
from typing import Any

import pytest
import structlog
from django.conf import settings

from mih.config.logs import allowed_keys_only

NAME = "Ada Example"


def line(**event: Any) -> dict[str, Any]:
    return dict(allowed_keys_only(None, "info", {"level": "info", "logger": "mih.people", **event}))


def test_keys_off_the_list_are_dropped() -> None:
    written = line(event="merged", count=2, name=NAME, phone="+19185550123", ip="203.0.113.9")
    assert written == {"level": "info", "logger": "mih.people", "event": "merged", "count": 2}


def test_an_error_keeps_its_class_and_place_but_not_its_words() -> None:
    try:
        raise ValueError(f"{NAME} has no address")
    except ValueError as error:
        written = line(event="failed", level="error", exc_info=error)
    assert written["problem"] == "ValueError"
    assert NAME not in str(written)


@pytest.mark.parametrize(
    ("template", "arguments", "kept"),
    [
        ("Not Found: %s", (f"/people/{NAME}",), "Not Found"),
        ("%s signed in", (NAME,), "%s signed in"),
        (f"Bad value: {NAME}", (), "Bad value"),
    ],
)
def test_of_a_library_line_the_arguments_are_dropped(
    template: str, arguments: tuple[str, ...], kept: str
) -> None:
    record = logging.LogRecord("library", logging.ERROR, __file__, 1, template, arguments, None)
    written = line(event=record.getMessage(), _record=record, _from_structlog=False)
    assert written["event"] == kept
    assert NAME not in str(written)


def test_the_handler_of_the_settings_writes_so() -> None:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    options = dict(settings.LOGGING["formatters"]["lines"])
    options.pop("()")
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**options))
    logger = logging.getLogger("some.library")
    logger.addHandler(handler)
    try:
        logger.error("Not Found: %s", f"/people/{NAME}", extra={"person": NAME})
    finally:
        logger.removeHandler(handler)
    assert stream.getvalue()
    assert NAME not in stream.getvalue()
