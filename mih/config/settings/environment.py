"""What the environment says. Every variable the product reads is named in this package, with its meaning."""

from pathlib import Path

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

REPOSITORY = Path(__file__).resolve().parents[3]

env = environ.Env()

# Form classes are written with the model they edit: ModelForm[Person].
django_stubs_ext.monkeypatch()

# demo (default), test, or production. Production starts only when everything it needs is set.
MIH_ENV = env.str("MIH_ENV", default="demo")
if MIH_ENV not in ("demo", "test", "production"):
    raise ImproperlyConfigured(f"MIH_ENV is {MIH_ENV!r}; set it to demo, test or production.")

PRODUCTION = MIH_ENV == "production"
TESTING = MIH_ENV == "test"

if PRODUCTION:
    needed = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL")
    if missing := [name for name in needed if not env.str(name, default="")]:
        raise ImproperlyConfigured(f"MIH_ENV=production needs {', '.join(missing)} in the environment.")
