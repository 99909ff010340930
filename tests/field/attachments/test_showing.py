"""Who sees a photo, where, and that every look is kept."""

import io
from datetime import datetime

import pypdf
import pytest
from django.test import Client
from PIL import Image

from mih.accounts.models import Staff
from mih.audit.models import ReadEvent
from mih.encounters.models import Encounter
from mih.field.models import Attachment
from tests.field.attachments.tools import Sealed, Tablet, photo
from tests.world import World


@pytest.fixture
def tablet(world: World, noon: datetime) -> Tablet:
    return Tablet(world.paramedic, noon)


@pytest.fixture
def response(world: World) -> Encounter:
    return world.response(person=world.person(estimated_age=40))


@pytest.fixture
def shown(tablet: Tablet, response: Encounter, world: World, noon: datetime) -> Attachment:
    return attach(tablet, response, world.paramedic, noon)


def attach(tablet: Tablet, response: Encounter, by: Staff, at: datetime, **changes: str) -> Attachment:
    sealed = Sealed(photo())
    made = tablet.link(sealed, response, by, at, **changes)
    tablet.send(sealed)
    made.refresh_from_db()
    return made


def browser(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="mih.accounts.backends.PasswordBackend")
    return client


def test_the_care_team_sees_it_and_every_look_is_kept(
    shown: Attachment, response: Encounter, world: World
) -> None:
    answer = browser(world.supervisor).get(f"/field/attachments/{shown.pk}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).size == (320, 240)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    look = ReadEvent.objects.get(surface="attachment")
    assert (look.actor, look.people) == (world.supervisor.pk, [response.person_id])


def test_it_is_not_there_for_whoever_may_not_read_the_form(
    tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    monitor = attach(tablet, response, world.paramedic, noon, form="vitals")
    assert browser(world.paramedic).get(f"/field/attachments/{monitor.pk}/").status_code == 200
    assert browser(world.navigator).get(f"/field/attachments/{monitor.pk}/").status_code == 404
    for page in (f"/encounters/{response.pk}/", f"/field/encounters/{response.pk}/record/"):
        assert str(monitor.pk) in browser(world.paramedic).get(page).content.decode()
        assert str(monitor.pk) not in browser(world.navigator).get(page).content.decode()


def test_roles_without_care_duties_and_strangers_do_not_see_it(shown: Attachment, world: World) -> None:
    address = f"/field/attachments/{shown.pk}/"
    assert browser(world.administrator).get(address).status_code == 403
    assert browser(world.privacy_officer).get(address).status_code == 403
    assert Client().get(address).status_code == 302
    practice = world.hire("learner", "paramedic", programme=world.practice)
    assert browser(practice).get(address).status_code == 404
    assert not ReadEvent.objects.filter(surface="attachment", allowed=True).exists()


def test_a_tablet_alone_sees_nothing(shown: Attachment, tablet: Tablet) -> None:
    assert tablet.client.get(f"/field/attachments/{shown.pk}/").status_code == 302


def record(response: Encounter) -> str:
    return f"/encounters/{response.pk}/"


@pytest.mark.parametrize("page", ["desk", "tablet", "review"])
def test_pages_show_what_is_here_and_say_what_is_not(
    page: str, shown: Attachment, tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    waiting = tablet.link(Sealed(photo()), response, world.paramedic, noon, caption="Doorway")
    address = {
        "desk": record(response),
        "tablet": f"/field/encounters/{response.pk}/record/",
        "review": f"/field/encounters/{response.pk}/review/",
    }[page]
    words = browser(world.paramedic).get(address).content.decode()
    assert f'src="/field/attachments/{shown.pk}/"' in words
    assert 'alt="Left forearm"' in words
    assert f"/field/attachments/{waiting.pk}/" not in words
    assert "Doorway" in words
    assert "Still on the tablet" in words


def printed(world: World, response: Encounter, query: str = "") -> pypdf.PdfReader:
    answer = browser(world.paramedic).get(f"/encounters/{response.pk}/print.pdf{query}")
    assert answer.status_code == 200
    return pypdf.PdfReader(io.BytesIO(answer.content))


def test_the_print_holds_the_photo_and_names_the_one_still_missing(
    shown: Attachment, tablet: Tablet, response: Encounter, world: World, noon: datetime
) -> None:
    tablet.link(Sealed(photo()), response, world.paramedic, noon, caption="Doorway")
    pdf = printed(world, response)
    text = " ".join(page.extract_text() for page in pdf.pages)
    assert "Photos and documents" in text
    assert "Left forearm" in text
    assert "Doorway" in text
    assert "Still on the tablet" in " ".join(text.split())
    assert [image.image.size for page in pdf.pages for image in page.images if image.image] == [(320, 240)]


def test_a_parents_copy_holds_no_photo(tablet: Tablet, world: World, noon: datetime) -> None:
    response = world.response(person=world.person(estimated_age=15))
    attach(tablet, response, world.paramedic, noon)
    assert "Left forearm" in " ".join(page.extract_text() for page in printed(world, response).pages)
    copy = printed(world, response, "?for=parent")
    assert "Left forearm" not in " ".join(page.extract_text() for page in copy.pages)
    assert not any(page.images for page in copy.pages)
