"""Where the lines of a person's timeline come from. Adding a kind of event is one line in `SOURCES`."""

from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mih.charts import care_events
from mih.charts.names import display, who
from mih.charts.plans import plan_rows, plan_words, whole
from mih.charts.risk import GONE
from mih.charts.sight import Scope
from mih.charts.timeline import Event, Programmes, Source
from mih.encounters.disposition_codes import choices
from mih.encounters.models import Addendum, CrewMember, Disposition, Encounter, EntryStatus
from mih.encounters.models.encounter import MODALITIES
from mih.followups.models import Attempt
from mih.followups.models.attempt import CHANNELS
from mih.followups.models.contact import OUTCOMES
from mih.protocols.policy import Policy
from mih.referrals.models import LoopEvent, Referral
from mih.referrals.models.loop import KINDS as LOOP_KINDS
from mih.referrals.models.loop import LEVELS
from mih.referrals.selectors import Filters, referrals
from mih.safety_plans.models import SafetyPlan

Rows = QuerySet[Any] | None
_MODALITIES, _CHANNELS, _OUTCOMES = dict(MODALITIES), dict(CHANNELS), dict(OUTCOMES)
_LOOP_KINDS, _LEVELS = dict(LOOP_KINDS), dict(LEVELS)


def responses(person: UUID, scope: Scope) -> Rows:
    """Responses with their lead and how they ended."""
    ended = Disposition.objects.filter(encounter=OuterRef("pk")).exclude(status__in=GONE)
    lead = CrewMember.objects.filter(encounter=OuterRef("pk"), lead=True)
    return Encounter.objects.filter(person=person, voided_at__isnull=True).annotate(
        happened=Coalesce("on_scene_at", "notified_at", "created_at"),
        ended=Subquery(ended.values("code")[:1]),
        lead=Subquery(lead.annotate(name=who("staff")).values("name")[:1]),
    )


def response_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    """A response; its state is draft or signed."""
    at, pk, programme, modality, signed_at, ended, lead = row
    return Event(
        kind="response",
        at=at,
        id=pk,
        title=f"{programmes[programme].name}, {_MODALITIES.get(modality, modality).lower()}",
        icon="ambulance",
        text=_endings().get(ended or "", ""),
        by=f"{lead[0]} {lead[1]}".strip() if lead else "",
        programme=programmes[programme].code,
        encounter=pk,
        state="signed" if signed_at else "draft",
    )


@cache
def _endings() -> dict[str, str]:
    return dict(choices(Policy.default("dispositions")))


def addenda(person: UUID, scope: Scope) -> Rows:
    """What was added to signed responses; one that speaks of a closed section is left out."""
    rows = Addendum.objects.filter(encounter__person=person, form__in=["", *scope.forms])
    return rows.annotate(happened=F("at"), name=who("by"))


def addendum_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    at, pk, reason, text, name, encounter, programme = row
    return Event(
        kind="addendum",
        at=at,
        id=pk,
        title="Addendum",
        icon="note",
        text=reason,
        note=text,
        by=display(name),
        programme=programmes[programme].code,
        encounter=encounter,
    )


def attempts(person: UUID, scope: Scope) -> Rows:
    """Attempts at follow-up contacts."""
    return Attempt.objects.filter(contact__person=person).annotate(happened=F("at"), name=who("by"))


def attempt_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    at, pk, channel, outcome, spoke_with, steps, note, name, programme = row
    whom = f" with {spoke_with}" if spoke_with else ""
    return Event(
        kind="contact",
        at=at,
        id=pk,
        title=f"{_CHANNELS.get(channel, channel)}: {_OUTCOMES.get(outcome, outcome).lower()}{whom}",
        icon="phone",
        text="+".join(steps),
        note=note,
        by=display(name),
        programme=programmes[programme].code,
        state=outcome,
    )


def referred(person: UUID, scope: Scope) -> Rows:
    """Referrals made."""
    if not scope.reads_any_of(Referral):
        return None
    rows = referrals(scope.reader, Filters(state="all")).filter(encounter__person=person).select_related(None)
    return rows.annotate(
        happened=Coalesce("sent_at", "signed_at", "recorded_at"),
        partner_said=Coalesce("partner__name", "partner_name"),
        name=who("author"),
    )


def referral_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    at, pk, to, reason, name, programme, encounter, level = row
    return Event(
        kind="referral",
        at=at,
        id=pk,
        title=f"Referred to {to or 'a partner not named'}",
        icon="referral",
        text=reason,
        by=display(name),
        programme=programmes[programme].code,
        encounter=encounter,
        state=_LEVELS[level],
    )


def referral_news(person: UUID, scope: Scope) -> Rows:
    """What was learned of referrals afterwards."""
    if not scope.reads_any_of(Referral):
        return None
    referral = Referral.objects.filter(loop=OuterRef("loop")).exclude(status__in=GONE)
    return LoopEvent.objects.filter(
        loop__in=Referral.objects.filter(encounter__person=person, segment__in=scope.segments)
        .exclude(status__in=(*GONE, EntryStatus.DRAFT))
        .values("loop")
    ).annotate(
        happened=F("at"),
        partner=Subquery(referral.values(to=Coalesce("partner__name", "partner_name"))[:1]),
        code=Subquery(referral.values("encounter__programme__code")[:1]),
        response=Subquery(referral.values("encounter")[:1]),
        name=who("by"),
    )


def referral_news_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    at, pk, partner, kind, reason, note, name, code, response, level = row
    return Event(
        kind="referral",
        at=at,
        id=pk,
        title=f"{partner or 'Referral'}: {_LOOP_KINDS.get(kind, kind).lower()}",
        icon="link",
        text=reason,
        note=note,
        by=display(name),
        programme=code or "",
        encounter=response,
        state=_LEVELS[level],
    )


def plans(person: UUID, scope: Scope) -> Rows:
    """Safety plans, begun or signed."""
    if not scope.reads_any_of(SafetyPlan):
        return None
    rows: Rows = (
        plan_rows(person)
        .filter(segment__in=scope.segments)
        .annotate(happened=Coalesce("signed_at", "recorded_at"))
    )
    return rows


def plan_event(row: Any, programmes: Programmes) -> Event:
    plan = whole(row)
    return Event(
        kind="plan",
        at=row.happened,
        id=plan.pk,
        title=f"Safety plan: {plan_words(plan).lower()}",
        icon="shield-check",
        by=plan.author.display_name,
        programme=programmes[plan.encounter.programme_id].code,
        encounter=plan.encounter_id,
        state="signed" if plan.signed_at else "draft",
    )


SOURCES = (
    Source(
        "response",
        "Responses",
        responses,
        ("programme", "modality", "signed_at", "ended", "lead"),
        response_event,
        "programme__code",
    ),
    Source(
        "addendum",
        "Addenda",
        addenda,
        ("reason", "text", "name", "encounter", "encounter__programme"),
        addendum_event,
        "encounter__programme__code",
    ),
    Source(
        "contact",
        "Contacts",
        attempts,
        ("channel", "outcome", "spoke_with", "contact__steps", "note", "name", "contact__programme"),
        attempt_event,
        "contact__programme__code",
    ),
    Source("plan", "Safety plans", plans, (), plan_event, "encounter__programme__code"),
    Source(
        "referral",
        "Referrals",
        referred,
        ("partner_said", "reason", "name", "encounter__programme", "encounter", "loop__level"),
        referral_event,
        "encounter__programme__code",
    ),
    Source(
        "referral",
        "Referrals",
        referral_news,
        ("partner", "kind", "reason", "note", "name", "code", "response", "level"),
        referral_news_event,
        "code",
    ),
    *care_events.SOURCES,
)
KINDS = {source.kind: source.label for source in SOURCES}
