"""One response of the demo as its crew documents it, minute by minute, through the services the tablet uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import cos, sin
from random import Random
from typing import Any
from uuid import UUID

from mih.accounts.models import Staff
from mih.accounts.selectors import open_shift
from mih.audit.context import acting
from mih.config.demo.agency import City
from mih.core import clock
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.models import Alarm, Encounter
from mih.encounters.registry import registry
from mih.encounters.services import responses
from mih.encounters.services.alarms import acknowledge
from mih.encounters.services.patches import receive
from mih.encounters.services.signing import sign, sign_own
from mih.field.opening import once_only_record
from mih.people.models import Person
from mih.protocols.selectors import remembering


@dataclass(frozen=True)
class Call:
    """What dispatch knows: the unit sent, its crew (the lead first), the kind of call and where it came from."""

    unit: str
    crew: tuple[str, ...]
    call_type: str
    source: str = "911"
    modality: str = "scene"
    note: str = ""
    place: str = ""
    ed_likely: bool | None = None


@dataclass
class Response:
    """A response begun at `start`. Minutes count from there."""

    city: City
    call: Call
    start: datetime
    number: int
    who: str | None = None
    person: Person | None = None
    encounter: Encounter = field(init=False)
    signed_at: datetime | None = None

    def __post_init__(self) -> None:
        self.chance = Random(f"{self.number} {self.who}")  # noqa: S311 - the same demo every time, and no secret
        self.lead = self.city.staff[self.call.crew[0]]
        unit = self.city.units[self.call.unit]
        with self._acting(0, self.lead) as at:
            incident = responses.log_incident(
                by=self.lead,
                number=f"{clock.local(at):%y%m%d}-{self.number:04d}",
                source=self.call.source,
                call_type=self.call.call_type,
                called_at=at,
                intake_note=self.call.note,
                address=self.call.place,
                ed_likely=self.call.ed_likely,
            )
            shift = open_shift(self.lead)
            self.encounter = responses.start_response(
                incident=incident,
                programme=unit.programme,
                by=self.lead,
                at=at,
                unit=unit,
                shift=shift if shift and shift.started_at <= at else None,
                crew=[self.city.staff[name] for name in self.call.crew],
                modality=self.call.modality,
            )

    @property
    def pk(self) -> UUID:
        return self.encounter.pk

    # Time

    def at(self, minute: float) -> datetime:
        """The moment so many minutes in."""
        return self.start + timedelta(minutes=minute)

    def iso(self, minute: float) -> str:
        """That moment as a form takes it."""
        return self.at(minute).isoformat()

    def wall(self, minute: float) -> str:
        """That moment as it reads on the wall clock."""
        return f"{clock.local(self.at(minute)):%H:%M}"

    def later(self, days: int, wall: str) -> str:
        """A time of day so many days after this response, as a form takes it."""
        day = clock.local(self.start).date() + timedelta(days=days)
        return datetime.combine(day, time.fromisoformat(wall), clock.agency_zone()).isoformat()

    @contextmanager
    def _acting(self, minute: float, by: Staff) -> Iterator[datetime]:
        at = self.at(minute)
        with clock.fixed(at), acting(by), remembering():
            yield at

    def staff(self, name: str | None) -> Staff:
        """A colleague by user name; the lead when none is named."""
        return self.city.staff[name] if name else self.lead

    # What is documented

    def times(self, **minutes: float) -> None:
        """Log times such as `on_scene=9`, each at the minute it happened."""
        for name, minute in minutes.items():
            with self._acting(minute, self.lead) as at:
                responses.log_time(encounter=self.pk, field=f"{name}_at", value=at, by=self.lead, at=at)

    def meet(self, minute: float) -> None:
        """Name the person the response is for."""
        if self.who is None:
            return
        self.person = self.city.people.meet(self.who, by=self.lead, at=self.at(minute))
        with self._acting(minute, self.lead):
            responses.name_person(encounter=self.pk, person=self.person, by=self.lead, at=clock.now())

    def describe(self, minute: float, **details: Any) -> None:
        """Say who else was there: the law-enforcement part."""
        with self._acting(minute, self.lead):
            responses.describe(encounter=self.pk, by=self.lead, **details)

    def fill(
        self, minute: float, form: str, *, by: str | None = None, when: float | None = None, **values: Any
    ) -> UUID:
        """Fill a form at `minute`; `when` is the minute it was true, where that differs."""
        spec = registry[form]
        record = uuid7() if spec.repeatable else once_only_record(spec, self.encounter)
        author = self.staff(by)
        with self._acting(minute, author) as at:
            receive(
                patch=uuid7(),
                encounter=self.pk,
                form=form,
                record=record,
                base_version=0,
                changes={name: Change(None, value) for name, value in values.items()},
                by=author,
                at=at,
                happened_at=self.at(minute if when is None else when),
            )
        return record

    def act_on(self, minute: float, code: str, action: str, *, by: str | None = None) -> None:
        """Say what was done about an alarm, wherever it stands and nobody has said so yet."""
        author = self.staff(by)
        with self._acting(minute, author) as at:
            for alarm in Alarm.objects.filter(
                encounter=self.pk, code=code, cleared_at=None, acknowledged_at=None
            ):
                acknowledge(alarm=alarm, action=action, by=author, at=at)

    def sign_own(self, minute: float, by: str) -> None:
        """Somebody of the crew signs their own sections."""
        author = self.staff(by)
        with self._acting(minute, author) as at:
            sign_own(encounter=self.pk, by=author, at=at)

    def sign(self, minute: float) -> None:
        """The lead signs the response."""
        with self._acting(minute, self.lead) as at:
            self.encounter = sign(encounter=self.pk, by=self.lead, at=at)
            self.signed_at = at

    # Things that forms ask for

    def signature(self, name: str = "") -> dict[str, Any]:
        """A drawn signature; without a name the person's own."""
        pace, slant = self.chance.uniform(0.8, 1.2), self.chance.uniform(3, 5)
        drawn = [
            [
                round(20 + slant * step + 11 * cos(pace * step), 1),
                round(48 + self.about(7, 20) * sin(pace * step), 1),
            ]
            for step in range(42)
        ]
        whose = name or (self.person.name if self.person else "")
        return {"status": "signed", "name": whose, "strokes": [drawn]}

    def lot(self, key: str) -> str:
        return str(self.city.lots[key].pk)

    def partner(self, key: str) -> str:
        return str(self.city.partners[key].pk)

    def about(self, low: int, high: int) -> int:
        """A measurement between two values, the same each time the demo is made."""
        return self.chance.randint(low, high)
