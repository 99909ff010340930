"""Overdoses and withdrawal."""

from functools import partial

from mih.config.demo.stories import overdose
from mih.config.demo.week.event import ART1, ART2, Event

OVERDOSES = (
    Event(
        8, "13:02", ART1("overdose", place="Shelter K, washroom"), "devon",
        partial(overdose.reversal_with_start, stays_with="a friend at the shelter", appointment=(1, "10:30")), "nia",
    ),
    Event(
        7, "19:05", ART2("overdose", source="fire", place="Bus depot"), "vincent", overdose.reversal_to_hospital, "tomas",
    ),
    Event(
        6, "16:40", ART1("overdose", place="25 Mockup Lane, rear"), "tanisha",
        partial(overdose.reversal_declined, giver="family", stays_with="her sister"), "nia",
    ),
    Event(
        5, "09:18", ART2("overdose", source="le", place="Day center, parking lot"), "red",
        partial(overdose.reversal_declined, giver="lay", stays_with="a friend from the day center", housing=True), "perry",
    ),
    Event(4, "14:25", ART2("overdose", place="Bus depot, platform 3"), "curtis", overdose.hard_stop, "tomas"),
    Event(
        3, "11:10", ART1("overdose", source="fire", place="Shelter K"), "dwight",
        partial(overdose.reversal_with_start, stays_with="shelter staff", appointment=(2, "09:00")), "nia",
    ),
    Event(
        2, "17:32", ART2("overdose", place="Sample Avenue and 4th"), "kathryn",
        partial(overdose.reversal_declined, sprays=2, stays_with="her sister", lot="kit_old"), "perry",
    ),
    Event(
        1, "10:44", ART1("overdose", source="fire", place="Car wash, Model Road"), "trent",
        partial(overdose.reversal_with_start, stays_with="his roommate", appointment=(2, "14:00")), "nia",
    ),
    Event(1, "18:15", ART1("other", source="provider", place="Women's shelter"), "brandi", overdose.start_in_withdrawal, "nia"),
    Event(1, "21:20", ART2("overdose", source="le", place="Rail bridge, east end"), "bridge_man", overdose.walked_off, "perry"),
)  # fmt: skip
