"""The lists that somebody works off: referrals, unfiled work, reviews. Each row that stays is shown once whatever comes or
goes between two pages, and a long page costs as many statements as a short one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from mih.accounts.models import Device
from mih.audit.context import SYSTEM, acting
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.field.models import Envelope, Outcome
from mih.interventions.models import BuprenorphineDose, DoseReview, SecondPerson
from mih.referrals.models import Referral, ReferralLoop
from mih.safety_plans.models import PlanReview
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import pages, seen, statements
from tests.world import World


class Rows:
    """Makes rows of one list, at moments that several of them share, and takes one off the list."""

    def __init__(self, world: World, refer: Callable[..., Referral], overdose: Callable[..., Encounter]):
        self.world, self.refer, self.overdose = world, refer, overdose
        self.response = overdose()

    def one(self, at: datetime) -> str:
        """A row; gives what stands on the page for it alone."""
        raise LookupError(type(self).__name__)

    def finish(self, mark: str) -> None:
        """Take that row off the list."""

    def make(self, number: int, *, hours: float = 0) -> list[str]:
        start = MORNING - timedelta(hours=100 - hours)
        with acting(SYSTEM):
            return [self.one(start + timedelta(minutes=each % 3)) for each in range(number)]


class Referrals(Rows):
    """Many of one person, so that the chart has them too."""

    def one(self, at: datetime) -> str:
        if not hasattr(self, "first"):
            self.first = self.refer()
        loop = ReferralLoop.objects.create(sent_at=at, level=1, segment="general")
        row = Referral.objects.get(pk=self.first.pk)
        row.pk, row.loop, row.sent_at = uuid7(), loop, at
        row.save(force_insert=True)
        return str(row.pk)

    def finish(self, mark: str) -> None:
        ReferralLoop.objects.filter(entries=mark).update(closed_at=MORNING, closing="lost")


class Unfiled(Rows):
    def one(self, at: datetime) -> str:
        device, _ = Device.objects.get_or_create(name="MIH-1")
        row = Envelope.objects.create(
            mid=uuid7(),
            device=device.pk,
            author=self.world.paramedic.pk,
            uploader=device.pk,
            type="record.patch",
            seq=1,
            kid="k",
            sha256="0" * 64,
            header=b"",
            body=b"",
            sig=b"",
            custody_at=at,
            outcome=Outcome.FROZEN,
        )
        return f"piece-{row.pk}"

    def finish(self, mark: str) -> None:
        Envelope.objects.filter(pk=mark.removeprefix("piece-")).update(settled_at=MORNING)


class Doses(Rows):
    def one(self, at: datetime) -> str:
        return str(self.review(at).pk)

    def review(self, at: datetime, **more: Any) -> DoseReview:
        return DoseReview.objects.create(
            encounter=self.response, dose=uuid7(), raised_by=self.world.paramedic, raised_at=at, **more
        )

    def finish(self, mark: str) -> None:
        DoseReview.objects.filter(pk=mark).update(**self.closed(MORNING, "Seen."))

    def closed(self, at: datetime, finding: str) -> dict[str, Any]:
        return {"closed_at": at, "closed_by": self.world.supervisor, "finding": finding}


class Decided(Doses):
    def one(self, at: datetime) -> str:
        mark = f"Found-{uuid7()}"
        self.review(at, **self.closed(at, mark))
        return mark

    def finish(self, mark: str) -> None:
        """What is decided stays decided."""


class Plans(Rows):
    def one(self, at: datetime) -> str:
        row = PlanReview.objects.create(
            encounter=self.response, plan=uuid7(), raised_by=self.world.paramedic, raised_at=at
        )
        return f'data-plan-review="{row.pk}"'

    def finish(self, mark: str) -> None:
        PlanReview.objects.filter(pk=UUID(mark.split('"')[1])).update(withdrawn_at=MORNING)


class Unsigned(Rows):
    def one(self, at: datetime) -> str:
        mark = f"Lot-{uuid7()}"
        films = [{"strength": "8/2", "count": 1, "lot": mark}]
        more = {"films": films, "happened_at": at, "created_at": at, "dose_digest": "seen"}
        BuprenorphineDose.objects.create(encounter=self.response, author=self.world.paramedic, mg=8, **more)
        return mark

    def finish(self, mark: str) -> None:
        dose = BuprenorphineDose.objects.get(films__0__lot=mark)
        both = {"person": self.world.clinician, "beside": self.world.paramedic, "how": "own_session"}
        SecondPerson.objects.create(act="dose", subject=dose.pk, digest="seen", accepted=True, **both)


@dataclass(frozen=True)
class Read:
    """Who reads a list, where, the size of its pages, and the most statements of one page."""

    role: str
    address: str
    size: str
    most: int
    rows: type[Rows]


LISTS = {
    "referrals": Read("navigator", "/referrals/", "mih.referrals.views.PAGE_SIZE", 4, Referrals),
    "all referrals": Read(
        "navigator", "/referrals/?state=all", "mih.referrals.views.PAGE_SIZE", 4, Referrals
    ),
    "API referrals": Read("navigator", "/api/referrals/?size=4", "", 4, Referrals),
    "chart": Read("navigator", "/people/{person}/referrals/", "mih.charts.referrals.PAGE", 6, Referrals),
    "unfiled work": Read(
        "supervisor", "/quarantine/?kind=frozen", "mih.field.views.quarantine.PAGE_SIZE", 5, Unfiled
    ),
    "dose reviews": Read(
        "supervisor", "/quality/reviews/", "mih.interventions.views.reviews.PAGE_SIZE", 6, Doses
    ),
    "decided": Read(
        "supervisor", "/quality/reviews/", "mih.interventions.views.reviews.PAGE_SIZE", 6, Decided
    ),
    "API dose reviews": Read("supervisor", "/api/dose-reviews/", "mih.interventions.api.PAGE_SIZE", 4, Doses),
    "second people": Read(
        "supervisor",
        "/supplies/second-person/",
        "mih.interventions.views.second_people.PAGE_SIZE",
        5,
        Unsigned,
    ),
    "plan reviews": Read("supervisor", "/plan-reviews/", "mih.safety_plans.views.PAGE_SIZE", 5, Plans),
}


@pytest.fixture(params=LISTS)
def read(request: pytest.FixtureRequest) -> Read:
    return LISTS[request.param]


@pytest.fixture
def rows(read: Read, world: World, refer: Any, overdose: Any) -> Rows:
    return read.rows(world, refer, overdose)


def address_of(read: Read, rows: Rows) -> str:
    if "{person}" not in read.address:
        return read.address
    assert isinstance(rows, Referrals)
    return read.address.format(person=rows.first.encounter.person_id)


def test_each_row_is_shown_once_while_others_come_and_go(
    read: Read, rows: Rows, browse: Any, monkeypatch: pytest.MonkeyPatch
):
    stay = rows.make(13)
    go = rows.make(1, hours=0.02)[0]
    if read.size:
        monkeypatch.setattr(read.size, 4)
    known, shown, number = {*stay, go}, [], 0
    for page in pages(browse(read.role), address_of(read, rows)):
        shown += [mark for mark in known if mark in page]
        if number == 0 and go not in shown:
            with acting(SYSTEM):
                rows.finish(go)
        known |= {*rows.make(1, hours=-1), *rows.make(1, hours=1)} if number < 3 else set()
        number += 1
    assert len(shown) == len(set(shown))
    assert set(stay) <= set(shown)
    assert number > 3 or not read.size


def test_a_long_page_costs_the_statements_of_a_short_one(read: Read, rows: Rows, browse: Any):
    rows.make(3)
    client, address = browse(read.role), address_of(read, rows)
    client.get(address)
    short = statements(client, address)
    rows.make(27)
    long = statements(client, address)
    assert (len(long), len(long) <= read.most) == (len(short), True), "\n".join(long)


def test_the_first_look_at_unfiled_work_counts_each_kind_and_leads_on(
    world: World, refer: Any, overdose: Any, browse: Any
):
    Unfiled(world, refer, overdose).make(12)
    client = browse("supervisor")
    page = client.get("/quarantine/")
    assert "Too late to change the record 12" in seen(page)
    assert page.content.decode().count('id="piece-') == 10
    assert len(list(pages(client, "/quarantine/"))) == 2
    assert client.get("/quarantine/?kind=frozen&after=zzz").status_code == 400
    assert "No more of this kind" in seen(client.get("/quarantine/?kind=conflict"))


def test_what_was_typed_about_a_plan_of_a_later_page_is_shown_again_first(
    world: World, refer: Any, overdose: Any, browse: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("mih.safety_plans.views.PAGE_SIZE", 2)
    marks = Plans(world, refer, overdose).make(5)
    last = PlanReview.objects.order_by("-raised_at", "-pk")[0]
    answer = browse("supervisor").post(f"/plan-reviews/{last.pk}/", {"finding": "Half a thought"})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Half a thought" in text
    assert [mark in text for mark in marks].count(True) == 3
    assert text.index(str(last.pk)) < text.index("data-plan-review", text.index(str(last.pk)) + 500)
