"""Where the lines of a person's timeline come from. Adding a kind of event is one line in `SOURCES`."""

from functools import cache
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mih.charts import care_events
from mih.charts.plans import plan_words
from mih.charts.risk import GONE
from mih.charts.sight import Sight
from mih.charts.timeline import Event, Source
from mih.encounters.disposition_codes import choices
from mih.encounters.models import Addendum, CrewMember, Disposition, Encounter, EntryStatus
from mih.followups.models import Attempt
from mih.people.models import Person
from mih.protocols.policy import Policy
from mih.referrals.models import LoopEvent, Referral
from mih.referrals.selectors import referrals_of
from mih.safety_plans.models import SafetyPlan

Rows = QuerySet[Any] | None


def responses(person: Person, sight: Sight) -> Rows:
    """Responses with their lead and how they ended."""
    ended = Disposition.objects.filter(encounter=OuterRef("pk")).exclude(status__in=GONE)
    lead = CrewMember.objects.filter(encounter=OuterRef("pk"), lead=True)
    return (
        Encounter.objects.filter(person=person, voided_at__isnull=True)
        .select_related("programme", "unit", "signed_by")
        .annotate(
            happened=Coalesce("on_scene_at", "notified_at", "created_at"),
            ended=Subquery(ended.values("code")[:1]),
            lead_first=Subquery(lead.values("staff__first_name")[:1]),
            lead_last=Subquery(lead.values("staff__last_name")[:1]),
        )
    )


def response_event(row: Any) -> Event:
    """A response; its state is draft or signed."""
    return Event(
        kind="response",
        at=row.happened,
        id=row.pk,
        title=f"{row.programme.name}, {row.get_modality_display().lower()}",
        icon="ambulance",
        text=_endings().get(row.ended or "", ""),
        by=f"{row.lead_first or ''} {row.lead_last or ''}".strip(),
        programme=row.programme.code,
        encounter=row.pk,
        state="signed" if row.is_signed else "draft",
    )


@cache
def _endings() -> dict[str, str]:
    return dict(choices(Policy.default("dispositions")))


def addenda(person: Person, sight: Sight) -> Rows:
    """What was added to signed responses; one that speaks of a closed section is left out."""
    return (
        Addendum.objects.filter(encounter__person=person, form__in=["", *sight.forms])
        .select_related("by", "encounter__programme")
        .annotate(happened=F("at"))
    )


def addendum_event(row: Any) -> Event:
    return Event(
        kind="addendum",
        at=row.at,
        id=row.pk,
        title="Addendum",
        icon="note",
        text=row.reason,
        note=row.text,
        by=row.by.display_name,
        programme=row.encounter.programme.code,
        encounter=row.encounter_id,
    )


def attempts(person: Person, sight: Sight) -> Rows:
    """Attempts at follow-up contacts."""
    return (
        Attempt.objects.filter(contact__person=person)
        .select_related("by", "contact__programme")
        .annotate(happened=F("at"))
    )


def attempt_event(row: Any) -> Event:
    who = f" with {row.spoke_with}" if row.spoke_with else ""
    return Event(
        kind="contact",
        at=row.at,
        id=row.pk,
        title=f"{row.get_channel_display()}: {row.get_outcome_display().lower()}{who}",
        icon="phone",
        text=row.contact.label,
        note=row.note,
        by=row.by.display_name,
        programme=row.contact.programme.code,
        state=row.outcome,
    )


def referred(person: Person, sight: Sight) -> Rows:
    """Referrals made."""
    if not sight.reads_any_of(Referral):
        return None
    return referrals_of(sight.staff, person).annotate(
        happened=Coalesce("sent_at", "signed_at", "recorded_at")
    )


def referral_event(row: Any) -> Event:
    return Event(
        kind="referral",
        at=row.happened,
        id=row.pk,
        title=f"Referred to {row.to or 'a partner not named'}",
        icon="referral",
        text=row.reason,
        by=row.author.display_name,
        programme=row.encounter.programme.code,
        encounter=row.encounter_id,
        state=row.loop.get_level_display(),
    )


def referral_news(person: Person, sight: Sight) -> Rows:
    """What was learned of referrals afterwards."""
    if not sight.reads_any_of(Referral):
        return None
    referral = Referral.objects.filter(loop=OuterRef("loop")).exclude(status__in=GONE)
    return (
        LoopEvent.objects.filter(
            loop__in=Referral.objects.filter(encounter__person=person, segment__in=sight.segments)
            .exclude(status__in=(*GONE, EntryStatus.DRAFT))
            .values("loop")
        )
        .select_related("by")
        .annotate(
            happened=F("at"),
            partner=Subquery(referral.values(to=Coalesce("partner__name", "partner_name"))[:1]),
            code=Subquery(referral.values("encounter__programme__code")[:1]),
            response=Subquery(referral.values("encounter")[:1]),
        )
    )


def referral_news_event(row: Any) -> Event:
    return Event(
        kind="referral",
        at=row.at,
        id=row.pk,
        title=f"{row.partner or 'Referral'}: {row.get_kind_display().lower()}",
        icon="link",
        text=row.reason,
        note=row.note,
        by=row.by.display_name,
        programme=row.code or "",
        encounter=row.response,
        state=row.get_level_display(),
    )


def plans(person: Person, sight: Sight) -> Rows:
    """Safety plans, begun or signed."""
    if not sight.reads_any_of(SafetyPlan):
        return None
    rows: Rows = (
        SafetyPlan.objects.filter(
            encounter__person=person, encounter__voided_at__isnull=True, segment__in=sight.segments
        )
        .exclude(status__in=GONE)
        .select_related("author", "encounter__programme")
        .annotate(happened=Coalesce("signed_at", "recorded_at"))
    )
    return rows


def plan_event(row: Any) -> Event:
    return Event(
        kind="plan",
        at=row.happened,
        id=row.pk,
        title=f"Safety plan: {plan_words(row).lower()}",
        icon="shield-check",
        by=row.author.display_name,
        programme=row.encounter.programme.code,
        encounter=row.encounter_id,
        state="signed" if row.signed_at else "draft",
    )


SOURCES = [
    Source("response", "Responses", responses, response_event, "programme__code"),
    Source("addendum", "Addenda", addenda, addendum_event, "encounter__programme__code"),
    Source("contact", "Contacts", attempts, attempt_event, "contact__programme__code"),
    Source("plan", "Safety plans", plans, plan_event, "encounter__programme__code"),
    Source("referral", "Referrals", referred, referral_event, "encounter__programme__code"),
    Source("referral", "Referrals", referral_news, referral_news_event, "code"),
    Source("consent", "Consents", care_events.consents, care_events.consent_event),
    Source("consent", "Consents", care_events.revocations, care_events.revocation_event),
    Source("episode", "Episodes of care", care_events.episodes, care_events.episode_event, "programme__code"),
    Source("episode", "Episodes of care", care_events.closings, care_events.closing_event, "programme__code"),
    Source(
        "episode",
        "Episodes of care",
        care_events.hand_offs,
        care_events.hand_off_event,
        "episode__programme__code",
    ),
]
KINDS = {source.kind: source.label for source in SOURCES}
