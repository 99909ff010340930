"""Signing through the API: what is missing, what freezes, who may, and what is added afterwards."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from mih.audit.context import acting
from mih.core import clock
from mih.core.errors import NotAllowed
from mih.encounters.models import Encounter, Narrative
from mih.encounters.services import signing
from tests.world import NOON, World


def ready(world: World) -> Encounter:
    """A welfare check where nobody was found: the least a response needs."""
    response = world.response(on_scene_at=NOON, cleared_at=NOON + timedelta(minutes=9))
    assert world.fill(response, "disposition", {"code": "no_contact_welfare"}).status_code == 200
    assert world.fill(response, "narrative", {"text": "Nobody home."}).status_code == 200
    return response


def test_review_lists_everything_missing_with_its_place(world: World, noon: object) -> None:
    response = world.response()
    missing = world.client(world.paramedic).get(f"/api/encounters/{response.pk}/review/").data["missing"]
    places = {(gap["form"], gap["field"]) for gap in missing}
    assert {("disposition", "code"), ("narrative", "text"), ("times", "cleared_at"), ("person", "")} <= places
    refused = world.client(world.paramedic).post(f"/api/encounters/{response.pk}/sign/")
    assert refused.status_code == 400
    assert Encounter.objects.get().signed_at is None


def test_signing_freezes_the_record_and_asks_for_its_plan(world: World, noon: object) -> None:
    response = ready(world)
    signed = world.client(world.paramedic).post(f"/api/encounters/{response.pk}/sign/")
    assert signed.status_code == 200, signed.data
    response.refresh_from_db()
    assert response.signed_by == world.paramedic
    assert response.plan_due_since == NOON
    assert world.fill(response, "narrative", {"text": "Changed."}).status_code == 409
    with acting(world.paramedic), pytest.raises(ProgrammingError), transaction.atomic():
        Narrative.objects.update(text="Changed in SQL.")
    with acting(world.paramedic), pytest.raises(ProgrammingError), transaction.atomic():
        Encounter.objects.update(cleared_at=NOON)


def test_a_peer_does_not_sign_and_a_paramedic_does(world: World, noon: object) -> None:
    response = ready(world)
    refused = world.client(world.peer).post(f"/api/encounters/{response.pk}/sign/")
    assert refused.status_code == 403
    assert world.client(world.paramedic).post(f"/api/encounters/{response.pk}/sign/").status_code == 200


def test_signing_stops_the_day_after_a_license_expires(world: World, noon: object) -> None:
    response = ready(world)
    license_ = world.paramedic.credentials.get()
    license_.expires_on = clock.local(NOON).date() - timedelta(days=1)
    license_.save()
    refused = world.client(world.paramedic).post(f"/api/encounters/{response.pk}/sign/")
    assert refused.status_code == 403
    assert "license" in refused.data["errors"][0]["detail"]
    license_.expires_on = clock.local(NOON).date()
    license_.save()
    assert world.client(world.paramedic).post(f"/api/encounters/{response.pk}/sign/").status_code == 200


def test_nobody_cosigns_their_own_work(world: World, noon: object) -> None:
    response = ready(world)
    entry = world.fill(response, "disposition", {"destination": "—"}, record=None)
    assert entry.status_code == 409  # one disposition a response
    interns = world.response(by=world.intern, person=None)
    world.fill(interns, "narrative", {"text": "An intern's words."}, by=world.intern)
    with acting(world.intern):
        signed = signing.sign_own(encounter=interns.pk, by=world.intern, at=NOON)
    assert [row.status for row in signed] == ["awaiting_cosign"]
    row = signed[0]
    url = f"/api/entries/narrative/{row.pk}/cosign/"
    with acting(world.intern), pytest.raises(NotAllowed):
        signing.cosign(form="narrative", entry=row.pk, by=world.intern, at=NOON)
    assert world.client(world.intern).post(url).status_code == 403
    done = world.client(world.supervisor).post(url)
    assert done.status_code == 200, done.data
    assert done.data["status"] == "cosigned"


def test_an_addendum_after_signing_never_before(world: World, noon: object) -> None:
    response = ready(world)
    url = f"/api/encounters/{response.pk}/addenda/"
    words = {"text": "The neighbor called back.", "reason": "Learned later"}
    client = world.client(world.paramedic)
    assert client.post(url, words, format="json").status_code == 409
    assert client.post(f"/api/encounters/{response.pk}/sign/").status_code == 200
    assert client.post(url, words, format="json").status_code == 201


def test_a_correction_keeps_the_old_entry(world: World, noon: object) -> None:
    response = ready(world)
    client = world.client(world.paramedic)
    client.post(f"/api/encounters/{response.pk}/sign/")
    old = Narrative.objects.get()
    body = {"changes": {"text": "Nobody home; note left."}, "reason": "Left out"}
    corrected = client.post(f"/api/entries/narrative/{old.pk}/correct/", body, format="json")
    assert corrected.status_code == 200, corrected.data
    old.refresh_from_db()
    assert (old.status, old.text) == ("replaced", "Nobody home.")
    new = Narrative.objects.get(replaces=old.pk)
    assert (new.text, new.status) == ("Nobody home; note left.", "signed")
    assert world.client(world.peer).post(
        f"/api/entries/narrative/{new.pk}/correct/", {**body, "reason": ""}, format="json"
    ).status_code in (400, 403)


def test_a_write_that_names_nobody_is_refused(world: World, noon: object) -> None:
    response = world.response()
    with (
        connection.cursor() as cursor
    ):  # a new transaction names nobody; this test shares one with its set-up
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
    with pytest.raises(DatabaseError, match="named actor"), transaction.atomic():
        Narrative.objects.create(encounter=response, author=world.paramedic, text="Whose?")
    with acting(world.paramedic):
        assert Narrative.objects.create(encounter=response, author=world.paramedic, text="Mine.")
