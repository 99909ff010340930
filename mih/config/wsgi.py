"""The web server's entrance."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from mih.core import start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")

application = get_wsgi_application()
# All addresses and what they import, before the first request asks for one.
_ = get_resolver().url_patterns
start.begun()
