"""The desk's week, line by line."""

from typing import Any

from mih.config.demo.follow_up import Step


def tried(
    ago: int, wall: str, by: str, who: str, step: str, channel: str, outcome: str, note: str = ""
) -> Step:
    """An attempt to reach somebody."""
    given: dict[str, Any] = {"step": step, "channel": channel, "outcome": outcome}
    return Step(ago, wall, by, "attempt", who, given | ({"note": note} if note else {}))


def learned(ago: int, wall: str, by: str, who: str, kind: str, **more: Any) -> Step:
    """News of a referral."""
    return Step(ago, wall, by, "referral", who, {"kind": kind, **more})


STEPS: tuple[Step, ...] = (
    # Devon took his appointment; the call a week later has not reached him yet.
    tried(7, "14:40", "nia", "devon", "BU1", "call", "reached", "Slept, no craving. At the clinic this morning."),
    learned(7, "16:10", "nia", "devon", "kept", evidence="partner", told_by="Intake desk"),
    tried(6, "11:05", "nia", "devon", "RF2", "call", "reached", "Clinic wants him daily this week."),
    Step(6, "11:20", "nia", "addendum", "devon", {
        "text": "Clinic's intake desk confirmed that he came on time and was dosed.", "reason": "Learned by telephone",
    }),
    tried(5, "10:10", "nia", "devon", "BU2", "call", "voicemail_left"),
    tried(5, "15:20", "nia", "devon", "BU2", "call", "reached", "Still going daily. Asked about housing."),
    tried(1, "15:00", "nia", "devon", "BU3", "call", "no_answer"),
    # Vincent came out of hospital and was reached at the third try.
    Step(5, "11:00", "tomas", "release", "vincent"),
    tried(4, "11:20", "tomas", "vincent", "OD1", "call", "no_answer"),
    tried(4, "17:30", "tomas", "vincent", "OD1", "call", "voicemail_left"),
    tried(3, "10:00", "tomas", "vincent", "OD1", "call", "reached", "Staying with a friend; has the kit."),
    # Tanisha could not be reached: a field visit is due.
    tried(5, "18:00", "perry", "tanisha", "OD1", "call", "no_answer"),
    tried(4, "10:30", "perry", "tanisha", "OD1", "call", "voicemail_left"),
    tried(4, "17:30", "perry", "tanisha", "OD1", "text", "text_sent"),
    tried(4, "10:45", "perry", "red", "OD1", "in_person", "reached", "At the day center. Kit in his bag."),
    tried(2, "10:40", "perry", "red", "RF1", "in_person", "reached", "Has the housing desk's paper; goes Tuesday."),
    tried(3, "15:40", "tomas", "curtis", "OD1", "call", "no_answer"),
    tried(2, "10:20", "tomas", "curtis", "OD1", "text", "text_sent"),
    tried(1, "16:00", "tomas", "curtis", "RF1", "call", "no_answer"),
    tried(2, "12:45", "nia", "dwight", "BU1", "call", "reached", "Feels well, will go tomorrow at nine."),
    learned(1, "16:30", "nia", "dwight", "no_show", evidence="partner", told_by="Clinic nurse"),
    tried(1, "18:45", "perry", "kathryn", "OD1", "call", "no_answer"),
    # Low acuity: two loops closed, one declined, one appointment missed.
    learned(6, "09:15", "tomas", "rosario", "accepted", evidence="partner"),
    tried(5, "11:00", "tomas", "rosario", "ML1", "call", "reached", "En español. Va con su nieta."),
    learned(2, "15:05", "tomas", "rosario", "kept", evidence="person"),
    tried(1, "11:15", "tomas", "rosario", "RF2", "call", "reached", "Fue con su nieta. Vuelve el jueves."),
    learned(6, "09:20", "nia", "marisol", "accepted", evidence="partner"),
    tried(5, "12:30", "nia", "marisol", "ML1", "text", "text_sent"),
    tried(4, "12:40", "nia", "marisol", "ML1", "call", "reached", "Better days. Looking forward to Tuesday."),
    learned(1, "09:40", "nia", "marisol", "kept", evidence="partner"),
    learned(1, "09:45", "nia", "marisol", "outcome_received", evidence="document"),
    learned(5, "10:30", "tomas", "jamal", "received", evidence="partner"),
    tried(3, "13:35", "tomas", "jamal", "ML1", "call", "no_answer"),
    learned(2, "09:05", "tomas", "jamal", "no_show", evidence="partner"),
    tried(2, "17:10", "tomas", "jamal", "ML1", "call", "voicemail_left"),
    tried(1, "18:00", "tomas", "jamal", "ML1", "text", "text_sent"),
    learned(4, "10:00", "tomas", "noemi", "accepted", evidence="partner"),
    learned(3, "14:10", "tomas", "noemi", "appointment_set", appointment=(3, "16:30")),
    tried(2, "17:00", "tomas", "noemi", "ML1", "call", "no_answer"),
    tried(1, "17:20", "tomas", "noemi", "ML1", "call", "reached", "Con trabajo nuevo. Va a la cita."),
    tried(1, "20:05", "grace", "catherine", "ML1", "call", "reached", "Went to the evening group; will go again."),
    Step(3, "10:30", "sami", "cosign", "micah"),
    tried(1, "18:05", "nia", "micah", "ML1", "call", "declined", "Thanks, but no more calls."),
    learned(2, "11:30", "nia", "jon", "accepted", evidence="partner"),
    Step(1, "18:30", "tomas", "snooze", "teo", {
        "step": "ML1", "hours": 22, "reason": "His mother asks for a call after school tomorrow.",
    }),
    learned(2, "10:15", "tomas", "teo", "appointment_set", appointment=(1, "16:00")),
    # Crises: a plan that holds, one nobody has answered, one escalated after discharge.
    tried(4, "20:05", "grace", "walter", "SM1", "call", "reached", "Gun is at his brother-in-law's. Sleeping better."),
    tried(3, "17:45", "grace", "walter", "RF1", "call", "reached", "Outreach called him back."),
    tried(5, "15:20", "ruth", "ruthann", "SH1", "call", "reached", "Son with her. Went through the plan again."),
    tried(3, "15:30", "ruth", "ruthann", "SH2", "call", "reached", "Slept. Choir tomorrow."),
    tried(2, "13:40", "grace", "shawna", "SM1", "call", "voicemail_left"),
    tried(1, "10:15", "grace", "shawna", "SM1", "call", "no_answer"),
    tried(1, "18:30", "grace", "gus", "SM1", "in_person", "no_answer"),
    Step(3, "10:00", "ruth", "release", "lena"),
    tried(2, "10:10", "ruth", "lena", "SH1", "call", "no_answer"),
    tried(2, "18:00", "ruth", "lena", "SH1", "call", "voicemail_left"),
    tried(1, "09:15", "ruth", "lena", "SH1", "call", "no_answer"),
    Step(1, "10:05", "sami", "decide", "lena", {
        "action": "supervisor_review", "decision": "reviewed", "note": "Aunt has not seen her since yesterday evening.",
    }),
    tried(4, "14:30", "wendell", "roy", "RF1", "call", "reached", "Meals start Monday."),
    # Work moved between people.
    Step(2, "09:05", "sami", "reassign", "tanisha", {"to": "perry"}),
    Step(1, "09:05", "mae", "hand_over", "eunji", {"to": "nia", "reason": "Spreading cases evenly"}),
    # This morning, as far as it has come.
    Step(0, "08:20", "nia", "claim", "trent", {"step": "BU1"}),
    tried(0, "08:40", "nia", "dwight", "BU2", "call", "voicemail_left"),
    tried(0, "09:20", "wendell", "opal", "RF1", "call", "reached", "The aging office comes on Monday."),
    tried(0, "10:20", "nia", "jon", "ML1", "call", "reached", "Brother came over. Appointment stands."),
    tried(0, "10:40", "cleo", "lena", "SH2", "in_person", "no_answer", "Nobody opened; aunt's car gone."),
    tried(0, "12:30", "nia", "trent", "BU1", "call", "reached", "No craving; clinic on the day agreed."),
    tried(0, "16:40", "tomas", "teo", "ML1", "call", "reached", "Spoke with his mother, then with him."),
    tried(0, "17:15", "grace", "linh", "SM1", "call", "reached", "Brother stays until Sunday. Plan on her wall."),
)  # fmt: skip
