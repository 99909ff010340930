"""Scope of practice through the API: who signs until when, what a peer may ask, and what is kept of a refusal."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from mih.assessments.models import InstrumentAnswers
from mih.audit.context import acting
from mih.audit.models import Denial
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.counting import counted, counted_encounters
from mih.encounters.models import Encounter, Narrative
from mih.encounters.services import signing
from mih.protocols import services
from mih.protocols.policy import default_document
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
ANSWERS = {"outcome": "answered", "q1": "no", "q2": "no", "q6": "no"}


def ready(world: World, *, on_scene: datetime = NOON, cleared: datetime | None = None) -> Encounter:
    """A welfare check where nobody was found: the least a response needs."""
    response = world.response(on_scene_at=on_scene, cleared_at=cleared or on_scene + timedelta(minutes=9))
    assert world.fill(response, "disposition", {"code": "no_contact_welfare"}).status_code == 200
    assert world.fill(response, "narrative", {"text": "Nobody home."}).status_code == 200
    return response


def sign(world: World, response: Encounter, role: str = "paramedic") -> Any:
    return world.client(world.staff[role]).post(f"/api/encounters/{response.pk}/sign/")


def license_until(world: World, role: str, day: date) -> None:
    held = world.staff[role].credentials.get()
    held.expires_on = day
    held.save()


def policy(world: World, key: str, **values: Any) -> None:
    document = default_document(key)
    for name, value in values.items():
        document["values"][name]["value"] = value
    with acting(world.medical_director):
        row = services.propose(key=key, document=document, by=world.medical_director)
        services.sign(protocol=row, by=world.medical_director, at=clock.now())


LATE = [
    pytest.param(datetime(2027, 1, 13, 5, 30, tzinfo=UTC), date(2027, 1, 12), id="23:30 in winter"),
    pytest.param(datetime(2027, 7, 13, 4, 30, tzinfo=UTC), date(2027, 7, 12), id="23:30 in summer"),
    pytest.param(datetime(2027, 3, 14, 5, 30, tzinfo=UTC), date(2027, 3, 13), id="23:30 before clocks go on"),
    pytest.param(
        datetime(2027, 3, 15, 4, 30, tzinfo=UTC), date(2027, 3, 14), id="23:30 after clocks went on"
    ),
    pytest.param(
        datetime(2027, 11, 7, 4, 30, tzinfo=UTC), date(2027, 11, 6), id="23:30 before clocks go back"
    ),
    pytest.param(
        datetime(2027, 11, 8, 5, 30, tzinfo=UTC), date(2027, 11, 7), id="23:30 after clocks went back"
    ),
]


@pytest.mark.parametrize(("at", "day"), LATE)
def test_the_last_day_of_a_license_ends_at_the_agencys_midnight(
    world: World, at: datetime, day: date
) -> None:
    response = ready(world, on_scene=at - timedelta(minutes=20), cleared=at - timedelta(minutes=5))
    with clock.fixed(at):
        license_until(world, "paramedic", day - timedelta(days=1))
        refused = sign(world, response)
        assert refused.status_code == 403
        assert "lapsed after" in refused.data["errors"][0]["detail"]
        license_until(world, "paramedic", day)
    with clock.fixed(at + timedelta(minutes=31)):
        assert sign(world, response).status_code == 403
    with clock.fixed(at):
        assert sign(world, response).status_code == 200


def test_a_license_must_stand_on_the_day_of_service_too(world: World) -> None:
    yesterday = NOON - timedelta(days=1)
    response = ready(world, on_scene=yesterday)
    held = world.paramedic.credentials.get()
    held.issued_on = clock.local(NOON).date()
    held.save()
    refused = sign(world, response)
    assert refused.status_code == 403
    assert "after the day of service" in refused.data["errors"][0]["detail"]
    held.issued_on = clock.local(yesterday).date()
    held.save()
    assert sign(world, response).status_code == 200


def test_a_license_of_another_profession_signs_nothing(world: World) -> None:
    response = ready(world)
    world.paramedic.credentials.update(kind="LPC")
    assert sign(world, response).status_code == 403
    policy(
        world,
        "credentials",
        needed=default_document("credentials")["values"]["needed"]["value"] | {"paramedic": ["LPC"]},
    )
    assert sign(world, response).status_code == 200


def test_a_lapsed_license_still_lets_one_write(world: World) -> None:
    license_until(world, "paramedic", date(2026, 1, 1))
    assert world.fill(world.response(), "narrative", {"text": "Kept."}).status_code == 200


def screen(world: World, response: Encounter, role: str = "peer") -> Any:
    return world.fill(response, "cssrs_screener", ANSWERS, by=world.staff[role])


def test_a_peer_asks_the_suicide_screen_only_once_the_flag_is_on(world: World) -> None:
    response = world.response(person=world.person())
    refused = screen(world, response)
    assert refused.status_code == 403
    kept = Denial.objects.get()
    assert (kept.actor, kept.role, kept.section, kept.encounter, kept.code) == (
        world.peer.pk,
        "peer",
        "suicide_screen",
        response.pk,
        "role_matrix",
    )
    assert not InstrumentAnswers.objects.exists()
    policy(world, "role_matrix", prss_may_screen=True)
    assert screen(world, response).status_code == 200
    assert InstrumentAnswers.objects.get().author == world.peer


def test_a_peer_with_the_flag_asks_and_records_and_no_more(world: World) -> None:
    policy(world, "role_matrix", prss_may_screen=True)
    response = world.response(person=world.person())
    assert screen(world, response).status_code == 200
    # No signature of their own on it, no assessment, no tier, no other screen.
    refused = world.client(world.peer).post(f"/api/encounters/{response.pk}/sign-own/")
    assert refused.status_code == 403
    assert InstrumentAnswers.objects.get().signed_at is None
    for form, values in (
        ("clinical", {"final_tier": "low"}),
        ("clinical", {"proposed_tier": "low"}),
        ("phq9", {"q1": 0}),
    ):
        assert world.fill(response, form, values, by=world.peer).status_code == 403
    assert Denial.objects.filter(role="peer").count() == 4


def test_every_kind_of_refusal_leaves_its_trace_with_who_where_and_why(world: World) -> None:
    response = ready(world)
    license_until(world, "paramedic", date(2026, 1, 1))
    sign(world, response)
    world.client(world.hire("out", "navigator")).get(f"/api/encounters/{response.pk}/conflicts/")
    world.client(world.administrator).get(f"/api/encounters/{response.pk}/")
    outsider = world.hire("sid", "paramedic")
    world.fill(response, "narrative", {"text": "Mine."}, by=outsider)
    found = {(row.role, row.code, row.action) for row in Denial.objects.all()}
    assert ("paramedic", "credential_lapsed", "api-sign") in found
    assert ("administrator", "page_not_for_role", "api-encounter") in found
    assert ("paramedic", "not_crew", "api-patches") in found
    assert {row.encounter for row in Denial.objects.all()} == {response.pk}


def test_a_refusal_shown_on_its_own_page_is_kept_too(world: World) -> None:
    response = ready(world)
    license_until(world, "paramedic", date(2026, 1, 1))
    tablet = Client()
    tablet.force_login(world.paramedic)
    answer = tablet.post(f"/field/encounters/{response.pk}/sign/")
    assert answer.status_code == 403
    assert "lapsed after" in answer.content.decode()
    assert Denial.objects.get().actor == world.paramedic.pk


def test_what_is_allowed_or_wrong_leaves_none(world: World) -> None:
    response = world.response()
    sign(world, response)  # 400: not ready
    assert world.fill(response, "narrative", {"text": "Words."}).status_code == 200
    Client().get("/queue/")  # nobody signed in
    assert not Denial.objects.exists()


def test_the_privacy_officer_and_supervisors_see_refused_acts_and_nobody_else(world: World) -> None:
    screen(world, world.response(person=world.person()))

    def page(role: str) -> Any:
        client = Client()
        client.force_login(world.staff[role])
        return client.get("/refused-acts/")

    for role in ("privacy_officer", "supervisor"):
        words = page(role).content.decode()
        assert "Perry Lane" in words
        assert "C-SSRS or ASQ: ask and record" in words
        assert "Not for this role" in words
    assert page("programme_manager").status_code == 403
    pupil = world.hire("pupil", "supervisor", programme=world.practice)
    client = Client()
    client.force_login(pupil)
    assert "Perry Lane" not in client.get("/refused-acts/").content.decode()


# Co-signature and official counts


def interns(world: World, *, also_by: str = "") -> Narrative:
    response = world.response(by=world.intern)
    record = uuid7()
    first = world.fill(response, "narrative", {"text": "An intern's words."}, by=world.intern, record=record)
    assert first.status_code == 200
    if also_by:
        edit = world.fill(
            response, "narrative", {"text": "Better words."}, by=world.staff[also_by], record=record, version=1,
            base={"text": "An intern's words."},
        )  # fmt: skip
        assert edit.status_code == 200, edit.data
    with acting(world.intern):
        signing.sign_own(encounter=response.pk, by=world.intern, at=clock.now())
    return Narrative.objects.get(pk=record)


def cosign(world: World, entry: Narrative, role: str) -> Any:
    return world.client(world.staff[role]).post(f"/api/entries/narrative/{entry.pk}/cosign/")


def test_whoever_wrote_in_an_entry_does_not_co_sign_it(world: World) -> None:
    entry = interns(world, also_by="clinician")
    refused = cosign(world, entry, "clinician")
    assert refused.status_code == 403
    assert "nobody co-signs their own work" in refused.data["errors"][0]["detail"]
    assert Denial.objects.get().code == "own_work"
    queue = Client()
    queue.force_login(world.clinician)
    assert "Better words." not in queue.get("/cosignatures/").content.decode()
    assert cosign(world, entry, "supervisor").status_code == 200


def test_an_intern_made_clinician_does_not_co_sign_their_earlier_work(world: World) -> None:
    entry = interns(world)
    world.intern.role = "clinician"
    world.intern.save()
    world.intern.credentials.update(kind="LPC")
    assert cosign(world, entry, "intern").status_code == 403


@pytest.mark.parametrize("role", ["clinician", "supervisor"])
def test_a_co_signer_needs_a_license_on_the_day_of_service(world: World, role: str) -> None:
    entry = interns(world)
    Encounter.objects.filter(pk=entry.encounter_id).update(on_scene_at=NOON - timedelta(days=2))
    license_until(world, role, clock.local(NOON).date() - timedelta(days=1))
    assert cosign(world, entry, role).status_code == 403
    held = world.staff[role].credentials.get()
    held.expires_on, held.issued_on = date(2030, 1, 1), clock.local(NOON).date()
    held.save()
    assert cosign(world, entry, role).status_code == 403
    held.issued_on = None
    held.save()
    assert cosign(world, entry, role).status_code == 200


def test_several_professions_sign_their_own_sections_of_one_response(world: World) -> None:
    response = world.response(person=world.person())
    world.fill(
        response,
        "vitals",
        {
            "hr": 88,
            "rr": 16,
            "spo2": 98,
            "sbp": 120,
            "dbp": 80,
            "gcs_eye": 4,
            "gcs_verbal": 5,
            "gcs_motor": 6,
            "avpu": "A",
        },
        happened_at=NOON,
    )
    screen(world, response, "navigator")
    for role in ("paramedic", "navigator"):
        done = world.client(world.staff[role]).post(f"/api/encounters/{response.pk}/sign-own/")
        assert done.status_code == 200, done.data
    signers = {
        row.signed_by.role
        for row in (*response.vitalsigns_entries.all(), *response.instrumentanswers_entries.all())
    }
    assert signers == {"paramedic", "navigator"}


def test_official_figures_count_an_interns_entry_once_it_is_co_signed(world: World) -> None:
    entry = interns(world)
    ready_one = ready(world)
    assert sign(world, ready_one).status_code == 200
    ours = Narrative.objects.all()
    assert [row.encounter_id for row in counted(ours)] == [ready_one.pk]
    assert cosign(world, entry, "supervisor").status_code == 200
    assert counted(ours).count() == 2
    assert [row.pk for row in counted_encounters()] == [ready_one.pk]


def test_when_an_interns_entry_counts_is_policy(world: World) -> None:
    interns(world)
    assert not counted(Narrative.objects.all()).exists()
    policy(world, "cosign", counts_in_reports_before=True)
    assert counted(Narrative.objects.all()).count() == 1


def test_practice_and_corrected_entries_are_in_no_official_figure(world: World) -> None:
    response = ready(world)
    sign(world, response)
    entry = Narrative.objects.get()
    body = {"changes": {"text": "Note left."}, "reason": "Left out"}
    world.client(world.paramedic).post(f"/api/entries/narrative/{entry.pk}/correct/", body, format="json")
    assert [row.text for row in counted(Narrative.objects.all())] == ["Note left."]
    teacher = world.hire("tess", "paramedic", programme=world.practice)
    practice = world.response(by=teacher, programme=world.practice, on_scene_at=NOON, cleared_at=NOON)
    with acting(teacher):
        Narrative.objects.create(
            encounter=practice,
            author=teacher,
            text="Invented.",
            signed_by=teacher,
            signed_at=NOON,
            status="signed",
        )
    assert counted(Narrative.objects.all()).count() == 1
