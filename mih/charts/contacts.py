"""A person's follow-up contacts with their attempts."""

from dataclasses import dataclass
from datetime import datetime

from mih.accounts.models import Staff
from mih.core.paging import keyed
from mih.followups.models import Attempt, ContactDue
from mih.followups.selectors.windows import window_words
from mih.people.models import Person

PAGE = 25


@dataclass(frozen=True)
class ContactLine:
    """A contact, its state for the chip, its window in words, and its attempts, latest first."""

    contact: ContactDue
    state: str
    window: str
    attempts: list[Attempt]

    @property
    def why(self) -> list[str]:
        """The sentences that say why it exists."""
        return [reason["sentence"] for reason in self.contact.why]


def contact_lines(
    person: Person, staff: Staff, at: datetime, *, after: str = ""
) -> tuple[list[ContactLine], str]:
    """One page of a person's contacts, finished ones too, the latest window first; and the cursor of the next page.

    Raises `Invalid` for a cursor that is none of ours.
    """
    rows, following = keyed(
        ContactDue.objects.seen_by(staff)
        .filter(person=person)
        .select_related("assigned_to", "claimed_by", "closed_by", "programme")
        .prefetch_related("attempts__by"),
        "next_at",
        after=after,
        size=PAGE,
        latest_first=True,
    )
    return [
        ContactLine(
            row,
            "overdue" if row.is_overdue(at) else row.status,
            "" if row.is_finished else window_words(row.opens_at, row.closes_at, at),
            sorted(row.attempts.all(), key=lambda attempt: (attempt.at, attempt.pk), reverse=True),
        )
        for row in rows
    ], following
