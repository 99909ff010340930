"""Timeline lines about the thread of care itself: consents, episodes and hand-overs."""

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from mih.cases.models import HandOffLine
from mih.charts.sight import Sight
from mih.charts.timeline import Event
from mih.episodes.models import EpisodeOfCare
from mih.people.models import Person
from mih.privacy.models import Consent

Rows = QuerySet[Any] | None


def consents(person: Person, sight: Sight) -> Rows:
    """Consents given."""
    return (
        Consent.objects.filter(person=person).select_related("recorded_by").annotate(happened=F("given_at"))
    )


def consent_event(row: Any) -> Event:
    return _consent(row, row.given_at, "Consent given", row.recorded_by.display_name)


def revocations(person: Person, sight: Sight) -> Rows:
    """Consents revoked."""
    return (
        Consent.objects.filter(person=person, revoked_at__isnull=False)
        .select_related("revoked_by")
        .annotate(happened=F("revoked_at"))
    )


def revocation_event(row: Any) -> Event:
    return _consent(row, row.revoked_at, "Consent revoked", row.revoked_by.display_name)


def _consent(row: Consent, at: datetime, title: str, by: str) -> Event:
    return Event(
        "consent",
        at,
        row.pk,
        f"{title} to {row.recipients or 'recipients not named'}",
        "lock",
        row.purpose,
        by=by,
    )


def episodes(person: Person, sight: Sight) -> Rows:
    """Episodes of care opened."""
    return (
        EpisodeOfCare.objects.filter(person=person)
        .select_related("programme", "primary")
        .annotate(happened=F("opened_at"))
    )


def episode_event(row: Any) -> Event:
    return _episode(row, row.opened_at, "Episode of care opened", "")


def closings(person: Person, sight: Sight) -> Rows:
    """Episodes of care closed."""
    return (
        EpisodeOfCare.objects.filter(person=person, closed_at__isnull=False)
        .select_related("programme", "primary")
        .annotate(happened=F("closed_at"))
    )


def closing_event(row: Any) -> Event:
    return _episode(row, row.closed_at, "Episode of care closed", row.get_closing_display())


def _episode(row: EpisodeOfCare, at: datetime, title: str, text: str) -> Event:
    return Event("episode", at, row.pk, title, "folder", text, programme=row.programme.code)


def hand_offs(person: Person, sight: Sight) -> Rows:
    """Hand-overs of the case from one worker to another."""
    return (
        HandOffLine.objects.filter(episode__person=person, batch__undone_at__isnull=True)
        .select_related("batch__by", "batch__to", "before", "episode__programme")
        .annotate(happened=F("batch__at"))
    )


def hand_off_event(row: Any) -> Event:
    to = row.batch.to.display_name if row.batch.to else "nobody yet"
    before = f" from {row.before.display_name}" if row.before else ""
    return Event(
        kind="episode",
        at=row.batch.at,
        id=row.pk,
        title=f"Handed over{before} to {to}",
        icon="swap",
        text=row.batch.reason,
        by=row.batch.by.display_name,
        programme=row.episode.programme.code,
    )
