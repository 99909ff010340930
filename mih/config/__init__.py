"""The one place that knows every app. Celery finds the worker's by `--app mih.config` in `mih.config.celery`."""
