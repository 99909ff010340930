"""Timeline lines about the thread of care itself: consents, episodes and hand-overs."""

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from mih.cases.models import HandOffLine
from mih.charts.names import display, who
from mih.charts.sight import Scope
from mih.charts.timeline import Event, Programmes, Source
from mih.episodes.models import CLOSINGS, EpisodeOfCare
from mih.privacy.models import Consent

Rows = QuerySet[Any]
_CLOSINGS = dict(CLOSINGS)


def consents(person: UUID, scope: Scope) -> Rows:
    """Consents given."""
    return Consent.objects.filter(person=person).annotate(happened=F("given_at"), name=who("recorded_by"))


def consent_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    return _consent("Consent given", row)


def revocations(person: UUID, scope: Scope) -> Rows:
    """Consents revoked."""
    rows = Consent.objects.filter(person=person, revoked_at__isnull=False)
    return rows.annotate(happened=F("revoked_at"), name=who("revoked_by"))


def revocation_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    return _consent("Consent revoked", row)


def _consent(title: str, row: tuple[Any, ...]) -> Event:
    at, pk, recipients, purpose, name = row
    to = recipients or "recipients not named"
    return Event("consent", at, pk, f"{title} to {to}", "lock", purpose, by=display(name))


def episodes(person: UUID, scope: Scope) -> Rows:
    """Episodes of care opened."""
    return EpisodeOfCare.objects.filter(person=person).annotate(happened=F("opened_at"))


def episode_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    return _episode("Episode of care opened", "", row, programmes)


def closings(person: UUID, scope: Scope) -> Rows:
    """Episodes of care closed."""
    rows = EpisodeOfCare.objects.filter(person=person, closed_at__isnull=False)
    return rows.annotate(happened=F("closed_at"))


def closing_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    return _episode("Episode of care closed", _CLOSINGS.get(row[3], row[3]), row, programmes)


def _episode(title: str, text: str, row: tuple[Any, ...], programmes: Programmes) -> Event:
    at, pk, programme, *_ = row
    return Event("episode", at, pk, title, "folder", text, programme=programmes[programme].code)


def hand_offs(person: UUID, scope: Scope) -> Rows:
    """Hand-overs of the case from one worker to another."""
    return HandOffLine.objects.filter(episode__person=person, batch__undone_at__isnull=True).annotate(
        happened=F("batch__at"), giver=who("batch__by"), taker=who("batch__to"), former=who("before")
    )


def hand_off_event(row: tuple[Any, ...], programmes: Programmes) -> Event:
    at, pk, reason, giver, taker, former, programme = row
    before = f" from {display(former)}" if former else ""
    return Event(
        kind="episode",
        at=at,
        id=pk,
        title=f"Handed over{before} to {display(taker, 'nobody yet')}",
        icon="swap",
        text=reason,
        by=display(giver),
        programme=programmes[programme].code,
    )


_OF_CONSENT = ("recipients", "purpose", "name")
SOURCES = (
    Source("consent", "Consents", consents, _OF_CONSENT, consent_event),
    Source("consent", "Consents", revocations, _OF_CONSENT, revocation_event),
    Source("episode", "Episodes of care", episodes, ("programme",), episode_event, "programme__code"),
    Source(
        "episode", "Episodes of care", closings, ("programme", "closing"), closing_event, "programme__code"
    ),
    Source(
        "episode",
        "Episodes of care",
        hand_offs,
        ("batch__reason", "giver", "taker", "former", "episode__programme"),
        hand_off_event,
        "episode__programme__code",
    ),
)
