"""The web server's entrance."""

import os

from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import reverse

from mih.core import start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mih.config.settings")

application = get_wsgi_application()
# All addresses and what they import, and the words of templates, before the first request asks for one: what is made here
# is shared by the server's processes.
reverse("home")
get_template("base.html")
start.load_all()
start.begun()
