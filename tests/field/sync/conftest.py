"""A tablet with a paramedic on it, and a response they are on."""

from uuid import UUID

import pytest

from mih.audit.context import acting
from mih.encounters.models import CrewMember, Encounter
from tests.field.client import Author, Tablet
from tests.world import World


@pytest.fixture
def tablet(world: World) -> Tablet:
    """A tablet nobody is on yet."""
    return Tablet()


@pytest.fixture
def pat(world: World, tablet: Tablet) -> Author:
    """The paramedic on the tablet."""
    return tablet.of(world.paramedic)


@pytest.fixture
def nia(world: World) -> Author:
    """The navigator, on a tablet of her own."""
    return Tablet("Tablet 8").of(world.navigator)


@pytest.fixture
def response(world: World) -> Encounter:
    """A response both are on, with a person."""
    return world.response(person=world.person())


@pytest.fixture
def encounter(response: Encounter) -> UUID:
    """Its identifier."""
    return response.pk


@pytest.fixture
def remy(world: World, response: Encounter) -> Author:
    """A second paramedic on the response, on a tablet of their own."""
    member = world.hire("remy", "paramedic")
    with acting(world.paramedic):
        CrewMember.objects.create(encounter=response, staff=member)
    return Tablet("Tablet 5").of(member)
