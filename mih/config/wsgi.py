"""The web server's entrance."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from mih.core import start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")

application = get_wsgi_application()
# All addresses and what they import, before the first request asks for one.
_ = get_resolver().url_patterns
# And what rings the worker's doorbell when somebody signs.
import_module(settings.DOORBELL)
start.begun()
