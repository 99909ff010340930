from mih.encounters.models.alarm import Alarm
from mih.encounters.models.encounter import Addendum, CrewMember, Encounter, TimeChange
from mih.encounters.models.entry import Entry, EntryStatus
from mih.encounters.models.incident import Incident
from mih.encounters.models.paper import ConsentTaken, Disposition, Narrative
from mih.encounters.models.patch import Conflict, Patch

__all__ = [
    "Addendum",
    "Alarm",
    "Conflict",
    "ConsentTaken",
    "CrewMember",
    "Disposition",
    "Encounter",
    "Entry",
    "EntryStatus",
    "Incident",
    "Narrative",
    "Patch",
    "TimeChange",
]
