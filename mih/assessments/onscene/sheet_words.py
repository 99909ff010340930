"""An answered sheet in words: each answer once, and what it came to."""

from datetime import datetime

from mih.assessments.models import InstrumentAnswers
from mih.core import clock
from mih.instruments.definition import Item, Value
from mih.instruments.engine import COMPLETE, NOT_DONE


def score_words(entry: InstrumentAnswers) -> str:
    """`17 (Moderate withdrawal)`, `High risk (red)`, `not finished`, `no score` (not made for this person), or why not done."""
    if not entry.asked:
        return NOT_DONE[entry.outcome]
    if not entry.band and entry.total is None:
        return "no score" if entry.result.get("status") == COMPLETE else "not finished"
    label = entry.result.get("band_label") or entry.band
    signs = entry.result.get("objective_signs")
    words = str(label) if entry.total is None else f"{entry.total} ({label})" if label else str(entry.total)
    return f"{words}, {signs} objective sign{'' if signs == 1 else 's'}" if signs is not None else words


def answered_rows(entry: InstrumentAnswers) -> list[tuple[str, str]]:
    """(question, answer) for every answer that counts, in the order of the questions."""
    rows = []
    for item in entry.definition.items:
        value = entry.counted.get(item.key)
        if value is not None:
            rows.append((item.label.say(entry.wording), _answer(entry, item, value)))
    return rows


def _answer(entry: InstrumentAnswers, item: Item, value: Value) -> str:
    option = item.option(value)
    text = option.label.say(entry.wording) if option else f"{value}{f' {item.unit}' if item.unit else ''}"
    if item.scored and option and isinstance(option.value, int):
        text += f" [{option.points}]"
    derived = entry.derived.get(item.key)
    if not derived:
        return text
    reading = (
        f"{derived['reading']}{derived['unit']} at {clock.local(datetime.fromisoformat(derived['at'])):%H:%M}"
    )
    if entry.override_reason.strip() and item.key in entry.answers:
        return f"{text} (entered; measured {reading} scores {derived['points']})"
    return f"{text} (from {reading})"
