"""A second person signs for a dose or its waste: beside the giver on the same tablet, or later on their own device."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from rest_framework.request import Request

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotAllowed, NotFound
from mih.encounters.models import Encounter
from mih.interventions.models import BuprenorphineDose, SecondPerson
from mih.interventions.services.second_person import Occasion, Present, keep, sign_in
from mih.interventions.witnessing import ACTS, GONE, digest_of, may_sign, named, signature
from mih.privacy import policy


def sign_here(
    request: HttpRequest | Request,
    *,
    encounter: Encounter,
    dose: UUID,
    act: str,
    username: str,
    password: str,
    code: str,
    by: Staff,
    at: datetime,
) -> SecondPerson:
    """The second person signs in on the tablet that `by` documents on. A dose that named nobody names them from now on.

    Raises `NotFound` for another response's dose, `Invalid` while there is nothing to sign for, and what `sign_in` raises.
    """
    policy.demand(policy.encounter(by, encounter, "write"))
    row = _dose(dose, encounter)
    occasion = _occasion(row, act, at)
    present = sign_in(request, username=username, password=password, code=code, occasion=occasion)
    return _sign(row.pk, act, present, at)


def sign_own(
    *, dose: UUID, act: str, by: Staff, at: datetime, encounter: Encounter | None = None
) -> SecondPerson:
    """`by`, signed in on their own device, was the second person.

    Raises `NotFound` for a dose of the other world, `NotAllowed` for somebody who was not there.
    """
    row = _dose(dose, encounter)
    if row.encounter.programme.is_practice != by.in_practice:
        raise NotFound("There is no such dose.", code="no_dose")
    _occasion(row, act, at)
    if not may_sign(by, row, act):
        raise NotAllowed(
            "Only the person named as second person signs here, or somebody of the crew while nobody is named.",
            code="not_the_witness",
        )
    return _sign(row.pk, act, Present(by, "own_session"), at)


def _dose(dose: UUID, encounter: Encounter | None = None) -> BuprenorphineDose:
    rows = BuprenorphineDose.objects.exclude(status__in=GONE).select_related(
        "author", "witness", "waste_witness", "encounter__programme"
    )
    found: BuprenorphineDose | None = rows.filter(pk=dose).first()
    if found is None or (encounter is not None and found.encounter_id != encounter.pk):
        raise NotFound("There is no such dose in this response. Reload the page.", code="no_dose")
    return found


def _occasion(dose: BuprenorphineDose, act: str, at: datetime) -> Occasion:
    seen = digest_of(dose, act) if act in ACTS else ""
    if not seen:
        sentence = "There is nothing to sign for yet. Write the dose and its films first."
        raise Invalid(sentence, code="nothing_to_sign", fields={"act": sentence})
    return Occasion(act, dose.pk, dose.author, at, dose.encounter, seen)


@transaction.atomic
def _sign(dose: UUID, act: str, present: Present, at: datetime) -> SecondPerson:
    row = (
        BuprenorphineDose.objects.select_for_update(of=("self",))
        .select_related("author", "witness", "waste_witness", "encounter__programme")
        .get(pk=dose)
    )
    who = named(row, act)
    if who is not None and who.pk != present.staff.pk:
        raise NotAllowed(
            f"{who.display_name} is named as second person. Name the one who was there, then sign.",
            code="other_witness",
        )
    earlier = signature(row, act)
    if earlier:
        return earlier
    if who is None and not row.is_frozen:
        setattr(row, "waste_witness" if act == "waste" else "witness", present.staff)
        row.version += 1
        row.save()
    return keep(present, _occasion(row, act, at))
