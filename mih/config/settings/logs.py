"""Structured logs, one JSON object a line, of an allow-list of keys: no name, address, note or query text."""

from typing import Any

import structlog

from mih.config.logs import allowed_keys_only
from mih.config.settings.environment import PRODUCTION, env

# DEBUG, INFO, WARNING or ERROR. At INFO every request leaves a line.
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO" if PRODUCTION else "ERROR")

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
FINISH: list[Any] = [
    allowed_keys_only,
    structlog.processors.JSONRenderer(sort_keys=True)
    if PRODUCTION
    else structlog.dev.ConsoleRenderer(colors=False),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": SHARED,
            "processors": FINISH,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"level": "CRITICAL"},  # request_failed says it, with the request's id
    },
}

DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # no line may hold it
