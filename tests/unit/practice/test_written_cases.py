"""The written cases come out exactly, through the public API, and leave nothing behind."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mih.encounters.models import Encounter
from mih.followups.models import ContactDue
from mih.people.models import Person
from mih.practice.case import read
from mih.practice.forms_list import as_markdown
from mih.practice.player import Player

CASES = sorted((Path(__file__).resolve().parents[3] / "docs" / "practice").glob("*.yaml"))

S01 = next(file for file in CASES if file.stem == "s01")


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_written_case_comes_out_exactly(db: None, file: Path) -> None:
    out = StringIO()
    call_command("practice", file, stdout=out)
    report = json.loads(out.getvalue())
    assert report["unexpected"] == []
    assert (Person.objects.count(), Encounter.objects.count(), ContactDue.objects.count()) == (0, 0, 0)


def test_a_wrong_expectation_is_told(db: None, tmp_path: Path) -> None:
    case = tmp_path / "wrong.yaml"
    case.write_text(S01.read_text(encoding="utf-8").replace("total: 17", "total: 18"), encoding="utf-8")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("practice", case, check=True, stdout=out)
    assert any("18" in line for line in json.loads(out.getvalue())["unexpected"])


HEAD = "case: X\nstart: 2027-01-12 13:00\nstaff: {pat: {role: paramedic}}\nsteps:\n"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("case: X\nsteps: [{do: sign}]\n", "staff"),
        (HEAD + "  - {do: dance}\n", "dance"),
        (HEAD + "  - {do: wait, at: '12:00'}\n", "forward"),
        (HEAD + "  - {do: wait, by: nobody}\n", "nobody"),
        (HEAD + "  - {do: wait, at: soon}\n", "soon"),
        (HEAD.replace("paramedic", "wizard") + "  - {do: wait}\n", "wizard"),
        ("{", "YAML"),
    ],
)
def test_a_mistake_in_a_file_is_told_in_one_sentence(db: None, tmp_path: Path, text: str, word: str) -> None:
    case = tmp_path / "case.yaml"
    case.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=word):
        call_command("practice", case, stdout=StringIO())


def test_the_real_queue_is_not_touched_by_a_case(db: None, tmp_path: Path) -> None:
    report = Player(read(S01, zone="America/Chicago")).play()
    assert report["responses"]["response 1"]["follow_up"]
    assert not ContactDue.objects.exists()


def test_the_list_of_forms_is_true(db: None) -> None:
    written = (S01.parents[1] / "practice-forms.md").read_text(encoding="utf-8")
    assert written == as_markdown(), (
        "Write it anew: manage.py practice --forms --markdown > docs/practice-forms.md"
    )
