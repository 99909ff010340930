"""What happens to a plan after it is signed: read through at a contact, handed over as a copy, revised."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Programme, Staff
from mih.audit.services import log_read
from mih.core.errors import Invalid, NotAllowed, NotFound, Stale
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from mih.encounters.services import responses
from mih.people.models import Person, Supporter
from mih.privacy import policy
from mih.privacy.models import Consent
from mih.protocols.selectors import in_force
from mih.safety_plans.access import demand_reads
from mih.safety_plans.copy_words import LANGUAGES
from mih.safety_plans.models import COPIES, LAYOUTS, READINGS, PlanCopy, PlanReading, SafetyPlan
from mih.safety_plans.own_copy import OwnCopy, caregiver_copy, own_copy
from mih.safety_plans.selectors import current_plan, is_kept, unfinished_plan
from mih.safety_plans.services import start_from_current
from mih.safety_plans.steps import STEPS

NAMED_DISCLOSURE = "part2_specific"
"""The kind of consent that lets substance-use content out to somebody named; one for treatment and payment does not."""


@transaction.atomic
def record_reading(
    *,
    plan: SafetyPlan,
    outcome: str,
    steps: Iterable[int],
    by: Staff,
    at: datetime,
    note: str = "",
    contact: UUID | None = None,
) -> PlanReading:
    """Keep that a standing plan was read through with the person. Steps count only as far as they were confirmed.

    Raises `NotAllowed` for a role that does not work on plans, `Invalid` when all is said to fit but a step was not read.
    """
    policy.demand(policy.section(by, "safety_plan", "C"))
    read = sorted({step for step in steps if step in {each.number for each in STEPS}})
    if outcome not in dict(READINGS):
        raise Invalid(
            "Say how the plan was read.", code="no_outcome", fields={"outcome": "Choose one of these."}
        )
    if outcome == "confirmed" and len(read) < len(STEPS):
        unread = ", ".join(str(each.number) for each in STEPS if each.number not in read)
        raise Invalid(
            f"Read step {unread} together too, or say that something has changed.",
            code="steps_unread",
            fields={"steps": "Confirm each step."},
        )
    return PlanReading.objects.create(
        plan=plan, outcome=outcome, steps=read, note=note.strip()[:300], contact=contact, by=by, at=at
    )


@transaction.atomic
def give_copy(
    *,
    plan: SafetyPlan,
    layout: str,
    language: str,
    how: str,
    by: Staff,
    at: datetime,
    supporter: Supporter | None = None,
) -> PlanCopy:
    """Keep that somebody was handed a copy. Raises `NotAllowed` for a supporter the person has not agreed to."""
    policy.demand(policy.section(by, "safety_plan", "C"))
    for value, known, name in ((layout, LAYOUTS, "layout"), (how, COPIES, "how")):
        if value not in dict(known):
            raise Invalid("Say which copy, and how it was given.", code="no_copy", fields={name: "Choose."})
    _demand_language(language)
    if (layout == "caregiver") != (supporter is not None):
        raise Invalid(
            "Choose whom the caregiver's copy is for.", code="no_supporter", fields={"supporter": "Choose."}
        )
    if supporter is not None:
        _demand_permission(supporter)
        supporter.plan_copy_given = True
        supporter.version += 1
        supporter.save(update_fields=["plan_copy_given", "version"])
    return PlanCopy.objects.create(
        plan=plan, layout=layout, language=language, how=how, supporter=supporter, by=by, at=at
    )


def make_copy(
    *,
    plan: SafetyPlan,
    layout: str,
    language: str,
    by: Staff,
    at: datetime,
    with_name: bool = False,
    supporter: Supporter | None = None,
) -> OwnCopy:
    """What a copy says; that it was made is logged with its layout and language.

    Raises `NotAllowed` for a role that reads no plans or a supporter without permission, `Stale` for a plan that a newer
    one has replaced, `NotFound` for a layout that is not there.
    """
    demand_reads(by, plan)
    if layout not in dict(LAYOUTS) or (layout == "caregiver") != (supporter is not None):
        raise NotFound("There is no such copy. Choose one from the plan's page.", code="no_layout")
    _demand_language(language)
    person = plan.encounter.person
    standing = current_plan(person) if person else None
    superseded = plan.is_frozen and standing is not None and standing.pk != plan.pk
    if superseded and not is_kept(plan):
        raise Stale(
            "A newer plan stands. Print that one, so that nobody keeps an old copy.", code="superseded"
        )
    if supporter is not None:
        _demand_permission(supporter)
        made = caregiver_copy(
            plan,
            language=language,
            supporter=supporter,
            rules=in_force("safety_plan", at),
            substance_use=_may_speak_of_substance_use(supporter, at),
        )
    else:
        first = (person.preferred_name or person.first_name) if person and with_name else ""
        made = own_copy(plan, language=language, name=first)
    log_read(
        by=by,
        people=[person.pk] if person else [],
        surface=f"plan_copy_{layout}_{language}",
        purpose="care",
    )
    return made


@transaction.atomic
def start_revision(*, person: Person, programme: Programme | None, by: Staff, at: datetime) -> Encounter:
    """Begin a response by phone whose plan starts from the one that stands; one begun already is gone on with.

    Raises `NotFound` without a signed plan, `NotAllowed` for a role that does not begin plans.
    """
    if "C" not in policy.letters(by, "safety_plan"):
        raise NotAllowed(
            "Your role works on a safety plan with its author. Ask a colleague to begin the revision.",
            code="collaborates_only",
        )
    begun = unfinished_plan(person)
    if begun is not None:
        return begun.encounter
    standing = current_plan(person)
    if standing is None:
        raise NotFound("This person has no signed safety plan yet. Make one at a response.", code="no_plan")
    where = programme or standing.encounter.programme
    incident = responses.log_incident(by=by, called_at=at)
    response = responses.start_response(incident=incident, programme=where, by=by, at=at, modality="phone")
    responses.name_person(encounter=response.pk, person=person, by=by, at=at)
    response.refresh_from_db()
    start_from_current(encounter=response, record=uuid7(), by=by, at=at)
    return response


def _demand_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid(
            "A copy is printed in English or Spanish.", code="no_language", fields={"language": "en or es"}
        )


def _demand_permission(supporter: Supporter) -> None:
    if not supporter.may_know:
        raise NotAllowed(
            f"{supporter.name} gets no copy: record the person's permission first, or the emergency, or that they are a "
            "minor's parent.",
            code="no_permission",
        )


def _may_speak_of_substance_use(supporter: Supporter, at: datetime) -> bool:
    """Whether a written consent that stands names this supporter as a recipient (42 CFR 2.31)."""
    if not supporter.substance_use_consent:
        return False
    named = Consent.objects.filter(
        person=supporter.person_id, kind=NAMED_DISCLOSURE, recipients__icontains=supporter.name
    )
    return any(consent.state_on(at) == "active" for consent in named)
