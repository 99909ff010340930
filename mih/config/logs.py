"""What a log line may hold."""

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
    text = event.get("event", "")
    # The product's own events are fixed words; a library's message may quote what somebody typed.
    own = str(event.get("logger", "")).startswith("mih") or event.get("logger") in KNOWN_QUIET
    line["event"] = text if own or event.get("level") in ("info", "debug") else _first_words(text)
    if problem := event.get("exc_info"):
        line["problem"], line["where"] = _problem(problem)
    return line


KNOWN_QUIET = frozenset({"celery.beat", "celery.worker", "celery.app.trace", "gunicorn.error"})


def _first_words(text: object) -> str:
    return str(text).split(":", 1)[0][:60]


def _problem(exc_info: Any) -> tuple[str, str]:
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if not isinstance(error, BaseException):
        return "unknown", ""
    where = ""
    trace = error.__traceback__
    while trace:
        name = trace.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("mih."):
            where = f"{name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__, where
