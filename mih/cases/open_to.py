"""Which parts of a response's conclusions its reader's role opens: as on every other page, by the role matrix."""

from typing import Any

from mih.accounts.models import Staff
from mih.encounters.models import Entry
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.privacy import policy
from mih.protocols import roles

_OF_VITALS = ("gcs", "news2", "avpu", "acvpu", "pain")
_OF_A_FORM: dict[str, tuple[str, Any]] = {
    "vitals": ("vitals", []),
    "stroke": ("medical", None),
    "medical_emergency": ("medical", None),
    "eligibility": ("induction", None),
    "medication": ("naloxone", None),
    "safety_plan": ("safety_plan", None),
    "capacity": ("refusal", None),
    "tier": ("cssrs_screener", None),
    "legal_hold": ("legal_hold", None),
    "duties": ("clinical", None),
}
"""By key of the conclusions: the form it rests on, and what stands there for somebody who may not read that form."""


def opened(found: dict[str, Any], picture: Picture, reader: Staff) -> dict[str, Any]:
    """The conclusions without what rests on forms closed to `reader`; `withheld` says whether something is left out."""
    forms = _forms_of(reader)
    shown = {
        **found,
        "scores": [line for line in found["scores"] if _form_of_score(line["instrument"]) in forms],
        "alarms": [line for line in found["alarms"] if _open(line["form"], forms)],
        "gates": [line for line in found["gates"] if _open(line["form"], forms)],
        "advice": [line for line in found["advice"] if _open(line["form"], forms)],
        "entries": [
            line
            for line, (key, entry) in zip(found["entries"], picture.entries, strict=True)
            if key in forms and (not isinstance(entry, Entry) or policy.segment(reader, entry.segment))
        ],
    }
    for key, (form, nothing) in _OF_A_FORM.items():
        if form not in forms:
            shown[key] = nothing
    shown["withheld"] = any(key not in forms for key, _ in picture.entries)
    return shown


def _forms_of(reader: Staff) -> frozenset[str]:
    matrix = policy.matrix()
    return frozenset(
        form.key
        for form in registry
        if policy.segment(reader, form.segment) and roles.may(reader.role, "read", form.section, matrix)
    )


def _form_of_score(instrument: str) -> str:
    if instrument in _OF_VITALS:
        return "vitals"
    return "medical" if instrument == "befast" else instrument


def _open(form: str, forms: frozenset[str]) -> bool:
    """What belongs to no form, such as the times, is everybody's."""
    return form in forms or form not in registry
