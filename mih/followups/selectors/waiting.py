"""What waits for one member of staff: reminders they have not seen, escalations that their role decides."""

from django.db.models import QuerySet

from mih.accounts.models import Staff
from mih.followups.models import UNFINISHED, Escalation, Reminder


def unseen_reminders(staff: Staff) -> QuerySet[Reminder]:
    """The reminders `staff` has not seen, the oldest due first, each with its contact and person.

    One whose contact is finished, or was given to somebody else since, is not shown any more.
    """
    mine = Reminder.objects.filter(recipient=staff, seen_at=None, contact__status__in=UNFINISHED)
    still = mine.filter(contact__assigned_to=staff) | mine.filter(contact__claimed_by=staff)
    return still.select_related("contact__person").order_by("due_at", "id")


def escalations_waiting(staff: Staff) -> QuerySet[Escalation]:
    """Undecided escalations of unfinished contacts that `staff` may see, the soonest due first.

    Those that name `staff`'s role in one of their actions, or all of them for supervisors and managers.
    """
    rows = Escalation.objects.filter(
        decided_at=None, contact__status__in=UNFINISHED, contact__is_practice=staff.in_practice
    )
    if staff.role not in ("supervisor", "programme_manager"):
        rows = rows.filter(actions__contains=[{"roles": [staff.role]}])
    return rows.select_related("contact__person", "contact__programme").order_by("due_at", "id")
