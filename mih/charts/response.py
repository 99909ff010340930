"""One response as a page or a print shows it: everything its reader may see, each filled field once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Model

from mih.accounts.models import Staff
from mih.assessments.trends import score_trends, vital_trends
from mih.charts.attachments import Attached, attached_to
from mih.charts.section import Section, rows_of
from mih.charts.sight import Sight
from mih.core.trend import Trend
from mih.encounters import picture as pictures
from mih.encounters.api.responses import readable
from mih.encounters.disposition_codes import NOT_APPLICABLE, disposition, variant_of
from mih.encounters.intervals import intervals, known
from mih.encounters.models import Addendum, Alarm, CrewMember, EntryStatus, TimeChange
from mih.encounters.models.encounter import TIMES
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.services.responses import LABELS
from mih.encounters.values import as_text

PART2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
"""The short notice of 42 CFR 2.32(a)(2), word for word (clinical.md §9.4)."""

NEMSIS_LABELS = {
    "eDisposition.27": "Unit disposition",
    "eDisposition.28": "Patient evaluation and care",
    "eDisposition.29": "Crew disposition",
    "eDisposition.30": "Transport disposition",
    "eDisposition.31": "Reason for refusal or release",
    "eDisposition.21": "Type of destination",
    "eDisposition.19": "Final patient acuity",
}


CALL = (
    "number",
    "cad_number",
    "source",
    "call_type",
    "diverted_from",
    "address",
    "place_kind",
    "intake_note",
)
LAW = ("le_role", "le_requested", "le_cit", "le_custody")


@dataclass(frozen=True)
class Interval:
    """Whole minutes between two of the response's times."""

    label: str
    minutes: int


@dataclass(frozen=True)
class Correction:
    """A corrected time under its name."""

    label: str
    change: TimeChange


class Response:
    """A response as `staff` may see it. Sections closed to the reader are absent, and `withheld` says so."""

    def __init__(self, picture: Picture, staff: Staff) -> None:
        self.picture = picture
        self.encounter = picture.encounter
        self.person = picture.encounter.person
        self.sight = Sight(staff)

    @property
    def is_practice(self) -> bool:
        return self.encounter.programme.is_practice

    @property
    def is_minor(self) -> bool:
        """Whether the person was under age at this response."""
        age = self.picture.facts.age
        return age is not None and age < self.picture.policies["gates"]["adult_age"]

    @property
    def copy_for(self) -> str:
        """Whom the print is made for, when not for the record's own readers."""
        return ""

    # What was documented

    @cached_property
    def sections(self) -> list[Section]:
        """Every record that stands, in the order of the rail; a corrected one with what it replaced, newest first."""
        shown = self.sight.readable(self.picture.entries)
        replaced = self._replaced(shown)
        return [self._section(form, entry, replaced) for form, entry in shown]

    @property
    def groups(self) -> list[tuple[str, list[Section]]]:
        """Sections under the headings of the rail."""
        return [(name, list(found)) for name, found in groupby(self.sections, lambda part: part.spec.group)]

    @property
    def withheld(self) -> bool:
        """Whether this reader's role leaves something out."""
        return len(self.sections) < len(self.picture.entries)

    @property
    def part2(self) -> bool:
        """Whether anything shown is protected by 42 CFR Part 2."""
        return any(section.restricted for section in self.sections)

    def _section(self, form: str, entry: Any, replaced: dict[UUID, tuple[str, Any]]) -> Section:
        spec = registry[form]
        before: list[Section] = []
        earlier = getattr(entry, "replaces", None)
        while earlier in replaced:
            key, old = replaced[earlier]
            before.append(Section(registry[key], old, rows_of(registry[key], old)))
            earlier = old.replaces
        return Section(spec, entry, rows_of(spec, entry), before)

    def _replaced(self, shown: Iterable[tuple[str, Any]]) -> dict[UUID, tuple[str, Any]]:
        """Corrected entries by identifier. Only forms with corrections are asked for them."""
        corrected = {form for form, entry in shown if getattr(entry, "replaces", None)}
        found: dict[UUID, tuple[str, Any]] = {}
        for form in corrected:
            spec = registry[form]
            rows = spec.model._default_manager.filter(
                encounter=self.encounter, status=EntryStatus.REPLACED
            ).select_related("author", "signed_by", "cosigned_by", *spec.related)
            found |= {row.pk: (form, row) for row in rows if spec.owns(row)}
        return found

    # What happened around it

    @cached_property
    def crew(self) -> list[CrewMember]:
        return list(self.encounter.crew.select_related("staff").order_by("-lead", "created_at"))

    @cached_property
    def trends(self) -> list[Trend]:
        """Vital signs and serial scores over time, of the forms open to the reader."""
        vital = vital_trends(self.picture) if "vitals" in self.sight.forms else []
        return [*vital, *score_trends(self.picture, set(self.sight.forms))]

    @cached_property
    def alarms(self) -> list[Alarm]:
        """Every alarm there ever was here, the gravest first."""
        rank = {"red": 0, "amber": 1, "info": 2}
        raised = self.encounter.alarms.filter(form__in=["", "times", *self.sight.forms])
        raised = raised.select_related("acknowledged_by")
        return sorted(raised, key=lambda alarm: (rank[alarm.level], alarm.raised_at))

    @cached_property
    def addenda(self) -> list[Addendum]:
        """What was added after signing, oldest first; what speaks of a closed section is left out."""
        rows = self.encounter.addenda.filter(form__in=["", *self.sight.forms])
        return list(rows.select_related("by").order_by("at", "id"))

    @cached_property
    def attachments(self) -> list[Attached]:
        """Photos and documents of the forms open to the reader, and those of no form; oldest first."""
        return [
            each for each in attached_to(self.encounter) if not each.form or each.form in self.sight.forms
        ]

    @property
    def waiting(self) -> int:
        """How many attachments are still on a tablet: until they are here the record is not complete."""
        return sum(each.state == "waiting" for each in self.attachments)

    @cached_property
    def time_changes(self) -> list[Correction]:
        """Times that were set and then corrected, with both values."""
        if not self.sight.section("times"):
            return []
        changes = self.encounter.time_changes.select_related("by").order_by("at", "id")
        return [Correction(LABELS.get(each.field, each.field), each) for each in changes]

    @property
    def details(self) -> list[tuple[str, str]]:
        """The call and the response, as far as they are filled."""
        seen = self.encounter
        call = seen.incident
        rows = (
            ("Program", seen.programme.name),
            ("Unit", seen.unit.call_sign if seen.unit else ""),
            ("Response number", seen.response_number),
            ("How", seen.get_modality_display()),
            *((named(call, name), shown(call, name)) for name in CALL),
            *((named(seen, name), shown(seen, name)) for name in LAW),
        )
        return [(label, text) for label, text in rows if text]

    @property
    def times(self) -> list[tuple[str, str, datetime | None]]:
        """(label, NEMSIS element, time) from the call to clear; a time nobody logged is None. Empty for a role that
        does not read times."""
        if not self.sight.section("times"):
            return []
        called = [("Call received", "eTimes.01", self.encounter.incident.called_at)]
        return called + [(label, code, getattr(self.encounter, name)) for name, label, code in TIMES]

    @property
    def intervals(self) -> list[Interval]:
        """How long the person waited and how long the team stayed."""
        if not self.sight.section("times"):
            return []
        return [Interval(label, minutes) for label, minutes in known(intervals(self.encounter))]

    @property
    def nemsis(self) -> list[tuple[str, str, str]]:
        """(name, element, code) of the disposition; empty while none is chosen or when no report is due."""
        chosen = self.picture.one("disposition")
        policy = self.picture.policies["dispositions"]
        if chosen is None or chosen.code not in policy or "disposition" not in self.sight.forms:
            return []
        variant = variant_of(
            chosen.code, policy, chosen=chosen.variant, against_advice=bool(chosen.against_advice)
        )
        codes = disposition(chosen.code, policy, variant=variant).nemsis
        if not codes.has_report:
            return []
        return [
            (NEMSIS_LABELS[element], element, code or f"{NOT_APPLICABLE} (not applicable)")
            for element, code in codes.elements().items()
        ]


def named(row: Model, name: str) -> str:
    """What a field is called."""
    label = str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def shown(row: Model, name: str) -> str:
    """A field's value in words; empty when nothing is known."""
    words = getattr(row, f"get_{name}_display", None)
    return as_text(words() if words else getattr(row, name))


def open_response(staff: Staff, encounter: UUID, *, surface: str) -> Response:
    """The response as `staff` may see it; the look at its person is logged as `surface`.

    Raises `NotFound` for a response that is not there or belongs to another world, `NotAllowed` otherwise.
    """
    found = readable(staff, encounter, surface=surface)
    return Response(pictures.load(found), staff)
