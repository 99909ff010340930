"""What somebody must know of a person before they speak to them: the card at the head of the chart."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import F, Q

from mih.charts import contactable
from mih.charts.doses import LastDose, last_doses
from mih.charts.plans import PlanState, plan_state
from mih.charts.risk import Risk, risk_of
from mih.charts.sight import Sight
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
    """A follow-up still to be made, with its window in words and its state for the chip."""

    contact: ContactDue
    state: str
    window: str
    next_day: str


@dataclass(frozen=True)
class ConsentLine:
    """A consent with its state now: active, expired or revoked."""

    consent: Consent
    state: str


class Summary:
    """The card of one person for one reader at one moment. Each part is one statement, whatever the rows."""

    def __init__(self, person: Person, sight: Sight, at: datetime) -> None:
        self.person = person
        self.sight = sight
        self.at = at

    # Who

    @cached_property
    def aliases(self) -> list[Alias]:
        return list(self.person.aliases.order_by("name"))

    @cached_property
    def supporters(self) -> list[Supporter]:
        return list(self.person.supporters.order_by("name", "id"))

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
        rows = EpisodeOfCare.objects.filter(person=self.person).select_related("programme", "team", "primary")
        return rows.order_by(F("closed_at").desc(nulls_first=True), "-opened_at").first()

    @cached_property
    def risk(self) -> Risk:
        return risk_of(self.person.pk)

    @cached_property
    def plan(self) -> PlanState | None:
        return plan_state(self.person.pk, self.sight)

    @cached_property
    def alarms(self) -> list[Alarm]:
        """Standing alarms of the latest response and of every response not yet signed, the gravest first."""
        responses = Encounter.objects.filter(person=self.person, voided_at__isnull=True)
        latest = responses.order_by("-created_at").values("pk")[:1]
        standing = Alarm.objects.filter(
            Q(encounter__in=latest) | Q(encounter__in=responses.filter(signed_at__isnull=True)),
            form__in=["", "times", *self.sight.forms],
            cleared_at__isnull=True,
            level__in=("red", "amber"),
        ).select_related("acknowledged_by")
        return sorted(standing[:MOST], key=lambda alarm: (alarm.level != "red", alarm.raised_at))

    @cached_property
    def contacts(self) -> list[OpenContact]:
        """Follow-ups still to be made, the next one first."""
        rows = ContactDue.objects.seen_by(self.sight.staff).unfinished().filter(person=self.person)
        found = rows.select_related("assigned_to", "claimed_by", "programme").order_by("next_at", "id")
        return [self._contact(contact) for contact in found[:MOST]]

    def _contact(self, contact: ContactDue) -> OpenContact:
        overdue = contact.is_overdue(self.at)
        return OpenContact(
            contact,
            "overdue" if overdue else contact.status,
            window_words(contact.opens_at, contact.closes_at, self.at),
            day_word(contact.next_at, self.at) if contact.planned_at else "",
        )

    @cached_property
    def referrals(self) -> list[Referral]:
        """Referrals whose loop is open."""
        if not self.sight.reads_any_of(Referral):
            return []
        return list(referrals(self.sight.staff, Filters()).filter(encounter__person=self.person)[:MOST])

    @cached_property
    def doses(self) -> list[LastDose]:
        return last_doses(self.person.pk, self.sight)

    @cached_property
    def consents(self) -> list[ConsentLine]:
        """Every consent, the latest first, with its state now."""
        rows = self.person.consents.select_related("recorded_by").order_by("-given_at", "-id")
        return [ConsentLine(consent, consent.state_on(self.at)) for consent in rows[:MOST]]
