"""Every instrument as the pages show it: the program's own and the agency's, with where each version stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mih.core.errors import NotFound
from mih.instruments import catalogue
from mih.instruments.clinical_values import condition
from mih.instruments.definition import Definition
from mih.instruments.layout import condition_json
from mih.instruments.models import INSTRUMENT, UploadedFile
from mih.instruments.selectors import content, definition_of, standing
from mih.instruments.wording import slots, worded

LANGUAGES = {"en": "English", "es": "Spanish", "vi": "Vietnamese"}

State = Literal["shipped", "waiting", "planned", "in_force", "replaced", "withdrawn"]
STATES: dict[State, tuple[str, str, str]] = {
    "shipped": ("check-circle", "green", "Comes with the program"),
    "waiting": ("signature", "amber", "Waits for a signature"),
    "planned": ("calendar", "blue", "Signed, not in force yet"),
    "in_force": ("check-circle", "green", "In force"),
    "replaced": ("history", "grey", "Replaced by a later version"),
    "withdrawn": ("circle-slash", "grey", "Withdrawn"),
}
"""Icon, color and words."""


@dataclass(frozen=True)
class Version:
    """One version on its page or in the list; `row` is empty for what comes with the program."""

    number: int
    state: State
    row: UploadedFile | None = None

    @property
    def icon(self) -> str:
        return STATES[self.state][0]

    @property
    def color(self) -> str:
        return STATES[self.state][1]

    @property
    def words(self) -> str:
        return STATES[self.state][2]


@dataclass(frozen=True)
class Line:
    """One instrument in the list. `wording` says whether the words it lacks are installed; empty when it lacks none."""

    known: Definition
    version: Version
    waiting: list[Version] = field(default_factory=list)
    wording: str = ""
    wordings: list[Version] = field(default_factory=list)

    @property
    def local(self) -> bool:
        return self.version.row is not None

    @property
    def languages(self) -> str:
        return language_names(self.known.languages)

    @property
    def ages(self) -> str:
        return age_words(self.known)


@dataclass(frozen=True)
class Rule:
    """An alarm or a remark, and when it comes."""

    level: str
    name: str
    text: str
    when: str


def state_of(row: UploadedFile, at: datetime) -> State:
    """Where an uploaded version stands at `at`."""
    if row.signed_at is None or row.effective_from is None:
        return "waiting"
    if row.withdrawn_at is not None and row.withdrawn_at <= at:
        return "withdrawn"
    if row.effective_from > at:
        return "planned"
    now = standing(row.kind, row.key, at)
    return "in_force" if now and now.pk == row.pk else "replaced"


def shelf(at: datetime) -> list[Line]:
    """Every instrument: the agency's own first, then those of the program, by title."""
    rows = list(UploadedFile.objects.select_related("signed_by", "uploaded_by").order_by("key", "number"))
    own: dict[str, list[Version]] = {}
    wordings: dict[str, list[Version]] = {}
    for row in rows:
        held = own if row.kind == INSTRUMENT else wordings
        held.setdefault(row.key, []).append(Version(row.number, state_of(row, at), row))
    lines = [_own_line(found) for found in own.values()]
    lines += [
        _shipped_line(catalogue.definition(key), wordings.get(key, [])) for key in catalogue.shipped_keys()
    ]
    return sorted(lines, key=lambda line: (not line.local, line.known.title.say().lower()))


def _own_line(found: list[Version]) -> Line:
    rank = ("in_force", "planned", "waiting", "withdrawn", "replaced")
    shown = min(found, key=lambda version: (rank.index(version.state), -version.number))
    assert shown.row is not None
    others = [each for each in found if each is not shown and each.state in ("waiting", "planned")]
    return Line(definition_of(shown.row.pk), shown, others)


def _shipped_line(known: Definition, wordings: list[Version]) -> Line:
    wording = ""
    if slots(known):
        in_force = next((each for each in wordings if each.state == "in_force"), None)
        wording = f"Wording {in_force.number} installed" if in_force else "Wording not installed"
    waiting = [each for each in wordings if each.state in ("waiting", "planned")]
    return Line(known, Version(known.version, "shipped"), [], wording, waiting)


def versions_of(kind: str, key: str, at: datetime) -> list[Version]:
    """Uploaded versions, the newest first."""
    rows = UploadedFile.objects.filter(kind=kind, key=key).select_related("signed_by", "uploaded_by")
    return [Version(row.number, state_of(row, at), row) for row in rows.order_by("-number")]


def uploaded(kind: str, key: str, number: int) -> UploadedFile:
    """One uploaded version. Raises `NotFound`."""
    row = (
        UploadedFile.objects.filter(kind=kind, key=key, number=number)
        .select_related("signed_by", "uploaded_by", "withdrawn_by")
        .first()
    )
    if row is None:
        raise NotFound("There is no such version among the agency's uploads.", code="no_upload")
    return row


def shown_definition(row: UploadedFile) -> Definition:
    """What an upload would put on the form: the instrument itself, or the instrument in the wording."""
    if row.kind == INSTRUMENT:
        return definition_of(row.pk)
    return worded(catalogue.definition(row.key), content(row.pk))


def rules(known: Definition) -> list[Rule]:
    """Every alarm and remark in words."""
    alarms = (
        Rule(rule.level, rule.code, rule.text.say(), condition(condition_json(rule.when)))
        for rule in known.flags
    )
    notes = (Rule("note", "", rule.text.say(), condition(condition_json(rule.when))) for rule in known.notes)
    return [*alarms, *notes]


def language_names(codes: Iterable[str]) -> str:
    return ", ".join(LANGUAGES.get(code, code) for code in codes)


def age_words(known: Definition) -> str:
    """`18 and over`, `8 to 17`, or `Any age`."""
    match known.age_min, known.age_max:
        case None, None:
            return "Any age"
        case low, None:
            return f"{low} and over"
        case None, high:
            return f"Up to {high}"
        case low, high:
            return f"{low} to {high}"
