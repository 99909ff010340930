"""What a minor's parent is given on paper: nothing of substance use, nothing free, nothing of a report."""

import pytest

from mih.audit.models import ReadEvent
from mih.encounters.models import Encounter
from mih.encounters.registry import registry
from mih.protocols.policy import Policy
from tests.web.api.crisis_steps import REPORT, fill
from tests.web.charts.pages import browser, found, printed, squeezed
from tests.world import World

SECRETS = (
    "Fentanyl",
    "HOTLINE-CANARY",
    "NARRATIVE-CANARY",
    "CLINICAL-CANARY",
    "CALL-CANARY",
    "AUDIT-C",
    "NALOXONE",
)


def response_of(world: World, age: int) -> Encounter:
    response = world.response(person=world.person(estimated_age=age))
    response.incident.intake_note = "CALL-CANARY"
    response.incident.save()
    fill(world, response, "vitals", {"hr": 91}, by=world.paramedic)
    fill(world, response, "audit_c", {"q1": "2", "q2": "1", "q3": "1"})
    fill(world, response, "medical", {"substances": [{"substance": "Fentanyl"}]}, by=world.paramedic)
    fill(world, response, "clinical", {"presenting_problem": "CLINICAL-CANARY", "substance_use": "Fentanyl"})
    fill(world, response, "mandatory_report", REPORT | {"hotline": "HOTLINE-CANARY"})
    fill(world, response, "narrative", {"text": "NARRATIVE-CANARY"})
    fill(world, response, "minor_consent", {"basis": "self_sud_2602", "self_reason": "Asks for help"})
    return response


def test_the_copy_leaves_out_what_the_whole_print_holds(world: World, noon: object) -> None:
    response = response_of(world, 16)
    client = browser(world.clinician)
    whole = squeezed(printed(client.get(f"/encounters/{response.pk}/print.pdf")))
    copy = squeezed(printed(client.get(f"/encounters/{response.pk}/print.pdf?for=parent")))
    for secret in SECRETS[:-1]:
        assert squeezed(secret) in whole, secret
    for secret in SECRETS:
        assert squeezed(secret).lower() not in copy.lower(), secret
    assert "copyforaparentorguardian" in copy
    assert "91" in copy
    surfaces = set(ReadEvent.objects.values_list("surface", flat=True))
    assert {"encounter_print", "encounter_print_parent"} <= surfaces


def test_no_form_of_substance_use_is_on_the_list(world: World) -> None:
    listed = Policy.default("gates")["parent_copy_forms"]
    assert [key for key in listed if registry[key].segment in ("sud", "peer")] == []
    assert not set(listed) & {"narrative", "medical", "clinical", "mandatory_report", "duty_to_warn"}


def test_it_is_made_for_minors_only_and_offered_only_then(world: World, noon: object) -> None:
    client = browser(world.clinician)
    adult = world.response(person=world.person(estimated_age=18))
    unknown = world.response(person=world.person())
    for response in (adult, unknown):
        assert client.get(f"/encounters/{response.pk}/print.pdf?for=parent").status_code == 400
        assert not found(client.get(f"/encounters/{response.pk}/"), "//a[contains(@href, 'for=parent')]")
    minor = world.response(person=world.person(estimated_age=17))
    assert found(client.get(f"/encounters/{minor.pk}/"), "//a[contains(@href, 'for=parent')]")


@pytest.mark.parametrize("role", ["privacy_officer", "administrator"])
def test_roles_without_care_duties_make_none(world: World, noon: object, role: str) -> None:
    minor = world.response(person=world.person(estimated_age=17))
    answer = browser(world.staff[role]).get(f"/encounters/{minor.pk}/print.pdf?for=parent")
    assert answer.status_code == 403
