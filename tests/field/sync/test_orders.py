"""Whatever the order and however often it is delivered, the record becomes the same."""

import random
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mih.assessments.models import VitalSigns
from mih.core.ids import uuid7
from mih.encounters.models import Encounter, Narrative
from mih.field.models import Envelope
from tests.field.client import Author, Sealed, Tablet
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def day(pat: Author, begun: UUID, vitals: UUID, story: UUID) -> list[Sealed]:
    """What one author wrote in one response, in the order it was written."""
    return [
        pat.begin(begun),
        pat.patch(begun, "vitals", vitals, {"hr": 120, "rr": 24}),
        pat.patch(begun, "narrative", story, {"text": "Agitated."}),
        pat.patch(begun, "vitals", vitals, {"hr": 104}, base={"hr": 120}),
        pat.patch(begun, "narrative", story, {"text": "Agitated, then calm."}, base={"text": "Agitated."}),
        pat.patch(begun, "vitals", vitals, {"hr": 96, "spo2": 97}, base={"hr": 104}),
    ]


def final(begun: UUID, vitals: UUID, story: UUID) -> dict[str, Any]:
    seen = VitalSigns.objects.get(pk=vitals)
    rows = Envelope.objects.filter(encounter=begun).order_by("seq")
    return {
        "vitals": (seen.hr, seen.rr, seen.spo2, seen.version),
        "story": Narrative.objects.filter(pk=story).values_list("text", "version").get(),
        "responses": Encounter.objects.filter(pk=begun).count(),
        "outcomes": list(rows.values_list("outcome", "version")),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), batch=st.integers(1, 4), again=st.integers(0, 6))
def test_any_order_with_repeats_gives_the_record_of_the_true_order(
    seed: int, batch: int, again: int, world: World
) -> None:
    # A tablet for each example: all of them together ask more often than one tablet may.
    tablet = Tablet()
    pat = tablet.of(world.paramedic)
    begun, vitals, story = uuid7(), uuid7(), uuid7()
    sealed = day(pat, begun, vitals, story)
    found = []
    for shuffled in (False, True):
        order = list(sealed)
        if shuffled:
            chance = random.Random(seed)
            order += chance.choices(sealed, k=again)
            chance.shuffle(order)
        with transaction.atomic():
            for start in range(0, len(order), batch):
                tablet.items(*order[start : start + batch])
            found.append(final(begun, vitals, story))
            transaction.set_rollback(True)
    assert found[0]["vitals"][:3] == (96, 24, 97)
    assert found[1] == found[0]
