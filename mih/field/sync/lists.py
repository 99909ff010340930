"""The lists of a pull that are about nobody in particular: forms by role, policies for judging, shift, calls."""

from datetime import datetime
from typing import Any

from mih.accounts.models import Programme, Staff
from mih.accounts.selectors import open_shift
from mih.encounters.models.encounter import TIMES
from mih.encounters.registry import registry
from mih.field import selectors
from mih.field.alarm_cards import catalogue_of
from mih.field.sheets import withheld
from mih.field.sync.response_data import moment
from mih.field.vital_entry import limits_data
from mih.instruments.catalogue import document
from mih.privacy import policy
from mih.protocols.selectors import in_force_many

Data = dict[str, Any]
MOST_CALLS = 40
_TABLET = ("idle_seconds", "hidden_seconds", "unsent_amber_hours", "unsent_red_hours")


def forms_data(staff: Staff, at: datetime) -> dict[str, Data]:
    """What `staff`'s role may do in each form, and the fields it is not shown."""
    rules = in_force_many(["buprenorphine"], at)["buprenorphine"]
    found = {}
    for form in registry:
        reads = policy.segment(staff, form.segment) and bool(policy.section(staff, form.section, "R"))
        found[form.key] = {
            "read": reads,
            "write": reads and bool(policy.section(staff, form.section, "C")),
            "sign": reads and policy.signs(staff, form.section),
            "cosigned": reads and policy.needs_cosign(staff, form.section),
            "withheld": withheld(staff, form.form_class(), rules),
        }
    return found


def policies_data(at: datetime) -> Data:
    """What a tablet judges by before the server has answered, and how it locks."""
    found = in_force_many(["alarms", "vitals_limits", "assessments", "tablets"], at)
    return {
        "alarms": catalogue_of(found["alarms"]),
        "vitals": limits_data(found["vitals_limits"]),
        "scoring": {
            "gcs": document("gcs"),
            "news2": document("news2"),
            "alarmsBeforeArrival": found["assessments"]["alarms_from_sets_before_arrival"],
        },
        "times": [{"field": name, "label": label} for name, label, _ in TIMES],
        "tablet": {name: found["tablets"][name] for name in _TABLET},
    }


def shift_data(staff: Staff) -> Data | None:
    """The shift `staff` is on."""
    shift = open_shift(staff)
    if shift is None:
        return None
    return {
        "id": str(shift.pk),
        "unit": shift.unit.call_sign,
        "programme": shift.unit.programme.code,
        "crew": [each.display_name for each in shift.crew.order_by("last_name", "first_name")],
        "started_at": moment(shift.started_at),
    }


def programmes_data(staff: Staff) -> list[Data]:
    """The programmes of `staff`'s world."""
    rows = Programme.objects.filter(is_practice=staff.in_practice).order_by("code")
    return [{"code": each.code, "name": each.name} for each in rows]


def calls_data(staff: Staff, at: datetime) -> list[Data]:
    """The calls of the last day that `staff` has not answered."""
    return [
        {
            "id": str(call.pk),
            "title": call.get_call_type_display() or "Call",
            "address": call.address,
            "place_kind": call.place_kind,
            "source": call.get_source_display() or "source not given",
            "called_at": moment(call.called_at or call.created_at),
            "number": call.number or call.cad_number or "",
            "line": _teams(call.responses),  # type: ignore[attr-defined]
        }
        for call in selectors.recent_calls(staff, at=at)[:MOST_CALLS]
    ]


def _teams(responding: int) -> str:
    if not responding:
        return ""
    return "1 team responding" if responding == 1 else f"{responding} teams responding"
