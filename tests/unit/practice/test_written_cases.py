"""The written cases come out exactly, through the public API, and leave nothing behind."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from mih.accounts.models import Programme, Staff, Unit
from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.encounters.models import Encounter
from mih.followups.models import ContactDue
from mih.people.models import Person
from mih.practice.case import read
from mih.practice.forms_list import as_markdown
from mih.practice.player import Player
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document
from mih.protocols.services import load_defaults, propose, sign

CASES = sorted((Path(__file__).resolve().parents[3] / "docs" / "practice").glob("*.yaml"))

S01 = next(file for file in CASES if file.stem == "s01")


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_written_case_comes_out_exactly(db: None, file: Path) -> None:
    out = StringIO()
    call_command("practice", file, stdout=out)
    report = json.loads(out.getvalue())
    assert report["unexpected"] == []
    assert (Person.objects.count(), Encounter.objects.count(), ContactDue.objects.count()) == (0, 0, 0)


def _an_agency_at_work(director: Staff) -> None:
    """Every policy signed; a change of one signed for tomorrow, and another one that waits for its signature."""
    long_since = datetime(2026, 1, 5, tzinfo=UTC)
    for protocol in load_defaults(by=director, at=long_since):
        if protocol.needs_signature:
            sign(protocol=protocol, by=director, at=long_since)
    document = default_document("buprenorphine")
    document["values"]["cows_min"]["value"] += 1
    coming = propose(key="buprenorphine", document=document, by=director)
    tomorrow = clock.now() + timedelta(days=1)
    sign(protocol=coming, by=director, at=clock.now(), effective_from=tomorrow)
    propose(key="buprenorphine", document=document, by=director)


@pytest.mark.parametrize("stem", ["s01", "s07"])
def test_a_case_comes_out_alike_where_policies_were_signed_and_changed(db: None, stem: str) -> None:
    with acting(SYSTEM):
        director = Staff.objects.create(username="dirk", role="medical_director")
        _an_agency_at_work(director)
    before = list(Protocol.objects.order_by("pk").values())
    file = next(file for file in CASES if file.stem == stem)
    programme = Programme.objects.create(code="X", name="In use")
    Unit.objects.create(call_sign="PRACTICE-1", programme=programme)
    taken = str(read(file, zone=settings.AGENCY_ZONE).unit.get("call_sign", "PRACTICE-2"))
    Unit.objects.create(call_sign=taken, programme=programme)
    out = StringIO()
    call_command("practice", file, stdout=out)
    assert json.loads(out.getvalue())["unexpected"] == []
    assert list(Protocol.objects.order_by("pk").values()) == before


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
