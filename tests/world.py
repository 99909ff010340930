"""A small invented agency: one of every role, two programmes, two units. Import the fixtures you need in conftest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password
from rest_framework.test import APIClient

from mih.accounts.models import Credential, Programme, Staff, Team, Unit
from mih.audit.context import SYSTEM, acting
from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import CrewMember, Encounter, Incident
from mih.people.models import ContactPreferences, Person
from mih.protocols.models import Protocol
from mih.protocols.services import load_defaults, sign

NOON = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)
"""Noon in Oklahoma City on the day of scenario S01."""

PHRASE = "a-long-pass-phrase"
"""Everybody's password."""

NAMES = {
    "paramedic": ("pat", "Pat", "Reyes", "Paramedic"),
    "navigator": ("nia", "Nia", "Holt", "BHCM II"),
    "peer": ("perry", "Perry", "Lane", "PRSS"),
    "clinician": ("cleo", "Cleo", "Marsh", "LPC"),
    "ladc": ("lars", "Lars", "Dunn", "LADC"),
    "intern": ("inez", "Inez", "Ortiz", "Practicum student"),
    "supervisor": ("sami", "Sami", "Boone", "LCSW"),
    "programme_manager": ("mae", "Mae", "Quinn", ""),
    "medical_director": ("dev", "Dev", "Anand", "MD"),
    "privacy_officer": ("priya", "Priya", "Shaw", ""),
    "administrator": ("adam", "Adam", "Frost", ""),
}


class World:
    """The agency's people and things by name, and shortcuts to act in it."""

    def __init__(self) -> None:
        self.art = Programme.objects.create(code="ART", name="Alternative Response Team")
        self.crt = Programme.objects.create(code="CRT", name="Crisis Response Team")
        self.practice = Programme.objects.create(code="PRACTICE", name="Practice", is_practice=True)
        self.team = Team.objects.create(programme=self.art, name="ART navigators")
        self.unit = Unit.objects.create(call_sign="MIH-1", programme=self.art)
        self.crt_unit = Unit.objects.create(call_sign="CRT-1", programme=self.crt)
        self.staff = self.hire_all()

    def hire_all(self) -> dict[str, Staff]:
        """One of every role, in few statements: nearly every test begins with this."""
        phrase = make_password(PHRASE)
        staff = Staff.objects.bulk_create(
            Staff(
                username=username,
                role=role,
                first_name=first,
                last_name=last,
                title=title,
                programme=self.art,
                password=phrase,
            )
            for role, (username, first, last, title) in NAMES.items()
        )
        Staff.teams.through.objects.bulk_create(
            Staff.teams.through(staff=member, team=self.team) for member in staff
        )
        Credential.objects.bulk_create(_license(member) for member in staff)
        return {member.role: member for member in staff}

    def hire(self, username: str, role: str, **details: Any) -> Staff:
        """A new member of staff with a licence that stands until 2030."""
        details.setdefault("programme", self.art)
        member = Staff.objects.create_user(username=username, role=role, password=PHRASE, **details)
        if details["programme"] == self.art:
            member.teams.add(self.team)
        _license(member).save()
        return member

    def __getattr__(self, role: str) -> Staff:
        try:
            return self.__dict__["staff"][role]
        except KeyError:
            raise AttributeError(role) from None

    def client(self, staff: Staff) -> APIClient:
        """An API client signed in as `staff`."""
        client = APIClient()
        client.force_authenticate(staff)
        return client

    def person(self, **details: Any) -> Person:
        """A person with contact preferences."""
        contact = details.pop("contact", {})
        with acting(SYSTEM):
            person = Person.objects.create(**{"first_name": "Robin", "last_name": "Example", **details})
            ContactPreferences.objects.create(person=person, **contact)
        return person

    def response(self, *, by: Staff | None = None, person: Person | None = None, **details: Any) -> Encounter:
        """An unsigned ART response with `by` (the paramedic) as its lead."""
        lead = by or self.paramedic
        from mih.protocols.selectors import versions_in_force

        with acting(lead):
            incident = details.pop("incident", None) or Incident.objects.create(called_at=NOON)
            response = Encounter.objects.create(
                incident=incident,
                programme=details.pop("programme", self.art),
                person=person,
                created_by=lead,
                pinned=versions_in_force(clock.now()),
                **details,
            )
            CrewMember.objects.create(encounter=response, staff=lead, lead=True)
            for member in (self.navigator, self.peer, self.clinician, self.intern):
                if member != lead:
                    CrewMember.objects.create(encounter=response, staff=member)
        return response

    def fill(
        self,
        response: Encounter,
        form: str,
        values: dict[str, Any],
        *,
        by: Staff | None = None,
        record: UUID | None = None,
        base: dict[str, Any] | None = None,
        version: int = 0,
        happened_at: datetime | None = None,
    ) -> Any:
        """Send one patch through the API and return the answer."""
        body = {
            "id": str(uuid7()),
            "form": form,
            "record": str(record or uuid7()),
            "base_version": version,
            "happened_at": happened_at.isoformat() if happened_at else None,
            "changes": {
                name: {"base": (base or {}).get(name), "value": value} for name, value in values.items()
            },
        }
        return self.client(by or self.paramedic).post(
            f"/api/encounters/{response.pk}/patches/", body, format="json"
        )


def _license(staff: Staff) -> Credential:
    kind = staff.title or NAMES[staff.role][3] or staff.role
    return Credential(staff=staff, kind=kind, expires_on=date(2030, 1, 1))


def found_agency() -> World:
    """Write the agency into the database, with its policies loaded and the buprenorphine protocol signed."""
    with acting(SYSTEM):
        load_defaults(by=None, at=datetime(2026, 1, 1, tzinfo=UTC))
    made = World()
    with acting(made.medical_director):
        for protocol in Protocol.objects.filter(needs_signature=True):
            sign(protocol=protocol, by=made.medical_director, at=datetime(2026, 1, 2, tzinfo=UTC))
    return made


@pytest.fixture
def world(db: None) -> World:
    """The agency."""
    return found_agency()


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at noon on the day of S01."""
    with clock.fixed(NOON):
        yield NOON
