"""Questions the tablet's first page asks."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from mih.accounts.models import Staff, Unit
from mih.encounters.models import Encounter, Incident
from mih.privacy.pages import DOCUMENTING

RECENT = timedelta(hours=24)


def open_responses(staff: Staff) -> QuerySet[Encounter]:
    """Unsigned responses in `staff`'s own world, newest first, with what a tile shows."""
    return (
        Encounter.objects.filter(
            signed_at__isnull=True, voided_at__isnull=True, programme__is_practice=staff.in_practice
        )
        .select_related("incident", "person", "programme", "unit")
        .annotate(
            red_alarms=Count(
                "alarms",
                filter=Q(
                    alarms__cleared_at__isnull=True,
                    alarms__acknowledged_at__isnull=True,
                    alarms__met_by="",
                    alarms__level="red",
                ),
                distinct=True,
            )
        )
        .order_by("-created_at")
    )


def mine(staff: Staff) -> QuerySet[Encounter]:
    """Open responses `staff` is on the crew of."""
    return open_responses(staff).filter(crew__staff=staff)


def my_teams(staff: Staff, *, at: datetime) -> QuerySet[Encounter]:
    """Open responses of `staff`'s programme in the last day that somebody else is on."""
    return (
        open_responses(staff)
        .filter(programme=staff.programme, created_at__gte=at - RECENT)
        .exclude(pk__in=Encounter.objects.filter(crew__staff=staff).values("pk"))
    )


def lately_signed(staff: Staff, *, at: datetime) -> QuerySet[Encounter]:
    """`staff`'s own responses signed in the last day, to look up or add to."""
    return (
        Encounter.objects.filter(crew__staff=staff, signed_at__gte=at - RECENT)
        .select_related("incident", "person", "programme", "unit")
        .order_by("-signed_at")
    )


def recent_calls(staff: Staff, *, at: datetime) -> QuerySet[Incident]:
    """Calls of the last day in `staff`'s world that `staff` has not answered, newest first.

    A call whose every response is signed, clear or void is over, and is not offered.
    """
    over = Q(encounters__signed_at__isnull=False) | Q(encounters__cleared_at__isnull=False)
    over |= Q(encounters__voided_at__isnull=False)
    return (
        Incident.objects.filter(is_practice=staff.in_practice)
        .filter(Q(called_at__gte=at - RECENT) | Q(called_at__isnull=True, created_at__gte=at - RECENT))
        .exclude(encounters__crew__staff=staff)
        .annotate(
            answered=Count("encounters", distinct=True),
            responses=Count("encounters", filter=~over, distinct=True),
        )
        .exclude(answered__gt=0, responses=0)
        .order_by("-called_at", "-created_at")
    )


def units_for(staff: Staff) -> QuerySet[Unit]:
    """Units `staff` may sign on to."""
    return (
        Unit.objects.filter(programme__is_practice=staff.in_practice)
        .select_related("programme")
        .order_by("call_sign")
    )


def colleagues(staff: Staff) -> QuerySet[Staff]:
    """Who may ride along: everybody else of the same world who documents."""
    same_world = (
        Q(programme__is_practice=True)
        if staff.in_practice
        else Q(programme__isnull=True) | Q(programme__is_practice=False)
    )
    return (
        Staff.objects.filter(same_world, is_active=True, role__in=DOCUMENTING)
        .exclude(pk=staff.pk)
        .select_related("programme")
        .order_by("last_name", "first_name", "username")
    )
