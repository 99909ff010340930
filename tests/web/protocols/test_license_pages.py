"""The credentials of the staff: who keeps them, what is refused, and what everybody is told of their own."""

from datetime import date, timedelta

import pytest
from django.test import Client

from mih.accounts.models import Credential
from mih.core import clock
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TODAY = date(2027, 1, 12)


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.staff[role])
    return client


def held(world: World, role: str) -> Credential:
    return world.staff[role].credentials.get()


def until(world: World, role: str, day: date) -> Credential:
    one = held(world, role)
    one.expires_on = day
    one.save()
    return one


def test_the_most_urgent_come_first(world: World):
    until(world, "peer", TODAY + timedelta(days=29))
    until(world, "ladc", TODAY - timedelta(days=1))
    page = browser(world, "administrator").get("/licenses/").content.decode()
    assert page.index("Lars Dunn") < page.index("Perry Lane") < page.index("Pat Reyes")
    stopped = browser(world, "administrator").get("/licenses/", {"state": "stopped"}).content.decode()
    assert "Lars Dunn" in stopped
    assert "Perry Lane" not in stopped
    soon = browser(world, "administrator").get("/licenses/", {"state": "soon"}).content.decode()
    assert "Perry Lane" in soon
    assert "Lars Dunn" not in soon


@pytest.mark.parametrize("role", ["administrator", "supervisor"])
def test_a_license_is_recorded_with_the_usual_issuer(world: World, role: str):
    address = f"/licenses/staff/{world.navigator.pk}/"
    given = {"kind": "LPC", "number": "12345", "issued_on": "2026-02-01", "expires_on": "2028-01-31"}
    answer = browser(world, role).post(address, given, follow=True)
    assert "Recorded: LPC 12345" not in answer.content.decode()  # the message names the kind and the person
    assert "Recorded: LPC of Nia Holt." in answer.content.decode()
    made = world.navigator.credentials.get(number="12345")
    assert made.issuer == "Oklahoma State Board of Behavioral Health Licensure"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "", "number": "1"}, "required"),
        (
            {"kind": "LPC", "issued_on": "2027-01-02", "expires_on": "2027-01-01"},
            "It ends after it is issued.",
        ),
        ({"kind": "LPC", "expires_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_true_is_said_beside_its_field_and_nothing_is_lost(world: World, given, words: str):
    answer = browser(world, "supervisor").post(f"/licenses/staff/{world.navigator.pk}/", given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert all(
        f'value="{value}"' in answer.content.decode()
        for name, value in given.items()
        if value and name != "kind"
    )
    assert world.navigator.credentials.count() == 1


@pytest.mark.parametrize(
    "role", ["paramedic", "clinician", "programme_manager", "medical_director", "privacy_officer"]
)
def test_nobody_else_opens_or_changes_them(world: World, role: str):
    client = browser(world, role)
    assert client.get("/licenses/").status_code == 403
    assert client.post(f"/licenses/staff/{world.navigator.pk}/", {"kind": "LPC"}).status_code == 403
    assert client.post(f"/licenses/{held(world, 'navigator').pk}/suspend/", {}).status_code == 403
    assert world.navigator.credentials.count() == 1


def test_nobody_keeps_their_own(world: World):
    client = browser(world, "supervisor")
    page = client.get(f"/licenses/staff/{world.supervisor.pk}/").content.decode()
    assert "another supervisor keeps them" in page
    assert client.post(f"/licenses/staff/{world.supervisor.pk}/", {"kind": "LPC"}).status_code == 403
    assert (
        client.post(
            f"/licenses/{held(world, 'supervisor').pk}/renew/", {"expires_on": "2035-01-01"}
        ).status_code
        == 403
    )


def test_a_renewal_keeps_the_old_one_and_begins_the_day_after(world: World):
    old = until(world, "paramedic", TODAY + timedelta(days=3))
    client = browser(world, "supervisor")
    short = client.post(f"/licenses/{old.pk}/renew/", {"expires_on": TODAY.isoformat()}, follow=True)
    assert "A renewal ends later" in short.content.decode()
    client.post(f"/licenses/{old.pk}/renew/", {"expires_on": "2029-01-15"})
    new = world.paramedic.credentials.exclude(pk=old.pk).get()
    assert (new.issued_on, new.expires_on, new.kind) == (
        TODAY + timedelta(days=4),
        date(2029, 1, 15),
        old.kind,
    )
    old.refresh_from_db()
    assert old.expires_on == TODAY + timedelta(days=3)
    assert "ends in" not in browser(world, "paramedic").get("/field/").content.decode()


def test_suspending_stops_and_reinstating_lets_sign_again(world: World):
    one = held(world, "paramedic")
    client = browser(world, "administrator")
    unsaid = client.post(f"/licenses/{one.pk}/suspend/", {"on": TODAY.isoformat()}, follow=True)
    assert "Nothing was changed" in unsaid.content.decode()
    client.post(f"/licenses/{one.pk}/suspend/", {"on": TODAY.isoformat(), "reason": "CE late"})
    one.refresh_from_db()
    assert not one.active_on(TODAY)
    again = client.post(f"/licenses/{one.pk}/suspend/", {"on": TODAY.isoformat(), "reason": "x"}, follow=True)
    assert "suspended already" in again.content.decode()
    early = client.post(f"/licenses/{one.pk}/reinstate/", {"on": TODAY.isoformat()}, follow=True)
    assert "after the day it was suspended" in early.content.decode()
    client.post(f"/licenses/{one.pk}/reinstate/", {"on": (TODAY + timedelta(days=1)).isoformat()})
    one.refresh_from_db()
    assert [one.active_on(TODAY + timedelta(days=ahead)) for ahead in (-1, 0, 1)] == [True, False, True]
    assert client.post(f"/licenses/{one.pk}/burn/", {}).status_code == 404


def test_every_change_of_a_credential_is_kept_with_who_made_it(world: World):
    one = held(world, "paramedic")
    browser(world, "administrator").post(
        f"/licenses/{one.pk}/suspend/", {"on": TODAY.isoformat(), "reason": "CE late"}
    )
    last = one.events.order_by("-pgh_id").first()
    assert last.suspended_reason == "CE late"
    assert last.pgh_context.metadata["actor"] == str(world.administrator.pk)


@pytest.mark.parametrize(
    ("ahead", "told"), [(31, ""), (29, "ends in 29 days"), (-1, "lapsed after Jan 11, 2027")]
)
@pytest.mark.parametrize("address", ["/field/", "/queue/"])
def test_everybody_is_told_of_their_own_on_desk_and_tablet(world: World, address: str, ahead: int, told: str):
    until(world, "paramedic", TODAY + timedelta(days=ahead))
    page = browser(world, "paramedic").get(address).content.decode()
    assert (told in page) if told else ("license-notice" not in page)
    assert "license-notice" not in browser(world, "navigator").get(address).content.decode()


def test_the_other_world_is_not_there(world: World):
    pupil = world.hire("pupil", "supervisor", programme=world.practice)
    client = Client()
    client.force_login(pupil)
    assert "Pat Reyes" not in client.get("/licenses/").content.decode()
    assert client.get(f"/licenses/staff/{world.paramedic.pk}/").status_code == 404
    assert (
        client.post(
            f"/licenses/{held(world, 'paramedic').pk}/suspend/", {"on": TODAY.isoformat(), "reason": "x"}
        ).status_code
        == 404
    )
    assert clock.now() == NOON
