"""One response as plain JSON: what the tablet shows, the practice player reports and an export writes."""

from typing import Any

from mih.accounts.models import Staff
from mih.encounters.models import Entry
from mih.encounters.models.encounter import TIMES
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.services.signing import Review
from mih.encounters.values import as_json
from mih.privacy import policy


def as_record(picture: Picture, *, reader: Staff) -> dict[str, Any]:
    """The response with every entry that `reader` may see."""
    response = picture.encounter
    return {
        "id": str(response.pk),
        "version": response.version,
        "incident": str(response.incident_id),
        "programme": response.programme.code,
        "unit": response.unit.call_sign if response.unit else None,
        "modality": response.modality,
        "response_number": response.response_number,
        "person": str(response.person_id) if response.person_id else None,
        "times": {name: as_json(getattr(response, name)) for name, _, _ in TIMES},
        "crew": [
            {
                "staff": member.staff.username,
                "role": member.staff.role,
                "lead": member.lead,
                "remote": member.remote,
            }
            for member in response.crew.select_related("staff")
        ],
        "law_enforcement": {
            "role": response.le_role,
            "requested": response.le_requested,
            "cit": response.le_cit,
            "custody": response.le_custody,
        },
        "signed_at": as_json(response.signed_at),
        "signed_by": response.signed_by.username if response.signed_by else None,
        "entries": [entry_json(key, entry) for key, entry in picture.entries if _shown(key, entry, reader)],
        "alarms": [
            {
                "id": str(alarm.pk),
                "code": alarm.code,
                "level": alarm.level,
                "message": alarm.message,
                "acknowledged": alarm.acknowledged_at is not None,
            }
            for alarm in picture.alarms
        ],
    }


def entry_json(key: str, entry: Any) -> dict[str, Any]:
    """One entry with its values, version and signature state."""
    spec = registry[key]
    found: dict[str, Any] = {
        "form": key,
        "record": str(entry.pk),
        "version": entry.version,
        "values": spec.read(entry),
        "summary": spec.summary(entry),
    }
    if isinstance(entry, Entry):
        found |= {
            "status": entry.status,
            "author": entry.author.username,
            "happened_at": as_json(spec.happened_at(entry)),
            "segment": entry.segment,
        }
    return found


def review_json(review: Review) -> dict[str, Any]:
    """What is missing before signing, and whether anything is."""
    return {
        "ready": review.ready,
        "missing": [
            {
                "code": gap.code,
                "sentence": gap.sentence,
                "form": gap.form,
                "record": str(gap.entry) if gap.entry else None,
                "field": gap.field,
                "blocking": gap.blocking,
            }
            for gap in review.gaps
        ],
        "alarms": [
            {"id": str(alarm.pk), "code": alarm.code, "message": alarm.message} for alarm in review.alarms
        ],
    }


def _shown(key: str, entry: Any, reader: Staff) -> bool:
    """A record of a section the reader's role reads, in a privacy segment open to it."""
    if not policy.section(reader, registry[key].section, "R"):
        return False
    return not isinstance(entry, Entry) or policy.segment(reader, entry.segment)
