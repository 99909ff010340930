"""What a look over an encounter finds: gaps to fill before signing, and alarms to act on."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Gap:
    """Something signing needs. `form`, `entry` and `field` lead straight to where it is filled."""

    code: str
    sentence: str
    form: str
    entry: UUID | None = None
    field: str = ""
    blocking: bool = True


@dataclass(frozen=True)
class AlarmDue:
    """An alarm that what is documented raises. Its level and wording come from the alarm catalogue.

    `met_by` says what has already satisfied it, for "Met by …": the screen, the call, the report. Such an alarm stands
    in the record and asks nothing more of the crew; one that signing waits for until resolved clears with these words.
    """

    code: str
    detail: str
    form: str = ""
    entry: UUID | None = None
    met_by: str = ""
