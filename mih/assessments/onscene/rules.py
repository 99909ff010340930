"""What a response's assessments still need, seen together."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mih.assessments import limits
from mih.assessments.models import InstrumentAnswers, VitalSigns
from mih.assessments.onscene.context import emergency
from mih.assessments.onscene.instruments import SUICIDE_SCREENS
from mih.assessments.onscene.seen import set_seen
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.registry import registry
from mih.instruments.catalogue import definition

if TYPE_CHECKING:
    from mih.encounters.picture import Picture

_GAP_FIELDS = {"taken_at": "happened_at", "bp": "sbp", "consciousness": "avpu"}
BLOCK = "block"


@registry.rule
def minimum_set(picture: "Picture") -> Iterable[Gap | AlarmDue]:
    """One set of the response holds the minimum; a repeat may be partial (clinical.md §2)."""
    sets: list[VitalSigns] = picture.all("vitals")
    if not sets or any(row.not_taken for row in sets):
        return
    rules, table = picture.policies["assessments"], picture.policies["vitals_limits"]
    overdose = _overdose(picture)
    lacking = [
        (limits.missing_minimum(set_seen(row, picture).vitals, table, overdose=overdose), row) for row in sets
    ]
    core = [[found for found in missing if found.field != "glucose"] for missing, _ in lacking]
    best = min(range(len(sets)), key=lambda index: len(core[index]))
    for found in core[best]:
        if found.field == "taken_at":
            continue  # each set asks for its own time
        field = _GAP_FIELDS.get(found.field, found.field)
        blocking = rules["minimum_set_level"] == BLOCK
        yield Gap("minimum_set", found.sentence, "vitals", sets[best].pk, field, blocking)
    wanted = any(found.field == "glucose" for missing, _ in lacking for found in missing)
    if wanted and not picture.facts.glucose_taken:
        sentence = "Take a glucose: it is part of the minimum set after an overdose or when altered."
        blocking = rules["glucose_level"] == BLOCK
        yield Gap("minimum_set", sentence, "vitals", sets[best].pk, "glucose", blocking)


@registry.rule
def second_set(picture: "Picture") -> Iterable[Gap | AlarmDue]:
    """Two sets when a medicine was given by us, at a refusal and at a transport; a partial repeat is a set."""
    facts = picture.facts
    vocabulary = picture.policies["dispositions"]
    ended = vocabulary[facts.disposition] if facts.disposition else {}
    found = limits.two_sets(
        facts.vitals_sets,
        picture.policies["vitals_limits"],
        medicine_given=any(not dose.before_arrival for dose in facts.doses),
        refusal=facts.refusal or bool(ended.get("refusal")),
        transport=bool(ended.get("own_transport")),
    )
    if found and not any(row.not_taken for row in picture.all("vitals")):
        last = picture.one("vitals")
        yield Gap(
            "second_set", found.sentence, "vitals", last.pk if last else None, "", found.level == "missing"
        )


@registry.rule
def suicide_screen(picture: "Picture") -> Iterable[Gap | AlarmDue]:
    """A suicide screen is asked, refused, impossible or deferred; it is not forgotten."""
    rules, facts = picture.policies["assessments"], picture.facts
    if any(picture.all(screen) for screen in SUICIDE_SCREENS) or emergency(picture):
        return
    if picture.person is None or _group(picture) in rules["suicide_screen_not_when_groups"]:
        return
    others = [
        row
        for _, row in picture.entries
        if isinstance(row, InstrumentAnswers) and row.instrument not in rules["not_behavioral_screens"]
    ]
    reasons = {
        "call_psychiatric": picture.encounter.incident.call_type == "psychiatric",
        "call_overdose": picture.encounter.incident.call_type == "overdose",
        "clinical_assessment": bool(picture.all("clinical")),
        "behavioral_screen": bool(others),
        "overdose": facts.overdose_suspected,
        "naloxone_given": bool(facts.given("naloxone")),
        "buprenorphine": facts.buprenorphine_considered or bool(facts.given("buprenorphine")),
    }
    if any(reasons[name] for name in rules["suicide_screen_when"]):
        yield Gap(
            "suicide_screen_due",
            "Ask the C-SSRS screener or the ASQ, or record that it was refused or could not be asked.",
            "cssrs_screener",
            None,
            "q1",
            rules["suicide_screen_level"] == BLOCK,
        )


@registry.rule
def longer_screen_due(picture: "Picture") -> Iterable[Gap | AlarmDue]:
    """A positive PHQ-2 leads to the PHQ-9, a positive GAD-2 to the GAD-7 (clinical.md §1.3, §1.4)."""
    for short, flag, long in (("phq2", "PHQ2_POS", "phq9"), ("gad2", "GAD2_POS", "gad7")):
        if picture.all(long) or emergency(picture):
            continue
        for score in picture.facts.of(short):
            if flag in score.flags:
                names = [definition(key).short_title for key in (short, long)]
                sentence = f"{names[0]} is {score.total}: the {names[1]} is due."
                blocking = picture.policies["assessments"][f"{long}_due_level"] == BLOCK
                yield Gap(f"{long}_due", sentence, long, None, "q1", blocking)


def _overdose(picture: "Picture") -> bool:
    facts = picture.facts
    return facts.overdose_suspected or bool(facts.given("naloxone"))


def _group(picture: "Picture") -> str:
    code = picture.facts.disposition
    return str(picture.policies["dispositions"][code]["group"]) if code else ""
