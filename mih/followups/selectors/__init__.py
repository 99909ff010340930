"""The questions of follow-up."""

from mih.followups.selectors.brief import ChannelLine, ContactBrief, contact_brief
from mih.followups.selectors.counts import Counts, counts, due, overdue
from mih.followups.selectors.queue import Page, QueueFilters, QueueRow, contacts_of, narrowed, queue
from mih.followups.selectors.waiting import escalations_waiting, unseen_reminders
from mih.followups.selectors.windows import day_word, window_words

__all__ = [
    "ChannelLine",
    "ContactBrief",
    "Counts",
    "Page",
    "QueueFilters",
    "QueueRow",
    "contact_brief",
    "contacts_of",
    "counts",
    "day_word",
    "due",
    "escalations_waiting",
    "narrowed",
    "overdue",
    "queue",
    "unseen_reminders",
    "window_words",
]
