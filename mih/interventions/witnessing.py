"""Who was the second person to a dose of a controlled medicine and to its waste, and what they signed."""

import hashlib
import json
from collections.abc import Iterable
from uuid import UUID
from weakref import WeakKeyDictionary

from mih.accounts.models import Staff
from mih.encounters.models import EntryStatus
from mih.encounters.picture import Picture
from mih.encounters.values import as_json
from mih.interventions.models import BuprenorphineDose, SecondPerson
from mih.interventions.services.second_person import may_second

ACTS = ("dose", "waste")
GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)


def digests(dose: BuprenorphineDose) -> tuple[str, str]:
    """What a second person signs for: the dose with its films and time, and its waste. Empty while there is nothing."""
    given = _digest([dose.mg, dose.films, dose.happened_at]) if dose.mg is not None or dose.films else ""
    return given, _digest([dose.waste_mg]) if dose.waste_mg else ""


def _digest(seen: list[object]) -> str:
    return hashlib.sha256(json.dumps([as_json(each) for each in seen], sort_keys=True).encode()).hexdigest()


def digest_of(dose: BuprenorphineDose, act: str) -> str:
    """The digest of what is signed for in `act`."""
    return dose.waste_digest if act == "waste" else dose.dose_digest


def named(dose: BuprenorphineDose, act: str) -> Staff | None:
    """Who is named as second person."""
    return dose.waste_witness if act == "waste" else dose.witness


def signed_by(picture: Picture, dose: BuprenorphineDose, act: str) -> SecondPerson | None:
    """The sign-in that stands for `act` of `dose` as it is now: for what they saw, by the person named if there is one."""
    return _standing(_signatures(picture), dose, act)


def signature(dose: BuprenorphineDose, act: str) -> SecondPerson | None:
    """The same without a picture."""
    rows = SecondPerson.objects.filter(subject=dose.pk, accepted=True).select_related("person").order_by("at")
    return _standing(rows, dose, act)


def _standing(rows: Iterable[SecondPerson], dose: BuprenorphineDose, act: str) -> SecondPerson | None:
    who, seen = named(dose, act), digest_of(dose, act)
    fitting = [
        row
        for row in rows
        if (row.subject, row.act, row.digest) == (dose.pk, act, seen)
        and (who is None or row.person_id == who.pk)
    ]
    return fitting[-1] if fitting else None


def _signatures(picture: Picture) -> list[SecondPerson]:
    """Every sign-in of this response, asked for once."""
    if picture not in _KEPT:
        rows = SecondPerson.objects.filter(encounter=picture.encounter, accepted=True).select_related(
            "person"
        )
        _KEPT[picture] = list(rows.order_by("at"))
    return _KEPT[picture]


_KEPT: WeakKeyDictionary[Picture, list[SecondPerson]] = WeakKeyDictionary()


def may_sign(staff: Staff, dose: BuprenorphineDose, act: str) -> bool:
    """Whether `staff` may sign: whoever is named; while nobody is, any of the crew but the one whose dose it is."""
    if not may_second(staff, dose.author):
        return False
    who = named(dose, act)
    if who is not None:
        return who.pk == staff.pk
    crew: list[UUID] = [member.staff_id for member in dose.encounter.crew.all()]
    return staff.pk in crew
