"""Instruments through the API: the written cases' scores, locked items, refusals, follow-up screens, facts."""

from datetime import timedelta
from typing import Any

import pytest

from mih.assessments.models import InstrumentAnswers
from mih.audit.context import SYSTEM, acting
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Incident
from mih.encounters.picture import load
from mih.encounters.registry import registry
from mih.encounters.services import signing
from mih.instruments import catalogue
from tests.world import NOON, World

COWS_1 = {
    "pulse": 2,
    "sweating": 2,
    "restlessness": 3,
    "pupils": 2,
    "aches": 1,
    "nose": 2,
    "gi": 2,
    "tremor": 1,
    "yawning": 1,
    "anxiety": 1,
    "gooseflesh": 0,
}
COWS_2 = {
    "pulse": 1,
    "sweating": 1,
    "restlessness": 0,
    "pupils": 1,
    "aches": 0,
    "nose": 1,
    "gi": 1,
    "tremor": 0,
    "yawning": 0,
    "anxiety": 1,
    "gooseflesh": 0,
}
COWS_S05 = {
    "pulse": 1,
    "sweating": 1,
    "restlessness": 1,
    "pupils": 1,
    "aches": 1,
    "nose": 0,
    "gi": 1,
    "tremor": 0,
    "yawning": 0,
    "anxiety": 0,
    "gooseflesh": 0,
}
NO_RISK = {"q1": "no", "q2": "no", "q6": "no"}


def numbered(answers: list[int], **more: Any) -> dict[str, Any]:
    return {f"q{number}": value for number, value in enumerate(answers, 1)} | more


def fill(world: World, response: Encounter, form: str, values: dict[str, Any], **more: Any) -> Any:
    more.setdefault("happened_at", NOON)
    answer = world.fill(response, form, values, **more)
    assert answer.status_code == 200, answer.data
    return answer.data


def gaps(world: World, response: Encounter) -> set[str]:
    return {gap.code for gap in load(response).gaps}


def alarms(response: Encounter) -> set[str]:
    return {alarm.code for alarm in load(response).alarms}


@pytest.mark.parametrize(
    ("form", "values", "sex", "total", "band"),
    [
        ("cows", COWS_1, "male", 17, "moderate"),
        ("cows", COWS_2, "male", 6, "mild"),
        ("cows", COWS_S05, "male", 6, "mild"),
        ("phq9", numbered([1, 2, 2, 2, 1, 2, 1, 1, 0], difficulty="very"), "female", 12, "moderate"),
        ("phq9", numbered([2, 3, 2, 2, 1, 2, 1, 0, 1]), "male", 14, "moderate"),
        ("phq2", numbered([1, 2]), "female", 3, "positive"),
        ("gad7", numbered([2, 2, 2, 2, 1, 1, 1]), "female", 11, "moderate"),
        ("gad7", numbered([3, 3, 2, 2, 2, 1, 2]), "female", 15, "severe"),
        ("audit_c", numbered([1, 0, 0]), "female", 1, "negative"),
        ("audit_c", numbered([1, 1, 1]), "female", 3, "positive"),
        ("audit_c", numbered([1, 1, 1]), "male", 3, "negative"),
        ("pc_ptsd_5", {"gate": "no"}, "female", 0, "negative_gate"),
        ("cssrs_screener", NO_RISK, "female", None, "none"),
        ("cssrs_screener", {"q1": True, "q2": False, "q6": False}, "female", None, "low"),
    ],
)
def test_the_scores_of_the_written_cases(
    world: World,
    noon: object,
    form: str,
    values: dict[str, Any],
    sex: str,
    total: int | None,
    band: str,
) -> None:
    response = world.response(person=world.person(estimated_age=30, sex=sex))
    if "difficulty" in values:
        options = registry["phq9"].fields()["difficulty"].item.options  # type: ignore[attr-defined]
        values = values | {"difficulty": options[2].value}
    found = fill(world, response, form, values)["values"]
    assert (found["total"], found["band"]) == (total, band)
    entry = InstrumentAnswers.objects.get()
    assert (entry.total, entry.band, entry.instrument, entry.definition_version) == (
        total,
        band,
        form,
        catalogue.versions(form)[-1],
    )
    score = load(response).facts.of(form)[0]
    assert (score.status, score.total, score.band) == ("complete", total, band)


@pytest.mark.parametrize(("values", "signs"), [(COWS_1, 6), (COWS_S05, 0)])
def test_objective_signs_are_counted_by_the_protocol(
    world: World, noon: object, values: dict[str, int], signs: int
) -> None:
    response = world.response()
    fill(world, response, "cows", values)
    assert load(response).facts.of("cows")[0].result["objective_signs"] == signs


@pytest.mark.parametrize(
    ("form", "item", "wrong", "right", "words"),
    [
        ("cows", "pulse", 3, 2, "Resting pulse: 3 is not a COWS score. Choose 0, 1, 2 or 4."),
        ("cows", "gooseflesh", 1, 3, "1 is not a COWS score"),
        ("phq9", "q1", 4, 3, "4 is not a PHQ-9 score"),
        ("cssrs_screener", "q1", "maybe", "yes", "maybe is not one of the choices"),
    ],
)
def test_an_answer_that_is_no_option_is_refused_with_the_engines_sentence(
    world: World, noon: object, form: str, item: str, wrong: Any, right: Any, words: str
) -> None:
    response, record = world.response(), uuid7()
    refused = world.fill(response, form, {item: wrong}, record=record)
    assert refused.status_code == 400
    assert words in str(refused.data["errors"][0]["detail"])
    assert refused.data["errors"][0]["attr"] == item
    assert not InstrumentAnswers.objects.exists()
    assert fill(world, response, form, {item: right}, record=record)["values"][item] == right


def test_a_score_is_never_made_of_part_of_the_answers(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, "gad7", numbered([3, 3, 3]), record=record)
    assert InstrumentAnswers.objects.get().total is None
    assert load(response).facts.of("gad7") == []
    assert "incomplete" in gaps(world, response)
    fill(world, response, "gad7", {"q4": 0, "q5": 0, "q6": 0, "q7": 0}, record=record, version=1)
    assert InstrumentAnswers.objects.get().total == 9
    assert "incomplete" not in gaps(world, response)
    fill(world, response, "gad7", {"q4": None}, record=record, base={"q4": 0}, version=2)
    assert InstrumentAnswers.objects.get().total is None


def test_the_pulse_item_follows_the_nearest_heart_rate(world: World, noon: object) -> None:
    response, vitals = world.response(person=world.person()), uuid7()
    rest = {name: points for name, points in COWS_1.items() if name != "pulse"}
    fill(world, response, "vitals", {"hr": 84}, happened_at=NOON - timedelta(minutes=25))
    fill(world, response, "vitals", {"hr": 112}, record=vitals, happened_at=NOON - timedelta(minutes=5))
    found = fill(world, response, "cows", rest)["values"]
    assert (found["total"], found["derived"]["pulse"]["points"]) == (17, 2)
    assert found["derived"]["pulse"]["reading"] == 112
    fill(world, response, "vitals", {"hr": 125}, record=vitals, base={"hr": 112}, version=1)
    assert InstrumentAnswers.objects.get().total == 19
    gone = world.client(world.paramedic).delete(f"/api/encounters/{response.pk}/entries/vitals/{vitals}/")
    assert gone.status_code == 204
    assert InstrumentAnswers.objects.get().total == 16


def test_a_heart_rate_from_another_hour_does_not_lock_the_pulse(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "vitals", {"hr": 84}, happened_at=NOON - timedelta(minutes=31))
    assert fill(world, response, "cows", COWS_1)["values"]["derived"] == {}
    assert InstrumentAnswers.objects.get().total == 17


def test_a_locked_pulse_is_overridden_only_with_a_reason(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, "vitals", {"hr": 112})
    fill(world, response, "cows", COWS_1 | {"pulse": 0}, record=record)
    assert InstrumentAnswers.objects.get().total == 17
    assert "override_reason" in gaps(world, response)
    fill(
        world, response, "cows", {"override_reason": "Had just climbed the stairs"}, record=record, version=1
    )
    assert InstrumentAnswers.objects.get().total == 15
    assert "override_reason" not in gaps(world, response)
    printed = dict(registry["cows"].rows(InstrumentAnswers.objects.get()))
    assert printed["Why the measured value is not used"] == "Had just climbed the stairs"
    assert "measured 112/min" in printed["Resting pulse"]


def test_repeated_cows_are_two_scores_and_a_second_phq9_is_the_first_one(world: World, noon: object) -> None:
    response = world.response()
    fill(world, response, "cows", COWS_1, happened_at=NOON - timedelta(minutes=60))
    fill(world, response, "cows", COWS_2)
    assert [score.total for score in load(response).facts.of("cows")] == [17, 6]
    fill(world, response, "phq9", {"q1": 1})
    assert world.fill(response, "phq9", {"q1": 2}).status_code == 409


@pytest.mark.parametrize(
    ("answers", "tier", "alarm"),
    [
        (
            {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "no"},
            "moderate",
            "CSSRS_MODERATE",
        ),
        ({"q1": "yes", "q2": "no", "q6": "yes", "q6_recent": "no"}, "moderate", "CSSRS_MODERATE"),
        ({"q1": "yes", "q2": "yes", "q3": "no", "q4": "yes", "q5": "no", "q6": "no"}, "high", "CSSRS_HIGH"),
        ({"q1": "no", "q2": "no", "q6": "yes", "q6_recent": "yes"}, "high", "CSSRS_HIGH"),
        ({"q1": "yes", "q2": "no", "q6": "no"}, "low", None),
        (NO_RISK, "none", None),
    ],
)
def test_the_suicide_screen_gives_the_tier_and_its_alarm(
    world: World, noon: object, answers: dict[str, str], tier: str, alarm: str | None
) -> None:
    response = world.response(person=world.person())
    fill(world, response, "cssrs_screener", answers, by=world.navigator)
    assert load(response).facts.screened_tier == tier
    assert alarms(response) == ({alarm} if alarm else set())


def test_a_grave_answer_counts_before_the_screen_is_finished_and_after_it_is_refused(
    world: World, noon: object
) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, "cssrs_screener", {"q1": "yes", "q2": "yes", "q4": "yes"}, record=record)
    assert (load(response).facts.tier, alarms(response)) == ("high", {"CSSRS_HIGH"})
    fill(
        world,
        response,
        "cssrs_screener",
        {"outcome": "refused"},
        record=record,
        base={"outcome": "answered"},
        version=1,
    )
    assert (load(response).facts.tier, alarms(response)) == ("high", {"CSSRS_HIGH"})


def test_thoughts_of_self_harm_stay_red_until_a_screen_is_whole(world: World, noon: object) -> None:
    response, screen = world.response(person=world.person()), uuid7()
    fill(world, response, "phq9", numbered([2, 3, 2, 2, 1, 2, 1, 0, 1]))
    assert "PHQ9_ITEM9" in alarms(response)
    fill(world, response, "cssrs_screener", {"q1": "yes", "q2": "yes", "q3": "yes"}, record=screen)
    assert "PHQ9_ITEM9" in alarms(response)
    rest = {"q4": "no", "q5": "no", "q6": "yes", "q6_recent": "no"}
    fill(world, response, "cssrs_screener", rest, record=screen, version=1)
    assert alarms(response) == {"CSSRS_MODERATE"}


def test_no_alarm_without_thoughts_of_self_harm(world: World, noon: object) -> None:
    response = world.response(person=world.person(sex="female"))
    fill(world, response, "phq9", numbered([1, 2, 2, 2, 1, 2, 1, 1, 0]))
    fill(world, response, "audit_c", numbered([1, 0, 0]))
    assert alarms(response) == set()


def test_positive_screens_raise_their_information_alarms(world: World, noon: object) -> None:
    response = world.response(person=world.person(sex="female"))
    fill(world, response, "audit_c", numbered([2, 1, 1]))
    fill(world, response, "pc_ptsd_5", {"gate": "yes"} | numbered(["yes", "yes", "yes", "yes", "no"]))  # type: ignore[list-item]
    fill(world, response, "gad7", numbered([2, 2, 2, 2, 1, 1, 1]))
    assert alarms(response) == {"AUDITC_POS", "PTSD_POS"}
    flags = {code for score in load(response).facts.scores for code in score.flags}
    assert "GAD7_POS" in flags


def test_a_score_follows_what_is_learned_of_the_person(world: World, noon: object) -> None:
    person = world.person(sex="")
    response = world.response(person=person)
    fill(world, response, "audit_c", numbered([1, 1, 1]))
    assert InstrumentAnswers.objects.get().band == "positive"
    fill(world, response, "person", {"sex": "male"}, record=person.pk, version=1)
    assert InstrumentAnswers.objects.get().band == "negative"
    assert alarms(response) == set()


def test_a_score_made_before_the_person_was_named_is_made_anew(world: World, noon: object) -> None:
    response, record = world.response(), uuid7()
    fill(world, response, "audit_c", numbered([1, 1, 1]), record=record)
    person = world.person(sex="male")
    named = world.client(world.paramedic).post(
        f"/api/encounters/{response.pk}/person/", {"person": str(person.pk)}, format="json"
    )
    assert named.status_code == 200, named.data
    assert InstrumentAnswers.objects.get().band == "negative"
    response.refresh_from_db()
    assert "score_outdated" not in gaps(world, response)


def test_a_positive_phq2_asks_for_the_phq9_without_stopping_the_signature(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "phq2", numbered([1, 2]))
    due = [gap for gap in load(response).gaps if gap.code == "phq9_due"]
    assert [gap.blocking for gap in due] == [False]
    fill(world, response, "phq9", {"outcome": "refused"})
    assert "phq9_due" not in gaps(world, response)
    other = world.response(person=world.person())
    fill(world, other, "phq2", numbered([1, 1]))
    assert "phq9_due" not in gaps(world, other)


def called(world: World, call_type: str) -> Encounter:
    with acting(SYSTEM):
        incident = Incident.objects.create(called_at=NOON, call_type=call_type)
    return world.response(person=world.person(), incident=incident)


@pytest.mark.parametrize("outcome", ["refused", "deferred_medical_emergency", "unable"])
def test_a_suicide_screen_is_due_until_asked_or_accounted_for(
    world: World, noon: object, outcome: str
) -> None:
    response = called(world, "overdose")
    assert "suicide_screen_due" in gaps(world, response)
    answers = {"outcome": outcome, "reason": "Asleep after naloxone"}
    found = fill(world, response, "cssrs_screener", answers)["values"]
    assert (found["total"], found["band"]) == (None, None)
    assert not {"suicide_screen_due", "incomplete", "missing"} & {
        gap.code for gap in load(response).gaps if gap.form == "cssrs_screener"
    }
    facts = load(response).facts
    assert [score.status for score in facts.scores] == [outcome]
    assert (facts.tier, facts.of("cssrs_screener")) == (None, [])


def test_unable_needs_a_reason(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "gad7", {"outcome": "unable"})
    assert [gap.field for gap in load(response).gaps if gap.form == "gad7"] == ["reason"]


def test_a_welfare_check_or_an_empty_house_needs_no_screen(world: World, noon: object) -> None:
    assert "suicide_screen_due" not in gaps(world, called(world, "welfare"))
    nobody = called(world, "psychiatric")
    assert "suicide_screen_due" in gaps(world, nobody)
    fill(world, nobody, "disposition", {"code": "unable_to_locate"})
    assert "suicide_screen_due" not in gaps(world, nobody)
    screened = called(world, "welfare")
    fill(world, screened, "gad7", numbered([0] * 7))
    assert "suicide_screen_due" in gaps(world, screened)


@pytest.mark.parametrize(
    ("form", "may", "may_not"),
    [
        ("cows", "paramedic", ["navigator", "clinician", "peer", "intern"]),
        ("cssrs_screener", "navigator", ["peer"]),
        ("phq9", "intern", ["peer"]),
    ],
)
def test_who_may_ask(world: World, noon: object, form: str, may: str, may_not: list[str]) -> None:
    response = world.response()
    item = {"cows": {"pulse": 2}, "cssrs_screener": {"q1": "no"}, "phq9": {"q1": 0}}[form]
    for role in may_not:
        assert world.fill(response, form, item, by=world.staff[role]).status_code == 403
    assert world.fill(response, form, item, by=world.staff[may]).status_code == 200


def test_an_interns_score_waits_for_its_cosignature(world: World, noon: object) -> None:
    response = world.response(by=world.intern, person=world.person())
    fill(world, response, "gad7", numbered([3, 3, 2, 2, 2, 1, 2]), by=world.intern)
    with acting(world.intern):
        signing.sign_own(encounter=response.pk, by=world.intern, at=NOON)
    entry = InstrumentAnswers.objects.get()
    assert (entry.total, entry.status) == (15, "awaiting_cosign")


def test_a_signed_score_is_corrected_and_the_old_one_stays(world: World, noon: object) -> None:
    response, record = world.response(person=world.person()), uuid7()
    fill(world, response, "cows", COWS_1, record=record)
    with acting(world.paramedic):
        signing.sign_own(encounter=response.pk, by=world.paramedic, at=NOON)
    address = f"/api/entries/cows/{record}/correct/"
    client = world.client(world.paramedic)
    wrong = client.post(address, {"changes": {"pulse": 3}, "reason": "Slip"}, format="json")
    assert wrong.status_code == 400
    assert "is not a COWS score" in str(wrong.data)
    right = client.post(address, {"changes": {"pulse": 4}, "reason": "Slip"}, format="json")
    assert right.status_code in (200, 201), right.data
    old, new = InstrumentAnswers.objects.get(pk=record), InstrumentAnswers.objects.get(replaces=record)
    assert (old.total, old.status, old.answers["pulse"]) == (17, "replaced", 2)
    assert (new.total, new.answers["pulse"]) == (19, 4)
    assert [score.total for score in load(response).facts.of("cows")] == [19]


def test_every_answer_is_printed_once(world: World, noon: object) -> None:
    response = world.response(person=world.person())
    fill(world, response, "cows", COWS_1)
    rows = registry["cows"].rows(InstrumentAnswers.objects.get())
    labels = [label for label, _ in rows]
    assert len(labels) == len(set(labels))
    shown = dict(rows)
    assert shown["Resting pulse"] == "101 to 120 [2]"
    assert shown["Result"] == "17 (Moderate withdrawal), 6 objective signs"
    assert set(COWS_1) <= {item.key for item in registry["cows"].current.items}  # type: ignore[attr-defined]
    assert len(rows) == len(COWS_1) + len(["happened_at", "outcome", "mode", "language", "result"])


def test_definitions_are_given_to_care_staff_alone(world: World, noon: object) -> None:
    listed = world.client(world.navigator).get("/api/instruments/")
    assert listed.status_code == 200
    forms = {line["key"]: line["form"] for line in listed.data}
    assert forms["cows"] == "cows"
    assert forms["news2"] is None
    one = world.client(world.navigator).get("/api/instruments/cows/")
    assert [item["key"] for item in one.data["items"]] == list(COWS_1)
    assert world.client(world.navigator).get("/api/instruments/cows/?version=9").status_code == 404
    assert world.client(world.navigator).get("/api/instruments/sows/").status_code == 404
    assert world.client(world.administrator).get("/api/instruments/").status_code == 403
