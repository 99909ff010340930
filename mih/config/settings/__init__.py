"""All settings. The environment's variables are explained where each is read."""

import django_stubs_ext

# Django's generic classes accept a type in brackets only after this; apps import them after the settings.
django_stubs_ext.monkeypatch()

from mih.config.settings.base import *
from mih.config.settings.identity import *
from mih.config.settings.logs import *
from mih.config.settings.security import *
from mih.config.settings.worker import *
