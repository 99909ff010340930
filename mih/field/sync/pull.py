"""Everything one person's tablet may hold, as plain JSON. All of it goes through the policy layer and is logged."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from mih.accounts.models import Staff
from mih.core import clock
from mih.encounters.models import Encounter
from mih.field.bundle import published
from mih.field.staff import staff_data
from mih.field.sync import epoch
from mih.field.sync.attachments import attachments_of
from mih.field.sync.cases import assigned_contacts, cases_data
from mih.field.sync.cursor import Cursor, changed_since, new_cursor, read_cursor, shape_of, touched_since
from mih.field.sync.elsewhere import elsewhere_of
from mih.field.sync.held_here import held_responses, open_all
from mih.field.sync.lists import calls_data, forms_data, policies_data, programmes_data, shift_data
from mih.field.sync.once import once_records
from mih.field.sync.options import options_for, units_data
from mih.field.sync.outcomes import outcomes_of
from mih.field.sync.response_data import response_data
from mih.privacy import policy

SURFACE = "field_pull"
"""In the read log: taken along on a tablet."""

Data = dict[str, Any]


def pull(staff: Staff, text: str, *, at: datetime) -> Data:
    """What `staff`'s tablet may hold at `at`. `text`: the cursor of the pull before; with it only the responses that
    changed since, the lists whole. `listed` names every response the tablet may go on holding, `gone` those it may not.
    """
    life = epoch.current()
    bundle = published().sha
    now = new_cursor(shape=shape_of(staff, life.pk), at=at)
    before = read_cursor(text, now) if text else None
    held = held_responses(staff, at=at)
    wanted = [pk for pk in held if pk in _changed(staff, before, held)] if before else held
    responses = _responses(staff, wanted)
    contacts = assigned_contacts(staff, at=at)
    cases = cases_data(staff, contacts, at=at)
    policy.shown(
        staff,
        [*(each.encounter.person_id for each in responses), *(each.person_id for each in contacts)],
        surface=SURFACE,
    )
    once = once_records(responses)
    shown = [each.encounter.pk for each in responses]
    attached = attachments_of(shown)
    elsewhere = elsewhere_of(shown, at=at)
    return {
        "epoch": str(life.pk),
        "cursor": now.text(),
        "server_now": at.isoformat(),
        "zone": str(clock.agency_zone()),
        "bundle": bundle,
        "staff": staff_data(staff),
        "forms": forms_data(staff, at),
        "policies": policies_data(at),
        "shift": shift_data(staff),
        "programmes": programmes_data(staff),
        "units": units_data(staff),
        "options": options_for(staff),
        "calls": calls_data(staff, at),
        "responses": [
            response_data(
                each,
                once=once[each.encounter.pk],
                attachments=attached[each.encounter.pk],
                elsewhere=elsewhere[each.encounter.pk],
            )
            for each in responses
        ],
        "listed": [str(pk) for pk in held],
        "gone": _gone(staff, before, held) if before else [],
        "cases": cases,
        "outcomes": outcomes_of(staff),
    }


def _responses(staff: Staff, wanted: Collection[UUID]) -> list[Any]:
    return open_all(staff, wanted) if wanted else []


def _changed(staff: Staff, before: Cursor, held: list[UUID]) -> set[UUID]:
    """What changed, and what came within reach since without changing itself."""
    then = set(held_responses(staff, at=before.at))
    return changed_since(before, held) | (set(held) - then)


def _gone(staff: Staff, before: Cursor, held: Collection[UUID]) -> list[str]:
    """What the tablet may have and must let go of: grown old, void, or no longer theirs. Of their own world alone."""
    touched = Encounter.objects.filter(
        pk__in=touched_since(before), programme__is_practice=staff.in_practice
    ).values_list("pk", flat=True)
    old = {*held_responses(staff, at=before.at), *touched}
    return sorted(str(pk) for pk in old - set(held))
