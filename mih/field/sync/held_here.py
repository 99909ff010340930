"""Which responses one person's tablet holds, and each of them open as that person may see it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from mih.accounts.models import Staff
from mih.encounters.models import Addendum, Alarm, Conflict, CrewMember, Encounter
from mih.encounters.picture_many import load_many
from mih.field.opening import Opened
from mih.field.selectors import RECENT
from mih.privacy import policy
from mih.protocols.selectors import in_force

MOST_OF_TEAM = 60


def held_responses(staff: Staff, *, at: datetime) -> list[UUID]:
    """The identifiers of the responses `staff`'s tablet holds at `at`: their own that are open or lately signed, and the
    open ones of their programme from the last day, newest first. Never one of the other world."""
    signed_after = at - timedelta(hours=in_force("tablets", at)["signed_hours"])
    aboard = Exists(CrewMember.objects.filter(encounter=OuterRef("pk"), staff=staff))
    own = Q(aboard) & (Q(signed_at__isnull=True) | Q(signed_at__gte=signed_after))
    team = Q(programme=staff.programme_id, signed_at__isnull=True, created_at__gte=at - RECENT)
    rows = _of_world(staff).filter(own | team).annotate(mine=aboard).order_by("-mine", "-created_at", "id")
    found: list[UUID] = []
    others = 0
    for pk, mine in rows.values_list("pk", "mine"):
        others += not mine
        if mine or others <= MOST_OF_TEAM:
            found.append(pk)
    return found


def _of_world(staff: Staff) -> QuerySet[Encounter]:
    return Encounter.objects.filter(voided_at__isnull=True, programme__is_practice=staff.in_practice)


def open_all(staff: Staff, responses: Collection[UUID]) -> list[Opened]:
    """These responses as `staff` may see them, newest first, in a number of statements that does not grow with theirs.

    Whatever the policy layer refuses is left out. The look at their people is logged by whoever shows them.
    """
    rows = list(
        _of_world(staff)
        .filter(pk__in=responses)
        .select_related("incident", "person", "programme", "unit", "signed_by")
        .prefetch_related(
            Prefetch("crew", CrewMember.objects.select_related("staff").order_by("-lead", "created_at")),
            Prefetch("alarms", Alarm.objects.select_related("acknowledged_by").order_by("raised_at")),
            Prefetch(
                "conflicts",
                Conflict.objects.filter(resolved_at__isnull=True)
                .select_related("theirs_by", "mine_by")
                .order_by("at"),
            ),
            Prefetch("addenda", Addendum.objects.select_related("by").order_by("at")),
        )
        .order_by("-created_at", "id")
    )
    shown = [each for each in rows if policy.encounter(staff, each, "read")]
    pictures = load_many(shown)
    for each in shown:
        # As loaded above: asked again, it would cost a statement for each response.
        pictures[each.pk].crew = list(each.crew.all())
    return [Opened(pictures[each.pk], staff, _writing(staff, each)) for each in shown]


def _writing(staff: Staff, response: Encounter) -> policy.Decision:
    """Whether `staff` writes in it: what `policy.encounter` says of a role that documents, by the crew as loaded."""
    if any(member.staff_id == staff.pk for member in response.crew.all()):
        return policy.YES
    return policy.no(
        "not_crew", "You are not on this response's crew. Ask a crew member to add you, then try again."
    )
