"""Each dependency is there for one stated reason, and the lock names no place to download from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LINE = re.compile(r'^\s*"(?P<requirement>[A-Za-z][^"]*)",\s*#\s*(?P<reason>\S.*)$')


def declared() -> list[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    return [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]


def reasons() -> dict[str, str]:
    lines = (REPOSITORY / "pyproject.toml").read_text().splitlines()
    return {found["requirement"]: found["reason"] for line in lines if (found := LINE.match(line))}


@pytest.mark.parametrize("requirement", declared())
def test_every_dependency_states_its_reason(requirement: str) -> None:
    assert len(reasons().get(requirement, "").split()) >= 2, f"{requirement} has no reason beside it"


def test_every_dependency_is_locked_with_hashes() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text()
    pinned = {
        match[1].lower()
        for match in re.finditer(r"^([A-Za-z0-9._-]+)==\S+.*\\\n\s+--hash=sha256:", lock, re.MULTILINE)
    }
    wanted = {re.split(r"[\[<>=!~ ]", requirement)[0].lower() for requirement in declared()}
    assert wanted <= pinned


@pytest.mark.parametrize("name", ["requirements.lock", "package-lock.json", "package.json", "pyproject.toml"])
def test_no_file_names_a_place_to_download_from(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    if name == "package-lock.json":
        # Where a package's makers ask for money or keep their page is no download address.
        text = json.dumps([{**entry, "funding": ""} for entry in json.loads(text)["packages"].values()])
    assert "://" not in text
    assert "file:" not in text
