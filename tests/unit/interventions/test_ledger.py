"""Whatever happens in whatever order, and however often it is sent again: the ledger adds up to what happened."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mih.audit.context import acting
from mih.core import clock
from mih.core.errors import Invalid
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, EntryStatus
from mih.interventions.models import KitLeft, SupplyLot, SupplyMovement
from mih.interventions.services import supplies
from mih.interventions.services.usage import correct_use, use_up
from tests.world import NOON, World

pieces = st.integers(1, 6)
acts = st.one_of(
    st.tuples(st.just("receive"), pieces),
    st.tuples(st.just("issue"), pieces),
    st.tuples(st.just("waste"), pieces),
    st.tuples(st.just("transfer"), pieces),
    st.tuples(st.just("count"), st.integers(0, 12)),
    st.tuples(st.just("correct"), st.integers(0, 6)),
)


@dataclass
class Shelf:
    """The lot on a unit as a person would keep it in their head, and the entries that used some of it."""

    world: World
    lot: SupplyLot
    response: Encounter
    here: int = 0
    store: int = 0
    standing: list[tuple[KitLeft, int]] = field(default_factory=list)

    def receive(self, pieces: int) -> None:
        supplies.receive(
            item_code="naloxone_kit", number="K-1", expires_on=None, quantity=pieces, unit=self.world.unit,
            by=self.world.supervisor, at=NOON,
        )  # fmt: skip
        self.here += pieces

    def _entry(self, quantity: int, replaces: UUID | None = None) -> KitLeft:
        return KitLeft.objects.create(
            encounter=self.response,
            author=self.world.paramedic,
            quantity=quantity,
            lot=self.lot,
            replaces=replaces,
        )

    def issue(self, pieces: int, times: int) -> None:
        entry = self._entry(pieces)
        for _ in range(times):
            use_up(
                {self.lot: pieces}, source=entry.pk, unit=self.world.unit, is_practice=False,
                by=self.world.paramedic, at=NOON,
            )  # fmt: skip
        self.here -= pieces
        self.standing.append((entry, pieces))

    def correct(self, pieces: int, times: int) -> None:
        if not self.standing:
            return
        old, used = self.standing.pop()
        new = self._entry(pieces, replaces=old.pk)
        KitLeft.objects.filter(pk=old.pk).update(status=EntryStatus.REPLACED)
        for _ in range(times):
            correct_use(
                {self.lot: pieces} if pieces else {}, old=old, new=new, by=self.world.paramedic, at=NOON
            )
        self.here += used - pieces
        self.standing.append((new, pieces))

    def waste(self, pieces: int) -> None:
        if self._refused(
            pieces, lambda: supplies.take_out(
                lot=self.lot, kind="waste", quantity=pieces, unit=self.world.unit, by=self.world.supervisor, at=NOON
            )
        ):  # fmt: skip
            return
        self.here -= pieces

    def transfer(self, pieces: int) -> None:
        if self._refused(
            pieces, lambda: supplies.transfer(
                lot=self.lot, quantity=pieces, unit=self.world.unit, to=None, by=self.world.supervisor, at=NOON
            )
        ):  # fmt: skip
            return
        self.here, self.store = self.here - pieces, self.store + pieces

    def _refused(self, pieces: int, act: Any) -> bool:
        """Nothing is taken that the ledger does not have; a refusal writes nothing."""
        before = SupplyMovement.objects.count()
        if pieces <= self.here:
            act()
            return False
        with pytest.raises(Invalid, match="The ledger has"), transaction.atomic():
            act()
        assert SupplyMovement.objects.count() == before
        return True

    def count(self, found: int) -> None:
        supplies.count(
            lot=self.lot,
            counted=found,
            unit=self.world.unit,
            by=self.world.supervisor,
            at=NOON,
            note="Counted",
        )
        self.here = found


@pytest.fixture
def shelf(world: World) -> Shelf:
    with acting(world.supervisor), clock.fixed(NOON):
        response = world.response(unit=world.unit)
        supplies.receive(
            item_code="naloxone_kit", number="K-1", expires_on=None, quantity=1, unit=world.unit,
            by=world.supervisor, at=NOON,
        )  # fmt: skip
        return Shelf(world, SupplyLot.objects.get(), response, here=1)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(st.tuples(acts, st.integers(1, 3)), max_size=14))
def test_the_ledger_adds_up_to_what_happened(shelf: Shelf, plan: list[tuple[tuple[str, int], int]]) -> None:
    begun = Shelf(shelf.world, shelf.lot, shelf.response, here=1)
    with transaction.atomic(), acting(shelf.world.supervisor), clock.fixed(NOON):
        for (act, number), times in plan:
            if act in ("issue", "correct"):
                getattr(begun, act)(number, times)
            else:
                getattr(begun, act)(number)
            assert supplies.balance(begun.lot, shelf.world.unit, is_practice=False) == begun.here
            assert supplies.balance(begun.lot, None, is_practice=False) == begun.store
        transaction.set_rollback(True)


def test_a_correction_posts_what_it_takes_back_and_what_it_takes_out(shelf: Shelf) -> None:
    with acting(shelf.world.supervisor), clock.fixed(NOON):
        shelf.receive(9)
        shelf.issue(2, 1)
        shelf.correct(3, 2)
        shelf.correct(3, 1)
        shelf.correct(0, 1)
    lines = SupplyMovement.objects.exclude(kind="receive").order_by("created_at", "id")
    assert [(line.kind, line.quantity) for line in lines] == [
        ("issue", -2),
        ("reverse", 2),
        ("issue", -3),
        ("reverse", 3),
    ]
    assert supplies.balance(shelf.lot, shelf.world.unit, is_practice=False) == 10


def test_another_lot_named_by_a_correction_takes_from_that_one(shelf: Shelf) -> None:
    with acting(shelf.world.supervisor), clock.fixed(NOON):
        shelf.receive(9)
        other = supplies.receive(
            item_code="naloxone_kit", number="K-2", expires_on=None, quantity=5, unit=shelf.world.unit,
            by=shelf.world.supervisor, at=NOON,
        ).lot  # fmt: skip
        shelf.issue(2, 1)
        old, _ = shelf.standing[-1]
        new = KitLeft.objects.create(
            pk=uuid7(),
            encounter=shelf.response,
            author=shelf.world.paramedic,
            quantity=2,
            lot=other,
            replaces=old.pk,
        )
        correct_use({other: 2}, old=old, new=new, by=shelf.world.paramedic, at=NOON)
    assert supplies.balance(shelf.lot, shelf.world.unit, is_practice=False) == 10
    assert supplies.balance(other, shelf.world.unit, is_practice=False) == 3
