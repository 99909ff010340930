"""The one place that knows every app."""

from mih.config.celery import app as celery_app

__all__ = ["celery_app"]
