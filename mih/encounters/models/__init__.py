from mih.encounters.models.alarm import Alarm, AlarmAnswer
from mih.encounters.models.encounter import Addendum, CrewMember, Encounter, TimeChange
from mih.encounters.models.entry import Entry, EntryStatus
from mih.encounters.models.incident import Incident
from mih.encounters.models.paper import ConsentTaken, Disposition, Narrative
from mih.encounters.models.patch import Conflict, Patch
from mih.encounters.models.snapshot import SignedSnapshot

__all__ = [
    "Addendum",
    "Alarm",
    "AlarmAnswer",
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
    "SignedSnapshot",
    "TimeChange",
]
