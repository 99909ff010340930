"""Doses as entered, in the words of the rules: naloxone, buprenorphine, and what was given before this response."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from mih.encounters.facts import Facts
from mih.encounters.models import EntryStatus
from mih.encounters.picture import Picture
from mih.interventions.buprenorphine import Dose, Mg, mg
from mih.interventions.models import BuprenorphineDose, MedicationGiven
from mih.interventions.naloxone import GIVERS, NaloxoneDose
from mih.protocols.policy import Policy


def product(code: str, policy: Policy) -> Mapping[str, Any]:
    """The line of the medicine list for `code`; empty for a code it does not hold (any more)."""
    return next((each for each in policy["medicines"] if each["code"] == code), {})


def dose_mg(entry: MedicationGiven, policy: Policy) -> float | None:
    """The milligrams entered, or else those of one device of the product."""
    if entry.dose_mg is not None:
        return float(entry.dose_mg)
    found = product(entry.medicine, policy).get("dose_mg")
    return float(found) if found is not None else None


def before_arrival(entry: MedicationGiven) -> bool:
    """As entered; otherwise a dose by somebody outside the crew counts as given before."""
    if entry.before_arrival is not None:
        return entry.before_arrival
    giver = GIVERS.get(entry.given_by)
    return giver is not None and not giver.own_unit


def medicine(entry: MedicationGiven) -> str:
    """naloxone, or the name of another antagonist. A dose without a product counts as naloxone."""
    return "naloxone" if entry.medicine.startswith("naloxone") else entry.medicine.split("_")[0] or "naloxone"


def naloxone_dose(entry: MedicationGiven, policy: Policy) -> NaloxoneDose:
    """The entry as the naloxone rules read it."""
    return NaloxoneDose(
        dose_mg=dose_mg(entry, policy),
        at=entry.happened_at,
        route=entry.route or None,
        given_by=entry.given_by or None,
        before_arrival=entry.before_arrival,
        response=entry.response or None,
        rxnorm=product(entry.medicine, policy).get("rxnorm") if entry.medicine else "7242",
        rr_before=entry.rr_before,
        rr_after=entry.rr_after,
    )


def given(entries: Iterable[BuprenorphineDose]) -> list[Dose]:
    """The doses that have a time and an amount, in order."""
    known = [
        Dose(entry.happened_at, entry.mg) for entry in entries if entry.happened_at and entry.mg is not None
    ]
    return sorted(known, key=lambda dose: dose.at)


def given_elsewhere(picture: Picture, *, at: datetime) -> list[Dose]:
    """Doses any team of ours gave the same person in other responses, within the protocol's day before `at`."""
    if picture.encounter.person_id is None:
        return []
    window = timedelta(hours=picture.policies["buprenorphine"]["cap_window_hours"])
    rows = (
        BuprenorphineDose.objects.filter(
            encounter__person=picture.encounter.person_id,
            encounter__voided_at__isnull=True,
            happened_at__gt=at - window,
            happened_at__lte=at,
        )
        .exclude(encounter=picture.encounter)
        .exclude(status__in=(EntryStatus.REMOVED, EntryStatus.REPLACED))
    )
    return given(rows)


def film_strength(buprenorphine: Mg, naloxone: Mg) -> str:
    """How a film is written: 8/2, 2/0.5."""
    return f"{mg(buprenorphine):f}/{mg(naloxone):f}"


def strengths(policy: Policy) -> dict[str, Decimal]:
    """Milligrams of buprenorphine by film strength."""
    return {
        film_strength(film["buprenorphine"], film["naloxone"]): mg(film["buprenorphine"])
        for film in policy["film_strengths_mg"]
    }


def films_mg(films: Iterable[Mapping[str, str]], policy: Policy) -> Decimal | None:
    """Milligrams in the films opened; None while a row lacks its strength or count."""
    known = strengths(policy)
    total = Decimal(0)
    for row in films:
        count = row.get("count", "")
        if row.get("strength") not in known or not count.isdigit():
            return None
        total += known[row["strength"]] * int(count)
    return total


def naloxone_before(facts: Facts, at: datetime) -> list[datetime | None]:
    """Times of the opioid antagonists anybody gave up to `at`; None for a dose without a time."""
    return [
        dose.at
        for dose in facts.doses
        if dose.medicine != "buprenorphine" and (dose.at is None or dose.at <= at)
    ]
