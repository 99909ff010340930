"""Every list is read page by page by its key: whatever comes, goes or is finished between two pages, each row that stays
is shown once, and a long list costs as many statements as a short one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from mih.audit.context import SYSTEM, acting
from mih.audit.models import Denial
from mih.core.ids import uuid7
from mih.followups.models import ContactDue
from tests.web.api.followup_steps import contact
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import pages, statements
from tests.world import World

Clone = Callable[..., list[ContactDue]]


@pytest.fixture
def row(world: World, overdose: Any) -> ContactDue:
    """One open contact; the person's other ones are out of the way."""
    overdose()
    only = contact("OD1")
    with acting(SYSTEM):
        ContactDue.objects.exclude(pk=only.pk).update(
            status="superseded", closed_at=MORNING, next_at=MORNING - timedelta(days=400)
        )
    return only


@pytest.fixture
def clone(row: ContactDue) -> Clone:
    """More contacts like it, many at the same moment: only the identifier tells those apart."""

    def make(number: int, *, minutes: int = 0) -> list[ContactDue]:
        made = []
        for each in range(number):
            copy = ContactDue.objects.get(pk=row.pk)
            copy.pk = uuid7()
            copy.next_at = row.next_at + timedelta(minutes=minutes + each % 3)
            made.append(copy)
        with acting(SYSTEM):
            return ContactDue.objects.bulk_create(made)

    return make


LISTS = {
    "queue": ("navigator", "/queue/?scope=all", "mih.followups.views.queue.PAGE_SIZE", 3),
    "caseload": ("supervisor", "/caseload/list/due/", "mih.cases.views.lists.PAGE_SIZE", 4),
    "chart": ("navigator", "/people/{person}/contacts/", "mih.charts.contacts.PAGE", 10),
    "API queue": ("navigator", "/api/contacts/?scope=all&size=4", "", 5),
    "API person": ("navigator", "/api/people/{person}/contacts/", "mih.followups.api.contacts.PAGE_SIZE", 6),
}
"""Who reads the list, where, the size of its pages, and the most statements of one page."""


@pytest.mark.parametrize("name", LISTS)
def test_each_row_is_shown_once_while_others_come_and_go(
    name: str, row: ContactDue, clone: Clone, world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
):
    role, address, size, _ = LISTS[name]
    if size:
        monkeypatch.setattr(size, 4)
    stay, go = [row, *clone(12)], clone(1, minutes=2)[0]
    known = {each.pk for each in (*stay, go)}
    shown: list[UUID] = []
    for number, page in enumerate(pages(browse(role), address.format(person=row.person_id))):
        shown += [pk for pk in known if str(pk) in page]
        if number == 0 and go.pk not in shown:
            with acting(SYSTEM):
                ContactDue.objects.filter(pk=go.pk).update(
                    status="unable", closed_at=MORNING, next_at=MORNING - timedelta(days=300)
                )
        known |= (
            {each.pk for each in (*clone(1, minutes=-30), *clone(1, minutes=30))} if number < 3 else set()
        )
    assert len(shown) == len(set(shown))
    assert {each.pk for each in stay} <= set(shown)


@pytest.mark.parametrize("name", LISTS)
def test_a_long_page_costs_the_statements_of_a_short_one(
    name: str, row: ContactDue, clone: Clone, browse: Any
):
    role, address, _, most = LISTS[name]
    client, address = browse(role), address.format(person=row.person_id)
    client.get(address)
    short = statements(client, address)
    clone(9)
    long = statements(client, address)
    assert (len(long), len(long) <= most) == (len(short), True), "\n".join(long)


def test_a_deep_page_of_refused_acts_ends_where_the_log_ends(world: World, browse: Any):
    """The log of refused acts is paged by an identifier that carries its time."""
    make = [
        Denial(
            actor=world.peer.pk, role="peer", is_practice=False, action=f"act-{number:03}", code="role_matrix"
        )
        for number in range(120)
    ]
    Denial.objects.bulk_create(make)
    client = browse("privacy_officer")
    read = list(pages(client, reverse("denials")))
    names = [name for page in read for name in set(re.findall(r"Act[ -]\d{3}", page))]
    assert len(names) == len(set(names)) == 120
    assert len(read) == 3
