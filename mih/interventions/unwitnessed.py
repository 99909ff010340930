"""Doses of a controlled medicine and their waste that nobody has signed for as second person: the list, and its figure."""

from dataclasses import dataclass

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from mih.accounts.models import Staff
from mih.core.paging import keyed
from mih.encounters.models import CrewMember
from mih.interventions.models import BuprenorphineDose, SecondPerson
from mih.interventions.witnessing import ACTS, GONE, named
from mih.privacy import policy
from mih.privacy.pages import PAGES

WITNESS = {"dose": "witness", "waste": "waste_witness"}


@dataclass(frozen=True)
class Open:
    """One thing nobody has signed for as second person. `named`: who is said to have been there; `mine`: whether the
    reader may sign for it."""

    dose: BuprenorphineDose
    act: str
    named: Staff | None
    mine: bool


def open_acts(*, by: Staff, after: str | None, size: int) -> tuple[list[Open], str]:
    """Those `by` may sign for, and for a supervisor all of them, by when it was given: what `size` doses have open, the
    oldest first; and the cursor of the next page.

    Raises `Invalid` for a cursor that is none of ours.
    """
    flags = {f"{act}_open": _shown(by, act) for act in ACTS} | {f"{act}_mine": _mine(by, act) for act in ACTS}
    rows = (
        _doses(by)
        .filter(_shown(by, "dose") | _shown(by, "waste"))
        .select_related("author", "witness", "waste_witness", "encounter__incident", "encounter__unit")
        .annotate(
            given=Coalesce("happened_at", "created_at"),
            **{name: ExpressionWrapper(flag, BooleanField()) for name, flag in flags.items()},
        )
    )
    page, following = keyed(rows, "given", after=after, size=size)
    return [
        Open(dose, act, named(dose, act), bool(getattr(dose, f"{act}_mine")))
        for dose in page
        for act in ACTS
        if getattr(dose, f"{act}_open")
    ], following


def open_count(*, by: Staff) -> int:
    """How many things `open_acts` lists on all its pages."""
    found = _doses(by).aggregate(**{act: Count("pk", filter=_shown(by, act)) for act in ACTS})
    return sum(found.values())


def _doses(by: Staff) -> QuerySet[BuprenorphineDose]:
    return BuprenorphineDose.objects.filter(
        encounter__programme__is_practice=by.in_practice, encounter__voided_at__isnull=True
    ).exclude(status__in=GONE)


def _shown(by: Staff, act: str) -> Q:
    """What is open, as `witnessing.signature` finds none; to whom it is shown."""
    who = WITNESS[act]
    signed = SecondPerson.objects.filter(
        act=act, accepted=True, subject=OuterRef("pk"), digest=OuterRef(f"{act}_digest")
    )
    by_the_named = Q(Exists(signed.filter(person=OuterRef(who))))
    by_anybody = Q(**{f"{who}__isnull": True}) & Q(Exists(signed))
    unsigned = ~Q(**{f"{act}_digest": ""}) & ~by_the_named & ~by_anybody
    return unsigned if policy.page(by, "stock_variance") else unsigned & _mine(by, act)


def _mine(by: Staff, act: str) -> Q:
    """`witnessing.may_sign`, as a question."""
    if not by.is_active or by.role not in PAGES["stock"]:
        return Q(pk__in=[])
    crew = CrewMember.objects.filter(encounter=OuterRef("encounter"), staff=by)
    nobody = Q(**{f"{WITNESS[act]}__isnull": True})
    return ~Q(author=by) & (Q(**{WITNESS[act]: by}) | (nobody & Q(Exists(crew))))
