"""What the queue is narrowed to, as its address says it, and the choices beside the list."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from mih.accounts.models import Staff
from mih.episodes.models import RISKS
from mih.followups.models.querysets import When
from mih.followups.selectors.counts import Facets
from mih.followups.selectors.queue import SCOPES, QueueFilters
from mih.people.models.person import LANGUAGES
from mih.privacy.pages import OVERSEEING

WHENS: tuple[tuple[When, str], ...] = (
    ("now", "To do now"),
    ("today", "Due today"),
    ("overdue", "Overdue"),
    ("upcoming", "Upcoming"),
    ("on_hold", "On hold"),
    ("unfinished", "All open"),
)
SCOPE_WORDS = {"mine": "Mine", "team": "My team", "all": "Everybody"}
_RISKS, _LANGUAGES = dict(RISKS), dict(LANGUAGES)


@dataclass(frozen=True, slots=True)
class Select:
    """One choice beside the list: its options are (value, words, whether it is the one chosen)."""

    name: str
    label: str
    options: list[tuple[str, str, bool]]


def filters_of(given: QueryDict, staff: Staff) -> QueueFilters:
    """The filters in an address. An unknown value narrows nothing, so that an old bookmark still opens.

    Whoever oversees begins with everybody's contacts. The program is the address's word: `known` checks it.
    """
    when, scope = given.get("when"), given.get("scope")
    risk, language = given.get("risk", ""), given.get("language", "")
    return QueueFilters(
        scope=next((each for each in SCOPES if each == scope), "all" if staff.role in OVERSEEING else "team"),
        when=next((each for each, _ in WHENS if each == when), "now"),
        programme=given.get("programme", "").replace("\x00", ""),
        risk=risk if risk in _RISKS else "",
        language=language if language in _LANGUAGES else "",
        unassigned=given.get("unassigned", "") not in ("", "false", "False", "0"),
    )


def known(filters: QueueFilters, programmes: list[tuple[str, str]]) -> QueueFilters:
    """The filters without a program that there is not."""
    return filters if filters.programme in ("", *dict(programmes)) else replace(filters, programme="")


def selects(filters: QueueFilters, figures: Facets, programmes: list[tuple[str, str]]) -> list[Select]:
    """The choices; beside each risk stands how many contacts it would show."""
    risks = [(key, f"{words} ({figures.risks.get(key, 0)})") for key, words in reversed(RISKS)]
    return [
        _select("programme", "Program", "Any program", programmes, filters.programme),
        _select("risk", "Risk", "Any risk", risks, filters.risk),
        _select("language", "Language", "Any language", LANGUAGES, filters.language),
    ]


def _select(name: str, label: str, nothing: str, options: Any, chosen: str) -> Select:
    return Select(name, label, [(key, words, key == chosen) for key, words in [("", nothing), *options]])
