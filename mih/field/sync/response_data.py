"""One response as a tablet keeps it: plain JSON, only what this reader may see."""

from datetime import datetime
from typing import Any
from uuid import UUID

from mih.accounts.models import Staff
from mih.encounters.findings import Gap
from mih.encounters.models import Alarm, Entry
from mih.encounters.models.encounter import TIMES
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.registry import registry
from mih.field.alarm_cards import state_of
from mih.field.opening import Opened
from mih.field.sheets import clash_words, scoring_context, withheld
from mih.field.words import short_summary

Data = dict[str, Any]


def response_data(
    seen: Opened, *, once: dict[str, str], attachments: list[Data], elsewhere: list[Data]
) -> Data:
    """The response with its entries, gaps, alarms, clashes and addenda. `once`: the records of forms filled once."""
    response = seen.encounter
    readable = {form.key: form for form in seen.forms}
    return {
        "id": str(response.pk),
        "version": response.version,
        "created_at": moment(response.created_at),
        "signed_at": moment(response.signed_at),
        "signed_by": response.signed_by.signature_name if response.signed_by else None,
        "programme": response.programme.code,
        "modality": response.modality,
        "unit": response.unit.call_sign if response.unit else None,
        "title": response.incident.get_call_type_display() or "Response",
        "address": response.incident.address or response.incident.place_kind,
        "writable": seen.writable,
        "details": {
            "modality": response.modality,
            "response_number": response.response_number,
            "le_role": response.le_role,
            "le_requested": response.le_requested,
            "le_cit": response.le_cit,
            "le_custody": response.le_custody,
        },
        "person": _person(seen) if "person" in readable else None,
        "context": scoring_context(seen),
        "crew": [
            {
                "id": str(each.staff_id),
                "name": each.staff.display_name,
                "lead": each.lead,
                "remote": each.remote,
            }
            for each in response.crew.all()
        ],
        "times": [
            {"field": name, "label": label, "at": moment(getattr(response, name))} for name, label, _ in TIMES
        ],
        "entries": [
            entry_data(seen, form, entry) for form in readable.values() for entry in seen.entries(form)
        ],
        "once": {key: record for key, record in once.items() if key in readable},
        "gaps": [_gap(gap) for gap in seen.picture.gaps if gap.form in readable or gap.form not in registry],
        "alarms": [
            _alarm(seen, alarm)
            for alarm in response.alarms.all()
            if _shown(alarm) and _may_know(alarm, readable)
        ],
        "conflicts": _conflicts(seen, readable),
        "addenda": [
            {
                "id": str(each.pk),
                "form": each.form,
                "entry": str(each.entry) if each.entry else None,
                "text": each.text,
                "reason": each.reason,
                "by": each.by.signature_name,
                "at": moment(each.at),
            }
            for each in response.addenda.all()
            if not each.form or each.form in readable
        ],
        "attachments": [each for each in attachments if not each["form"] or each["form"] in readable],
        "complete": all(each["complete"] for each in attachments),
        "elsewhere": elsewhere,
    }


def entry_data(seen: Opened, form: OnSceneForm, entry: Any) -> Data:
    """One record of one form, without the fields this reader's role is not shown."""
    spec = form.under(entry)
    hidden = {
        *withheld(seen.staff, spec.form_class(), seen.picture.policies["buprenorphine"]),
        *spec.unasked(entry),
    }
    typed = isinstance(entry, Entry)
    return {
        "form": form.key,
        "record": str(entry.pk),
        "version": entry.version,
        "values": {name: value for name, value in spec.read(entry).items() if name not in hidden},
        "status": entry.status if typed else "",
        "frozen": typed and entry.is_frozen,
        "author": _staff(entry.author) if typed else None,
        "happened_at": moment(form.happened_at(entry)),
        "recorded_at": moment(entry.recorded_at if typed else entry.created_at),
        "summary": short_summary(form, entry),
        "instrument": getattr(entry, "definition_version", None),
    }


def _person(seen: Opened) -> Data | None:
    person = seen.encounter.person
    return {"id": str(person.pk), "name": person.name} if person else None


def _gap(gap: Gap) -> Data:
    return {
        "form": gap.form,
        "field": gap.field,
        "record": str(gap.entry) if gap.entry else None,
        "sentence": gap.sentence,
        "blocking": gap.blocking,
        "code": gap.code,
    }


def _shown(alarm: Alarm) -> bool:
    """Standing, or resolved by something that is in the record."""
    return alarm.stands or bool(alarm.met_by)


def _may_know(alarm: Alarm, readable: dict[str, OnSceneForm]) -> bool:
    return not alarm.form or alarm.form in readable or alarm.form not in registry


def _alarm(seen: Opened, alarm: Alarm) -> Data:
    known = seen.picture.policies["alarms"]
    told = known[alarm.code] if alarm.code in known else {}  # noqa: SIM401
    return {
        "id": str(alarm.pk),
        "code": alarm.code,
        "level": alarm.level,
        "title": told.get("title", alarm.message),
        "message": alarm.message,
        "do": told.get("what_to_do", ""),
        "actions": list(told.get("actions", ())),
        "form": alarm.form,
        "entry": str(alarm.entry) if alarm.entry else None,
        "state": state_of(alarm),
        "action": alarm.met_by or alarm.action,
        "by": alarm.acknowledged_by.display_name if alarm.acknowledged_by else "",
        "at": moment(alarm.met_at or alarm.acknowledged_at or alarm.raised_at),
    }


def _conflicts(seen: Opened, readable: dict[str, OnSceneForm]) -> list[Data]:
    found = []
    hidden_of: dict[str, set[str]] = {}
    rules = seen.picture.policies["buprenorphine"]
    for conflict in seen.encounter.conflicts.all():
        form = readable.get(conflict.form)
        if form is None:
            continue
        hidden = hidden_of.setdefault(form.key, {*withheld(seen.staff, form.form_class(), rules)})
        entry = next((each for each in seen.entries(form) if _pk(each) == conflict.entry), None)
        if conflict.field in hidden or (entry is None and issubclass(form.model, Entry)):
            continue
        words = clash_words(form.under(entry) if entry is not None else form, conflict)
        found.append(
            {
                "id": str(conflict.pk),
                "form": conflict.form,
                "entry": str(conflict.entry),
                "field": conflict.field,
                "label": words.label,
                "base": conflict.base,
                "theirs": conflict.theirs,
                "mine": conflict.mine,
                "base_words": words.base,
                "theirs_words": words.theirs,
                "mine_words": words.mine,
                "theirs_by": conflict.theirs_by.display_name if conflict.theirs_by else "",
                "theirs_at": moment(conflict.theirs_at),
                "mine_by": conflict.mine_by.display_name,
                "mine_at": moment(conflict.at),
                "mine_is_me": conflict.mine_by_id == seen.staff.pk,
            }
        )
    return found


def _pk(entry: Any) -> UUID:
    found: UUID = entry.pk
    return found


def _staff(staff: Staff) -> Data:
    return {"id": str(staff.pk), "name": staff.display_name}


def moment(at: datetime | None) -> str | None:
    """A time with its offset, or None."""
    return at.isoformat() if at else None
