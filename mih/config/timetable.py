"""What the worker does by itself, and when. Read by beat alone."""

from typing import Any

from celery.schedules import crontab

EACH_MINUTE = 60.0
EACH_HOUR = 3600.0
SWEEPS = ("plan", "activate", "remind", "escalate")
TIMETABLE: dict[str, Any] = {
    # A sweep that waited longer than its minute is dropped: the next one does all its work.
    f"followups.{sweep}": {
        "task": f"mih.followups.{sweep}",
        "schedule": EACH_MINUTE,
        "options": {"expires": EACH_MINUTE},
    }
    for sweep in SWEEPS
} | {
    "cases.cosign_overdue": {
        "task": "mih.cases.cosign_overdue",
        "schedule": EACH_MINUTE,
        "options": {"expires": EACH_MINUTE},
    },
    "field.watch": {
        "task": "mih.field.watch",
        "schedule": EACH_MINUTE,
        "options": {"expires": EACH_MINUTE},
    },
    "field.tidy": {
        "task": "mih.field.tidy",
        "schedule": EACH_HOUR,
        "options": {"expires": EACH_HOUR},
    },
    "config.forget_rates": {
        "task": "mih.config.forget_rates",
        "schedule": EACH_HOUR,
        "options": {"expires": EACH_HOUR},
    },
    "config.retain": {
        "task": "mih.config.retain",
        "schedule": crontab(hour="9", minute="17"),  # at night in America
        "options": {"expires": EACH_HOUR},
    },
}
