"""Hand-worked answer sheets: every band edge, every alarm, and the values of the scenarios."""

from typing import Any

import pytest

from mih.instruments.catalogue import definition
from mih.instruments.engine import score
from tests.unit.instruments.support import KEYS, brief, vectors


@pytest.mark.parametrize(
    ("instrument", "version", "vector"),
    [
        pytest.param(key, version, vector, id=f"{key}.v{version}: {vector['name']}")
        for key, version, vector in vectors()
    ],
)
def test_scores_as_worked_by_hand(instrument: str, version: int, vector: dict[str, Any]) -> None:
    result = brief(score(definition(instrument, version), vector["answers"], vector.get("context")).as_json())
    assert {field: result[field] for field in vector["expect"]} == vector["expect"]


@pytest.mark.parametrize("key", KEYS)
def test_every_band_and_alarm_has_a_vector(key: str) -> None:
    instrument = definition(key)
    expected = [
        vector["expect"]
        for name, version, vector in vectors()
        if (name, version) == (key, instrument.version)
    ]
    bands = {band.key for band in instrument.scale(instrument.primary).bands}
    assert {one.get("band") for one in expected} - {None} == bands
    assert {code for one in expected for code in one.get("flags", [])} == {f.code for f in instrument.flags}
    assert {note for one in expected for note in one.get("notes", [])} == {n.key for n in instrument.notes}
