"""For each address that takes a body, one that is right: what the crawls send, and what the tests of bad input spoil."""

from typing import Any

from mih.core.ids import uuid7
from tests.architecture.town import LATER, Town


def api_body(name: str, town: Town) -> dict[str, Any] | None:
    """The JSON body of an API address; None where none is sent."""
    ids = {key: str(value) for key, value in town.ids.items()}
    staff = {role: member.username for role, member in town.world.staff.items()}
    changes = {"text": {"base": "Zebulon Quillfeather sat by the door.", "value": "Sat by the door."}}
    bodies: dict[str, dict[str, Any]] = {
        "api-people": {"details": {"first_name": "Ada"}, "aliases": ["Addie"]},
        "api-people-search": {"text": "Quillfeather"},
        "api-people-similar": {"last_name": "Quillfeather", "birth_date": "1990-02-03"},
        "api-incidents": {"called_at": LATER.isoformat(), "address": "Main St"},
        "api-shifts": {"unit": town.world.unit.call_sign, "crew": [staff["navigator"]]},
        "api-encounters": {
            "incident": ids["incident"],
            "programme": town.world.art.code,
            "modality": "scene",
        },
        "api-encounter": {"modality": "phone", "response_number": "12"},
        "api-times": {"field": "on_scene_at", "value": LATER.isoformat(), "reason": "Read from the log"},
        "api-whom": {"person": ids["person"]},
        "api-crew": {"staff": staff["navigator"], "remote": False},
        "api-patches": {
            "id": str(uuid7()),
            "form": "narrative",
            "record": ids["record"],
            "base_version": 1,
            "happened_at": LATER.isoformat(),
            "changes": changes,
        },
        "api-addenda": {"text": "Called back.", "reason": "Learned later"},
        "api-correct": {"changes": {"text": "Sat."}, "reason": "Misheard"},
        "api-alarm": {"action": "Oxygen"},
        "api-conflict": {"keep": "mine"},
        "api-stock-movements": {
            "kind": "receive",
            "item": "town_kit",
            "lot": "LOT-1",
            "quantity": 3,
            "unit": "store",
        },
        "api-second-person": {"act": "dose"},
        "api-dose-review": {"finding": "Fine."},
        "api-safety-plan-start": {"record": str(uuid7())},
        "api-plan-review": {"finding": "Fine.", "decision": "accepted"},
        "api-plan-copies": {"layout": "large", "how": "paper"},
        "api-plan-readings": {"outcome": "changes_wanted", "steps": [1, 2]},
        "api-contacts-reassign": {"contacts": [ids["contact"]], "to": staff["peer"]},
        "api-contacts-undo": {"batch": ids["reassignment"]},
        "api-contact-snooze": {"until": "2027-01-13T21:30:00Z", "reason": "Asleep"},
        "api-contact-attempts": {
            "channel": "call",
            "outcome": "no_answer",
            "happened_at": "2027-01-13T19:00:00Z",
        },
        "api-contact-close": {"outcome": "unable", "note": "Moved away"},
        "api-escalation-decide": {"action": "field_visit", "decision": "visit_made", "note": "Nobody home"},
        "api-episode-facility": {"name": "County hospital", "out": False, "at": LATER.isoformat()},
        "api-referral-events": {"kind": "received", "happened_at": LATER.isoformat(), "note": "By phone"},
        "api-hold-events": {
            "kind": "lmhp_done",
            "happened_at": LATER.isoformat(),
            "who": "Lee Park",
            "license": "lcsw",
        },
        "api-handoffs": {"episodes": [ids["episode"]], "to": staff["peer"], "reason": "Leave"},
    }
    return bodies.get(name)


def web_body(name: str) -> dict[str, str]:
    """The fields of a page's form, where an empty one would be answered before the record is looked for."""
    return {"contact-decide": {"decision": "visit_made", "note": "Visit"}}.get(name, {})
