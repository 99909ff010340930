"""Opening, assigning and closing episodes of care."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from mih.accounts.models import Programme, Staff, Team
from mih.core.errors import Invalid
from mih.episodes.models import RISK_ORDER, EpisodeOfCare
from mih.people.models import Person


@transaction.atomic
def episode_for(
    *, person: Person, programme: Programme, team: Team | None = None, at: datetime
) -> EpisodeOfCare:
    """The person's open episode, or a new one. Safe to call from two tablets at once."""
    episode, _ = EpisodeOfCare.objects.get_or_create(
        person=person,
        closed_at=None,
        defaults={"programme": programme, "team": team, "opened_at": at, "touched_at": at},
    )
    return episode


def touch(*, episode: EpisodeOfCare, at: datetime, risk: str | None = None) -> None:
    """Note that somebody worked on this episode, and the latest risk tier when one was found."""
    changes: dict[str, object] = {"version": F("version") + 1}
    if at > episode.touched_at:
        changes["touched_at"] = episode.touched_at = at
    if risk is not None and risk in RISK_ORDER:
        changes["risk"] = episode.risk = risk
    EpisodeOfCare.objects.filter(pk=episode.pk).update(**changes)


@transaction.atomic
def assign(*, episode: EpisodeOfCare, to: Staff | None, team: Team | None = None) -> None:
    """Give the episode to a primary navigator, a team, or both."""
    if to is not None and to.in_practice != episode.person.is_practice:
        raise Invalid(
            "Practice cases stay with practice staff. Choose somebody of the same program.", code="practice"
        )
    EpisodeOfCare.objects.filter(pk=episode.pk).update(
        primary=to, team=team or episode.team, version=F("version") + 1
    )
    episode.refresh_from_db()


def close(*, episode: EpisodeOfCare, closing: str, at: datetime) -> None:
    """End the episode with its reason."""
    EpisodeOfCare.objects.filter(pk=episode.pk, closed_at__isnull=True).update(
        closed_at=at, closing=closing, version=F("version") + 1
    )
    episode.refresh_from_db()
