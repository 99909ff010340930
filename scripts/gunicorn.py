"""Gunicorn's settings. WEB_PROCESSES and WEB_THREADS size it; no access log, because addresses name people."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mih.core import start

start.begin(stays=True)

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_PROCESSES") or 2)
threads = int(os.environ.get("WEB_THREADS") or 4)
# Imported once, by the parent: its processes start in no time and share what they do not change. New code needs a
# restart, not a HUP.
preload_app = True
max_requests = 5000
max_requests_jitter = 500
loglevel = "warning"
accesslog = None
control_socket_disable = True
limit_request_line = 4094
