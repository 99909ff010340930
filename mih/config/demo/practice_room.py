"""The practice program's one invented response, beside the invented city and never mixed with it."""

from datetime import timedelta

from mih.config.demo.agency import City
from mih.config.demo.response import Call, Response
from mih.config.demo.stories import overdose
from mih.core import clock
from mih.followups import sweeps


def fill_practice(city: City) -> None:
    """A practice overdose, signed yesterday, with its practice follow-up."""
    start = city.days.now - timedelta(hours=27)
    response = Response(city, Call("PRACTICE-1", ("practice",), "overdose"), start, 900, "practice")
    overdose.practice_reversal(response)
    if response.signed_at:
        with clock.fixed(response.signed_at):
            sweeps.plan_due(at=response.signed_at)
