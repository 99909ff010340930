"""What a log line may hold."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

# Keys that never carry a person's data. A new key is added here once somebody has made sure of that.
ALLOWED_KEYS = frozenset(
    {
        "level", "logger", "timestamp", "code", "duration_ms", "status", "count", "problem",
        "request_id", "correlation_id", "user_id", "method", "route",
        "task", "task_id", "parent_task_id", "task_name", "sweep",
        "envelope_id", "record_id", "device_id",
    }
)  # fmt: skip


def allowed_keys_only(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every key off the list; of an exception keep its class and the place in our code, not its text."""
    line = {key: value for key, value in event.items() if key in ALLOWED_KEYS}
    line["event"] = _fixed_words(event)
    if problem := event.get("exc_info"):
        line["problem"], line["where"] = _problem(problem)
    return line


def _fixed_words(event: MutableMapping[str, Any]) -> object:
    """The event; of a line of the standard library's logging its template, for its arguments may quote a person."""
    record = event.get("_record")
    if not isinstance(record, logging.LogRecord) or event.get("_from_structlog"):
        return event.get("event", "")
    return str(record.msg).split("\n", 1)[0].split(":", 1)[0][:80]


def _problem(exc_info: Any) -> tuple[str, str]:
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if not isinstance(error, BaseException):
        return "unknown", ""
    where = ""
    trace = error.__traceback__
    while trace:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.startswith("mih.") or not where.startswith("mih."):
            where = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__, where
