"""Nobody home, medical mimics, advocacy visits, a death, and a draft that nobody has signed."""

from functools import partial

from mih.config.demo.stories import other
from mih.config.demo.week.event import ADVOCATES, ART1, ART2, Event

OTHERS = (
    Event(7, "14:10", ADVOCATES("other"), "roy", partial(
        other.advocacy, story="Fell twice this week, will not use the walker. Fridge empty. Meals and a bath rail asked for.",
        partner="aging", needs=("food", "health_care"), phq2="10",
    ), "wendell"),
    Event(6, "08:44", ART2("intoxicated", ed_likely=True, place="Bus stop, Model Road"), "earl", other.stroke, "tomas"),
    Event(5, "11:30", ART1("welfare", source="self", place="77 Placeholder Court"), None, other.nobody_home),
    Event(5, "19:05", ART2("welfare", source="self", place="61 Model Road"), "harold", other.death),
    Event(3, "10:20", ADVOCATES("other"), "opal", partial(
        other.advocacy, story="Calls at night because the house is quiet. Sorted the tablets together; a day program would "
        "suit her.", partner="aging", needs=("peer",),
    ), "wendell"),
    Event(3, "15:45", ART1("other"), None, other.called_off),
    Event(2, "07:35", ART2("psychiatric", ed_likely=True, place="90 Model Road"), "roy", other.low_sugar, "wendell"),
    Event(2, "22:15", ART1("intoxicated", place="Bus stop, Sample Avenue"), None, other.not_found),
    Event(1, "20:05", ART2("welfare", place="520 Placeholder Court"), "jonathan", other.almost_done),
    Event(1, "11:15", ADVOCATES("other"), "leland", partial(
        other.advocacy, story="Seen with a sign language interpreter. Lost his job when the plant closed; wants work.",
        partner="work", needs=("employment",),
    ), "wendell"),
)  # fmt: skip
