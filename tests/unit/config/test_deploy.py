"""What is handed to those who run a server says the same as the code."""

import re
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[3]
DEPLOY = REPOSITORY / "deploy"
READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"|environ\.get\("([A-Z_]+)"')


def settings_read() -> set[str]:
    """The names of every environment variable that settings and gunicorn read."""
    files = [
        *(REPOSITORY / "mih" / "config" / "settings").glob("*.py"),
        REPOSITORY / "scripts" / "gunicorn.py",
    ]
    return {a or b for file in files for a, b in READ.findall(file.read_text(encoding="utf-8"))}


def test_every_setting_is_documented() -> None:
    told = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    missing = sorted(name for name in settings_read() if f"`{name}`" not in told)
    assert missing == []


def test_no_setting_is_offered_that_nothing_reads() -> None:
    example = (DEPLOY / "production.env.example").read_text(encoding="utf-8")
    offered = set(re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE))
    assert offered <= settings_read()


def test_compose_runs_the_same_three_processes_as_the_demo() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    procfile = (REPOSITORY / "Procfile").read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+):", procfile, flags=re.MULTILINE)) <= set(services)
    assert {"database", "redis", "proxy", "migrate"} <= set(services)
    published = [name for name, service in services.items() if service.get("ports")]
    assert published == ["proxy"]


@pytest.mark.parametrize("unit", sorted(path.name for path in (DEPLOY / "systemd").glob("*.service")))
def test_units_run_unprivileged_and_read_the_settings(unit: str) -> None:
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    for line in (
        "User=mih",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "EnvironmentFile=/etc/mih/production.env",
    ):
        assert line in text


def test_the_proxy_sets_what_it_forwards() -> None:
    site = (DEPLOY / "nginx" / "mih.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-Proto https;" in site
    assert "$proxy_add_x_forwarded_for" not in site
    assert "access_log off;" in site
