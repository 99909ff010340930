"""Responses ready to be signed, and the contacts that must follow from them, worked out without the database."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from mih.core import clock
from mih.encounters.models import Encounter
from mih.followups.cadence import Cadence
from mih.followups.hours import ContactWindow
from mih.followups.models import ContactDue, FollowUpTrigger, PlannedStep, PlanningTrouble
from mih.followups.planning import plan
from mih.followups.triggers import Trigger
from mih.people.models import Person
from mih.protocols.policy import Policy
from tests.unit.interventions.support import naloxone, ok
from tests.world import World

CADENCE = Cadence.from_policy(Policy.default("followup_cadence"))
WINDOW = ContactWindow.from_policy(Policy.default("contact_hours"))
OKLAHOMA = ZoneInfo("America/Chicago")


@dataclass(frozen=True)
class Ready:
    """A response that lacks nothing but its signature, and the triggers it will start."""

    encounter: Encounter
    triggers: tuple[str, ...]

    @property
    def signing(self) -> str:
        return f"/api/encounters/{self.encounter.pk}/sign/"


def ready(world: World, *, count: int) -> list[Ready]:
    """`count` responses: overdoses, some with a low tier as well; every third person is met again two hours later."""
    made: list[Ready] = []
    person: Person | None = None
    for number in range(count):
        if number % 3 != 2 or person is None:
            person = world.person(last_name=f"Example {number}")
        made.append(_ready(world, person, low_tier=number % 2 == 1, hours_ago=2 * (count - number)))
    return made


def _ready(world: World, person: Person, *, low_tier: bool, hours_ago: int) -> Ready:
    cleared = clock.now().replace(microsecond=0) - timedelta(hours=hours_ago)
    scene = cleared - timedelta(hours=1)
    response = world.response(person=person, on_scene_at=scene, cleared_at=cleared)
    forms: dict[str, dict[str, Any]] = {
        "naloxone": naloxone(scene),
        "narrative": {"text": "Reversed before arrival."},
        "cssrs_screener": {"q1": "yes" if low_tier else "no", "q2": "no", "q6": "no"},
        "disposition": {"code": "referred_only"},
    }
    for form, values in forms.items():
        ok(world.fill(response, form, values, happened_at=scene))
    return Ready(response, ("OD", "ML") if low_tier else ("OD",))


def signed_count(responses: list[Ready]) -> int:
    """How many of them are signed."""
    keys = [each.encounter.pk for each in responses]
    return Encounter.objects.filter(pk__in=keys, signed_at__isnull=False).count()


def waiting() -> int:
    """How many signed responses wait for their plan."""
    return Encounter.objects.filter(plan_due_since__isnull=False).count()


def assert_each_has_exactly_its_contacts(responses: list[Ready]) -> None:
    """Every contact that must follow exists once, with its times and steps; there is no other."""
    assert signed_count(responses) == len(responses)
    assert waiting() == 0
    assert list(PlanningTrouble.objects.values_list("problem", flat=True)) == []
    people = {each.encounter.person_id for each in responses}
    expected = Counter(
        each
        for person in people
        for each in _expected([one for one in responses if one.encounter.person_id == person])
    )
    found = Counter(
        (contact.person_id, "+".join(contact.steps), contact.opens_at, contact.target_at, contact.closes_at,
         contact.planned_at, contact.owner_role)
        for contact in ContactDue.objects.unfinished()
    )  # fmt: skip
    assert found == expected
    steps = Counter(
        PlannedStep.objects.filter(state="planned").values_list(
            "episode__person", "trigger", "occurrence", "step"
        )
    )
    assert set(steps.values()) == {1}
    assert sum(steps.values()) == sum(label.count("+") + 1 for _, label, *_ in found)
    triggers = Counter(FollowUpTrigger.objects.values_list("encounter", "code"))
    assert triggers == Counter((each.encounter.pk, code) for each in responses for code in each.triggers)


def _expected(responses: list[Ready]) -> list[tuple[Any, ...]]:
    """One person's contacts: of each trigger the newest counts (clinical.md §7.4)."""
    newest: dict[str, Trigger] = {}
    for each in sorted(responses, key=lambda one: _cleared(one)):
        for code in each.triggers:
            newest[code] = Trigger(code, str(each.encounter.pk), _cleared(each))
    due = plan(newest.values(), cadence=CADENCE, window=WINDOW, zone=OKLAHOMA)
    person = responses[0].encounter.person_id
    return [
        (person, one.label, one.opens, one.target, one.closes, one.planned, one.owner_role) for one in due
    ]


def _cleared(ready: Ready) -> datetime:
    assert ready.encounter.cleared_at
    return ready.encounter.cleared_at
