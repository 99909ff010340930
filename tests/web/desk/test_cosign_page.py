"""The co-signature queue: the entry itself, how old it is, and a button for those who may."""

from datetime import timedelta

import pytest

from mih.assessments.models import InstrumentAnswers
from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core.ids import uuid7
from mih.encounters.models import Narrative
from mih.encounters.services import signing
from tests.web.api.test_assessments_instruments import COWS_1, fill, numbered
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import found, offered, seen
from tests.web.instruments.uploads import KEY, READY, example, in_use
from tests.world import World

MAY = {"clinician", "ladc", "supervisor"}
OPEN = MAY | {"programme_manager", "medical_director"}


def written(world: World, *, hours: float, text: str = "Calm, spoke about work.") -> Narrative:
    """An intern's narrative, signed by its author some hours ago."""
    response = world.response(by=world.intern, person=world.person(last_name="Sample"))
    world.fill(response, "narrative", {"text": text}, by=world.intern)
    with acting(world.intern):
        signing.sign_own(encounter=response.pk, by=world.intern, at=MORNING - timedelta(hours=hours))
    return Narrative.objects.get(encounter=response)


def test_who_opens_it_and_who_is_shown_what(world: World, browse):
    entry = written(world, hours=30)
    for role in world.staff:
        answer = browse(role).get("/cosignatures/")
        assert answer.status_code == (200 if role in OPEN else 403)
        assert ("Calm, spoke about work." in answer.content.decode()) is (role in MAY)
        assert offered(answer, f"/cosignatures/narrative/{entry.pk}/") is (role in MAY)


def test_the_longest_waiting_comes_first_with_its_age(world: World, browse):
    written(world, hours=2, text="The younger one.")
    written(world, hours=30, text="The older one.")
    answer = browse("supervisor").get("/cosignatures/")
    words = seen(answer)
    assert words.index("The older one.") < words.index("The younger one.")
    assert words.count("Overdue") == 1
    assert "co-signature due" in words
    assert ReadEvent.objects.filter(surface="cosign_queue", purpose="supervision").count() == 1


def test_one_can_look_at_those_one_supervises_alone(world: World, browse):
    written(world, hours=30)
    sami = browse("supervisor")
    assert "Nothing waits for your co-signature" in seen(sami.get("/cosignatures/?whose=mine"))
    world.intern.supervisor = world.supervisor
    world.intern.save()
    assert "Calm, spoke about work." in seen(sami.get("/cosignatures/?whose=mine"))


def test_whoever_co_signs_one_instrument_is_told_nothing_of_the_others(
    world: World, browse, monkeypatch: pytest.MonkeyPatch
):
    """Of the instruments the medical director co-signs those of a protocol alone; all are kept in one table."""
    monkeypatch.setattr("mih.cases.views.cosign.PAGE_SIZE", 2)
    for form, answers, by in (
        *[("gad2", numbered([1, 1]), world.intern)] * 3,
        ("cows", COWS_1, world.paramedic),
    ):
        fill(world, world.response(by=by, person=world.person()), form, answers, by=by)
    with acting(SYSTEM):
        for number, entry in enumerate(InstrumentAnswers.objects.order_by("created_at")):
            entry.status, entry.author, entry.signed_by = "awaiting_cosign", world.intern, world.intern
            entry.signed_at = MORNING - timedelta(minutes=90 - number)
            entry.save()
    words = seen(browse("medical_director").get("/cosignatures/"))
    assert "All 1 " in words
    assert words.count("co-signature due") == 1
    assert "All 4 " in seen(browse("supervisor").get("/cosignatures/"))


@pytest.mark.parametrize(("role", "sees"), [("supervisor", True), ("clinician", True), ("ladc", False)])
def test_peer_notes_are_shown_to_those_who_may_read_them_and_signed_by_nobody_else(
    world: World, browse, role: str, sees: bool
):
    file = example(lambda document: document["placement"].update(segment="peer"))
    in_use(world, file, MORNING - timedelta(days=3))
    response = world.response(by=world.intern, person=world.person(last_name="Sample"))
    world.fill(response, KEY, READY, by=world.intern)
    with acting(world.intern):
        signing.sign_own(encounter=response.pk, by=world.intern, at=MORNING - timedelta(hours=2))
    entry = InstrumentAnswers.objects.get(encounter=response)
    written(world, hours=1, text="No peer note.")
    words = seen(browse(role).get("/cosignatures/"))
    assert "No peer note." in words
    assert ("Hand-off readiness" in words) is sees
    assert f"All {1 + sees}" in words
    answer = browse(role).post(f"/cosignatures/{KEY}/{entry.pk}/")
    assert answer.status_code == (302 if sees else 403)
    entry.refresh_from_db()
    assert (entry.cosigned_by == world.staff[role]) is sees


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("supervisor", 302),
        ("clinician", 302),
        ("programme_manager", 403),
        ("intern", 403),
        ("navigator", 403),
    ],
)
def test_who_co_signs(world: World, browse, role: str, status: int):
    entry = written(world, hours=30)
    assert browse(role).post(f"/cosignatures/narrative/{entry.pk}/").status_code == status
    entry.refresh_from_db()
    assert entry.status == ("cosigned" if status == 302 else "awaiting_cosign")
    assert entry.cosigned_by == (world.staff[role] if status == 302 else None)


def test_a_second_co_signature_says_that_it_is_done(world: World, browse):
    entry = written(world, hours=30)
    address = f"/cosignatures/narrative/{entry.pk}/"
    assert "Co-signed: narrative by Inez Ortiz." in seen(browse("supervisor").post(address, follow=True))
    assert "does not wait for a co-signature any more" in seen(browse("clinician").post(address, follow=True))
    entry.refresh_from_db()
    assert entry.cosigned_by == world.supervisor


def test_what_is_not_there_is_not_found(world: World, browse):
    client = browse("supervisor")
    for address in (f"narrative/{uuid7()}", f"weather/{uuid7()}", f"person/{uuid7()}"):
        assert client.post(f"/cosignatures/{address}/").status_code == 404


def test_pages_by_key_hold_each_entry_once(world: World, browse, monkeypatch):
    monkeypatch.setattr("mih.cases.views.cosign.PAGE_SIZE", 2)
    for number in range(5):
        written(world, hours=20 + number % 2, text=f"Words {number}")
    client, address, texts = browse("supervisor"), "/cosignatures/", []
    for _ in range(9):
        page = client.get(address)
        texts += [each.text for each in found(page, "//dl[@class='facts']/dd")]
        more = found(page, "//nav[@class='pager']/a[@rel='next']/@href")
        if not more:
            break
        address = f"/cosignatures/{more[0]}"
    assert sorted(texts) == [f"Words {number}" for number in range(5)]
