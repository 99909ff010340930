"""What each page costs, as a ratio to R."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.db.models import Count
from django.urls import reverse

from bench.city import searching
from bench.city.cities import SEED
from bench.city.desk import Desk, log_as_in_production
from bench.city.figures import Figure, against
from bench.city.reference import Reference
from bench.city.timing import Taken, rounds
from mih.accounts.models import Staff
from mih.core import clock
from mih.encounters.models import Encounter
from mih.followups.models import ContactDue
from mih.people.models import Person

DEEP = 20
MOST = 6


def pages(count: int) -> list[Figure]:
    """Every page once each round, R among them."""
    log_as_in_production()
    navigator, manager = (Desk(Staff.objects.get(username=name)) for name in ("nia", "mae"))
    reference = Reference()
    person, encounter = _well_known(), _signed()
    queue, caseload = reverse("queue"), reverse("caseload-list", args=["open"])
    everybody = f"{queue}?scope=all&when=unfinished"
    deep, low = navigator.later(everybody, pages=DEEP), manager.later(caseload, pages=DEEP)
    search = reverse("people")
    name = person.last_name
    things: dict[str, Callable[[], object]] = {
        "R": reference,
        "queue": lambda: navigator.get(queue),
        "queue, everybody's": lambda: navigator.get(everybody),
        "queue, deep": lambda: navigator.get(deep),
        "caseload": lambda: manager.get(caseload),
        "caseload, deep": lambda: manager.get(low),
        "search": lambda: navigator.post(search, text=name),
        "chart": lambda: navigator.get(reverse("person", args=[person.pk])),
        "totals": lambda: manager.get(reverse("caseload")),
        "pdf": lambda: navigator.get(reverse("encounter-print", args=[encounter.pk])),
    }
    found = rounds(things, count=count)
    bare = found["R"]

    def page(key: str, name: str, limit: float, **more: object) -> Figure:
        return against(key, name, found[key], bare, "R", limit=limit, flat=True, **more)

    return [
        Figure("R", "R: the bare view", bare.median, statements=bare.statements),
        page("queue", "Queue, signed in, policy applied, read logged", 0.9, most=MOST),
        page("queue, everybody's", "Queue, everybody's contacts", 0.9, most=MOST),
        page("caseload", "Caseload: one page of all open cases", 1.3, most=MOST),
        page("search", "Search by name, as typed", 1.3, most=MOST),
        page("chart", "Chart of a person with many contacts", 1.3, most=MOST),
        _depth("queue, deep", f"Queue, {DEEP} pages on, against its first page", found, "queue, everybody's"),
        _depth("caseload, deep", f"Caseload, {DEEP} pages on, against its first page", found, "caseload"),
        against("totals", "Manager's caseload over all teams", found["totals"], bare, "R"),
        against("pdf", "PDF of one encounter", found["pdf"], bare, "R"),
        _searching(),
    ]


def _depth(key: str, name: str, found: dict[str, Taken], first: str) -> Figure:
    return against(key, name, found[key], found[first], "first page", limit=1.1)


def _searching() -> Figure:
    found = searching.measured(list(searching.texts(Random(SEED))))
    return searching.figure(found, Person.objects.filter(is_practice=False).count())


def _well_known() -> Person:
    """Somebody with as many contacts as one in ten has."""
    lately = clock.now() - timedelta(days=365)
    rows = ContactDue.objects.filter(next_at__gt=lately, is_practice=False, person__last_name__gt="")
    counts = rows.values("person").annotate(n=Count("pk")).order_by("-n", "person")
    return Person.objects.get(pk=counts[counts.count() // 10]["person"])


def _signed() -> Encounter:
    rows = Encounter.objects.filter(
        signed_at__isnull=False, person__isnull=False, programme__is_practice=False
    )
    found = rows.order_by("-pk").first()
    assert found is not None
    return found
