"""Co-signatures, case reviews and legal clocks while others work on them: rows come, go and change their place between two
pages, and each one that stays where it is is shown once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from mih.audit.context import SYSTEM, acting
from mih.core.ids import uuid7
from mih.crisis.models import CaseReview, LegalHold
from mih.encounters.models import Narrative
from tests.web.desk.conftest import MORNING
from tests.web.desk.looking import pages
from tests.web.desk.test_cosign_page import written
from tests.web.desk.test_legal_clocks_page import held
from tests.world import World

DAY = MORNING - timedelta(hours=40)


class Cosignatures:
    """By the words of each entry."""

    address, size = "/cosignatures/", "mih.cases.views.cosign.PAGE_SIZE"

    def __init__(self, world: World) -> None:
        self.world = world
        self.first = written(world, hours=90)

    def one(self, at: datetime) -> str:
        copy = Narrative.objects.get(pk=self.first.pk)
        copy.pk, copy.text, copy.signed_at = uuid7(), f"Said {uuid7()}.", at
        copy.encounter = self.world.response(by=self.world.intern, person=self.world.person())
        copy.save(force_insert=True)
        return copy.text

    def finish(self, mark: str) -> None:
        Narrative.objects.filter(text=mark).update(
            status="cosigned", cosigned_by=self.world.supervisor, cosigned_at=MORNING
        )


class Reviews:
    """By the identifier of each review."""

    address, size = "/case-reviews/", "mih.cases.views.reviews.PAGE_SIZE"

    def __init__(self, world: World) -> None:
        self.world = world

    def one(self, at: datetime) -> str:
        response = self.world.response(
            person=self.world.person(), signed_at=MORNING, signed_by=self.world.paramedic, cleared_at=MORNING
        )
        made = CaseReview.objects.create(encounter=response, reasons=["medical_emergency"], raised_at=at)
        return f"review-{made.pk}"

    def finish(self, mark: str) -> None:
        CaseReview.objects.filter(pk=mark.removeprefix("review-")).update(withdrawn_at=MORNING)

    def move(self, mark: str, at: datetime) -> None:
        CaseReview.objects.filter(pk=mark.removeprefix("review-")).update(raised_at=at)


class Holds:
    """By the identifier of each hold."""

    address, size = "/legal-clocks/", "mih.cases.views.holds.PAGE_SIZE"

    def __init__(self, world: World) -> None:
        self.world = world
        self.first = LegalHold.objects.get(encounter=held(world, hours=300))

    def one(self, at: datetime) -> str:
        copy = LegalHold.objects.get(pk=self.first.pk)
        copy.pk, copy.custody_at = uuid7(), at
        copy.encounter = self.world.response(person=self.world.person())
        copy.save(force_insert=True)
        return f"hold-{copy.pk}"

    def finish(self, mark: str) -> None:
        LegalHold.objects.filter(pk=mark.removeprefix("hold-")).update(lmhp_at=MORNING, custody_at=None)

    def move(self, mark: str, at: datetime) -> None:
        LegalHold.objects.filter(pk=mark.removeprefix("hold-")).update(due_at=at + timedelta(hours=12))


@pytest.mark.parametrize("kind", [Cosignatures, Reviews, Holds])
def test_what_stays_where_it_is_is_shown_once(
    kind: type[Any], world: World, browse: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(kind.size, 4)
    rows, shown, number = kind(world), [], 0
    with acting(SYSTEM):
        # Several at one moment: only the identifier tells those apart.
        stay = [rows.one(DAY + timedelta(minutes=each % 3)) for each in range(11)]
        go, move = rows.one(DAY + timedelta(minutes=2)), rows.one(DAY + timedelta(minutes=2))
    for page in pages(browse("supervisor"), kind.address):
        shown += [mark for mark in stay if mark in page]
        with acting(SYSTEM):
            if number == 0:
                assert go not in page
                rows.finish(go)
            if number < 2:
                rows.one(DAY - timedelta(hours=1))
                rows.one(DAY + timedelta(minutes=1))
                rows.one(DAY + timedelta(hours=1))
            if hasattr(rows, "move"):
                rows.move(move, DAY + timedelta(minutes=(-30, 30)[number % 2]))
        if number > 0:
            assert go not in page
        number += 1
    assert sorted(shown) == sorted(stay)
    assert number > 3
