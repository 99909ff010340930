"""Whatever the order of signing, saving again, editing, reaching people and crashing: every signed encounter has exactly
its contacts, and none twice."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.core.errors import Stale
from mih.encounters import gist
from mih.encounters.facts import Facts, ReferralMade
from mih.encounters.models import Disposition, Encounter, Narrative
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.services import signing
from mih.followups import sweeps
from mih.followups.cadence import Cadence
from mih.followups.due import StepKey
from mih.followups.hours import ContactWindow
from mih.followups.models import ContactDue, FollowUpTrigger, PlannedStep, PlanningTrouble
from mih.followups.planning import plan
from mih.followups.services import record_attempt
from mih.followups.triggers import Trigger
from mih.protocols.policy import Policy

pytestmark = pytest.mark.django_db

START = datetime(2027, 3, 12, 4, 30, tzinfo=UTC)
CADENCE = Cadence.from_policy(Policy.default("followup_cadence"))
WINDOW = ContactWindow.from_policy(Policy.default("contact_hours"))


@dataclass(frozen=True)
class Found:
    """What a crew found: overdose or not, a tier, referrals by number with the day of their appointment."""

    overdose: bool = False
    tier: str = "none"
    referrals: tuple[tuple[int, int | None], ...] = ()


SAID: dict[UUID, Found] = {}
"""What the entries of the encounters of this test amount to."""


@registry.facts
def what_was_said(picture: object, facts: Facts) -> None:
    encounter: Encounter = picture.encounter  # type: ignore[attr-defined]
    found = SAID.get(encounter.pk)
    if found is None:
        return
    facts.overdose_suspected, facts.screened_tier = found.overdose, found.tier
    facts.referrals = [
        ReferralMade(referral_id(encounter.pk, number), "Partner", "other", None, appointment(encounter, day))
        for number, day in found.referrals
    ]


def referral_id(encounter: UUID, number: int) -> UUID:
    return UUID(int=(encounter.int & ~0xF) | number)


def appointment(encounter: Encounter, day: int | None) -> datetime | None:
    return None if day is None or encounter.cleared_at is None else encounter.cleared_at + timedelta(days=day)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Broken(Exception):
    """A statement fails."""


@contextmanager
def failing_at(statement: int, error: type[BaseException]) -> Iterator[None]:
    """Raise `error` instead of running the `statement`-th write or read from here on."""
    count = Counter[str]()

    def wrapper(execute, sql, params, many, context):
        count["run"] += 1
        if count["run"] == statement:
            raise error(sql[:40])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


founds = st.builds(
    Found,
    overdose=st.booleans(),
    tier=st.sampled_from(["none", "low", "moderate", "high"]),
    referrals=st.lists(
        st.tuples(st.integers(1, 2), st.none() | st.integers(1, 20)), max_size=2, unique_by=lambda r: r[0]
    ).map(tuple),
)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("sign"), st.integers(0, 2), founds),
        st.tuples(st.just("killed signing"), st.integers(0, 2), founds, st.integers(1, 60)),
        st.tuples(st.just("sign what was left"), founds),
        st.tuples(st.just("sign again"), st.integers(0, 4)),
        st.tuples(st.just("edit"), st.integers(0, 4), founds),
        st.tuples(st.just("save again"), st.integers(0, 4)),
        st.tuples(st.just("sweep")),
        st.tuples(st.just("killed sweep"), st.integers(1, 60)),
        st.tuples(st.just("failing sweep"), st.integers(1, 60)),
        st.tuples(st.just("reach"), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=12,
)


@dataclass
class Story:
    """One run: three people, the encounters signed so far, those whose signing was cut short, and a clock that only
    goes forward."""

    world: object
    people: list[object]
    encounters: list[Encounter] = field(default_factory=list)
    unsigned: list[Encounter] = field(default_factory=list)
    now: datetime = START

    def act(self, what: str, *given: object) -> None:
        self.now += timedelta(hours=5)
        {
            "sign": self.sign,
            "killed signing": self.killed_signing,
            "sign what was left": self.sign_left,
            "sign again": self.sign_again,
            "edit": self.edit,
            "save again": self.save_again,
            "sweep": self.sweep,
            "killed sweep": self.killed,
            "failing sweep": self.failing,
            "reach": self.reach,
        }[what](*given)

    def ready(self, person: int) -> Encounter:
        """A response that lacks only its signature."""
        encounter = self.world.response(
            person=self.people[person], on_scene_at=self.now - timedelta(hours=1), cleared_at=self.now
        )
        author = self.world.paramedic
        with acting(author):
            said = {"encounter": encounter, "author": author, "happened_at": self.now}
            Disposition(**said, code="referred_only").save(force_insert=True)
            Narrative(**said, text="Seen at home.").save(force_insert=True)
        return encounter

    def signed(self, encounter: Encounter) -> Encounter:
        with acting(self.world.paramedic):
            return signing.sign(encounter=encounter.pk, by=self.world.paramedic, at=self.now)

    def sign(self, person: int, found: Found) -> None:
        self.keep(self.signed(self.ready(person)), found)

    def keep(self, encounter: Encounter, found: Found) -> None:
        """The crew found this: planned from what signing leaves of it, or, every other time, from the entries."""
        SAID[encounter.pk] = found
        facts = Facts()
        what_was_said(Picture(encounter, {}, {}), facts)
        facts.disposition = "referred_only"
        left = gist.as_json(gist.of_facts(facts)) if len(self.encounters) % 2 else None
        with acting(SYSTEM):
            Encounter.objects.filter(pk=encounter.pk).update(gist=left)
        self.encounters.append(encounter)

    def killed_signing(self, person: int, found: Found, statement: int) -> None:
        encounter = self.ready(person)
        try:
            with transaction.atomic(), failing_at(statement, Killed):
                encounter = self.signed(encounter)
        except Killed:
            encounter.refresh_from_db()
            assert not encounter.is_signed
            self.unsigned.append(encounter)
        else:
            self.keep(encounter, found)

    def sign_left(self, found: Found) -> None:
        """Whoever found the response unsigned signs it now; its plan counts from when it was cleared."""
        if self.unsigned:
            self.keep(self.signed(self.unsigned.pop(0)), found)

    def sign_again(self, which: int) -> None:
        """The tablet got no answer and sends the signature once more."""
        if self.encounters:
            with pytest.raises(Stale):
                self.signed(self.encounters[which % len(self.encounters)])

    def edit(self, which: int, found: Found) -> None:
        if self.encounters:
            SAID[self.encounters[which % len(self.encounters)].pk] = found
            self.save_again(which)

    def save_again(self, which: int) -> None:
        if self.encounters:
            pk = self.encounters[which % len(self.encounters)].pk
            with acting(SYSTEM):
                Encounter.objects.filter(pk=pk).update(plan_due_since=self.now)

    def sweep(self) -> None:
        sweeps.plan_due(at=self.now)
        sweeps.activate(at=self.now)

    def killed(self, statement: int) -> None:
        try:
            with transaction.atomic(), failing_at(statement, Killed):
                sweeps.plan_due(at=self.now)
        except Killed:
            pass

    def failing(self, statement: int) -> None:
        try:
            with transaction.atomic(), failing_at(statement, Broken):
                sweeps.plan_due(at=self.now)
        except Broken:  # outside the part that is set aside, such as choosing the next row
            pass

    def reach(self, which: int) -> None:
        contacts = list(ContactDue.objects.running().order_by("created_at", "id"))
        if contacts:
            worker = self.world.navigator
            noon = clock.local(self.now).replace(hour=12)
            with acting(worker):
                record_attempt(
                    contact=contacts[which % len(contacts)].pk,
                    channel="in_person",
                    outcome="reached",
                    by=worker,
                    at=noon,
                )

    def settle(self) -> None:
        """The sweeps run on until nothing waits, past every pause after a failure."""
        for _ in range(3):
            self.now += timedelta(hours=2)
            self.sweep()
        assert not Encounter.objects.filter(plan_due_since__isnull=False).exists()
        assert not PlanningTrouble.objects.exists()


@given(acts=acts)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_signed_encounter_has_exactly_its_contacts(world, zone, acts):
    with transaction.atomic():
        story = Story(world, [world.person() for _ in range(3)])
        for act in acts:
            story.act(*act)
        story.settle()
        for person in story.people:
            check([e for e in story.encounters if e.person_id == person.pk], zone)
        assert not FollowUpTrigger.objects.filter(encounter__in=story.unsigned).exists()
        before = list(ContactDue.objects.order_by("id").values_list("pk", "version", "status"))
        for number in range(len(story.encounters)):
            story.save_again(number)
        story.sweep()
        assert list(ContactDue.objects.order_by("id").values_list("pk", "version", "status")) == before
        SAID.clear()
        transaction.set_rollback(True)


def check(encounters, zone):
    steps = list(
        PlannedStep.objects.filter(episode__in={e.episode_id for e in encounters}).select_related("contact")
    )
    keys = Counter(key_of(step) for step in steps)
    assert all(count == 1 for count in keys.values())
    done = {key_of(step) for step in steps if step.state == "done"}
    due = plan(triggers_of(encounters), cadence=CADENCE, window=WINDOW, zone=zone, settled=done)
    contacts = ContactDue.objects.unfinished().filter(episode__in={e.episode_id for e in encounters})
    assert Counter(facts_of(c) for c in contacts) == Counter(
        (c.label, c.opens, c.target, c.closes, c.planned, c.owner_role) for c in due
    )
    planned = {key_of(step): step for step in steps if step.state == "planned"}
    assert set(planned) == {key for contact in due for key in contact.steps}
    for contact in contacts:
        mine = [key for key, step in planned.items() if step.contact_id == contact.pk]
        assert sorted({key.step for key in mine}) == contact.steps
    assert all(step.contact.status == "done" for step in steps if step.state == "done")


def key_of(step):
    return StepKey(step.trigger, str(step.occurrence), step.step)


def facts_of(contact):
    return (
        contact.label,
        contact.opens_at,
        contact.target_at,
        contact.closes_at,
        contact.planned_at,
        contact.owner_role,
    )


def triggers_of(encounters):
    """Of each trigger the newest, and every referral; written anew here, from what was said."""
    newest: dict[str, Trigger] = {}
    referrals = []
    for encounter in sorted(encounters, key=lambda e: e.cleared_at):
        found = SAID[encounter.pk]
        codes = (["OD"] if found.overdose else []) + {"high": ["SH"], "moderate": ["SM"], "low": ["ML"]}.get(
            found.tier, []
        )
        for code in codes:
            newest[code] = Trigger(code, str(encounter.pk), encounter.cleared_at)
        referrals += [
            Trigger(
                "RF",
                str(referral_id(encounter.pk, number)),
                encounter.cleared_at,
                appointment(encounter, day),
            )
            for number, day in found.referrals
        ]
    return [*newest.values(), *referrals]
