"""Shortcuts of the follow-up tests: a signed overdose with its contacts, and the requests a navigator makes."""

from datetime import datetime, timedelta
from typing import Any

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.core.ids import uuid7
from mih.encounters.facts import DoseGiven, Facts
from mih.encounters.models import Encounter
from mih.episodes.services import episode_for
from mih.followups.models import ContactDue
from mih.followups.services import plan_encounter
from mih.followups.sweeps import activate
from mih.people.models import Person
from tests.world import World

CALLS = {"phone": "+14055550111", "call_allowed": True, "voicemail": "name_only", "sms_allowed": False}


def followed(
    world: World,
    cleared: datetime,
    facts: Facts | None = None,
    *,
    person: Person | None = None,
    **details: Any,
) -> Encounter:
    """A signed response cleared at `cleared` whose follow-up is planned and, one day later, open."""
    whom = person or world.person(contact=CALLS)
    encounter = world.response(person=whom, cleared_at=cleared, **details)
    dose = DoseGiven(uuid7(), "naloxone", 4.0, cleared, "fire", True)
    with acting(SYSTEM):
        encounter.episode = episode_for(person=whom, programme=encounter.programme, at=cleared)
        encounter.signed_at, encounter.signed_by = cleared, world.paramedic
        encounter.save()
        plan_encounter(encounter=encounter, at=cleared, facts=facts or Facts(doses=[dose]))
    activate(at=cleared + timedelta(days=1))
    return encounter


def contact(step: str) -> ContactDue:
    """The contact that holds a step."""
    return ContactDue.objects.select_related("episode", "person__contact").get(steps__contains=[step])


def tried(world: World, whom: ContactDue, *, by: Staff | None = None, **body: Any) -> Any:
    """Record an attempt through the API."""
    body = {"channel": "call", "outcome": "no_answer", **body}
    return world.client(by or world.navigator).post(f"/api/contacts/{whom.pk}/attempts/", body, format="json")
