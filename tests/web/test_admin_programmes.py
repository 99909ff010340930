"""A program is made in one of the two worlds, and stays there."""

from django.test import Client
from django.urls import reverse

from mih.accounts.models import Programme
from tests.world import World


def administrator(world: World) -> Client:
    world.administrator.is_staff = world.administrator.is_superuser = True
    world.administrator.save()
    client = Client()
    client.force_login(world.administrator, backend="mih.accounts.backends.PasswordBackend")
    return client


def test_a_program_is_never_moved_to_the_other_world(world: World) -> None:
    response = world.response(person=world.person())
    address = reverse("admin:accounts_programme_change", args=[world.art.pk])
    given = {"code": world.art.code, "name": "Renamed", "is_practice": "on"}
    answer = administrator(world).post(address, given)
    assert answer.status_code == 302
    world.art.refresh_from_db()
    assert (world.art.name, world.art.is_practice) == ("Renamed", False)
    teacher = world.hire("tess", "clinician", programme=world.practice)
    assert world.client(teacher).get(f"/api/encounters/{response.pk}/").status_code == 404


def test_a_new_program_says_its_world(world: World) -> None:
    given = {"code": "TRY", "name": "For trying", "is_practice": "on"}
    assert administrator(world).post(reverse("admin:accounts_programme_add"), given).status_code == 302
    assert Programme.objects.get(code="TRY").is_practice
