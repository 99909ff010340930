"""Three tablets and two people before the server's apply, in any order of writing, sending, losing and restoring.

Hypothesis draws the schedules. Nothing is sent over a wire: batches go straight to custody, so that thousands of
schedules take minutes. One database transaction holds them all; each is rolled back at its end, a crash of the server
rolls back one batch, and a restore from a backup rolls back to a savepoint.
"""

from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.db import OperationalError, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mih.accounts.models import Device, Staff
from mih.core import clock
from mih.encounters.models import Encounter
from mih.field.models import Envelope
from mih.field.sync import custody, epoch
from mih.field.sync import wire as server_wire
from mih.field.sync.enrol import enrol
from mih.field.sync.keys import public_keys
from tests.faults import wire
from tests.faults.ledger import Ledger
from tests.faults.oracle import Oracle, committed
from tests.faults.tablet import Author, Tablet
from tests.faults.wire import Envelope as Sealed
from tests.faults.wire import Receipt, Unsure
from tests.world import World

FIELDS = ("destination", "receiver", "officer", "observer")
FAULTS = ("none", "receipt lost", "server crashes", "twice", "only later ones", "reversed")
CHANGES = st.lists(st.sets(st.sampled_from(FIELDS), min_size=1, max_size=2), min_size=1, max_size=3)


class Near(Tablet):
    """A tablet whose batches reach custody without a network."""

    def __init__(self, row: Device, ledger: Ledger, keys: list[dict[str, str]]) -> None:
        super().__init__("", ledger)
        self.row, self.device, self.keys = row, row.pk, keys
        self.epoch = epoch.current().pk

    def push(self, items: list[Sealed] | None = None, *, fault: str = "none") -> Receipt:
        """As `Tablet.push`, and with it goes wrong what `fault` says."""
        chosen = self.outbox[: self.batch] if items is None else items
        if fault == "reversed":
            chosen = chosen[::-1]
        if fault == "only later ones":
            chosen = chosen[1:]
        for each in chosen:
            each.tried = True
        if not chosen:
            raise Unsure("nothing to send")
        body, _ = wire.frame(chosen)
        _, taken = server_wire.unpack(body)
        for _turn in range(2 if fault == "twice" else 1):
            said = self._take(taken, crash=fault == "server crashes")
        if fault == "receipt lost":
            raise Unsure("the receipt was lost")
        receipt = Receipt(epoch.current().pk, [wire.read_item(each) for each in said], [], None)
        self.accept(receipt)
        return receipt

    def _take(self, items: list[server_wire.Item], *, crash: bool) -> list[dict[str, Any]]:
        try:
            with transaction.atomic():
                said = custody.take(items, uploader=self.row, at=clock.now()).items
                if crash:
                    raise OperationalError("killed before the commit")
                return said
        except OperationalError as error:
            raise Unsure(str(error)) from error

    def offer_again(self) -> None:
        missing = set(custody.missing([each.mid for each in self.sent]))
        back = [each for each in self.sent if each.mid in missing]
        self.sent = [each for each in self.sent if each.mid not in missing]
        self.outbox = sorted([*back, *self.outbox], key=lambda each: int(each.head["seq"]))


class Town:
    """What every schedule begins with: two people, three tablets, who works on which."""

    def __init__(self, world: World) -> None:
        self.pat, self.nia = world.paramedic, world.navigator
        self.keys = public_keys()
        epoch.current()
        self.tablets = [self._tablet(self.pat), self._tablet(self.pat, self.nia), self._tablet(self.nia)]

    def _tablet(self, *staff: Staff) -> tuple[Device, dict[UUID, ec.EllipticCurvePrivateKey]]:
        device, keys = None, {}
        for each in staff:
            keys[each.pk] = ec.generate_private_key(ec.SECP256R1())
            point = wire.point(keys[each.pk].public_key())
            device, _ = enrol(
                staff=each, device=device, name="Tablet", sign_pub=point, replaces=None, at=clock.now()
            )
        assert device
        return device, keys

    def machine(self) -> "Schedules":
        return Schedules(self)


class Schedules(RuleBasedStateMachine):
    """One schedule."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town
        self.everything = transaction.atomic()
        self.everything.__enter__()
        self.ledger = Ledger()
        self.ledger.watch(committed(self.ledger))
        self.tablets = [self._tablet(*each) for each in town.tablets]
        self.responses: list[UUID] = []
        self.kept_back: list[tuple[Near, list[Sealed]]] = []
        self.backup: str | None = None
        self.number = 0

    def _tablet(self, row: Device, keys: dict[UUID, ec.EllipticCurvePrivateKey]) -> Near:
        made = Near(row, self.ledger, self.town.keys)
        for staff in (self.town.pat, self.town.nia):
            if key := keys.get(staff.pk):
                made.authors[staff.pk] = Author(staff, key)
                self.ledger.enrolled(row.pk, staff.pk, key.public_key())
        return made

    def words(self) -> str:
        self.number += 1
        return f"words {self.number}"

    def whom(self, tablet: Near, second: bool) -> Staff:
        people = list(tablet.authors.values())
        return people[-1 if second else 0].staff

    @initialize(begun=st.booleans())
    def begin_one(self, begun: bool) -> None:
        tablet = self.tablets[0]
        self.responses.append(tablet.begin(self.town.pat, crew=[self.town.nia]))
        if begun:
            tablet.push()

    @rule(tablet=st.integers(0, 2), second=st.booleans())
    def begin(self, tablet: int, second: bool) -> None:
        if len(self.responses) < 2:
            at = self.tablets[tablet]
            by = self.whom(at, second)
            other = self.town.nia if by == self.town.pat else self.town.pat
            self.responses.append(at.begin(by, crew=[other]))

    @rule(tablet=st.integers(0, 2), second=st.booleans(), which=st.integers(0, 1), changes=CHANGES)
    def write(self, tablet: int, second: bool, which: int, changes: list[set[str]]) -> None:
        """A few changes of one record, one after the other."""
        at = self.tablets[tablet]
        by, response = self.whom(at, second), self.responses[which % len(self.responses)]
        for names in changes:
            at.fill(by, response, "disposition", **{name: self.words() for name in sorted(names)})

    @rule(tablet=st.integers(0, 2), second=st.booleans(), which=st.integers(0, 1))
    def finish_and_sign(self, tablet: int, second: bool, which: int) -> None:
        at = self.tablets[tablet]
        by, response = self.whom(at, second), self.responses[which % len(self.responses)]
        at.complete(by, response, self.words())
        at.sign(by, response)

    @rule(tablet=st.integers(0, 2), second=st.booleans(), which=st.integers(0, 1))
    def add(self, tablet: int, second: bool, which: int) -> None:
        """An addendum: only to what the server calls signed, as the tablet offers it."""
        at = self.tablets[tablet]
        response = self.responses[which % len(self.responses)]
        if Encounter.objects.filter(pk=response, signed_at__isnull=False).exists():
            at.addendum(self.whom(at, second), response, self.words())

    @rule(tablet=st.integers(0, 2), fault=st.sampled_from(FAULTS), size=st.sampled_from([1, 3, 50]))
    def send(self, tablet: int, fault: str, size: int) -> None:
        at = self.tablets[tablet]
        at.batch = size
        try:
            at.push(fault=fault)
        except Unsure:
            pass
        finally:
            at.batch = wire.MOST_ITEMS

    @rule(
        tablet=st.integers(0, 2),
        second=st.booleans(),
        which=st.integers(0, 1),
        changes=CHANGES,
        fault=st.sampled_from(FAULTS[1:]),
    )
    def write_and_send(
        self, tablet: int, second: bool, which: int, changes: list[set[str]], fault: str
    ) -> None:
        """Something is typed, and goes wrong on its way at once."""
        self.write(tablet, second, which, changes)
        self.send(tablet, fault, 50)

    @rule(tablet=st.integers(0, 2), size=st.integers(1, 3))
    def get_stuck(self, tablet: int, size: int) -> None:
        """A batch leaves, is stuck on the way, and the tablet never hears of it."""
        at = self.tablets[tablet]
        if chosen := at.outbox[:size]:
            self.kept_back.append((at, list(chosen)))

    @rule(which=st.integers(0, 3))
    def arrive_late(self, which: int) -> None:
        if self.kept_back:
            at, chosen = self.kept_back.pop(which % len(self.kept_back))
            _, items = server_wire.unpack(wire.frame(chosen)[0])
            custody.take(items, uploader=at.row, at=clock.now())

    @rule()
    def back_up(self) -> None:
        if self.backup is None:
            self.backup = transaction.savepoint()

    @rule()
    def restore(self) -> None:
        """The server is put back to its backup and begins another life."""
        if self.backup is not None:
            transaction.savepoint_rollback(self.backup)
            epoch.begin("restored")

    @invariant()
    def received_is_kept_unless_restored(self) -> None:
        """I1: what is saved is on its tablet or on the server; and nothing was called received that is not there."""
        assert not self.ledger.broken, self.ledger.broken
        here = {each.mid for tablet in self.tablets for each in tablet.outbox}
        sent = {each.mid for tablet in self.tablets for each in tablet.sent}
        assert set(self.ledger.saved) == here | sent

    def teardown(self) -> None:
        try:
            for tablet in self.tablets:
                if tablet.epoch != epoch.current().pk:
                    tablet.offer_again()
                tablet.drain()
            for tablet in self.tablets:
                assert not Envelope.objects.filter(device=tablet.device, outcome="held").exists(), (
                    "still held"
                )
            Oracle(self.ledger).check()
        finally:
            transaction.set_rollback(True)
            self.everything.__exit__(None, None, None)
