"""Any schedule of three tablets and two people, drawn by Hypothesis, leaves nothing lost, doubled or misattributed."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.schedules import Town
from tests.world import World

EVERY = list(HealthCheck)
PHASES = (Phase.generate, Phase.shrink)


def run(world: World, *, schedules: int, steps: int) -> None:
    """Draw that many schedules of at most so many steps."""
    town = Town(world)
    run_state_machine_as_test(
        town.machine,
        settings=settings(
            max_examples=schedules,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=PHASES,
            suppress_health_check=EVERY,
        ),
    )


@pytest.mark.faults_short
def test_a_few_schedules(world: World) -> None:
    run(world, schedules=30, steps=12)


@pytest.mark.parametrize("part", range(4))
def test_two_thousand_schedules(world: World, part: int) -> None:
    run(world, schedules=500, steps=10)
