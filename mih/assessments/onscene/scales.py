"""Alarms and gaps of the scales that stand inside other forms or reach beyond their own: AVPU, CIWA-Ar."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mih.assessments.models import VitalSigns
from mih.assessments.onscene.context import at_clock
from mih.assessments.onscene.seen import set_seen
from mih.assessments.readings import avpu
from mih.encounters.facts import Score
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.registry import registry

if TYPE_CHECKING:
    from mih.encounters.picture import Picture

BLOCK = "block"
SEVERE_WITHDRAWAL = "CIWA_SEVERE"


@registry.rule
def consciousness(picture: "Picture") -> Iterable[Gap | AlarmDue]:
    """What a set's AVPU says; silent where GCS or NEWS2 already alarmed for the same set."""
    before_too = picture.policies["assessments"]["alarms_from_sets_before_arrival"]
    for row in picture.all("vitals"):
        if row.before_arrival and not before_too:
            continue
        vitals, when = set_seen(row, picture).vitals, at_clock(row.happened_at)
        if not _alarmed(row, picture):
            letter = avpu(vitals)
            for code in letter.flag_codes:
                yield AlarmDue(code, f"AVPU {vitals.avpu}{when}", "vitals", row.pk)


@registry.rule
def severe_alcohol_withdrawal(picture: "Picture") -> Iterable[Gap | AlarmDue]:
    """Severe withdrawal: the history is asked, and medical control is called before another destination than the
    emergency department (clinical.md §1.6)."""
    severe = [score for score in picture.facts.of("ciwa_ar") if SEVERE_WITHDRAWAL in score.flags]
    if not severe:
        return
    rules, last = picture.policies["assessments"], severe[-1]
    asked = {key for score in picture.facts.scores if score.instrument == "ciwa_ar" for key in score.answers}
    for key, words in (("seizure_history", "seizures"), ("dt_history", "delirium tremens")):
        if key not in asked:
            sentence = f"CIWA-Ar is {last.total}: ask whether stopping alcohol has ever brought on {words}."
            blocking = rules["ciwa_history_level"] == BLOCK
            yield Gap("ciwa_history", sentence, "ciwa_ar", last.entry, key, blocking)
    code = picture.facts.disposition
    if not code or _group(picture, code) in rules["ciwa_no_contact_groups"] or _called(picture, severe):
        return
    yield Gap(
        "ciwa_medical_control",
        f"CIWA-Ar was {last.total} and the destination is not an emergency department: call medical control first. "
        "Say so when you acknowledge the alarm of severe alcohol withdrawal.",
        "ciwa_ar",
        last.entry,
        "",
        rules["ciwa_destination_level"] == BLOCK,
    )


def _alarmed(row: VitalSigns, picture: "Picture") -> bool:
    seen = set_seen(row, picture)
    return bool(seen.gcs.flags or seen.news2.get("flags"))


def _called(picture: "Picture", severe: list[Score]) -> bool:
    """Whether medical control was reached: on a form that records the call, or as what was done about the alarm."""
    if picture.facts.medical_control_at is not None:
        return True
    known = [words.casefold() for words in picture.policies["assessments"]["ciwa_contact_words"]]
    entries = {score.entry for score in severe}
    return any(
        alarm.code == SEVERE_WITHDRAWAL
        and alarm.entry in entries
        and any(words in alarm.action.casefold() for words in known)
        for alarm in picture.alarms
    )


def _group(picture: "Picture", code: str) -> str:
    return str(picture.policies["dispositions"][code]["group"])
