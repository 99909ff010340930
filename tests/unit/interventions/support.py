"""Scenario S01 through the API, step by step under its own clock."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from mih.core import clock
from mih.core.ids import uuid7
from mih.encounters.models import Encounter
from tests.world import PHRASE, World

DAY = datetime(2027, 1, 12, tzinfo=UTC)
COWS_1 = {"pulse": 2, "sweating": 2, "restlessness": 3, "pupils": 2, "aches": 1, "nose": 2, "gi": 2, "tremor": 1,
          "yawning": 1, "anxiety": 1, "gooseflesh": 0}  # fmt: skip
COWS_2 = {"pulse": 1, "sweating": 1, "restlessness": 0, "pupils": 1, "aches": 0, "nose": 1, "gi": 1, "tremor": 0,
          "yawning": 0, "anxiety": 1, "gooseflesh": 0}  # fmt: skip
VITALS = {"sbp": 138, "dbp": 84, "hr": 112, "rr": 16, "spo2": 97, "temp": 36.8, "glucose": 104, "gcs_eye": "4",
          "gcs_verbal": "5", "gcs_motor": "6", "avpu": "A", "pain": 4}  # fmt: skip
HISTORY = {
    "wants_treatment": True,
    "opioid": "fentanyl",
    "use_route": "smoked",
    "methadone": "never",
    "already_on_bup_today": False,
    "alcohol_today": False,
    "sedatives_today": False,
    "pregnant": "not_applicable",
    "liver_disease": False,
    "allergy": False,
    "opioid_dependent": True,
    "first_opioid_use": False,
    "severe_illness": False,
    "capacity": True,
    "consent_verbal": True,
    "consent_written": True,
    "consent_signature": {"status": "signed", "name": "D. Sample"},
    "order_physician": "Dr. Vale",
    "order_kind": "online",
    "order_answer": "approved",
}


def at(hour: int, minute: int) -> datetime:
    """A time of the day of S01 on the agency's wall clock (CST, six hours behind UTC)."""
    return DAY + timedelta(hours=hour + 6, minutes=minute)


class Scene:
    """One response being documented; every call is one request at its own time."""

    def __init__(self, world: World, response: Encounter) -> None:
        self.world = world
        self.response = response

    def fill(
        self,
        form: str,
        time: datetime,
        values: Mapping[str, Any],
        *,
        record: UUID | None = None,
        **options: Any,
    ) -> Any:
        """One patch, sent at `time` and true at `time`."""
        with clock.fixed(options.pop("sent", time)):
            return self.world.fill(
                self.response, form, dict(values), record=record or uuid7(), happened_at=time, **options
            )

    def get(self, path: str, *, time: datetime, by: Any = None) -> Any:
        with clock.fixed(time):
            return self.world.client(by or self.world.paramedic).get(
                f"/api/encounters/{self.response.pk}/{path}"
            )

    def verdict(self, time: datetime) -> Any:
        return self.get("induction/", time=time).data["verdict"]

    def alarms(self, time: datetime) -> dict[str, str]:
        found = self.get("", time=time).data["alarms"]
        return {alarm["code"]: alarm["level"] for alarm in found}

    def review(self, time: datetime) -> Any:
        return self.get("review/", time=time).data

    def missing(self, time: datetime, *, blocking: bool = True) -> list[tuple[str, str]]:
        found = self.review(time)["missing"]
        return [(gap["code"], gap["form"]) for gap in found if gap["blocking"] is blocking]


def ok(answer: Any) -> Any:
    """The answer, once it is a yes."""
    assert answer.status_code in (200, 201), answer.data
    return answer


def scene(world: World, **details: Any) -> Scene:
    """A response to a man of 34 at 13:12, cleared at 14:31."""
    person = world.person(estimated_age=34, sex="male")
    unit = details.pop("unit", world.unit)
    response = world.response(
        person=person, unit=unit, on_scene_at=at(13, 12), cleared_at=at(14, 31), **details
    )
    return Scene(world, response)


def naloxone(time: datetime, **more: Any) -> dict[str, Any]:
    """A spray by the engine crew."""
    return {
        "happened_at": time.isoformat(),
        "medicine": "naloxone_nasal_4",
        "route": "IN",
        "given_by": "fire",
        "response": "improved",
        **more,
    }


def induction(**more: Any) -> dict[str, Any]:
    """The history and order of S01."""
    return {
        **HISTORY,
        "last_use_at": at(12, 50).isoformat(),
        "consent_at": at(13, 36).isoformat(),
        "order_at": at(13, 34).isoformat(),
        **more,
    }


def dose(world: World, **more: Any) -> dict[str, Any]:
    """16 mg as two films of 8/2."""
    return {
        "mg": 16,
        "films": [{"strength": "8/2", "count": "2", "lot": "FILM-82"}],
        "dissolved": True,
        "vomited": False,
        "witness": world.navigator.username,
        **more,
    }


def second(found: Scene, time: datetime, *, act: str = "dose", **typed: str) -> Any:
    """The navigator signs as second person to the last dose, on the paramedic's tablet."""
    entries = found.get("", time=time).data["entries"]
    record = [each["record"] for each in entries if each["form"] == "buprenorphine_dose"][-1]
    body = {"act": act, "witness": "nia", "witness_password": PHRASE, **typed}
    with clock.fixed(time):
        client = found.world.client(found.world.paramedic)
        return client.post(f"/api/encounters/{found.response.pk}/doses/{record}/second-person/", body)


def receive(
    world: World, item: str, lot: str, quantity: int, *, expires: date | None = date(2028, 3, 31), **more: Any
) -> Any:
    """Stock the unit. A witness named signs in with their own password."""
    if "witness" in more:
        more.setdefault("witness_password", PHRASE)
    body = {
        "kind": "receive",
        "item": item,
        "lot": lot,
        "quantity": quantity,
        "unit": world.unit.call_sign,
        "expires_on": expires.isoformat() if expires else None,
        **more,
    }
    return world.client(world.supervisor).post("/api/stock/movements/", body, format="json")
