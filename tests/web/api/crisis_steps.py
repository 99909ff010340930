"""Steps that the tests of crisis documentation share: one encounter, its gaps and alarms, and whole records."""

from datetime import datetime
from typing import Any
from uuid import UUID

from mih.accounts.models import Staff
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.encounters.picture import load
from tests.world import NOON, World

AT = NOON.isoformat()
HOLD: dict[str, Any] = {
    "custody_at": AT,
    "officer": "Officer Hale, 4471",
    "agency": "City police",
    "grounds": ["self"],
    "statement": "officer",
    "destination": "Crisis Centre Z",
}
WARNED: dict[str, Any] = {
    "threat": "“I will get my neighbor”",
    "clinician": "Cleo Marsh, LPC",
    "clinician_mode": "video",
    "clinician_at": AT,
    "decision": "warn",
    "warned": "The neighbor",
    "warned_how": "phone",
    "warned_at": AT,
    "supervisor": "Sami Boone",
    "supervisor_at": AT,
}
REPORT: dict[str, Any] = {
    "whose": "child",
    "concerns": ["neglect", "witness"],
    "seen": "Two children alone since yesterday",
    "hotline": "State hotline",
    "reported_at": AT,
    "reference": "R-77",
    "reporter": "Pat Reyes",
}
HELD: dict[str, Any] = {
    "weapons_seen": False,
    "used_by": "crew",
    "kinds": ["physical_hold"],
    "reason": "Struck at the window glass",
    "started_at": "2027-01-12T17:30:00Z",
    "stopped_at": "2027-01-12T17:50:00Z",
    "position": "side",
    "checks": [
        {"at": "11:35", "hr": "110", "rr": "22", "spo2": "97", "avpu": "A"},
        {"at": "11:45", "hr": "104", "rr": "20", "spo2": "98", "avpu": "A"},
    ],
    "nobody_injured": True,
    "supervisor": "Sami Boone",
    "supervisor_at": AT,
    "debriefed": True,
}


def fill(
    world: World,
    response: Encounter,
    form: str,
    values: dict[str, Any],
    *,
    by: Staff | None = None,
    record: UUID | None = None,
    base: dict[str, Any] | None = None,
    version: int = 0,
    happened_at: datetime | None = None,
) -> Any:
    """Save through the API, and expect it to be saved."""
    answer = world.fill(
        response,
        form,
        values,
        by=by or world.clinician,
        record=record or uuid7(),
        base=base,
        version=version,
        happened_at=happened_at,
    )
    assert answer.status_code == 200, answer.data
    return answer.data


def gaps(response: Encounter, form: str, *, blocking: bool = True) -> set[str]:
    """Fields of one form that signing still waits for; with `blocking=False`, those only pointed out."""
    return {gap.field for gap in load(response).gaps if gap.form == form and gap.blocking is blocking}


def codes(response: Encounter, *, blocking: bool = True) -> set[str]:
    """Codes of what signing waits for."""
    return {gap.code for gap in load(response).gaps if gap.blocking is blocking}


def alarms(response: Encounter) -> set[str]:
    """Codes of the alarms that stand."""
    return {alarm.code for alarm in load(response).alarms}
