"""What is wrong with an uploaded file is said in plain sentences, all of it, and nothing of it is kept."""

import json
import random
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mih.instruments.forms import form_for
from mih.instruments.intake import examine
from mih.instruments.models import UploadedFile
from mih.instruments.reading import read_definition
from mih.instruments.selectors import definition_part
from tests.web.instruments.uploads import EXAMPLE, example, in_use, uploaded, wording
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world", "noon")]


def said(source: str) -> list[str]:
    return [str(problem) for problem in examine(source).problems]


def test_the_example_of_the_documentation_is_sound() -> None:
    assert said(example()) == []


FAULTS: list[tuple[Callable[[Any], object], str]] = [
    (lambda d: d.pop("items"), "The definition has no items."),
    (lambda d: d.update(script="x"), "The definition has script, which is not part of the format."),
    (lambda d: d.pop("placement"), "The file has no placement, such as"),
    (lambda d: d["placement"].update(section="surgery"), "Placement, section must be one of screening,"),
    (lambda d: d["placement"].update(segment="secret"), "Placement, segment must be one of general,"),
    (lambda d: d["placement"].update(group=["Medical"]), "Placement, group must be one of Medical,"),
    (lambda d: d["placement"].update(timed="yes"), "Placement, timed must be true or false."),
    (lambda d: d["placement"].update(onclick="x"), "Placement has onclick, which is not part of the format."),
    (lambda d: d.update(kind="program"), 'Kind must be "instrument" or "wording".'),
    (lambda d: d.update(key="cows"), "The key cows belongs to an instrument of the program."),
    (lambda d: d.update(key="vitals"), "The key vitals is the name of a form of the program."),
    (lambda d: d.update(key="upload"), "The key upload is a word of the pages. Choose another key."),
    (lambda d: d.update(key="Warm-Handoff"), "The key 'Warm-Handoff' must be made of small letters"),
    (lambda d: d.update(version=2), "The next version of warm_handoff is 1, not 2."),
    (lambda d: d["items"][0].update(key="__proto__"), "The item '__proto__' must be made of small letters"),
    (lambda d: d["items"][1].update(label=""), "The definition, items named, label must not be empty."),
    (lambda d: d["scales"][0].update(max=7), "Scale total says 0 to 7, but its items reach 0 to 6."),
    (lambda d: d["scales"][0]["bands"][1].update({"from": 5}), "Scale total: no band covers 4."),
    (
        lambda d: d["items"][0]["options"][0].update(points=10**6),
        "The file, items 1, options 1, points is a number beyond 100000.",
    ),
    (lambda d: d["items"][2].update(decimals=3), "Item minutes: decimals must be 0 or 1."),
    (
        lambda d: d["items"][1].update(derive={"from": "mood", "unit": "x", "rungs": [{"points": 7}]}),
        "Item named: an answer can be derived from hr (the heart rate) alone.",
    ),
    (
        lambda d: d["items"][1].update(derive={"from": "hr", "unit": "/min", "rungs": [{"points": 7}]}),
        "Item named: no option has the value and points 7, which derive gives.",
    ),
    (lambda d: d["languages"].append("vi"), "There is no wording in vi for"),
    (
        lambda d: d["flags"].append(
            {
                "code": "NOBODY_HEARS",
                "level": "red",
                "text": "x",
                "when": {"item": "agrees", "op": "eq", "value": "no"},
            }
        ),
        "Alarm NOBODY_HEARS is not in the alarm catalog",
    ),
    (
        lambda d: d["flags"].append(
            {
                "code": "PHQ9_ITEM9",
                "level": "info",
                "text": "x",
                "when": {"item": "agrees", "op": "eq", "value": "no"},
            }
        ),
        "Alarm PHQ9_ITEM9 is red in the alarm catalog, not info.",
    ),
    (
        lambda d: d["examples"][1].update(total=5),
        "Example 2 says total 5, but the file scores it 6.",
    ),
    (
        lambda d: d["examples"][0].update(band="ready"),
        "Example 1 says band ready, but the file scores it not_ready.",
    ),
    (lambda d: d["examples"].append({"answers": {"mood": 1}, "total": 1}), "Example 5 answers mood,"),
    (lambda d: d.update(purpose="a\x1b[31m"), "The file, purpose holds a hidden control character."),
    (lambda d: d.update(purpose="x" * 5000), "The file, purpose is longer than 4000 characters."),
]


@pytest.mark.parametrize(("spoil", "sentence"), FAULTS, ids=[sentence for _, sentence in FAULTS])
def test_each_fault_is_named_in_a_sentence(spoil: Callable[[Any], object], sentence: str) -> None:
    found = said(example(spoil))
    assert any(sentence in each for each in found), found


@pytest.mark.parametrize("name", ["happened_at", "outcome", "language", "total", "band", "definition"])
def test_a_question_may_not_take_the_name_of_a_field_of_every_sheet(name: str) -> None:
    def rename(document: Any) -> None:
        document["items"][2]["key"] = name
        document["scales"][0]["items"][2] = name
        del document["examples"]

    assert any(f"Item {name}: every answer sheet" in each for each in said(example(rename)))


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("", "There is nothing in the file."),
        ("  \n", "There is nothing in the file."),
        ("{", "The file is not JSON:"),
        ('{"key": "a",}', "at line 1, column"),
        ("[]", "The file must be one object, in braces."),
        ('{"key": "a", "key": "b"}', "“key” stands twice in the same part of the file."),
        ('{"key": NaN}', "NaN is not a number that can be scored."),
        ('{"key": 1e999}', "1e999 is not a number that can be scored."),
        ('{"key": ' + "9" * 5000 + "}", "is not a number that can be scored."),
        ("[" * 100_000, "The file is nested too deeply."),
        ('{"a": ' * 20 + "1" + "}" * 20, "is nested deeper than 12 levels."),
        (json.dumps({"key": "x" * 200_001}), "The file is larger than 200 kB."),
        ("alert('hello')", "The file is not JSON:"),
    ],
)
def test_what_is_not_a_definition_at_all(source: str, sentence: str) -> None:
    found = said(source)
    assert any(sentence in each for each in found), found


def test_every_problem_is_named_at_once_with_its_place() -> None:
    def spoil(document: Any) -> None:
        document["items"][0].pop("text")
        document["items"][1]["type"] = "slider"
        document["scales"][0]["kind"] = "average"

    found = said(example(spoil))
    assert len(found) == 3
    lines = example(spoil).splitlines()
    named = [lines[int(each.split(":")[0].removeprefix("Line ")) - 1].strip() for each in found]
    assert named == ['"key": "agrees",', '"key": "named",', '"key": "total",']


def test_a_version_that_is_there_is_never_taken_twice(world: World) -> None:
    uploaded(world, example(), NOON)
    assert said(example(short_title="Other words")) == [
        "Version 1 of warm_handoff is here already, and a version never changes. Give this file version 2."
    ]
    assert said(example(version=2)) == []


WORDING_FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"instrument": "phq9"}, "PHQ-9 has its wording already"),
    ({"instrument": "nothing"}, "Instrument must name an instrument of this system"),
    ({"licence": " "}, "Licence must say in words under which license"),
    ({"items": {}}, "has no wording."),
    ({"items": {"q1": "Text"}}, "Item q1 must be an object with an English wording, en."),
    ({"version": 3}, "The next version of dast10 is 1, not 3."),
    ({"version": "1"}, "Version must be a whole number from 1."),
    ({"colour": 1}, "The wording has colour, which is not part of the format."),
]


@pytest.mark.parametrize(("top", "sentence"), WORDING_FAULTS, ids=[text for _, text in WORDING_FAULTS])
def test_each_fault_of_a_wording_is_named(top: dict[str, Any], sentence: str) -> None:
    assert said(wording()) == []
    found = said(wording(**top))
    assert any(sentence in each for each in found), found


def test_a_wording_brings_a_language_whole_or_not_at_all(world: World) -> None:
    document = json.loads(wording())
    document["items"]["q1"]["es"] = "¿Inventada?"
    found = said(json.dumps(document))
    assert any("Give all or none" in each for each in found), found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), cuts=st.integers(1, 6))
def test_a_file_with_anything_changed_is_refused_in_sentences_or_works(seed: int, cuts: int) -> None:
    """Whatever is done to a file, examining it never breaks; what it lets pass can be shown and scored."""
    chance = random.Random(seed)
    document: Any = deepcopy(EXAMPLE)
    for _ in range(cuts):
        _spoil(document, chance)
    source = json.dumps(document)
    found = examine(source)
    if found.problems:
        assert all(
            problem.sentence.endswith((".", "…")) or "“" in problem.sentence for problem in found.problems
        )
        return
    known = read_definition(definition_part(json.loads(source)))
    form = form_for(known)({item.key: chance.choice(["", "yes", "0", "2", "31"]) for item in known.items})
    form.is_valid()
    assert form.result().total is None or known.has_total


def _spoil(document: Any, chance: random.Random) -> None:
    part = document
    while True:
        places = list(part.keys()) if isinstance(part, dict) else list(range(len(part)))
        if not places:
            return
        place = chance.choice(places)
        inner = part[place]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
            part = inner
            continue
        match chance.randrange(4):
            case 0:
                del part[place]
            case 1:
                part[place] = chance.choice(
                    [None, True, 0, -1, 3.5, "", "x", [], {}, [1], {"en": "x"}, "en", 99999]
                )
            case 2 if isinstance(part, list):
                part.append(deepcopy(inner))
            case _:
                part[place] = [inner]
        return


def test_a_refused_file_leaves_nothing(world: World) -> None:
    in_use(world, example(), NOON)
    assert UploadedFile.objects.count() == 1
    assert said(example())
    assert UploadedFile.objects.count() == 1
