"""How often one may ask the API, counted by one statement a request.

The rules are those of REST framework's throttles: so many requests in any minute that ends now, a refused one not counted,
a member of staff by who that is, anybody else by address. Theirs read and write the cache, which costs six statements and
loses a count when two requests come at once; here the row's lock lets one after the other look.
"""

import secrets
import time
from typing import Any

from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle

from mih.config.models import RequestRate

KEY = 200
"""Characters of a key: more than any address has, however a proxy writes it."""

ASK = """
INSERT INTO config_requestrate AS kept (key, times, token) VALUES (%(key)s, ARRAY[%(now)s::float8], %(token)s)
ON CONFLICT (key) DO UPDATE SET (times, token) = (
    SELECT CASE WHEN cardinality(late) < %(most)s THEN %(now)s::float8 || late ELSE late END,
           CASE WHEN cardinality(late) < %(most)s THEN %(token)s ELSE kept.token END
    FROM (SELECT ARRAY(
        SELECT at FROM unnest(kept.times) WITH ORDINALITY AS each (at, place)
        WHERE at > %(now)s::float8 - %(seconds)s ORDER BY place
    )) AS these (late)
)
RETURNING token = %(token)s, cardinality(times), times[cardinality(times)]
"""


class OneStatement(SimpleRateThrottle):
    """A throttle of REST framework that keeps its counts in a table of its own."""

    num_requests: int | None
    duration: int | None
    _oldest: float
    _counted: int

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request may go on; if so it is counted."""
        key = self.get_cache_key(request, view) if self.rate is not None else None
        if key is None:
            return True
        self.now = self.timer()
        values: dict[str, str | float | None] = {
            "key": key[:KEY],
            "now": self.now,
            "token": secrets.randbits(62),
            "most": self.num_requests,
            "seconds": self.duration,
        }
        with connection.cursor() as cursor:
            cursor.execute(ASK, values)
            allowed, self._counted, self._oldest = cursor.fetchone() or (True, 0, self.now)
        return bool(allowed and self.num_requests)

    def wait(self) -> float | None:
        """Seconds until a refused request would be let through; None while a lowered limit is still overdrawn."""
        assert self.num_requests is not None
        assert self.duration is not None
        if self._counted > self.num_requests:
            return None
        return self.duration - (self.now - self._oldest)


class StaffThrottle(OneStatement, UserRateThrottle):
    """Of one member of staff, whatever the device."""


class StrangerThrottle(OneStatement, AnonRateThrottle):
    """Of one address, while nobody is signed in."""


def forget() -> int:
    """Remove those who have not asked for so long that it no longer counts. Returns how many."""
    each: list[OneStatement] = [StaffThrottle(), StrangerThrottle()]
    longest = max(throttle.duration or 0 for throttle in each)
    gone, _ = RequestRate.objects.filter(times__0__lte=time.time() - longest).delete()
    return gone
