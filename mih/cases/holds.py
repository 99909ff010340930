"""Recording what was learned of a legal hold, with what it means for the contacts that wait for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Stale
from mih.crisis.models import HoldEvent
from mih.crisis.models.legal_hold import ENDS
from mih.crisis.services import record_event
from mih.followups.services import release_from_facility


@transaction.atomic
def learn(*, encounter: UUID, by: Staff, at: datetime, **given: Any) -> HoldEvent:
    """Keep one event of the hold. A discharge or return is told once: contacts that waited for it get their times.

    Raises what `mih.crisis.services.record_event` and `mih.followups.services.release_from_facility` raise, except that
    nobody needs to have waited.
    """
    event = record_event(encounter=encounter, by=by, at=at, **given)
    episode = event.encounter.episode_id
    if event.kind in ENDS and episode is not None:
        try:
            release_from_facility(episode=episode, at=event.happened_at, by=by)
        except Stale as nobody_waits:
            if nobody_waits.code not in ("not_in_facility", "episode_closed"):
                raise
    return event
