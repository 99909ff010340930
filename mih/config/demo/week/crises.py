"""Moderate and high suicide risk."""

from functools import partial

from mih.config.demo.stories import risk
from mih.config.demo.stories.risk import Crisis, Plan
from mih.config.demo.week.event import CRT_CLEO, CRT_RUTH, Event

WALTERS = Plan(
    signs=("Stops answering the phone", "Sits in the garage", "Cannot sleep two nights running"),
    alone=("Walks the dog", "Woodwork with the radio on", "Showers and goes to bed early"),
    people=("His wife Denise", "Neighbor Al"), places=("The diner on Example Street", "The veterans' hall"),
    helpers=(("Denise Brandywine", "wife", "405-555-0182"), ("Gene Brandywine", "brother", "405-555-0186")),
    means=(
        ("firearms", "One handgun", "transferred", "Gene Brandywine, brother-in-law"),
        ("medicines", "Pain tablets", "locked", "Denise"),
    ),
    reason="His granddaughter's first birthday", caregiver="present", caregiver_name="Denise Brandywine",
)  # fmt: skip
SHAWNAS = Plan(
    signs=("Cancels everything", "Reads old messages"), alone=("Hot bath", "Paints", "Breathing app"),
    people=("Mika from work",), places=("Library", "River path"),
    helpers=(("Mika Alder", "friend", "405-555-0187"),), means=(("medicines", "Sleeping tablets", "disposed", "Mika"),),
    reason="Her students",
)  # fmt: skip
LINHS = Plan(
    signs=("Stops eating", "Thinks she is a burden"), alone=("Cooks her mother's soup", "Plays the keyboard"),
    people=("Cousin Mai",), places=("Temple on Sundays", "Campus cafe"),
    helpers=(("Mai Pham", "cousin", "405-555-0188"), ("Bao Pham", "brother", "405-555-0189")),
    means=(("medicines", "Roommate's tablets", "locked", "Roommate"),), reason="Her mother",
    caregiver="phoned", caregiver_name="Bao Pham",
)  # fmt: skip
RUTH_ANNS = Plan(
    signs=("Gives things away", "Talks about her late husband at night"), alone=("Prays", "Sorts photographs"),
    people=("Her son Carl", "Sister Jo"), places=("Garden center", "Choir"),
    helpers=(("Carl Tillery", "son", "405-555-0185"), ("Jo Marsden", "sister", "405-555-0190")),
    means=(
        ("firearms", "Husband's rifle", "removed", "Carl Tillery"),
        ("medicines", "Heart tablets", "locked", "Carl Tillery"),
    ),
    reason="The grandchildren", caregiver="present", caregiver_name="Carl Tillery",
)  # fmt: skip

CRISES = (
    Event(6, "19:40", CRT_CLEO("psychiatric", source="ccd"), "walter", partial(risk.moderate, crisis=Crisis(
        "Thoughts of ending it since retiring", "Told his wife last night; she called.",
        "Thoughts with no plan or intent; engaged, wife present, handgun now out of the house. Moderate.",
        "Seen with his wife. Thinks of dying, has no plan, wants to see his granddaughter's birthday. Plan written "
        "together, handgun went to his brother-in-law tonight.", "232212101", WALTERS, "vets",
    )), "grace"),
    Event(4, "11:55", CRT_RUTH("psychiatric", source="self"), "shawna", partial(risk.moderate, crisis=Crisis(
        "Divorce final today; thought about tablets", "Texted a friend, who called.",
        "Thought of a method, no intent, handed the tablets over. Moderate.",
        "Thought about her sleeping tablets and told a friend instead. Tablets disposed of together. Plan written.",
        "222221201", SHAWNAS,
    )), "grace"),
    Event(2, "18:10", CRT_CLEO("psychiatric", source="provider"), "linh", partial(risk.moderate, crisis=Crisis(
        "Failed exam, feels a burden to her family", "Campus nurse called; interpreter by video.",
        "Thoughts with a vague method, no intent; brother reached by phone. Moderate.",
        "Seen with a Vietnamese interpreter by video. Feels a burden; no intent. Plan written in her own words, brother "
        "told with her agreement.", "221222201", LINHS,
    )), "grace"),
    Event(3, "21:05", CRT_RUTH("psychiatric", source="le"), "gus", partial(risk.plan_declined, crisis=Crisis(
        "Drinking since the layoff, says he is done", "Daughter called; he opened the door and talked.",
        "Thoughts without plan; drinks daily. Moderate. Brother stays the night.",
        "Drinking since he was laid off, says he is done with it all, no plan. Would not write a plan; brother came and "
        "stays. Agreed to be called.", "", None, "peer",
    )), "grace"),
    Event(6, "13:30", CRT_RUTH("psychiatric", source="provider"), "ruthann", partial(risk.stays_watched, crisis=Crisis(
        "Plan to take her heart tablets", "Told her pastor; her son came at once.",
        "Intent with a plan this morning; plan complete, son stays day and night, supervisor agrees. High, at home.",
        "Told her pastor she meant to take her tablets. Son moved in today and keeps the key. Plan complete; supervisor "
        "consulted by video and agrees that she stays.", "", RUTH_ANNS,
    )), "grace"),
    Event(5, "17:45", CRT_CLEO("psychiatric"), "lena", partial(risk.to_crisis_center, crisis=Crisis(
        "Means to die tonight", "Aunt found her with a rope and called.",
        "Intent, plan and means within reach. High. Comes along willingly.",
        "Found by her aunt. Says she means to die, agrees to come with us. Handed over in person at the crisis center.",
    )), "grace"),
    Event(3, "09:15", CRT_CLEO("psychiatric", source="le"), "june", partial(risk.custody, crisis=Crisis(
        "Says she will overdose today", "Stockpiled tablets; shouting and pacing when we came.",
        "Intent and plan, stockpile at hand, interrupted attempt three weeks ago. High. Needs the crisis center.",
        "Pacing and shouting; calmer after twenty minutes with one of us talking. Officers took her into protective "
        "custody on what they saw themselves; handed over at the crisis center.",
    )), "grace"),
    Event(1, "19:20", CRT_RUTH("psychiatric", source="le"), "dale", partial(risk.arrest, crisis=Crisis(
        "Threatened to jump from the overpass", "Came down to an officer he knows; a warrant is out.",
        "Intent voiced within the hour. High. Jail nurse told, observation asked for.",
        "Came down from the overpass before we arrived. Arrested on a warrant. Risk handed over to the jail nurse with "
        "the request to watch him.",
    )), "grace"),
)  # fmt: skip
