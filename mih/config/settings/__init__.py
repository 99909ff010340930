"""All settings. The environment's variables are explained where each is read."""

from mih.config.settings.base import *
from mih.config.settings.identity import *
from mih.config.settings.logs import *
from mih.config.settings.security import *
from mih.config.settings.worker import *
