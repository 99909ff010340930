"""A plan that lives: begun from the one before, confirmed step by step, compared, copied, reviewed, and kept to its roles."""

import io
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest

from mih.audit.context import SYSTEM, acting
from mih.audit.models import ReadEvent
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import CrewMember
from mih.people.models import Person, Supporter
from mih.privacy.models import Consent
from mih.safety_plans.models import PlanCopy, PlanReading, PlanReview, SafetyPlan
from mih.safety_plans.selectors import current_plan, kept_plan
from mih.safety_plans.steps import STEPS
from tests.unit.interventions.support import ok
from tests.web.api.test_interventions_safety_plan import (
    EVENING,
    HANDGUN,
    MEDICINES,
    S03,
    Evening,
    acknowledge,
)
from tests.web.charts.pages import browser, found, printed, seen
from tests.world import World

PROCESS: dict[str, Any] = {
    "collaborative": True,
    "plan_on": "2027-03-05",
    "acknowledged_by": "client",
    "copy_given": "paper",
    "caregiver": "none",
}


@pytest.fixture
def evening(world: World) -> Any:
    with clock.fixed(EVENING):
        yield Evening(world)


@pytest.fixture
def signed(evening: Evening) -> Evening:
    """The plan of S03, signed by its author."""
    evening.ready()
    ok(evening.plan(S03))
    acknowledge(evening)
    ok(evening.sign())
    return evening


def person_of(evening: Evening) -> Person:
    assert evening.response.person is not None
    return evening.response.person


def plan_page(evening: Evening, tail: str, record: Any = None) -> str:
    return f"/people/{person_of(evening).pk}/plans/{record or evening.record}/{tail}"


def supporter(person: Person, **details: Any) -> Supporter:
    with acting(SYSTEM):
        return Supporter.objects.create(person=person, **{"name": "Ann", "relation": "Wife", **details})


# Beginning from the plan before


def test_the_next_response_begins_with_the_steps_and_asks_for_each(signed: Evening) -> None:
    later = Evening(signed.world, person_of(signed))
    tablet = browser(signed.world.clinician)
    page = tablet.get(f"/field/encounters/{later.response.pk}/forms/safety_plan/")
    text = seen(page)
    assert "From the plan of" in text
    assert "Walk the dog" in page.content.decode()
    assert found(page, '//*[@data-field="still_true_helpers"]')
    assert not SafetyPlan.objects.filter(encounter=later.response).exists()

    ok(later.plan({"coping": [{"activity": "Walk the dog"}, {"activity": "Call Sam"}]}))
    begun = SafetyPlan.objects.get(pk=later.record)
    assert [row["name"] for row in begun.helpers] == ["Spouse", "Brother-in-law"]
    assert begun.means[0]["when"] == ""
    assert begun.signature is None
    assert later.summary == "incomplete (steps 1, 2, 3, 4, 5, 6; process)"


def test_a_step_counts_once_it_is_confirmed_and_not_before(signed: Evening) -> None:
    later = Evening(signed.world, person_of(signed))
    ok(later.plan({**PROCESS, "means_verify_at": EVENING.isoformat(), "means_verifier": "Ann"}))
    for step in STEPS[:-1]:
        ok(later.plan({step.still_true: True}))
        assert f"{step.number}" not in later.summary
    assert later.summary == "incomplete (step 6)"
    ok(later.plan({"still_true_means": False}))
    assert later.summary == "incomplete (step 6)"
    ok(later.plan({"still_true_means": True}))
    assert later.summary == "complete"


def test_a_step_written_wholly_anew_needs_no_confirming(signed: Evening) -> None:
    later = Evening(signed.world, person_of(signed))
    ok(later.plan({"warning_signs": ["I stop eating"], "coping": ["Walk the dog", "Swim"]}))
    missing = {gap["code"] for gap in SafetyPlan.objects.get(pk=later.record).completeness["missing"]}
    assert "STILL_TRUE_1" not in missing
    assert "STILL_TRUE_2" in missing


def test_a_first_plan_is_not_asked_what_is_still_true(evening: Evening) -> None:
    tablet = browser(evening.world.clinician)
    page = tablet.get(f"/field/encounters/{evening.response.pk}/forms/safety_plan/")
    assert not found(page, '//*[starts-with(@data-field, "still_true")]')
    assert "From the plan of" not in seen(page)


def test_declining_a_new_plan_leaves_the_old_one_standing(signed: Evening) -> None:
    later = Evening(signed.world, person_of(signed))
    ok(later.plan({"declined": True, "declined_reason": "“It still fits.”"}))
    later.ready()
    acknowledge(later)
    with clock.fixed(EVENING + timedelta(days=1)):
        ok(later.sign())
    standing = current_plan(person_of(signed))
    assert standing is not None
    assert standing.pk == signed.record
    record = seen(browser(signed.world.clinician).get(f"/encounters/{later.response.pk}/"))
    assert "It still fits" in record
    assert "Walk the dog" not in record


# Versions


def revised(signed: Evening) -> Evening:
    later = Evening(signed.world, person_of(signed))
    helpers = [{"name": "Spouse", "relation": "Spouse", "phone": "405-555-0199"}]
    ok(later.plan({**PROCESS, "helpers": helpers, "means_verifier": "Ann"}))
    ok(later.plan({"means_verify_at": EVENING.isoformat()} | {step.still_true: True for step in STEPS}))
    later.ready()
    acknowledge(later)
    with clock.fixed(EVENING + timedelta(days=2)):
        ok(later.sign())
    return later


def test_both_versions_stand_beside_each_other_word_by_word(signed: Evening) -> None:
    later = revised(signed)
    page = browser(signed.world.navigator).get(plan_page(signed, "changes/", later.record))
    text = seen(page)
    assert "removed: Brother-in-law" in text
    assert found(page, "//ins[contains(., '0199')]")
    assert not found(page, "//ins[contains(., 'Walk')]")
    assert "2. What I can do on my own unchanged" in text

    client = signed.world.client(signed.world.navigator)
    person = person_of(signed).pk
    answer = ok(client.get(f"/api/people/{person}/safety-plans/{later.record}/changes/")).data
    assert answer["against"] == str(signed.record)
    changed = [step["heading"] for step in answer["steps"] if step["changed"]]
    assert changed == ["4. Who I turn to", "6. Keeping danger out of reach"]
    versions = ok(client.get(f"/api/people/{person}/safety-plans/")).data
    assert [(each["state"], each["current"]) for each in versions] == [
        ("complete", True),
        ("superseded", False),
    ]


def test_the_plan_they_keep_is_the_latest_complete_one(signed: Evening) -> None:
    later = Evening(signed.world, person_of(signed))
    ok(later.plan({**PROCESS, "still_true_signs": True}))
    plan = SafetyPlan.objects.get(pk=later.record)
    with acting(SYSTEM), clock.fixed(EVENING + timedelta(days=3)):
        plan.status, plan.signed_by, plan.signed_at = "signed", signed.world.clinician, clock.now()
        plan.save()
    person = person_of(signed)
    current, kept = current_plan(person), kept_plan(person)
    assert current is not None
    assert kept is not None
    assert (current.pk, kept.pk) == (later.record, signed.record)
    navigator = browser(signed.world.navigator)
    assert "what the person keeps" in seen(navigator.get(f"/people/{person.pk}/plans/"))
    assert "Walk the dog" in printed(navigator.get(plan_page(signed, "copy/large.pdf")))


def test_an_interns_plan_is_complete_once_it_is_cosigned(evening: Evening) -> None:
    ok(evening.fill("narrative", {"text": "Made a plan."}))
    ok(evening.fill("disposition", {"code": "stabilised_in_place"}))
    ok(evening.plan(S03, by=evening.world.intern))
    ok(evening.sign())
    assert SafetyPlan.objects.get().status == "awaiting_cosign"
    assert current_plan(person_of(evening)) is None
    cosign = f"/api/entries/safety_plan/{evening.record}/cosign/"
    client = evening.world.client(evening.world.supervisor)
    answer = client.post(cosign)
    assert answer.status_code == 200, answer.content
    assert kept_plan(person_of(evening)) is not None
    page = seen(browser(evening.world.navigator).get(f"/people/{person_of(evening).pk}/plans/"))
    assert "Complete" in page


# Copies


@pytest.mark.parametrize("layout", ["large", "pocket"])
def test_a_copy_is_printed_and_that_is_logged(signed: Evening, layout: str) -> None:
    text = printed(browser(signed.world.navigator).get(plan_page(signed, f"copy/{layout}.pdf?name=first")))
    assert "Walk the dog" in text
    assert "For Robin" in text
    assert "Example" not in text
    assert ReadEvent.objects.filter(
        surface=f"plan_copy_{layout}_en", actor=signed.world.navigator.pk
    ).exists()


def test_a_copy_can_be_had_on_scene_before_the_plan_is_signed(evening: Evening) -> None:
    ok(evening.plan({"coping": ["Walk the dog"]}))
    text = printed(browser(evening.world.clinician).get(plan_page(evening, "copy/large.pdf?language=es")))
    assert "Mi plan de seguridad" in text
    assert "Walk the dog" in text


def test_an_old_version_is_not_handed_out_any_more(signed: Evening) -> None:
    revised(signed)
    answer = browser(signed.world.navigator).get(plan_page(signed, "copy/large.pdf"))
    assert answer.status_code == 409


def test_family_get_a_copy_only_with_permission_and_without_substance_use(signed: Evening) -> None:
    ann = supporter(person_of(signed))
    tail = f"copy/caregiver.pdf?supporter={ann.pk}"
    navigator = browser(signed.world.navigator)
    assert navigator.get(plan_page(signed, tail)).status_code == 403
    ann.permission, ann.substance_use_consent = "person", True
    with acting(SYSTEM):
        ann.save()
    text = printed(navigator.get(plan_page(signed, tail)))
    assert "For Ann" in text
    assert "Not sleeping" in text
    assert "Drinking alone" not in text

    with acting(SYSTEM):
        Consent.objects.create(
            person=person_of(signed),
            kind="part2_specific",
            source=uuid7(),
            recipients="Ann, his wife",
            given_at=EVENING,
            expires_on=date(2027, 12, 31),
            recorded_by=signed.world.clinician,
        )
    assert "Drinking alone" in printed(navigator.get(plan_page(signed, tail)))
    ann.stepped_back = True
    with acting(SYSTEM):
        ann.save()
    assert navigator.get(plan_page(signed, tail)).status_code == 403


def test_that_a_copy_was_given_is_kept(signed: Evening) -> None:
    given = {"layout": "pocket", "language": "en", "how": "paper"}
    navigator = browser(signed.world.navigator)
    assert navigator.post(plan_page(signed, "copies/"), given).status_code == 302
    copy = PlanCopy.objects.get()
    assert (copy.layout, copy.by, copy.supporter) == ("pocket", signed.world.navigator, None)
    assert "Pocket fold" in seen(navigator.get(f"/people/{person_of(signed).pk}/plans/"))
    supervisor = browser(signed.world.supervisor)
    assert supervisor.post(plan_page(signed, "copies/"), given).status_code == 403

    ann = supporter(person_of(signed))
    theirs = {"layout": "caregiver", "language": "en", "how": "paper", "supporter": str(ann.pk)}
    client = signed.world.client(signed.world.navigator)
    address = f"/api/people/{person_of(signed).pk}/safety-plans/{signed.record}/copies/"
    assert client.post(address, theirs).status_code == 403
    ann.permission = "emergency"
    with acting(SYSTEM):
        ann.save()
    assert client.post(address, theirs).status_code == 201
    ann.refresh_from_db()
    assert ann.plan_copy_given is True


def test_a_copy_given_later_completes_a_plan_that_lacked_only_that(evening: Evening) -> None:
    evening.ready()
    ok(evening.plan({**S03, "copy_given": ""}))
    assert evening.summary == "incomplete (process)"
    with acting(evening.world.clinician):
        plan = SafetyPlan.objects.get(pk=evening.record)
        plan.status, plan.signed_by, plan.signed_at = "signed", evening.world.clinician, EVENING
        plan.save()
    assert kept_plan(person_of(evening)) is None
    given = {"layout": "large", "language": "en", "how": "paper"}
    browser(evening.world.navigator).post(plan_page(evening, "copies/"), given)
    assert kept_plan(person_of(evening)) is not None


# Reading and revising at the desk


def test_reading_it_together_is_kept_and_confirms_only_what_was_read(signed: Evening) -> None:
    navigator = browser(signed.world.navigator)
    some = {"outcome": "confirmed", "steps": ["1", "2"], "note": "Her sister moved away"}
    again = navigator.post(plan_page(signed, "readings/"), some)
    assert again.status_code == 400
    assert "3, 4, 5, 6" in again.content.decode()
    assert "Her sister moved away" in again.content.decode()
    unsaid = navigator.post(plan_page(signed, "readings/"), {"note": "Her sister moved away"})
    assert unsaid.status_code == 400
    assert "Her sister moved away" in unsaid.content.decode()
    assert not PlanReading.objects.exists()
    every = {"outcome": "confirmed", "steps": [str(step.number) for step in STEPS], "note": "Reads well"}
    navigator.post(plan_page(signed, "readings/"), every)
    reading = PlanReading.objects.get()
    assert (reading.outcome, reading.steps, reading.by) == (
        "confirmed",
        [1, 2, 3, 4, 5, 6],
        signed.world.navigator,
    )
    assert "Reads well" in seen(navigator.get(f"/people/{person_of(signed).pk}/plans/"))

    client = signed.world.client(signed.world.navigator)
    address = f"/api/people/{person_of(signed).pk}/safety-plans/{signed.record}/readings/"
    assert client.post(address, {"outcome": "changes_wanted", "steps": [1]}, format="json").status_code == 201
    refused = client.post(address, {"outcome": "confirmed", "steps": [1]}, format="json")
    assert refused.status_code == 400
    assert "2, 3, 4, 5, 6" in refused.data["errors"][0]["detail"]


def test_a_revision_begins_by_phone_from_the_standing_plan_and_is_gone_on_with(signed: Evening) -> None:
    address = f"/people/{person_of(signed).pk}/plans/revise/"
    navigator = browser(signed.world.navigator)
    answer = navigator.post(address)
    plan = SafetyPlan.objects.exclude(pk=signed.record).get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/field/encounters/{plan.encounter_id}/forms/safety_plan/"
    assert plan.begun_from["plan"] == str(signed.record)
    assert plan.encounter.modality == "phone"
    again = navigator.post(address)
    assert again.headers["Location"] == answer.headers["Location"]
    assert SafetyPlan.objects.count() == 2
    assert browser(signed.world.peer).post(address).status_code == 403
    assert "A newer version was begun" in seen(navigator.get(f"/people/{person_of(signed).pk}/plans/"))


# The supervisor's review


def test_a_declined_handgun_is_a_task_the_supervisor_decides(evening: Evening) -> None:
    no = {**HANDGUN, "action": "declined", "reason": "Needs it for work", "verifier": "", "when": ""}
    ok(evening.plan({**S03, "means": [no, MEDICINES], "supervisor_review": True}))
    assert evening.summary == "complete with exception"
    supervisor = browser(evening.world.supervisor)
    page = supervisor.get("/plan-reviews/")
    assert "Handgun: Needs it for work" in seen(page)
    review = PlanReview.objects.get()
    decide = f"/plan-reviews/{review.pk}/"
    assert browser(evening.world.clinician).get("/plan-reviews/").status_code == 403
    assert browser(evening.world.clinician).post(decide).status_code == 403
    supervisor.post(decide, {"decision": "speak_again", "finding": ""})
    review.refresh_from_db()
    assert review.closed_at is None
    supervisor.post(decide, {"decision": "speak_again", "finding": "Cleo calls tomorrow about a safe."})
    review.refresh_from_db()
    assert (review.decision, review.closed_by) == ("speak_again", evening.world.supervisor)
    late = browser(evening.world.supervisor).post(decide, {"decision": "accepted", "finding": "Also typed"})
    assert late.status_code == 409
    assert "Also typed" in late.content.decode()
    assert "No plan waits" in seen(supervisor.get("/plan-reviews/"))


# Roles


@pytest.mark.parametrize("role", ["peer", "paramedic", "navigator"])
def test_roles_that_write_on_a_plan_do_not_sign_it(evening: Evening, role: str) -> None:
    ok(evening.plan({"coping": ["Walk"]}))
    staff = getattr(evening.world, role)
    with acting(SYSTEM):
        CrewMember.objects.get_or_create(encounter=evening.response, staff=staff)
    ok(evening.plan({"warning_signs": ["Not sleeping"]}, by=staff))
    client = evening.world.client(staff)
    client.post(f"/api/encounters/{evening.response.pk}/sign-own/")
    plan = SafetyPlan.objects.get()
    assert (plan.signed_at, plan.status) == (None, "draft")


def test_a_peer_that_signs_is_refused_and_the_refusal_is_kept(evening: Evening) -> None:
    ok(evening.plan({"coping": ["Walk"]}))
    client = evening.world.client(evening.world.peer)
    refused = client.post(f"/api/encounters/{evening.response.pk}/sign/")
    assert refused.status_code == 403


def test_a_pdf_can_be_had_by_programs(signed: Evening) -> None:
    client = signed.world.client(signed.world.navigator)
    address = f"/api/people/{person_of(signed).pk}/safety-plans/{signed.record}/copies/"
    answer = client.get(address, {"layout": "pocket", "language": "es"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "988" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert client.get(address, {"layout": "pocket", "language": "vi"}).status_code == 400
    assert signed.world.client(signed.world.privacy_officer).get(address).status_code == 403
