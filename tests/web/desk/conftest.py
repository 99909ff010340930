"""Signed-in browsers without a browser, and the morning after an overdose."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from mih.audit.context import acting
from mih.core import clock
from mih.encounters.facts import Facts
from mih.encounters.models import Encounter
from mih.people.models import Person
from mih.referrals.models import Partner, Referral, ReferralLoop
from mih.referrals.services import begin_loop
from tests.web.api.followup_steps import CALLS, followed
from tests.world import World

CLEARED = datetime(2027, 1, 12, 20, 31, tzinfo=UTC)
"""14:31 in Oklahoma City."""
MORNING = CLEARED + timedelta(hours=20)
"""10:31 the next day: OD1 is open, within the hours of contact."""

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def morning() -> Iterator[datetime]:
    with clock.fixed(MORNING):
        yield MORNING


@pytest.fixture
def browse(world: World) -> SignIn:
    """A client signed in as whoever holds a role."""

    def sign_in(role: str) -> Client:
        client = Client()
        client.force_login(world.staff[role])
        return client

    return sign_in


@pytest.fixture
def overdose(world: World) -> Callable[..., Encounter]:
    """A signed overdose with its contacts; `person` are the details of the one it happened to."""

    def make(
        facts: Facts | None = None,
        *,
        cleared: datetime = CLEARED,
        contact: dict[str, Any] | None = None,
        **person: Any,
    ) -> Encounter:
        whom: Person = world.person(contact=contact or CALLS, **person)
        return followed(world, cleared, facts, person=whom, on_scene_at=cleared - timedelta(hours=1))

    return make


@pytest.fixture
def refer(world: World, overdose: Callable[..., Encounter]) -> Callable[..., Referral]:
    """A signed referral, sent some days ago."""

    def make(*, days: float = 1, partner: Partner | None = None, **details: Any) -> Referral:
        sent = MORNING - timedelta(days=days)
        response = overdose(cleared=sent, last_name="Sample")
        with acting(world.paramedic):
            entry = Referral(
                encounter=response,
                author=world.paramedic,
                loop=ReferralLoop.objects.create(),
                partner=partner,
                partner_name="" if partner else "Housing desk",
                category="housing",
                consent_given=True,
                sent_at=sent,
                how="phone",
                signed_at=sent,
                signed_by=world.paramedic,
                status="signed",
                **details,
            )
            entry.save(force_insert=True)
            begin_loop(entry)
        return entry

    return make
