"""Questions about shelves: controlled lots to count, what counts found, what expires, what is below par."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Sum

from mih.accounts.models import Staff, Unit
from mih.core.paging import keyed
from mih.interventions.models import SupplyItem, SupplyLot, SupplyMovement
from mih.interventions.selectors import InStock, signed_acts
from mih.interventions.supply_items import ITEMS
from mih.protocols.selectors import in_force

PAGE_SIZE = 50


@dataclass(frozen=True)
class Variance:
    """One count that differed. `signed`: the second person signed in for it."""

    line: SupplyMovement
    expected: int
    signed: bool


@dataclass(frozen=True)
class Variances:
    """A page of them; `next` leads to the following one."""

    rows: list[Variance]
    next: str


@dataclass(frozen=True)
class Short:
    """An item of which a unit carries less than its par. `in_store`: how many the store room could give."""

    unit: Unit
    name: str
    par: int
    there: int
    in_store: int

    @property
    def wanted(self) -> int:
        return self.par - self.there


def places(staff: Staff) -> list[Unit | None]:
    """The store room and every unit of `staff`'s world."""
    units = Unit.objects.filter(programme__is_practice=staff.in_practice).order_by("call_sign")
    return [None, *units]


def controlled_lots(unit: Unit | None, *, by: Staff) -> list[SupplyLot]:
    """Lots of controlled stock that the ledger has at a place, by item and number."""
    sums = (
        SupplyMovement.objects.filter(unit=unit, is_practice=by.in_practice, lot__item__controlled=True)
        .values("lot")
        .annotate(sum=Sum("quantity"))
        .exclude(sum=0)
    )
    rows = SupplyLot.objects.filter(pk__in=[row["lot"] for row in sums]).select_related("item")
    return list(rows.order_by("item__name", "number"))


def last_counts(at: Iterable[Unit | None], *, by: Staff) -> dict[Unit | None, datetime | None]:
    """When each place was last counted whole: the oldest of its controlled lots' last counts; None for one never counted,
    or without controlled stock."""
    lines = SupplyMovement.objects.filter(is_practice=by.in_practice, lot__item__controlled=True)
    there = lines.values("unit", "lot").annotate(sum=Sum("quantity")).exclude(sum=0)
    counts = lines.filter(kind="count").values("unit", "lot").annotate(last=Max("at"))
    last = {(row["unit"], row["lot"]): row["last"] for row in counts}
    found: dict[object, list[datetime | None]] = {}
    for row in there:
        found.setdefault(row["unit"], []).append(last.get((row["unit"], row["lot"])))
    whole: dict[Unit | None, datetime | None] = {}
    for place in at:
        times = found.get(place.pk if place else None, [])
        known = [each for each in times if each is not None]
        whole[place] = min(known) if known and len(known) == len(times) else None
    return whole


def variances(*, by: Staff, after: str | None = None) -> Variances:
    """Counts that differed from the ledger, the latest first. Raises `Invalid` for a cursor that is none of ours."""
    lines = SupplyMovement.objects.filter(kind="count", is_practice=by.in_practice).exclude(quantity=0)
    lines = lines.select_related("lot__item", "unit", "by", "witness")
    shown, following = keyed(lines, "at", after=after, size=PAGE_SIZE, latest_first=True)
    signed = signed_acts(shown)
    rows = [Variance(line, (line.counted or 0) - line.quantity, line.act in signed) for line in shown]
    return Variances(rows, following)


def expiring(there: Iterable[InStock]) -> list[InStock]:
    """Of what is `there`, the pieces that have expired or soon will, the most urgent first."""
    rows = [row for row in there if row.warning and row.balance > 0]
    return sorted(rows, key=lambda row: (row.lot.expires_on is None, row.lot.expires_on))


def par_of(unit: Unit, levels: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, int]:
    """How many of each item `unit` carries: what every unit does, unless its call sign says otherwise."""
    found: dict[str, int] = {}
    for level in levels:
        found |= dict(level["every_unit"]) | dict(level.get(unit.call_sign, {}))
    return found


def below_par(there: Iterable[InStock], *, by: Staff, at: datetime) -> list[Short]:
    """What each unit needs beyond all that is `there` to carry its par again. Expired pieces do not count as carried."""
    levels = (in_force("naloxone", at)["par_levels"], in_force("buprenorphine", at)["film_par_levels"])
    good: dict[tuple[Unit | None, str], int] = {}
    for row in there:
        if not row.expired(at):
            key = (row.unit, row.lot.item.code)
            good[key] = good.get(key, 0) + row.balance
    names = {code: name for code, (name, _) in ITEMS.items()}
    names |= dict(SupplyItem.objects.values_list("code", "name"))
    return [
        Short(unit, names.get(code, code), least, good.get((unit, code), 0), good.get((None, code), 0))
        for unit in places(by)
        if unit is not None
        for code, least in par_of(unit, levels).items()
        if good.get((unit, code), 0) < least
    ]
