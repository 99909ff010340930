"""What the worker does by itself, and when. Read by beat alone."""

from typing import Any

from celery.schedules import crontab

EACH_MINUTE = 60.0
EACH_HOUR = 3600.0
SWEEPS = ("plan", "activate", "remind", "escalate")


def _each(seconds: float, *tasks: str) -> dict[str, Any]:
    """Tasks by their names without the product's. One that waited longer is dropped: the next does all its work."""
    return {
        task: {"task": f"mih.{task}", "schedule": seconds, "options": {"expires": seconds}} for task in tasks
    }


TIMETABLE: dict[str, Any] = {
    **_each(EACH_MINUTE, *(f"followups.{sweep}" for sweep in SWEEPS), "cases.cosign_overdue", "field.watch"),
    **_each(EACH_HOUR, "field.tidy", "config.forget_rates"),
    "config.retain": {
        "task": "mih.config.retain",
        "schedule": crontab(hour="9", minute="17"),  # at night in America
        "options": {"expires": EACH_HOUR},
    },
}
