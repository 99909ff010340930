"""A minor's forms are saved at any time and signed only on a basis that opens their care."""

import pytest

from mih.crisis.models import MinorConsent
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from tests.web.api.crisis_steps import AT, alarms, codes, fill, gaps
from tests.world import World

MISSING = "MINOR_CONSENT_MISSING"
WRITTEN = {
    "basis": "parent_written",
    "given_by": "Ann Sample, mother",
    "given_at": AT,
    "signature": {"status": "signed", "name": "Ann Sample"},
}
WHOLE = {
    "parent_written": WRITTEN,
    "guardian_dhs": WRITTEN | {"basis": "guardian_dhs", "given_by": "DHS worker Lee"},
    "court": {"basis": "court", "order_number": "County court, JV-12"},
    "emergency_exception": {"basis": "emergency_exception", "emergency": "Has swallowed tablets"},
    "self_sud_2602": {"basis": "self_sud_2602", "self_reason": "Asks for help with alcohol"},
    "parent_verbal_pending": {
        "basis": "parent_verbal_pending",
        "given_by": "Ann Sample, mother",
        "given_at": AT,
    },
}
OPENS = {
    "parent_written": {"mental_health", "sud"},
    "guardian_dhs": {"mental_health", "sud"},
    "court": {"mental_health", "sud"},
    "emergency_exception": {"mental_health", "sud"},
    "self_sud_2602": {"sud"},
    "parent_verbal_pending": set(),
}
CARE = {
    "mental_health": ("clinical", {"presenting_problem": "Sad"}),
    "sud": ("audit_c", {"q1": "2", "q2": "1", "q3": "1"}),
}


def seen(world: World, age: int, care: str) -> Encounter:
    response = world.response(person=world.person(estimated_age=age))
    form, values = CARE[care]
    fill(world, response, form, values)
    return response


@pytest.mark.parametrize("care", CARE)
@pytest.mark.parametrize("basis", WHOLE)
def test_what_each_basis_opens(world: World, noon: object, basis: str, care: str) -> None:
    response = seen(world, 16, care)
    assert MISSING in alarms(response)
    assert MISSING in codes(response)
    fill(world, response, "minor_consent", WHOLE[basis])
    assert gaps(response, "minor_consent") - {"basis"} == set()
    assert (MISSING in alarms(response)) is (care not in OPENS[basis])
    assert (MISSING in codes(response)) is (care not in OPENS[basis])


def test_an_adult_and_somebody_of_unknown_age_need_none(world: World, noon: object) -> None:
    assert MISSING not in alarms(seen(world, 18, "mental_health"))
    unknown = world.response(person=world.person())
    fill(world, unknown, "clinical", {"presenting_problem": "Sad"})
    assert MISSING not in alarms(unknown)


def test_first_aid_needs_none(world: World, noon: object) -> None:
    response = world.response(person=world.person(estimated_age=15))
    fill(world, response, "vitals", {"hr": 88}, by=world.paramedic)
    assert MISSING not in alarms(response)


def test_a_parents_word_keeps_the_alarm_until_it_is_in_writing(world: World, noon: object) -> None:
    response = seen(world, 16, "mental_health")
    word = WHOLE["parent_verbal_pending"]
    record = fill(world, response, "minor_consent", word)["record"]
    assert MISSING in alarms(response)
    later = {"basis": "parent_written", "on_paper": True}
    fill(world, response, "minor_consent", later, record=record, base=word, version=1)
    assert MISSING not in alarms(response)


@pytest.mark.parametrize(
    ("basis", "field"),
    [
        ("parent_written", "given_by"),
        ("parent_written", "given_at"),
        ("parent_written", "signature"),
        ("emergency_exception", "emergency"),
        ("self_sud_2602", "self_reason"),
        ("court", "order_number"),
    ],
)
def test_each_basis_asks_its_own_questions(world: World, noon: object, basis: str, field: str) -> None:
    response = seen(world, 16, "mental_health")
    fill(
        world,
        response,
        "minor_consent",
        {name: value for name, value in WHOLE[basis].items() if name != field},
    )
    assert field in gaps(response, "minor_consent")


def test_printed_once(world: World, noon: object) -> None:
    response = seen(world, 16, "mental_health")
    fill(world, response, "minor_consent", WRITTEN)
    rows = registry["minor_consent"].rows(MinorConsent.objects.get())
    assert len(rows) == len({label for label, _ in rows}) == len(WRITTEN)
