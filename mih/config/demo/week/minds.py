"""Low-acuity mental health, at home and by telephone."""

from functools import partial

from mih.config.demo.stories import low_acuity
from mih.config.demo.stories.low_acuity import Visit
from mih.config.demo.week.event import ART1, ART1_INTERN, ART2, DESK, Event


def _visit(**seen: object) -> partial[None]:
    return partial(low_acuity.visit, seen=Visit(**seen))  # type: ignore[arg-type]


MINDS = (
    Event(8, "09:40", ART2("psychiatric"), "rosario", _visit(
        problem="Panic at night since her husband died", happened="Granddaughter called; seen with her, in Spanish.",
        strengths="Family close, church", story="Grieving, sleeping badly, panics at night. Seen in Spanish. Referred to "
        "the center's Spanish-speaking group; granddaughter will go along.", gad7="3222111", phq9="121210100",
        partner="cmhc", mood="anxious", appointment=(6, "11:00"),
    ), "tomas"),
    Event(7, "10:05", ART1("psychiatric", ed_likely=True), "marisol", _visit(
        problem="Low mood and worry since losing her job", happened="Alone at home, tearful, asked for help.",
        strengths="Sister nearby, wants help", story="Tearful after losing her job. No thoughts of death. Referred to the "
        "center, which answers within a day. Will be called this week.", phq9="122212110", gad7="2222111", audit="100",
        partner="cmhc", appointment=(5, "14:00"),
    ), "nia"),
    Event(6, "12:20", ART2("psychiatric", source="provider"), "jamal", _visit(
        problem="Nightmares and startle since deployment", happened="Asked his doctor's office for somebody to talk to.",
        strengths="Veterans' group, works full time", story="Nightmares most nights, startles at work. Not suicidal. "
        "Wants the veterans' counselor; slot found for this week.", trauma="11110", phq9="111111000",
        partner="vets", mood="anxious", appointment=(3, "15:00"),
    ), "tomas"),
    Event(5, "15:35", ART1("psychiatric"), "noemi", _visit(
        problem="Worries all day, cannot sleep", happened="Two jobs, mother ill in another country.",
        strengths="Two children, a steady neighbor", story="Severe worry, no thoughts of death. Spanish throughout. Sent "
        "to the center with her agreement, and to the job center about her hours.", gad7="3333222", phq9="222110100",
        partner="cmhc", needs=("employment", "food"), mood="anxious",
    ), "tomas"),
    Event(4, "20:10", ART1("psychiatric", source="self"), "micah", _visit(
        problem="Argument at home, wanted to get out", happened="Roommate called; both calm when we came.",
        strengths="Studies, friends", story="Argument with a roommate, calm on arrival. They would rather not be called "
        "again but agreed to one check.", phq9="101100000", gad7="2222110",
    ), "nia"),
    Event(3, "19:30", ART2("psychiatric"), "eunji", _visit(
        problem="Panic attack in a parked car", happened="First attack; thought it was her heart.",
        strengths="Sister coming tonight", story="First panic attack. Vital signs settled, breathing together helped. "
        "Sister picked her up. Family practice will see her.", gad7="2322110", partner="primary", mood="anxious",
    ), "tomas"),
    Event(3, "08:50", ART1("welfare", source="le"), "jon", _visit(
        problem="Not seen at work for three days", happened="Employer asked for a check; in bed, ashamed.",
        strengths="Brother, union", story="In bed for three days after being passed over at work. No plan or wish to "
        "die. Agreed to the center and to a call to his brother.", phq9="212212101", audit="211", partner="cmhc",
        appointment=(4, "10:00"), wish=True,
    ), "nia"),
    Event(2, "13:15", ART1_INTERN("psychiatric"), "sunita", partial(low_acuity.by_intern, seen=Visit(
        problem="Cannot stop crying since the move", happened="New in town, husband travels.",
        strengths="Mother on the phone every day", story="New in town and alone, crying daily. Asked and listened to by "
        "our intern with the navigator beside. Referred to the center.", phq9="222121100", gad7="2211111",
        partner="cmhc",
    )), "nia"),
    Event(1, "14:30", ART1_INTERN("psychiatric", source="provider"), "priscilla", partial(
        low_acuity.by_intern, seen=Visit(
        problem="Overwhelmed caring for her father", happened="Broke down at the pharmacy; pharmacist called.",
        strengths="Faith, a patient employer", story="Caring for her father alone. Relieved to talk. Help for "
        "caregivers asked for with her agreement.", gad7="2221110", partner="aging", needs=("peer",), mood="anxious",
    )), "nia"),
    Event(1, "16:05", ART2("psychiatric", source="self"), "khalid", _visit(
        problem="Cannot concentrate, heart races", happened="Exam next week, not sleeping.",
        strengths="Wife, professors", story="Exam nerves that have become sleepless nights. Practical plan for the week; "
        "family practice will see him.", gad7="2222210", phq9="111111100", partner="primary", mood="anxious",
        appointment=(3, "09:30"),
    ), "tomas"),
    Event(4, "17:20", ART2("psychiatric", source="self"), "teo", partial(low_acuity.young, seen=Visit(
        problem="Says he does not want to be here", happened="Fight at school; his mother called.",
        strengths="Mother, older brother, soccer", story="Sixteen, told his mother that he did not want to be here. Wish "
        "only, no plan. Mother with him; the center sees him with her this week.", phq9="111110100", wish=True,
        partner="cmhc",
    )), "tomas"),
    Event(4, "22:05", DESK("psychiatric"), "catherine", partial(low_acuity.by_phone, seen=Visit(
        problem="Lonely, worse at night", happened="Called 988, transferred to our desk.",
        strengths="Sister, a cat", story="Talked for half an hour. No thoughts of death. Wants the evening group; will be "
        "called this week.", phq9="121110000", partner="peer",
    )), "grace"),
    Event(1, "12:40", DESK("psychiatric"), "bartholomew", partial(low_acuity.by_phone, seen=Visit(
        problem="Argument with his landlord, shaking", happened="Called 911; transferred to our desk.",
        strengths="Knows his rights, lawyer friend", story="Angry and shaking, calm by the end. Housing desk told with "
        "his agreement.", gad7="1222110", partner="housing", mood="anxious",
    )), "grace"),
)  # fmt: skip
