"""Production starts only when it has been told everything, and then passes Django's own deployment checks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
COMPLETE = {
    "MIH_ENV": "production",
    "SECRET_KEY": "a-key-of-the-checks-alone-5yQ8vH2nXr4tKz7wLb3mPd9s",
    "ALLOWED_HOSTS": "mih.example.org",
    "DATABASE_URL": "postgresql://mih@localhost/mih",
    "REDIS_URL": "redis://localhost",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in COMPLETE}
    kept["DJANGO_SETTINGS_MODULE"] = "mih.config.settings"
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=REPOSITORY,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"])
def test_what_is_missing_is_named(name: str) -> None:
    result = manage("check", **{key: value for key, value in COMPLETE.items() if key != name})

    assert result.returncode != 0
    assert f"MIH_ENV=production needs {name}" in result.stderr


def test_an_unknown_environment_is_refused() -> None:
    result = manage("check", MIH_ENV="prodution")
    assert result.returncode != 0
    assert "set it to demo, test or production" in result.stderr


def test_production_uses_the_addresses_it_was_given() -> None:
    result = manage(
        "shell",
        "--no-imports",
        "-c",
        "from django.conf import settings as s; "
        "print(s.DATABASES['default']['ENGINE'], s.CELERY_BROKER_URL, s.SESSION_COOKIE_SECURE, s.DEBUG)",
        **COMPLETE,
        DEBUG="true",
    )
    assert result.stdout.split() == ["mih.core.postgresql", "redis://localhost", "True", "False"]
