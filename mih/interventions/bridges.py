"""Further daily doses: the plan a response works under, and what has been given of it so far."""

from dataclasses import dataclass
from datetime import date, datetime

from mih.core import clock
from mih.encounters.models import EntryStatus
from mih.encounters.picture import Picture
from mih.interventions.buprenorphine import BridgeFacts
from mih.interventions.models import BridgePlan, BuprenorphineDose, Induction

GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)


@dataclass(frozen=True)
class Bridge:
    """A plan made in an earlier response: its first day, and the days on which a further dose was given."""

    plan: BridgePlan
    induction: Induction | None
    first_day: date
    given_on: tuple[date, ...]

    def facts(self, at: datetime) -> BridgeFacts:
        """As the rules read it at `at`."""
        today = clock.local(at).date()
        given = {day for day in self.given_on if day < today}
        return BridgeFacts(
            planned_days=self.plan.days,
            daily_mg=self.plan.daily_mg,
            given_days=len(given),
            given_today=today in self.given_on,
            days_since_start=(today - self.first_day).days,
            prescriber_linked=self.plan.prescriber_linked,
            agreed=self.plan.agreed,
        )


def bridge_of(picture: Picture, *, but: BuprenorphineDose | None = None) -> Bridge | None:
    """The latest plan made for the person in another response; None when there is none. Without the dose `but`."""
    response = picture.encounter
    if response.person_id is None:
        return None
    plan = (
        BridgePlan.objects.filter(encounter__person=response.person_id, encounter__voided_at__isnull=True)
        .exclude(encounter=response)
        .exclude(status__in=GONE)
        .exclude(days=None)
        .select_related("encounter")
        .order_by("-created_at")
        .first()
    )
    if plan is None:
        return None
    doses = (
        BuprenorphineDose.objects.filter(
            encounter__person=response.person_id, encounter__voided_at__isnull=True, happened_at__isnull=False
        )
        .exclude(status__in=GONE)
        .exclude(pk__in=[each for each in ((but.pk, but.replaces) if but else ()) if each])
        .order_by("happened_at")
    )
    first = [dose.happened_at for dose in doses if dose.encounter_id == plan.encounter_id]
    started = first[0] if first else plan.happened_at or plan.created_at
    later = {
        clock.local(dose.happened_at).date()
        for dose in doses
        if dose.encounter_id != plan.encounter_id and dose.happened_at > started and dose.kind != "induction"
    }
    induction = (
        Induction.objects.filter(encounter=plan.encounter_id)
        .exclude(status__in=GONE)
        .order_by("created_at")
        .last()
    )
    return Bridge(plan, induction, clock.local(started).date(), tuple(sorted(later)))


def is_bridging(picture: Picture, bridge: Bridge | None, kind: str) -> bool:
    """Whether a dose of this response belongs to `bridge`: as said, else when the team works under a plan here."""
    if kind:
        return kind == "bridge"
    return bridge is not None
