"""Handing episodes over, one or many, with undo."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, QuerySet

from mih.accounts.models import Staff
from mih.cases.models import HandOff, HandOffLine
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.privacy import policy

UNDO_FOR = timedelta(minutes=30)
AT_ONCE = 500


@transaction.atomic
def hand_over(*, episodes: Sequence[UUID], to: Staff | None, reason: str, by: Staff, at: datetime) -> HandOff:
    """Give episodes and their unfinished contacts to another primary navigator (None: back to the team).

    Contacts that somebody else was given on purpose, or is working on, stay where they are.
    """
    policy.demand(policy.page(by, "caseload_reassign"))
    if not episodes:
        raise Invalid("Choose at least one case to hand over.", code="nothing_chosen")
    if len(episodes) > AT_ONCE:
        raise Invalid(f"Hand over at most {AT_ONCE} cases at a time.", code="too_many")
    if to is not None and (
        to.in_practice != by.in_practice or not to.is_active or not policy.page(to, "contact_work")
    ):
        raise NotAllowed(
            f"{to.display_name} cannot take over cases. Choose somebody who works follow-ups.",
            code="cannot_take",
        )
    rows = list(
        EpisodeOfCare.objects.select_for_update(of=("self",))
        .filter(pk__in=episodes, closed_at__isnull=True, person__is_practice=by.in_practice)
        .order_by("pk")
    )
    if len(rows) != len(set(episodes)):
        raise Stale(
            "Some of these cases are closed or gone. Reload the list and choose again.", code="cases_changed"
        )
    batch = HandOff.objects.create(by=by, at=at, to=to, reason=reason.strip()[:200])
    lines = []
    for episode in rows:
        moved = list(
            ContactDue.objects.unfinished()
            .filter(episode=episode, claimed_by=None, assigned_to=episode.primary)
            .values_list("pk", flat=True)
        )
        lines.append(HandOffLine(batch=batch, episode=episode, before=episode.primary, contacts=moved))
        ContactDue.objects.filter(pk__in=moved).update(assigned_to=to, version=F("version") + 1)
        episode.primary = to
        episode.version += 1
        episode.save(update_fields=["primary", "version"])
    HandOffLine.objects.bulk_create(lines)
    return batch


@transaction.atomic
def undo(*, batch: UUID, by: Staff, at: datetime) -> HandOff:
    """Put a hand-over back as it was, within half an hour. Cases that moved on meanwhile stay where they are."""
    policy.demand(policy.page(by, "caseload_reassign"))
    found = HandOff.objects.select_for_update(of=("self",)).filter(pk=batch, by=by).first()
    if found is None or found.undone_at or at - found.at > UNDO_FOR:
        raise Stale(
            "This hand-over can no longer be undone. Hand the cases over again instead.", code="too_late"
        )
    for line in found.lines.select_related("episode").select_for_update(of=("self",)):
        episode = line.episode
        if episode.primary_id != found.to_id:
            continue
        ContactDue.objects.unfinished().filter(pk__in=line.contacts, assigned_to=found.to).update(
            assigned_to=line.before, version=F("version") + 1
        )
        episode.primary = line.before
        episode.version += 1
        episode.save(update_fields=["primary", "version"])
    found.undone_at = at
    found.version += 1
    found.save(update_fields=["undone_at", "version"])
    return found


def undoable(by: UUID, *, since: datetime) -> QuerySet[HandOff]:
    """What `by` handed over since then (`UNDO_FOR` ago) and can take back, the latest first, each with its number of
    cases."""
    recent = HandOff.objects.filter(by=by, at__gte=since, undone_at__isnull=True)
    return recent.select_related("to").annotate(cases=Count("lines")).order_by("-at", "-id")
