"""The week itself: which response happened when, to whom, and what the crew found."""

from mih.config.demo.week.crises import CRISES
from mih.config.demo.week.event import Event
from mih.config.demo.week.minds import MINDS
from mih.config.demo.week.others import OTHERS
from mih.config.demo.week.overdoses import OVERDOSES
from mih.config.demo.week.today import TODAY, Today

__all__ = ["TODAY", "WEEK", "Event", "Today"]

WEEK: tuple[Event, ...] = (*OVERDOSES, *MINDS, *CRISES, *OTHERS)
"""Responses of the days before today, in no order."""
