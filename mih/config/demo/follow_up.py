"""What navigators, peers and supervisors do with the follow-up that the week planned."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from mih.accounts.models import Staff
from mih.audit.context import acting
from mih.cases.handoffs import hand_over
from mih.config.demo.agency import City
from mih.core import clock
from mih.encounters import picture as pictures
from mih.encounters.models import Encounter, Entry, EntryStatus
from mih.encounters.services.amendments import add_addendum
from mih.encounters.services.signing import cosign
from mih.episodes.models import EpisodeOfCare
from mih.followups import services
from mih.followups.models import ContactDue, Escalation
from mih.people.models import Person
from mih.referrals.models import Referral
from mih.referrals.services import record_event


@dataclass(frozen=True)
class Step:
    """One act at the desk: so many days ago at a time, by whom, what, about whom."""

    ago: int
    wall: str
    by: str
    do: str
    who: str
    given: dict[str, Any] = field(default_factory=dict)


@dataclass
class Desk:
    """Carries out steps through the services of the desk."""

    city: City

    def carry_out(self, step: Step, *, at: datetime) -> None:
        """Do one step at its moment, as its member of staff."""
        by = self.city.staff[step.by]
        person = self.city.people.known[step.who]
        with clock.fixed(at), acting(by):
            getattr(self, step.do)(person, by, at, **step.given)

    def attempt(
        self, person: Person, by: Staff, at: datetime, *, step: str, channel: str, outcome: str, **more: Any
    ) -> None:
        """Try to reach the person for the contact that holds this step."""
        services.record_attempt(
            contact=self._contact(person, step).pk, channel=channel, outcome=outcome, by=by, at=at, **more
        )

    def claim(self, person: Person, by: Staff, at: datetime, *, step: str) -> None:
        services.claim(contact=self._contact(person, step).pk, by=by, at=at)

    def snooze(self, person: Person, by: Staff, at: datetime, *, step: str, hours: int, reason: str) -> None:
        services.snooze(
            contact=self._contact(person, step).pk,
            until=at + timedelta(hours=hours),
            reason=reason,
            by=by,
            at=at,
        )

    def reassign(self, person: Person, by: Staff, at: datetime, *, to: str) -> None:
        """Give all of the person's unfinished contacts to a colleague."""
        contacts = ContactDue.objects.unfinished().filter(person=person).values_list("pk", flat=True)
        services.reassign(contacts=list(contacts), by=by, at=at, to=self.city.staff[to])

    def hand_over(self, person: Person, by: Staff, at: datetime, *, to: str, reason: str) -> None:
        """Give the episode to another navigator."""
        hand_over(episodes=[self._episode(person).pk], to=self.city.staff[to], reason=reason, by=by, at=at)

    def release(self, person: Person, by: Staff, at: datetime) -> None:
        """The person was discharged."""
        services.release_from_facility(episode=self._episode(person).pk, by=by, at=at)

    def decide(
        self, person: Person, by: Staff, at: datetime, *, action: str, decision: str, note: str
    ) -> None:
        """Decide one action of the person's escalation."""
        escalation = Escalation.objects.get(contact__person=person)
        services.decide_escalation(
            escalation=escalation.pk, action=action, decision=decision, note=note, by=by, at=at
        )

    def referral(
        self,
        person: Person,
        by: Staff,
        at: datetime,
        *,
        kind: str,
        appointment: tuple[int, str] | None = None,
        **more: Any,
    ) -> None:
        """Something learned about the person's first referral; an appointment as days from now and a time."""
        entry = Referral.objects.filter(encounter__person=person).order_by("created_at").first()
        assert entry is not None
        when = self.city.days.at(-appointment[0], appointment[1]) if appointment else None
        record_event(referral=entry.pk, kind=kind, by=by, at=at, appointment_at=when, **more)

    def cosign(self, person: Person, by: Staff, at: datetime) -> None:
        """Co-sign what waits in the person's latest response."""
        for key, entry in pictures.load(self._response(person)).entries:
            if isinstance(entry, Entry) and entry.status == EntryStatus.AWAITING_COSIGN:
                cosign(form=key, entry=entry.pk, by=by, at=at)

    def addendum(self, person: Person, by: Staff, at: datetime, *, text: str, reason: str) -> None:
        """Add to the person's latest response."""
        add_addendum(encounter=self._response(person), text=text, reason=reason, by=by, at=at)

    def _contact(self, person: Person, step: str) -> ContactDue:
        return (
            ContactDue.objects.unfinished().filter(person=person, steps__contains=[step]).earliest("next_at")
        )

    def _episode(self, person: Person) -> EpisodeOfCare:
        return EpisodeOfCare.objects.get(person=person, closed_at=None)

    def _response(self, person: Person) -> Encounter:
        return (
            Encounter.objects.select_related("person", "programme").filter(person=person).latest("created_at")
        )
