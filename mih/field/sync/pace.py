"""How often one tablet may ask. Counted in this process alone: it is there against a tablet gone wild, not an enemy."""

import time
from collections import deque
from uuid import UUID

MOST = 240
WITHIN = 60.0
"""Requests, in so many seconds: a full outbox of 500 items on a good network needs some twenty."""

_recent: dict[UUID, deque[float]] = {}
_KEPT = 5_000


def wait_for(device: UUID) -> int:
    """Seconds to wait before `device` may ask again; 0 when it may ask now, which is then counted."""
    now = time.monotonic()
    asked = _recent.setdefault(device, deque())
    while asked and now - asked[0] > WITHIN:
        asked.popleft()
    if len(asked) >= MOST:
        return int(WITHIN - (now - asked[0])) + 1
    asked.append(now)
    if len(_recent) > _KEPT:
        for idle in [each for each, times in _recent.items() if not times or now - times[-1] > WITHIN]:
            del _recent[idle]
    return 0
