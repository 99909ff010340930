"""Taking the next contacts of the queue, many at a time and by many at once: each goes to one of them."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core.errors import NotAllowed
from mih.core.ids import uuid7
from mih.encounters.facts import Facts
from mih.followups.models import ContactDue
from mih.followups.selectors import QueueFilters
from mih.followups.services import claim_next


@pytest.fixture
def queue(world, signed, planned, local):
    """A number of open contacts of one person, given to nobody, each an hour later than the one before."""
    cleared = local("2027-05-06 16:10")

    def make(number, **details):
        first = planned(signed(cleared), Facts(screened_tier="high", overdose_suspected=True))[0]
        rows = []
        for n in range(number):
            row = ContactDue.objects.get(pk=first.pk)
            row.pk, row.status, row.team, row.assigned_to = uuid7(), "open", None, None
            row.next_at += timedelta(hours=n)
            for name, value in details.items():
                setattr(row, name, value)
            rows.append(row)
        with acting(SYSTEM):
            return ContactDue.objects.bulk_create(rows), cleared + timedelta(days=2)

    return make


@pytest.mark.django_db
def test_the_next_contacts_are_taken_in_the_order_of_the_queue(world, queue):
    rows, at = queue(5)
    assert claim_next(by=world.navigator, at=at, most=3) == [row.pk for row in rows[:3]]
    claims = ContactDue.objects.filter(status="claimed").values_list("claimed_by", "claimed_at", "version")
    assert set(claims) == {(world.navigator.pk, at, rows[0].version + 1)}
    assert claim_next(by=world.navigator, at=at, most=9) == [row.pk for row in rows[3:]]
    assert claim_next(by=world.navigator, at=at, most=9) == []
    assert ReadEvent.objects.filter(surface="claim_next", actor=world.navigator.pk).count() == 2


@pytest.mark.django_db
def test_each_claim_is_in_the_history_with_its_actor(world, queue):
    rows, at = queue(4)
    with acting(world.navigator):
        claim_next(by=world.navigator, at=at, most=4)
    events = ContactDue.pgh_event_model.objects.filter(pgh_obj__in=rows, status="claimed")
    assert events.count() == 4
    assert {event.pgh_context.metadata["actor"] for event in events.select_related("pgh_context")} == {
        str(world.navigator.pk)
    }


@pytest.mark.django_db
def test_a_batch_costs_as_many_statements_as_one(world, queue):
    _, at = queue(40)

    def statements(most):
        with CaptureQueriesContext(connection) as spent, acting(world.navigator):
            assert len(claim_next(by=world.navigator, at=at, most=most)) == most
        return len(spent)

    # The stamp of the policies, a savepoint and its end, the claim, the look.
    assert statements(1) == statements(30) == 5


@pytest.mark.django_db
def test_what_is_given_to_me_comes_first_and_counts_among_as_many_as_i_take(world, queue):
    free, at = queue(4)
    given, _ = queue(2, assigned_to=world.navigator)
    take = [each.pk for each in given + free]
    assert claim_next(by=world.navigator, at=at, most=1) == take[:1]
    assert claim_next(by=world.navigator, at=at, most=3) == take[1:4]
    assert ContactDue.objects.filter(pk__in=take, status="open").count() == 2
    assert claim_next(by=world.navigator, at=at, most=9) == take[4:]


@pytest.mark.django_db
def test_of_a_narrowed_list_the_gravest_is_taken_whoever_it_is_given_to(world, queue):
    free, at = queue(2)
    given, _ = queue(2, assigned_to=world.navigator)
    low, _ = queue(1, risk="low", risk_rank=1, assigned_to=world.navigator)
    theirs, _ = queue(1, assigned_to=world.hire("cora", "navigator"))
    listed = ContactDue.objects.filter(pk__in=[each.pk for each in free + given])
    order = list(listed.order_by("next_at", "id").values_list("pk", flat=True))
    for number, pk in enumerate(order):
        among = QueueFilters(scope="all", risk="high", role=free[0].owner_role if number % 2 else "")
        assert claim_next(by=world.navigator, at=at, most=1, among=among) == [pk]
    assert claim_next(by=world.navigator, at=at, most=9, among=QueueFilters(scope="all", risk="high")) == []
    assert claim_next(by=world.navigator, at=at, most=9, among=QueueFilters(scope="mine", when="today")) == [
        low[0].pk
    ]
    assert ContactDue.objects.get(pk=theirs[0].pk).status == "open"


@pytest.mark.django_db
def test_what_was_asked_before_narrows_nothing_afterwards(world, queue):
    rows, at = queue(2)
    for field in ("programme", "language", "role"):
        among = QueueFilters(scope="all", **{field: "zz"})
        assert claim_next(by=world.navigator, at=at, most=9, among=among) == []
    mine = {"programme": rows[0].programme.code, "role": rows[0].owner_role}
    among = QueueFilters(scope="all", language=rows[0].person.language, **mine)
    assert claim_next(by=world.navigator, at=at, most=9, among=among) == [each.pk for each in rows]


@pytest.mark.django_db
def test_free_is_what_is_to_be_made_now_and_claimed_by_nobody(world, queue):
    _, at = queue(3)
    queue(1, snoozed_until=at + timedelta(hours=1), snooze_reason="Asked for the evening")
    queue(2, snoozed_until=at, snooze_reason="Asked for the morning")
    queue(1, status="claimed", claimed_by=world.peer, claimed_at=at)
    now = ContactDue.objects.when("now", at)
    free = set(ContactDue.objects.free(at))
    assert free == set(now.filter(claimed_by=None))
    assert len(free) == len(now) - 1


@pytest.mark.django_db
def test_what_is_given_to_a_colleague_put_off_or_of_the_other_world_is_left(world, queue):
    _, at = queue(1, assigned_to=world.hire("cora", "navigator"))
    queue(1, snoozed_until=at + timedelta(hours=1), snooze_reason="Asked for the evening")
    queue(1, is_practice=True)
    assert claim_next(by=world.navigator, at=at, most=9) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_a_role_that_does_not_work_on_contacts_takes_none(world, queue, role):
    rows, at = queue(2)
    with pytest.raises(NotAllowed):
        claim_next(by=getattr(world, role), at=at, most=9)
    assert ContactDue.objects.filter(pk__in=[row.pk for row in rows], status="open").count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_take_every_contact_once(world, queue):
    rows, at = queue(240)
    workers = [world.hire(f"worker{n}", "navigator") for n in range(8)]
    start, taken = threading.Barrier(8), []

    def work(staff):
        try:
            start.wait()
            with acting(staff):
                while batch := claim_next(by=staff, at=at, most=7):
                    taken.extend((contact, staff.pk) for contact in batch)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(staff,)) for staff in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(pk for pk, _ in taken) == Counter({row.pk: 1 for row in rows})
    assert dict(taken) == dict(ContactDue.objects.filter(status="claimed").values_list("pk", "claimed_by"))
    claims = ContactDue.pgh_event_model.objects.filter(status="claimed").values_list("pgh_obj", flat=True)
    assert Counter(claims) == Counter({row.pk: 1 for row in rows})
