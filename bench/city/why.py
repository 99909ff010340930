"""Why each cost grows with the city as it does: written by hand, and put beside the figures each time they are measured."""

WHY = {
    "R": "One range of an index by its key, fifty rows whatever lies beside them.",
    "queue": "The lines are the first of a few ranges of an index. The counts beside them read the team's unfinished contacts, "
    "and of everybody's those of the chosen tab, from indexes: a tenth of a microsecond each. They grow with open work, not "
    "with the years.",
    "queue, everybody's": "As the queue of a team, but the counts read every unfinished contact of the world, as many as there "
    "is open work.",
    "caseload": "One page of a list by its key, and how many the list holds: every open episode once, from an index.",
    "search": "Each word is a range of one index of keys (people_findkey): deeper by a level when the city is ten times as "
    "large. What a name is shared by grows with the city, and is cut at the best hundred.",
    "chart": "Everything of one person by that person's identifier. It grows with what was done for that person.",
    "queue, deep": "The page begins behind a key of the index: nothing before it is read. The counts grow as those of the first "
    "page do.",
    "caseload, deep": "The page begins behind a key of the index: nothing before it is read. The count grows as that of the "
    "first page does.",
    "totals": "Every unfinished contact, open episode and waiting entry of the world is counted: linear in open work. The "
    "seeded cities have open work in proportion to their people, so that it looks linear in people.",
    "pdf": "One encounter with its entries, and the typesetter's start.",
    "search sql": "As the search: ranges of one index, each deeper by a level at most.",
    "bundle": "What is written goes to the end of each table and to a few pages of each index; an index ten times as long is "
    "deeper by a level at most. What is read is read by identifiers.",
    "replay": "One look into the index of envelopes for each.",
    "planning": "Each encounter is read by its identifier, each contact written to the end of its table.",
    "planning rate": "As planning.",
    "planning together": "As planning. Batches are taken with SKIP LOCKED: no worker waits for another.",
    "claim one": "One row by its identifier.",
    "claim batch": "The first rows of a range of an index, changed by their identifiers in the same statement with their history.",
    "claim eight": "The rows of each batch by their identifiers; rows that another one holds are passed over, not waited for.",
    "claim many": "One row by its identifier; who comes second is turned away by the row's lock.",
    "sweep plan": "A partial index of what waits to be planned, asked in its order.",
    "sweep activate": "A partial index by the moment at which something must happen, up to now; and the longest hold of an "
    "episode that runs: an episode that closes ends its holds.",
    "sweep remind": "One index of running contacts with their moments and whom they belong to, read without the table: linear "
    "in open work. Those that somebody was reminded of and still has are passed over again each minute.",
    "sweep escalate": "Two partial indexes: escalated contacts by the end of their window, and contacts tried but not escalated "
    "by their attempts. Few are in either.",
    "sweep full": "As many rows are changed in both cities; what lies beside them is not read.",
    "export": "Each contact is a line: linear in the contacts of the period, which the database sorts by "
    "their day.",
    "export memory": "The rows come from a cursor of the database two thousand at a time, and leave as they come.",
    "check": "Nothing of the city is read.",
    "cold": "Nothing of the city is read but whether the database answers.",
    "web": "A process keeps nothing of the city between requests but policies and the statements it has compiled.",
    "celery": "A sweep reads its batch, never the city.",
}
"""By the key of a figure."""

RECEIVING = (
    "Rows are written to the end of each table and to a few pages of each index, deeper by a level at most; what is read of "
    "the response is read by its identifier."
)


def why(key: str) -> str:
    """The sentence of that figure; empty when nobody has written one."""
    return WHY.get(key) or (RECEIVING if key.startswith("receive ") else "")
