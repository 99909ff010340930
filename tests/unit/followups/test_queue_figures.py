"""The queue's pages and figures against the plain question of each list, over contacts of every kind."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random

import pytest

from mih.accounts.models import Staff, Team
from mih.audit.context import acting
from mih.core.ids import uuid7
from mih.encounters.facts import DoseGiven, Facts
from mih.encounters.models import Encounter
from mih.episodes.models import RISK_ORDER
from mih.followups.models import ContactDue
from mih.followups.models.querysets import WHENS
from mih.followups.selectors import QueueFilters, narrowed
from mih.followups.selectors.lines import lines
from mih.followups.selectors.queue import SCOPES
from tests.world import World

AT = datetime(2027, 1, 13, 16, 31, tzinfo=UTC)
TIERS = [tier for tier in RISK_ORDER if tier]


@pytest.fixture
def navigator(world: World) -> Staff:
    """On two teams, so that theirs is more than one range of an index."""
    for name in ("CRT north", "CRT south"):
        world.navigator.teams.add(Team.objects.create(programme=world.navigator.programme, name=name))
    return world.navigator


@pytest.fixture
def contacts(
    world: World,
    navigator: Staff,
    signed: Callable[..., Encounter],
    planned: Callable[..., list[ContactDue]],
) -> None:
    """Every status with every owner; next attempts and snoozes before, at and behind the moment, some of them shared."""
    dose = DoseGiven(uuid7(), "naloxone", 4.0, AT - timedelta(hours=20), "fire", True)
    (pattern, *_), dice = planned(signed(AT - timedelta(hours=20)), Facts(doses=[dose])), Random(7)
    elsewhere = Team.objects.create(programme=world.crt, name="Elsewhere")
    teams = [None, elsewhere, *navigator.teams.all()]
    moments = [AT + timedelta(hours=hours) for hours in (-60, -5, 0, 3, 40)]
    rows = []
    for status, team, owner in product(
        ("on_hold", "planned", "open", "claimed", "done"), teams, (None, navigator, world.clinician)
    ):
        tier, held = dice.choice(TIERS), status == "on_hold"
        row = ContactDue.objects.get(pk=pattern.pk)
        row.pk, row._state.adding = uuid7(), True
        row.status, row.team, row.assigned_to, row.risk, row.risk_rank = (
            status,
            team,
            owner,
            tier,
            RISK_ORDER[tier],
        )
        row.programme = dice.choice([world.crt, navigator.programme])
        row.next_at, row.overdue_at = dice.choice(moments), None if held else dice.choice(moments)
        row.is_practice = dice.random() < 0.1
        if held:
            row.opens_at = row.target_at = row.closes_at = row.planned_at = None
        if status == "open" and dice.random() < 0.5:
            row.snoozed_until, row.snooze_reason = dice.choice(moments), "Asked for it"
        if status == "claimed":
            row.claimed_by, row.claimed_at = dice.choice([navigator, world.clinician]), AT
        if status == "done":
            row.outcome, row.closed_at = "reached", AT
        rows.append(row)
    with acting(navigator):
        ContactDue.objects.bulk_create(rows)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("risk", ["", "high"])
def test_every_figure_is_the_length_of_its_list(contacts, navigator: Staff, scope, risk):
    def many(filters: QueueFilters) -> int:
        return narrowed(navigator, filters, at=AT).count()

    for when in WHENS:
        filters = QueueFilters(scope=scope, when=when, risk=risk)
        figures = lines(navigator, filters, at=AT, after=None, size=5).figures
        assert figures.whens == {each: many(replace(filters, when=each)) for each in WHENS}
        assert figures.scopes == {each: many(replace(filters, scope=each)) for each in SCOPES}
        counted = {tier: many(replace(filters, risk=tier)) for tier in TIERS}
        assert figures.risks == {tier: number for tier, number in counted.items() if number}


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("when", WHENS)
def test_its_pages_hold_each_contact_once_and_in_order(contacts, navigator: Staff, scope, when):
    filters = QueueFilters(scope=scope, when=when)
    ordered = narrowed(navigator, filters, at=AT).order_by("-risk_rank", "next_at", "id")
    found, after = [], None
    while True:
        page = lines(navigator, filters, at=AT, after=after, size=4)
        found += [row.pk for row in page.rows]
        after = page.next
        if not after:
            break
    assert found == list(ordered.values_list("pk", flat=True))
    assert found
