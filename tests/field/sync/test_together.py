"""Changes that come in one batch are written together: what stands afterwards is what each by itself would have left."""

import random
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mih.core.ids import uuid7
from mih.encounters import picture
from mih.encounters.models import Alarm, Conflict, Encounter, Narrative, Patch
from mih.encounters.registry import registry
from mih.encounters.services import together
from mih.field.models import Envelope
from mih.field.sync import judging
from tests.field.client import Author, Sealed, Tablet, framed
from tests.world import World

pytestmark = pytest.mark.django_db

VALUES: dict[str, list[Any]] = {
    "hr": [48, 80, 131, 80, 900],
    "sbp": [84, 120, 120, "unclear"],
    "dbp": [70, 200],
    "spo2": [80, 97],
    "text": ["Found sitting.", "Found lying.", "", "Found sitting.\nSays little."],
}


@pytest.fixture
def rae(world: World, tablet: Tablet, response: Encounter) -> Author:
    """The navigator of the crew, on the same tablet."""
    return tablet.of(world.navigator)


def at_random(dice: random.Random, response: UUID, authors: list[Author]) -> list[Sealed]:
    """Changes of three records by two people, some of them wrong, stale, or what stands already."""
    records = {"vitals": [uuid7(), uuid7()], "narrative": [uuid7()]}
    made = []
    for _ in range(14):
        form = dice.choice(["vitals", "vitals", "narrative"])
        names = ["text"] if form == "narrative" else dice.sample(["hr", "sbp", "dbp", "spo2"], 2)
        values = {name: dice.choice(VALUES[name]) for name in names}
        base = {name: dice.choice([None, *VALUES[name]]) for name in names}
        by, version = dice.choice(authors), dice.choice([0, 1, 3])
        record = dice.choice(records[form])
        made.append(by.patch(response, form, record, values, base=base, version=version))
    return made


def told(items: list[dict[str, Any]]) -> list[Any]:
    return [(item["outcome"], item["version"], item["detail"].get("refused")) for item in items]


def stands(response: UUID) -> dict[str, Any]:
    """All that can be seen of a response, but for identifiers and times."""
    seen = picture.load(Encounter.objects.get(pk=response))
    clashes = Conflict.objects.filter(encounter=response, resolved_at__isnull=True)
    return {
        "entries": sorted(
            str((key, registry[key].read(entry), entry.version)) for key, entry in seen.entries
        ),
        "authors": sorted((key, entry.author.username) for key, entry in seen.entries),
        "alarms": sorted((alarm.code, alarm.message, alarm.met_by) for alarm in seen.alarms),
        "clashes": sorted(str((each.field, each.theirs, each.mine, each.mine_by_id)) for each in clashes),
        "patches": Patch.objects.filter(encounter=response).count(),
    }


def by_itself(*_: Any) -> Any:
    raise together.Alone


@pytest.mark.parametrize("seed", range(8))
def test_together_or_one_by_one_the_record_is_the_same(
    seed: int, world: World, tablet: Tablet, pat: Author, rae: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (world.response() for _ in range(2))
    once = tablet.items(*at_random(random.Random(seed), one.pk, [pat, rae]))
    monkeypatch.setattr(judging, "patch_together", by_itself)
    each = tablet.items(*at_random(random.Random(seed), other.pk, [pat, rae]))
    assert told(once) == told(each)
    assert stands(one.pk) == stands(other.pk)


def test_every_version_is_in_history_under_its_authors_name(
    tablet: Tablet, pat: Author, rae: Author, encounter: UUID
) -> None:
    record, text = uuid7(), ""
    made = []
    for n, by in enumerate([pat, pat, rae, pat]):
        made.append(by.patch(encounter, "narrative", record, {"text": f"Words {n}"}, base={"text": text}))
        text = f"Words {n}"
    assert tablet.outcomes(*made) == ["applied", "applied", "merged", "merged"]
    kept = apps.get_model("encounters", "NarrativeEvent").objects.filter(pgh_obj_id=record).order_by("pgh_id")
    assert [(event.version, event.text) for event in kept] == [(n + 1, f"Words {n}") for n in range(4)]
    actors = [event.pgh_context.metadata["actor"] for event in kept]
    assert actors == [str(by.staff.pk) for by in (pat, pat, rae, pat)]
    assert {event.pgh_context.metadata["device"] for event in kept} == {
        str(tablet.device and tablet.device.pk)
    }


def test_an_alarm_of_the_last_change_stands_and_one_in_between_never_was(
    tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    low, mended = uuid7(), uuid7()
    tablet.items(
        pat.patch(encounter, "vitals", mended, {"spo2": 70}),
        pat.patch(encounter, "vitals", mended, {"spo2": 97}, base={"spo2": 70}),
        pat.patch(encounter, "vitals", low, {"spo2": 97}),
        pat.patch(encounter, "vitals", low, {"spo2": 70}, base={"spo2": 97}),
    )
    assert {alarm.entry for alarm in Alarm.objects.filter(encounter=encounter, level="red")} == {low}


def test_an_alarm_answered_in_between_was_raised_by_then(
    tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    record = uuid7()
    first = pat.patch(encounter, "vitals", record, {"spo2": 70})
    tablet.items(first)
    code = Alarm.objects.filter(encounter=encounter, entry=record).values_list("code", flat=True)[0]
    other = uuid7()
    tablet.items(
        pat.patch(encounter, "vitals", other, {"spo2": 71}),
        pat.seal(
            "alarm.acknowledge", {"code": code, "action": "Oxygen given."}, encounter=encounter, record=other
        ),
        pat.patch(encounter, "vitals", other, {"spo2": 97}, base={"spo2": 71}),
    )
    alarm = Alarm.objects.get(encounter=encounter, entry=other, code=code)
    assert (alarm.action, alarm.cleared_at is not None) == ("Oxygen given.", True)


def test_what_the_database_refuses_is_kept_apart_alone(
    world: World, tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    taken = uuid7()
    tablet.items(pat.patch(world.response().pk, "vitals", taken, {"hr": 70}))
    record, text = uuid7(), uuid7()
    items = tablet.items(
        pat.patch(encounter, "vitals", record, {"hr": 80}),
        pat.patch(encounter, "vitals", taken, {"hr": 81}),
        pat.patch(encounter, "vitals", record, {"hr": 82}, base={"hr": 80}),
        pat.patch(encounter, "narrative", text, {"text": "Sat up."}),
    )
    assert [item["outcome"] for item in items] == ["applied", "quarantined", "applied", "applied"]
    assert items[1]["detail"]["reason"] == "foreign_record"
    assert Narrative.objects.get(pk=text).text == "Sat up."
    assert Envelope.objects.count() == 5


def test_a_change_of_what_was_discarded_comes_too_late_and_its_neighbours_do_not(
    tablet: Tablet, pat: Author, encounter: UUID
) -> None:
    gone = uuid7()
    tablet.items(
        pat.patch(encounter, "narrative", gone, {"text": "Wrong person."}),
        pat.seal("draft.discard", {}, encounter=encounter, record=gone, form="narrative"),
    )
    outcomes = tablet.outcomes(
        pat.patch(encounter, "narrative", gone, {"text": "Still typing."}, base={"text": "Wrong person."}),
        pat.patch(encounter, "vitals", uuid7(), {"hr": 80}),
    )
    assert outcomes == ["frozen", "applied"]


def test_a_mistake_in_judging_costs_nobody_their_words(
    tablet: Tablet, pat: Author, encounter: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(together, "sync_alarms", broken)
    record = uuid7()
    sealed = [pat.patch(encounter, "vitals", record, {"spo2": 70}) for _ in range(2)]
    assert tablet.outcomes(*sealed) == ["applied", "applied"]
    assert Alarm.objects.filter(encounter=encounter, entry=record).exists()


def cost(tablet: Tablet, made: list[Sealed]) -> int:
    body = framed([each.parts for each in made])
    with CaptureQueriesContext(connection) as asked:
        answer = tablet.send(body)
    assert {item["outcome"] for item in answer.json()["items"]} == {"applied"}
    return len(asked)


def responses(pat: Author, count: int) -> list[Sealed]:
    made = []
    for _ in range(count):
        response = uuid7()
        made.append(pat.begin(response))
        made += [pat.patch(response, "vitals", uuid7(), {"hr": 80 + n, "rr": 16}) for n in range(3)]
        made.append(pat.patch(response, "narrative", uuid7(), {"text": "Found sitting."}))
    return made


def test_neither_entries_nor_responses_cost_a_statement_each(tablet: Tablet, pat: Author) -> None:
    cost(tablet, responses(pat, 1))
    one, ten = cost(tablet, responses(pat, 1)), cost(tablet, responses(pat, 10))
    # The tablet, the locks, one look, one message of writing, and a savepoint around them in a test.
    assert one <= 6
    assert ten <= one


def test_somebody_else_may_write_at_once_in_a_response_begun_in_the_same_batch(
    tablet: Tablet, pat: Author, rae: Author
) -> None:
    response = uuid7()
    begun = pat.begin(response, crew=[rae.staff.username])
    theirs = rae.patch(response, "narrative", uuid7(), {"text": "Seen by both."})
    mine = pat.patch(response, "vitals", uuid7(), {"hr": 80})
    assert tablet.outcomes(begun, theirs, mine) == ["applied"] * 3
    assert Narrative.objects.get(encounter=response).author == rae.staff
    assert Envelope.objects.filter(encounter=response, applied_at__isnull=False).count() == 3
    assert tablet.outcomes(begun, theirs, mine) == ["dup"] * 3


def test_a_call_that_is_known_takes_a_second_response(tablet: Tablet, pat: Author) -> None:
    first, second = uuid7(), uuid7()
    call = {"id": str(uuid7()), "address": "400 N Walker"}
    assert tablet.outcomes(pat.begin(first, incident=call)) == ["applied"]
    more = [pat.begin(second, incident=call), pat.patch(second, "vitals", uuid7(), {"hr": 80})]
    assert tablet.outcomes(*more) == ["applied"] * 2
    assert Encounter.objects.get(pk=second).incident_id == Encounter.objects.get(pk=first).incident_id


@pytest.mark.parametrize(
    "text", ["100 % sure, %s and %(x)s", "Said: 'no', \"never\"", "C:\\new\\table", "{}; -- $1"]
)
def test_signs_that_mean_something_to_a_database_are_text(
    tablet: Tablet, pat: Author, encounter: UUID, text: str
) -> None:
    record = uuid7()
    first = pat.patch(encounter, "narrative", record, {"text": text})
    changed = pat.patch(encounter, "narrative", record, {"text": f"{text}!"}, base={"text": text}, version=1)
    assert tablet.outcomes(first, changed) == ["applied"] * 2
    assert Narrative.objects.get(pk=record).text == f"{text}!"


def test_a_batch_looks_at_a_response_as_the_orm_does(
    pat: Author, tablet: Tablet, response: Encounter
) -> None:
    from mih.encounters.services.patches import locked
    from mih.field.sync.look import look
    from mih.field.sync.wire import read_header

    head = read_header(pat.patch(response.pk, "vitals", uuid7(), {"hr": 88}).header)
    assert tablet.device is not None
    with transaction.atomic():
        seen = look([head], tablet.device.pk)
        found, known = seen.responses[response.pk], locked(response.pk)
    assert seen.patched == {response.pk}
    for one, other in (
        (found, known),
        *((getattr(found, n), getattr(known, n)) for n in ("person", "incident", "programme")),
    ):
        for field in other._meta.concrete_fields:
            assert getattr(one, field.attname) == getattr(other, field.attname), field
