"""The sealed file of a tablet that can no longer send is taken in by a command, and by it alone."""

from io import StringIO
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from mih.accounts.models import Device
from mih.core.ids import uuid7
from mih.encounters.models import Narrative
from mih.field.models import Envelope, Outcome
from tests.field.client import Author, Sealed, framed

pytestmark = pytest.mark.django_db


def saved(file: Path, sealed: list[Sealed]) -> Path:
    file.write_bytes(framed([one.parts for one in sealed]))
    return file


def taken(file: Path, tablet: str = "Tablet 7") -> str:
    out = StringIO()
    call_command("take_sealed_file", file, tablet=tablet, stdout=out)
    return out.getvalue()


def test_everything_in_it_is_filed_in_its_authors_name_and_once(
    pat: Author, encounter: UUID, tmp_path: Path
) -> None:
    record, texts = uuid7(), [None, *(f"Said {number} times." for number in range(60))]
    sealed = [
        pat.patch(encounter, "narrative", record, {"text": text}, base={"text": before})
        for before, text in pairwise(texts)
    ]
    file = saved(tmp_path / "tablet.mih", sealed)
    first = taken(file)
    assert first.startswith("60 pieces of work from Tablet 7.")
    assert f"60  {Outcome.APPLIED.label}" in first
    assert Narrative.objects.get(author=pat.staff).text == "Said 59 times."
    assert pat.tablet.device is not None
    assert set(Envelope.objects.values_list("uploader", flat=True)) == {pat.tablet.device.pk}
    version = Narrative.objects.get().version
    again = taken(file)
    assert "60  Known already" in again
    assert Narrative.objects.get().version == version


def test_what_cannot_be_filed_is_said_to_wait_for_a_supervisor(
    pat: Author, encounter: UUID, tmp_path: Path
) -> None:
    strange = pat.seal("draft.dance", {}, encounter=encounter)
    told = taken(saved(tmp_path / "tablet.mih", [strange]))
    assert f"1  {Outcome.QUARANTINED.label}" in told
    assert "/quarantine/" in told


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (None, "Tablet 7", "cannot be read"),
        (b"%PDF-1.7", "Tablet 7", "no sealed file"),
        (framed([]) + b"\x00", "Tablet 7", "Nothing was taken in"),
        (framed([]), "Tablet 99", "No tablet is called"),
        (framed([]), "Twin", "More than one tablet"),
    ],
    ids=["gone", "another kind", "cut off", "nobody's", "twins"],
)
def test_a_wrong_file_or_tablet_is_told_in_a_sentence(
    pat: Author, tmp_path: Path, content: bytes | None, name: str, word: str
) -> None:
    for _ in range(2):
        Device.objects.create(name="Twin")
    file = tmp_path / "tablet.mih"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=word):
        taken(file, name)
    assert not Envelope.objects.exists()
