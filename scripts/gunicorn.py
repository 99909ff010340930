"""Gunicorn's settings. WEB_PROCESSES and WEB_THREADS size it; no access log, because addresses name people."""

import os

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_PROCESSES") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
max_requests = 5000
max_requests_jitter = 500
loglevel = "warning"
accesslog = None
control_socket_disable = True
limit_request_line = 4094
