"""The settings of the tests: the product's own, told first that this is the test environment."""

import os

os.environ["MIH_ENV"] = "test"

from mih.config.settings import *

# Hashing passwords slowly proves nothing in a test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
