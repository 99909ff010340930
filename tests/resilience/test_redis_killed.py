"""Redis dies while records are signed, and comes back."""

from knox.models import AuthToken

from tests.resilience.machinery import Machinery, until
from tests.resilience.records import Ready, assert_each_has_exactly_its_contacts, ready, signed_count, waiting
from tests.world import World

LONGEST_WAIT = 3.0
"""Seconds that a doorbell nobody hears may add to a signing: it gives up after half a second, and without its patience
after five; the rest is a busy machine's."""


def test_records_are_signed_while_redis_hangs_and_dies_and_all_are_planned_when_it_is_back(
    city: World, machinery: Machinery
) -> None:
    worker = machinery.start_worker()
    web = machinery.start_web()
    responses = ready(city, count=10)
    token = AuthToken.objects.create(city.paramedic)[1]
    heard, hanging, dead, back = (
        list(part) for part in (responses[:3], responses[3:5], responses[5:8], responses[8:])
    )

    def sign(some: list[Ready]) -> float:
        took = []
        for each in some:
            status, said, seconds = web.post(each.signing, token)
            assert status == 200, said
            took.append(seconds)
        return max(took)

    assert web.get("/health/ready") == 200
    usual = sign(heard)
    until(lambda: waiting() == 0, "the worker to hear the doorbell")

    machinery.freeze_redis()
    assert sign(hanging) < usual + LONGEST_WAIT
    machinery.kill_redis()
    assert sign(dead) < usual + LONGEST_WAIT
    assert signed_count(responses) == 8
    assert waiting() == 5  # nobody heard the doorbell; the rows wait

    machinery.start_redis()
    sign(back)
    machinery.tick()
    until(lambda: waiting() == 0, "the worker to come back and plan")
    assert_each_has_exactly_its_contacts(responses)

    machinery.tick()
    until(lambda: machinery.is_idle(), "the worker to have done everything again")
    assert_each_has_exactly_its_contacts(responses)
    assert worker.is_running()
