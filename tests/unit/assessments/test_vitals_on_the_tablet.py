"""The tablet judges vital signs as the server does: same sentences, same alarms, same conversion, set by set."""

import json
import random
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from mih.assessments import limits
from mih.assessments.forms.vitals import TemperatureReading
from mih.assessments.models import VitalSigns
from mih.assessments.onscene.vitals import VitalSet
from mih.assessments.readings import as_vitals
from mih.core import clock
from mih.field.vital_entry import limits_data
from mih.instruments.catalogue import document
from mih.protocols.policy import Policy
from tests.conftest import REPOSITORY

POLICY = Policy.default("vitals_limits")
POLICIES = {
    "vitals_limits": POLICY,
    "assessments": Policy.default("assessments"),
    "alarms": Policy.default("alarms"),
}
NOW = datetime(2027, 1, 12, 19, 15, tzinfo=UTC)
SETS = 1500
CONTEXTS: list[dict[str, object]] = [{"age": 40}, {}, {"age": 12}, {"age": 30, "pregnant": True}]


def edges(name: str) -> list[int]:
    """Every number around which a field's judgement changes, and the neighbors of each."""
    limit = POLICY[name]
    marks = {0, *limit["hard"], *[mark for mark in limit.get("warn", ()) if mark is not None]}
    marks |= {mark for mark in limit.get("critical", {}).values() if isinstance(mark, (int, float))}
    return sorted({int(mark) + step for mark in marks for step in (-1, 0, 1) if int(mark) + step >= 0})


def one_set(chance: random.Random) -> dict[str, Any]:
    """A set with any of the readings, often at an edge."""

    def reading(name: str) -> int | None:
        if chance.random() < 0.25:
            return None
        return chance.choice(edges(name))

    found: dict[str, Any] = {
        name: reading(name) for name in ("sbp", "dbp", "hr", "spo2", "rr", "etco2", "pain")
    }
    found["glucose"] = chance.choice([None, "High", "Low", *edges("glucose")])
    tenths = chance.choice(
        [None, 249, 250, 320, 321, 350, 351, 355, 360, 361, 380, 385, 386, 390, 391, 400, 450, 451]
    )
    found["temp"] = None if tenths is None else tenths / 10
    found["o2_flow"] = chance.choice([None, 0, 2, 25, 26])
    for name, most in (("gcs_eye", 4), ("gcs_verbal", 5), ("gcs_motor", 6)):
        found[name] = chance.choice([None, 1, most, most])
    found["avpu"] = chance.choice([None, "A", "A", "V", "P", "U"])
    if found["dbp"] is None and found["sbp"] is not None and chance.random() < 0.3:
        found["dbp"] = "P"
    return found


def stored(found: dict[str, Any], around: dict[str, Any]) -> VitalSigns:
    """The set as the server keeps it, unsaved."""
    word = found["glucose"] if isinstance(found["glucose"], str) else ""
    palpated = found["dbp"] == "P"
    columns = found | {
        "glucose": None if word else found["glucose"],
        "glucose_word": word,
        "dbp": None if palpated else found["dbp"],
        "bp_method": "palpated" if palpated else "",
        "avpu": found["avpu"] or "",
        "temp": None if found["temp"] is None else Decimal(str(found["temp"])),
    }
    return VitalSigns(
        pk=uuid4(),
        happened_at=NOW,
        on_oxygen=around["onOxygen"],
        new_confusion=around["newConfusion"],
        scale2_ordered=around["scale2"],
        **columns,
    )


def judged_here(entry: VitalSigns, context: dict[str, object]) -> dict[str, Any]:
    """What the server says."""
    found = limits.check(as_vitals(entry), POLICY, now=NOW)
    across = [each for each in found.errors if each.code == "DBP_NOT_BELOW_SBP"]
    said = [*found.errors, *found.to_confirm, *found.critical, *found.prompts]
    person = SimpleNamespace(age_on=lambda _: context.get("age"), sex="")
    medical = SimpleNamespace(pregnant=context.get("pregnant"))
    picture: Any = SimpleNamespace(
        policies=POLICIES,
        person=person,
        encounter=SimpleNamespace(on_scene_at=NOW, created_at=NOW),
        one=lambda _: medical,
        worked_out={},
    )
    due = {each.code: each.detail for each in VitalSet().alarms(entry, picture)}
    return {
        "findings": sorted([each.level, each.sentence] for each in said if each not in across),
        "pressure": across[0].sentence if across else "",
        "alarms": due,
    }


def judged_there(lines: list[list[Any]], context: dict[str, object]) -> list[dict[str, Any]]:
    """What the browser's code says."""
    scoring = {
        "limits": limits_data(POLICY),
        "gcs": document("gcs"),
        "news2": document("news2"),
        "context": context,
    }
    done = subprocess.run(
        [REPOSITORY / ".venv" / "bin" / "node", REPOSITORY / "tests" / "js" / "vitals-batch.ts"],
        input="\n".join(json.dumps(line) for line in [scoring, *lines]),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for answer in answers:
        answer["findings"] = sorted(answer["findings"])
    return answers


@pytest.mark.parametrize("context", CONTEXTS, ids=str)
def test_generated_sets_are_judged_alike(context: dict[str, object]) -> None:
    chance = random.Random(20270112)
    lines: list[list[Any]] = []
    for _ in range(SETS):
        around = {
            "onOxygen": chance.choice([None, None, True, False]),
            "newConfusion": chance.choice([None, None, True, False]),
            "scale2": chance.random() < 0.2,
        }
        lines.append([one_set(chance), around, "13:15", ""])
    with clock.fixed(NOW):
        here = [judged_here(stored(found, around), context) for found, around, _, _ in lines]
    there = judged_there(lines, context)
    for line, mine, theirs in zip(lines, here, there, strict=True):
        del theirs["celsius"]
        assert theirs == mine, line
    assert {code for each in here for code in each["alarms"]} >= {
        "RR_CRIT",
        "SPO2_CRIT",
        "GLU_CRIT",
        "BP_WARN",
    }


@pytest.mark.parametrize(
    ("typed", "celsius"),
    [
        ("98.6", "37.0"),
        ("98,6", "37.0"),
        ("98.6F", "37.0"),
        ("98.6 °f", "37.0"),
        ("37", "37.0"),
        ("37,2 C", "37.2"),
        ("36.85", "36.9"),
        ("77", "25.0"),
        ("113", "45.0"),
        ("98.", "36.7"),
    ],
)
@pytest.mark.django_db
def test_a_temperature_is_read_alike(typed: str, celsius: str) -> None:
    around = {"onOxygen": None, "newConfusion": None, "scale2": False}
    blank = dict.fromkeys(("sbp", "dbp", "hr", "spo2", "rr"))
    (there,) = judged_there([[blank, around, "", typed]], {})
    assert Decimal(str(there["celsius"])) == Decimal(celsius)
    assert TemperatureReading("Temperature").clean(typed) == Decimal(celsius)
