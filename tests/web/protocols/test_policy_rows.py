"""Policy as rows: which version is in force, who may sign, and what the database lets nobody change."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from mih.audit.context import acting
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.protocols import selectors, services
from mih.protocols.models import Protocol
from mih.protocols.policy import default_document, default_keys
from tests.world import World

pytestmark = pytest.mark.django_db
T = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = T + timedelta(days=30)


@pytest.fixture(autouse=True)
def somebody_acts(world: World):
    with acting(world.medical_director):
        yield


def proposal(world: World, key: str = "buprenorphine", *, by=None, **values):
    document = default_document(key)
    for name, value in values.items():
        document["values"][name]["value"] = value
    return services.propose(key=key, document=document, by=by or world.medical_director)


def test_loading_twice_adds_nothing(world: World):
    assert Protocol.objects.count() == len(default_keys())
    assert services.load_defaults(by=None, at=T) == []
    assert Protocol.objects.count() == len(default_keys())


def test_before_anything_was_loaded_the_shipped_policy_stands_unsigned(world: World):
    early = selectors.in_force("buprenorphine", datetime(2025, 1, 1, tzinfo=UTC))
    assert (early.version, early.signed, early.in_use) == (1, False, False)


def test_several_policies_in_force_cost_one_statement(world: World, django_assert_num_queries):
    selectors.in_force_many(["gates", "alarms", "naloxone"], T)
    with django_assert_num_queries(1):
        found = selectors.in_force_many(["gates", "alarms", "naloxone"], T)
    assert set(found) == {"gates", "alarms", "naloxone"}


def test_a_new_version_takes_effect_when_signed_and_not_before(world: World):
    row = proposal(world, cows_min=11)
    assert selectors.in_force("buprenorphine", LATER)["cows_min"] == 8
    services.sign(protocol=row, by=world.medical_director, at=T)
    assert selectors.in_force("buprenorphine", T - timedelta(seconds=1))["cows_min"] == 8
    now = selectors.in_force("buprenorphine", T)
    assert (now["cows_min"], now.version, now.signed) == (11, 2, True)
    assert now.signed_by == world.medical_director.signature_name


def test_a_start_may_lie_ahead_and_never_behind(world: World):
    row = proposal(world, cows_min=11)
    with pytest.raises(Invalid, match="cannot take effect in the past"):
        services.sign(protocol=row, by=world.medical_director, at=T, effective_from=T - timedelta(days=1))
    services.sign(protocol=row, by=world.medical_director, at=T, effective_from=LATER)
    assert selectors.in_force("buprenorphine", LATER - timedelta(seconds=1))["cows_min"] == 8
    assert selectors.in_force("buprenorphine", LATER)["cows_min"] == 11


def test_an_encounter_keeps_the_version_it_pinned(world: World):
    pins = selectors.versions_in_force(T)
    services.sign(protocol=proposal(world, cows_min=11), by=world.medical_director, at=T)
    assert selectors.pinned(pins)["buprenorphine"]["cows_min"] == 8
    assert selectors.pinned(selectors.versions_in_force(T))["buprenorphine"]["cows_min"] == 11
    assert set(selectors.pinned({})) == set(default_keys())


@pytest.mark.parametrize(
    "role", ["peer", "navigator", "intern", "paramedic", "clinician", "ladc", "supervisor", "programme_manager",
             "privacy_officer", "administrator"]
)  # fmt: skip
def test_only_the_medical_director_signs(world: World, role: str):
    row = proposal(world)
    with pytest.raises(NotAllowed):
        services.sign(protocol=row, by=world.staff[role], at=T)
    row.refresh_from_db()
    assert row.signed_at is None


def test_a_version_is_signed_once(world: World):
    row = proposal(world)
    services.sign(protocol=row, by=world.medical_director, at=T)
    with pytest.raises(Stale):
        services.sign(protocol=row, by=world.medical_director, at=T)


def test_proposing(world: World):
    assert proposal(world, by=world.supervisor).number == 2
    assert proposal(world, by=world.programme_manager).number == 3
    with pytest.raises(NotAllowed):
        proposal(world, by=world.paramedic)
    with pytest.raises(Invalid, match="cows_min must be a number, not text"):
        proposal(world, cows_min="eight")
    with pytest.raises(Invalid, match="no policy of that name"):
        services.propose(key="weather", document=default_document("gates"), by=world.medical_director)
    unsigned = default_document("buprenorphine") | {"needs_signature": False}
    with pytest.raises(Invalid, match="does not change from version to version"):
        services.propose(key="buprenorphine", document=unsigned, by=world.medical_director)
    assert Protocol.objects.filter(key="buprenorphine").count() == 3


@pytest.mark.parametrize(
    "change",
    [{"body": {}}, {"number": 9}, {"key": "other"}, {"needs_signature": False}, {"title": "Other"},
     {"signature_text": "Somebody else"}, {"effective_from": datetime(2020, 1, 1, tzinfo=UTC)}, {"signed_at": None, "signed_by": None}],
)  # fmt: skip
def test_the_database_changes_no_signed_policy(world: World, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Protocol.objects.filter(key="buprenorphine", number=1).update(**change)


def test_the_database_deletes_no_policy(world: World):
    with pytest.raises(DatabaseError), transaction.atomic():
        Protocol.objects.filter(key="gates").delete()


def test_a_signature_needs_both_who_and_when(world: World):
    row = proposal(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        Protocol.objects.filter(pk=row.pk).update(signed_at=T)
