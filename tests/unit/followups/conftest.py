from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mih.accounts.models import Staff
from mih.audit.context import SYSTEM, acting
from mih.encounters.facts import Facts
from mih.encounters.models import Encounter
from mih.episodes.services import episode_for
from mih.followups.cadence import Cadence
from mih.followups.hours import ContactWindow
from mih.followups.models import ContactDue
from mih.followups.services import plan_encounter, record_attempt
from mih.followups.wording import Wording
from mih.people.models import Person
from mih.protocols.policy import Policy
from mih.referrals.models import Referral, ReferralLoop
from mih.referrals.services import begin_loop
from tests.world import World


@pytest.fixture(scope="session")
def zone() -> ZoneInfo:
    return ZoneInfo("America/Chicago")


@pytest.fixture(scope="session")
def cadence() -> Cadence:
    return Cadence.from_policy(Policy.default("followup_cadence"))


@pytest.fixture(scope="session")
def window() -> ContactWindow:
    return ContactWindow.from_policy(Policy.default("contact_hours"))


@pytest.fixture(scope="session")
def wording() -> Wording:
    return Wording.from_policy(Policy.default("contact_wording"))


@pytest.fixture(scope="session")
def unreachable() -> Policy:
    return Policy.default("unreachable")


@pytest.fixture(scope="session")
def local(zone: ZoneInfo) -> Callable[[str], datetime]:
    """A wall-clock time in Oklahoma City, such as `2027-01-12 14:31`."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture
def signed(world: World) -> Callable[..., Encounter]:
    """A signed response cleared at a time, with its episode; `sign` or `named` off leaves out what they say."""

    def make(
        cleared: datetime, *, person: Person | None = None, sign: bool = True, named: bool = True
    ) -> Encounter:
        whom = (person or world.person()) if named else None
        encounter = world.response(person=whom, on_scene_at=cleared - timedelta(hours=1), cleared_at=cleared)
        with acting(SYSTEM):
            if whom is not None:
                encounter.episode = episode_for(person=whom, programme=encounter.programme, at=cleared)
            if sign:
                encounter.signed_at, encounter.signed_by = cleared, world.paramedic
                encounter.plan_due_since = cleared
            encounter.save()
        return encounter

    return make


@pytest.fixture
def planned(world: World) -> Callable[..., list[ContactDue]]:
    """Plan an encounter from the facts given, at the time it was cleared."""

    def make(encounter: Encounter, facts: Facts, *, at: datetime | None = None) -> list[ContactDue]:
        with acting(SYSTEM):
            return plan_encounter(encounter=encounter, at=at or encounter.cleared_at, facts=facts)

    return make


@pytest.fixture
def done(world: World) -> Callable[..., None]:
    """Record that the person was reached."""

    def make(contact: ContactDue, *, at: datetime, by: Staff | None = None) -> None:
        worker = by or world.navigator
        with acting(worker):
            record_attempt(contact=contact.pk, channel="call", outcome="reached", by=worker, at=at)

    return make


@pytest.fixture
def refer(world: World) -> Callable[..., Referral]:
    """A signed referral of a response."""

    def make(encounter: Encounter, **details: Any) -> Referral:
        with acting(world.paramedic):
            entry = Referral(
                encounter=encounter,
                author=world.paramedic,
                loop=ReferralLoop.objects.create(),
                **{
                    "partner_name": "CMHC C",
                    "category": "mental_health",
                    "consent_given": True,
                    "sent_at": encounter.cleared_at,
                    "signed_at": encounter.cleared_at,
                    "signed_by": world.paramedic,
                    "status": "signed",
                    **details,
                },
            )
            entry.save(force_insert=True)
            begin_loop(entry)
        return entry

    return make
