"""The alarms of a response as the tablet shows them: what to do, the usual answers to tap, and what became of each."""

from dataclasses import dataclass
from typing import Any

from mih.encounters.models import Alarm
from mih.field.opening import Opened
from mih.protocols.policy import Policy

_TOLD = ("level", "title", "what_to_do", "actions")


@dataclass(frozen=True)
class AlarmCard:
    """One alarm with the words of the catalogue. `detail` is empty where it would only repeat the title."""

    alarm: Alarm
    title: str
    what_to_do: str
    actions: list[str]

    @property
    def detail(self) -> str:
        return "" if self.alarm.message == self.title else self.alarm.message

    @property
    def state(self) -> str:
        return state_of(self.alarm)


def state_of(alarm: Alarm) -> str:
    """`waiting` for somebody to act, `done`, `met` by something documented, or a `note` that asks for nothing."""
    if alarm.met_by:
        return "met"
    if alarm.acknowledged_at:
        return "done"
    return "waiting" if alarm.waits else "note"


def alarm_cards(seen: Opened) -> list[AlarmCard]:
    """Standing alarms and those that something resolved, the ones that wait first, the gravest before the others."""
    resolved = seen.encounter.alarms.filter(cleared_at__isnull=False).exclude(met_by="")
    resolved = resolved.select_related("acknowledged_by").order_by("raised_at")
    catalogue = seen.picture.policies["alarms"]
    cards = []
    for alarm in (*seen.picture.alarms, *resolved):
        if alarm.code in catalogue:
            known = catalogue[alarm.code]
            cards.append(
                AlarmCard(alarm, known["title"], known["what_to_do"], list(known.get("actions", ())))
            )
    return sorted(cards, key=lambda card: card.state != "waiting")


def catalogue_data(seen: Opened) -> dict[str, Any]:
    """The alarm catalogue by code, for alarms that the tablet raises before the server has answered."""
    return catalogue_of(seen.picture.policies["alarms"])


def catalogue_of(catalogue: Policy) -> dict[str, Any]:
    """The same of an `alarms` policy."""
    return {
        code: {part: catalogue[code][part] for part in _TOLD if part in catalogue[code]} for code in catalogue
    }
