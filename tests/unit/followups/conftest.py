from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mih.followups.cadence import Cadence
from mih.followups.hours import ContactWindow
from mih.followups.wording import Wording
from mih.protocols.policy import Policy


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
