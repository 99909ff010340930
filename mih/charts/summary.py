"""What somebody must know of a person before they speak to them: the card at the head of the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from django.db.models import F, Q, QuerySet, Subquery

from mih.charts import contactable
from mih.charts.doses import LastDose, dose_questions, doses_from
from mih.charts.names import display, staff, who
from mih.charts.plans import PlanState, plan_questions, state_from
from mih.charts.risk import Risk, risk_from, risk_questions
from mih.charts.sight import Scope
from mih.encounters.models import Alarm, Encounter
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.followups.selectors.windows import day_word, window_words
from mih.people.models import Alias, Person, Supporter
from mih.privacy.models import Consent
from mih.referrals.models import Referral
from mih.referrals.selectors import Filters, referrals

MOST = 12
"""Lines of one kind on the card; the tabs hold the rest."""


@dataclass(frozen=True)
class OpenContact:
    """A follow-up still to be made, with its window in words, its state for the chip, and whose it is."""

    contact: ContactDue
    state: str
    window: str
    next_day: str
    who: str


@dataclass(frozen=True)
class ConsentLine:
    """A consent with its state now: active, expired or revoked."""

    consent: Consent
    state: str


def questions(person: UUID, scope: Scope, screens: tuple[str, ...]) -> dict[str, QuerySet[Any, Any]]:
    """All that the card asks of the database, each part by its name; `screens` are the suicide screens in use."""
    asked: dict[str, QuerySet[Any, Any]] = {
        "aliases": Alias.objects.filter(person=person).order_by("name"),
        "supporters": Supporter.objects.filter(person=person).order_by("name", "id"),
        "episode": EpisodeOfCare.objects.filter(person=person)
        .select_related("team")
        .annotate(navigator=who("primary"))
        .order_by(F("closed_at").desc(nulls_first=True), "-opened_at")[:1],
        "alarms": _alarms(person, scope),
        "contacts": ContactDue.objects.seen_by(scope.reader)
        .unfinished()
        .filter(person=person)
        .annotate(assignee=who("assigned_to"))
        .only("steps", "status", "opens_at", "target_at", "closes_at", "planned_at", "overdue_at", "next_at")
        .order_by("next_at", "id")[:MOST],
        "consents": Consent.objects.filter(person=person).order_by("-given_at", "-id")[:MOST],
        **risk_questions(person, screens),
        **plan_questions(person, scope),
        **dose_questions(person, scope),
    }
    if scope.reads_any_of(Referral):
        rows = referrals(scope.reader, Filters()).filter(encounter__person=person)
        asked["referrals"] = rows.select_related(None).select_related("loop", "partner")[:MOST]
    return asked


def _alarms(person: UUID, scope: Scope) -> QuerySet[Alarm]:
    """Standing alarms of the latest response and of every response not yet signed."""
    latest = Encounter.objects.filter(person=person, voided_at__isnull=True).order_by("-created_at")
    return (
        Alarm.objects.filter(
            Q(encounter__signed_at__isnull=True) | Q(encounter=Subquery(latest.values("pk")[:1])),
            encounter__person=person,
            encounter__voided_at__isnull=True,
            form__in=["", "times", *scope.forms],
            cleared_at__isnull=True,
            level__in=("red", "amber"),
        )
        .annotate(answerer=who("acknowledged_by"))
        .order_by("-level", "raised_at")[:MOST]
    )


class Summary:
    """The card of one person for one reader at one moment, from the rows of `questions`."""

    def __init__(
        self, person: Person, at: datetime, found: Mapping[str, Sequence[Any]], programmes: Mapping[UUID, Any]
    ) -> None:
        self.person = person
        self.at = at
        self._found = found
        self._programmes = programmes

    # Who

    @property
    def aliases(self) -> Sequence[Alias]:
        return self._found["aliases"]

    @property
    def supporters(self) -> Sequence[Supporter]:
        return self._found["supporters"]

    @property
    def ways(self) -> list[contactable.Way]:
        return contactable.ways(self.person)

    @property
    def hours(self) -> str:
        return contactable.hours(self.person)

    @property
    def where(self) -> str:
        """Where to find them: address, or the note for somebody without one."""
        person = self.person
        line = ", ".join(part for part in (person.address, person.city) if part)
        line = f"{line} {person.postal_code}".strip()
        return line or ("No fixed address" if person.no_fixed_address else "")

    # What stands now

    @cached_property
    def episode(self) -> EpisodeOfCare | None:
        """The open episode, else the last closed one."""
        for found in self._found["episode"]:
            found.programme = self._programmes[found.programme_id]
            found.primary = staff(found.primary_id, found.navigator)
            return cast(EpisodeOfCare, found)
        return None

    @cached_property
    def risk(self) -> Risk:
        return risk_from(self._found["decided"], self._found["screens"])

    @cached_property
    def plan(self) -> PlanState | None:
        """None for a role that does not read plans."""
        if "plans" not in self._found:
            return None
        return state_from(self._found["plans"])

    @cached_property
    def alarms(self) -> list[Alarm]:
        """Standing alarms, the gravest first."""
        for alarm in self._found["alarms"]:
            alarm.acknowledged_by = staff(alarm.acknowledged_by_id, alarm.answerer)
        return sorted(self._found["alarms"], key=lambda alarm: (alarm.level != "red", alarm.raised_at))

    @cached_property
    def contacts(self) -> list[OpenContact]:
        """Follow-ups still to be made, the next one first."""
        return [self._contact(contact) for contact in self._found["contacts"]]

    def _contact(self, contact: Any) -> OpenContact:
        overdue = contact.is_overdue(self.at)
        return OpenContact(
            contact,
            "overdue" if overdue else contact.status,
            window_words(contact.opens_at, contact.closes_at, self.at),
            day_word(contact.next_at, self.at) if contact.planned_at else "",
            display(contact.assignee),
        )

    @property
    def referrals(self) -> Sequence[Referral]:
        """Referrals whose loop is open; none for a reader who sees no referrals."""
        return self._found.get("referrals", ())

    @cached_property
    def doses(self) -> list[LastDose]:
        return doses_from(self._found)

    @cached_property
    def consents(self) -> list[ConsentLine]:
        """Every consent, the latest first, with its state now."""
        return [ConsentLine(consent, consent.state_on(self.at)) for consent in self._found["consents"]]
