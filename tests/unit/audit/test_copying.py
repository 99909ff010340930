"""Writing by COPY: every value arrives as it was given, whoever writes is named, and the history is as of any other write."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import InsufficientPrivilege

from mih.audit.context import SYSTEM, acting
from mih.audit.copying import Copied, Json
from mih.core.ids import uuid7
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")
NAMES = (
    "id", "created_at", "episode_id", "person_id", "encounter_id", "programme_id", "team_id", "owner_role", "status",
    "steps", "triggers", "purposes", "modality", "modalities", "next_at", "shift_reason", "why", "rule_version",
    "is_practice",
)  # fmt: skip
AWKWARD = st.text(alphabet=st.sampled_from("a é,\"\\{}\n\r\t'N漢"), max_size=12) | st.sampled_from(
    ["\\N", "NULL", "\\."]
)
TEXTS = st.lists(AWKWARD, max_size=3)


@pytest.fixture
def contact(world):
    """The values of a contact on hold, by name."""
    person = world.person()
    encounter = world.response(person=person)
    with acting(SYSTEM):
        episode = EpisodeOfCare.objects.create(person=person, programme=world.art)
    at = datetime(2027, 5, 6, 12, tzinfo=UTC)
    return {
        "id": uuid7(), "created_at": at, "episode_id": episode.pk, "person_id": person.pk, "encounter_id": encounter.pk,
        "programme_id": world.art.pk, "team_id": None, "owner_role": "navigator", "status": "on_hold", "steps": ["OD1"],
        "triggers": ["OD"], "purposes": [], "modality": "phone", "modalities": ["phone"], "next_at": at,
        "shift_reason": "", "why": [], "rule_version": 1, "is_practice": False,
    }  # fmt: skip


def write(*rows):
    with acting(SYSTEM):
        return Copied(ContactDue, NAMES).write([[row[name] for name in NAMES] for row in rows])


# Each example writes rows of its own: they need not begin from an empty table.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    reason=AWKWARD, purposes=TEXTS, said=st.lists(st.dictionaries(AWKWARD, AWKWARD | st.none(), max_size=2))
)
def test_every_text_arrives_as_it_was_given(contact, reason, purposes, said):
    one = contact | {"id": uuid7(), "shift_reason": reason, "purposes": purposes, "why": said}
    other = one | {"id": uuid7(), "purposes": tuple(reversed(purposes)), "why": Json.of(said)}
    assert write(one, other) == 2
    found = ContactDue.objects.in_bulk([one["id"], other["id"]])
    for row in (one, other):
        kept = found[row["id"]]
        assert (kept.shift_reason, kept.purposes, kept.why) == (reason, list(row["purposes"]), said)
        assert kept.team_id is None
        assert kept.is_practice is False


def test_the_hour_that_comes_twice_stays_two(contact):
    """Written an hour apart, although Python calls them equal."""
    first = datetime(2027, 11, 7, 1, 30, tzinfo=CHICAGO)
    second = first.replace(fold=1)
    assert first == second
    rows = [contact | {"id": uuid7(), "next_at": at} for at in (first, second)]
    write(*rows)
    kept = ContactDue.objects.in_bulk([row["id"] for row in rows])
    earlier, later = (kept[row["id"]].next_at for row in rows)
    assert later - earlier == timedelta(hours=1)


def test_each_row_has_its_line_of_history_with_whoever_wrote_it(contact):
    rows = [contact | {"id": uuid7()} for _ in range(3)]
    write(*rows)
    lines = ContactDue.pgh_event_model.objects.filter(pgh_obj__in=[row["id"] for row in rows])
    assert [line.pgh_label for line in lines] == ["insert"] * 3
    assert {line.pgh_context.metadata["actor"] for line in lines.select_related("pgh_context")} == {SYSTEM}


def test_nobody_writes_without_a_name(contact):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
    with pytest.raises(InsufficientPrivilege, match="named actor"), transaction.atomic():
        Copied(ContactDue, NAMES).write([[contact[name] for name in NAMES]])


def test_what_is_made_for_each_row_must_be_given():
    with pytest.raises(ValueError, match="id is made for each row"):
        Copied(ContactDue, [name for name in NAMES if name != "id"])
