"""One real and one practice world with a record of every kind in each: what the crawls through all addresses knock on.

Made once for a module of tests; each test works inside a savepoint that is rolled back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from mih.accounts.models import Device, Staff, Team, Unit
from mih.accounts.services import start_shift
from mih.audit.context import SYSTEM, acting
from mih.cases.models import HandOff
from mih.core import clock
from mih.core.ids import uuid7
from mih.crisis.models import CaseReview
from mih.encounters.facts import DoseGiven, Facts
from mih.encounters.models import Conflict, CrewMember, Encounter, Incident
from mih.encounters.services import signing
from mih.episodes.models import EpisodeOfCare
from mih.field.models import Enrolment, Envelope, ShiftReceipt
from mih.field.sync import receipt_keys
from mih.followups.models import ContactDue, Escalation, Reassignment
from mih.followups.services import plan_encounter
from mih.followups.sweeps import activate
from mih.interventions.models import BuprenorphineDose, DoseReview, SupplyItem, SupplyLot
from mih.people.models import Person
from mih.protocols.models import Protocol
from mih.protocols.services import load_defaults, sign
from mih.referrals.models import Partner
from mih.safety_plans.models import PlanReview, SafetyPlan
from tests.field.attachments.tools import Sealed, Tablet, photo
from tests.web.instruments.uploads import example, in_use, wording
from tests.world import NAMES, NOON, World

LATER = NOON + timedelta(hours=26)
"""When the crawls knock: the contacts of the signed response are open by then."""

CANARY = {"first_name": "Zebulon", "last_name": "Quillfeather", "preferred_name": "Zebbo"}
CANARY_WORDS = ("Zebulon", "Quillfeather", "Zebbo", "5550177", "Hollyhock Canary Lane")
"""Words of the canary person that stand nowhere but in their own record."""


class Practice(World):
    """The same agency's practice world: staff of every role, and records that are nobody's."""

    def __init__(self, real: World) -> None:
        self.art = real.practice
        self.team = Team.objects.create(programme=self.art, name="Practice navigators")
        self.unit = Unit.objects.create(call_sign="PRACTICE-1", programme=self.art)
        self.staff: dict[str, Staff] = {}
        for role, (username, first, last, title) in NAMES.items():
            self.staff[role] = self.hire(
                f"practice-{username}", role, first_name=first, last_name=last, title=title
            )


class Town:
    """Everything one world holds, by the name of the address converter that asks for it (`ids`)."""

    def __init__(self, world: World, *, practice: bool) -> None:
        self.world, self.practice = world, practice
        contact = {
            "phone": "+14055550177",
            "call_allowed": True,
            "voicemail": "name_only",
            "sms_allowed": False,
        }
        self.person: Person = world.person(is_practice=practice, contact=contact, **CANARY)
        self.partner = Partner.objects.create(name=f"Clinic of {world.art.code}", category="mental_health")
        self.signed = self._signed()
        self.draft = self._response("Hollyhock Canary Lane")
        self.vitals, self.narrative = uuid7(), uuid7()
        self._fill(self.draft, "narrative", {"text": "Zebulon Quillfeather sat by the door."}, self.narrative)
        self._fill(self.draft, "vitals", {"hr": 188, "sbp": 70, "spo2": 80}, self.vitals)
        self.cosign_entry = self._awaiting_cosign()
        self.held = self._response()
        self._fill(self.held, "legal_hold", {"custody_at": NOON.isoformat()}, by=world.clinician)
        self.attachment = self._attachment()
        self.ids: dict[str, Any] = self._ids()
        self.sign_in()

    def _incident(self, address: str = "") -> Incident:
        return Incident.objects.create(called_at=NOON, is_practice=self.practice, address=address)

    def _response(self, address: str = "", **details: Any) -> Encounter:
        made = self.world.response(person=self.person, incident=self._incident(address), **details)
        for role in ("paramedic", "ladc"):
            CrewMember.objects.get_or_create(encounter=made, staff=self.world.staff[role])
        return made

    def _fill(
        self, response: Encounter, form: str, values: dict[str, Any], record: UUID | None = None, **more: Any
    ) -> Any:
        answer = self.world.fill(response, form, values, record=record, **more)
        assert answer.status_code == 200, (form, answer.data)
        return answer.data

    def _signed(self) -> Encounter:
        world = self.world
        response = self._response(on_scene_at=NOON - timedelta(minutes=30), cleared_at=NOON)
        self.signed_narrative = uuid7()
        self._fill(response, "narrative", {"text": "Zebulon talked with us."}, self.signed_narrative)
        self._fill(response, "disposition", {"code": "stabilised_in_place"})
        referral = {"partner": str(self.partner.pk), "consent_given": True, "sent_at": NOON.isoformat()}
        self.referral = UUID(self._fill(response, "referral", referral)["record"])
        with acting(world.paramedic):
            response = signing.sign(encounter=response.pk, by=world.paramedic, at=NOON)
            response.refresh_from_db()
        dose = DoseGiven(uuid7(), "naloxone", 4.0, NOON, "fire", True)
        with acting(SYSTEM):
            plan_encounter(encounter=response, at=NOON, facts=Facts(doses=[dose]))
        return response

    def _attachment(self) -> UUID:
        tablet, sealed = Tablet(self.world.paramedic, NOON), Sealed(photo())
        tablet.link(sealed, self.draft, self.world.paramedic, NOON, caption="Zebulon's arm")
        tablet.send(sealed)
        return sealed.blob

    def _awaiting_cosign(self) -> UUID:
        intern = self.world.intern
        response = self.world.response(by=intern, person=self.person, incident=self._incident())
        record = uuid7()
        self._fill(response, "narrative", {"text": "Zebulon, in an intern's words."}, record, by=intern)
        with acting(intern):
            signing.sign_own(encounter=response.pk, by=intern, at=NOON)
        return record

    def _tablet(self) -> tuple[UUID, UUID, UUID]:
        """A tablet with a person on it, a piece of work that was kept apart, and a receipt."""
        author = self.world.paramedic
        device = Device.objects.create(
            name="A tablet", secret_hash=str(uuid7()), enrolled_at=NOON, enrolled_by=author
        )
        Enrolment.objects.create(device=device, staff=author, sign_pub=b"", enrolled_at=NOON)
        mid = uuid7()
        envelope = Envelope.objects.create(
            mid=mid,
            device=device.pk,
            author=author.pk,
            uploader=device.pk,
            encounter=self.draft.pk,
            type="draft.patch",
            form="narrative@0",
            seq=1,
            kid="none",
            sha256="0" * 64,
            header=b'{"mid": "%s"}' % str(mid).encode(),
            body=b"sealed",
            sig=b"",
            outcome="quarantined",
            detail={"code": "failed", "sentence": "It could not be written."},
        )
        key = receipt_keys.current_key()
        receipt = ShiftReceipt.objects.create(
            device=device, staff=author, statement="{}", signature=b"", key=key, words="0 unsent."
        )
        return device.pk, envelope.pk, receipt.pk

    def sign_in(self) -> None:
        """Begin a session for each role."""
        self.sessions: dict[str, str] = {}
        for role, member in self.world.staff.items():
            client = Client()
            client.force_login(member, backend="mih.accounts.backends.PasswordBackend")
            self.sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def session(self, role: str) -> str:
        """The session key of the role's member of staff."""
        return self.sessions[role]

    def _ids(self) -> dict[str, Any]:
        world = self.world
        contact = ContactDue.objects.filter(person=self.person).order_by("target_at").first()
        assert contact is not None
        license_ = world.navigator.credentials.get()
        episode = EpisodeOfCare.objects.get(person=self.person)
        common = {"raised_by": world.paramedic, "raised_at": NOON}
        with acting(SYSTEM):
            escalation = Escalation.objects.create(
                contact=contact,
                kind="field_visit",
                actions=[
                    {"code": "field_visit", "sentence": "Visit.", "roles": ["paramedic"], "same_day": False}
                ],
                raised_at=NOON,
                due_at=LATER,
                assigned_role="paramedic",
            )
            conflict = Conflict.objects.create(
                encounter=self.draft,
                form="narrative",
                entry=self.narrative,
                field="text",
                base="",
                theirs="a",
                mine="b",
                mine_by=world.paramedic,
            )
            reassignment = Reassignment.objects.create(at=LATER, by=world.supervisor, to=world.navigator)
            hand_over = HandOff.objects.create(by=world.supervisor, at=LATER, to=world.navigator)
            plan_review = PlanReview.objects.create(
                encounter=self.signed, plan=uuid7(), declined="Handgun", **common
            )
            plan = SafetyPlan.objects.create(
                encounter=self.signed,
                author=world.clinician,
                signed_by=world.clinician,
                signed_at=NOON,
                status="signed",
                segment="mental_health",
                warning_signs=[{"sign": "Pacing"}],
            )
            case_review = CaseReview.objects.create(encounter=self.signed, reasons=["death"])
            dose_review = DoseReview.objects.create(encounter=self.signed, dose=uuid7(), codes=[], **common)
            dose = BuprenorphineDose.objects.create(
                encounter=self.draft, author=world.paramedic, mg=8, dose_digest="seen", happened_at=NOON
            )
            shift = start_shift(
                unit=world.unit, crew=[world.paramedic, world.peer], by=world.paramedic, at=NOON
            )
        tablet, piece, receipt = self._tablet()
        return {
            "device": tablet,
            "envelope": piece,
            "receipt": receipt,
            "person": self.person.pk,
            "attachment": self.attachment,
            "encounter": self.draft.pk,
            "incident": self.draft.incident_id,
            "shift": shift.pk,
            "alarm": self.draft.alarms.order_by("raised_at").values_list("pk", flat=True)[0],
            "conflict": conflict.pk,
            "contact": contact.pk,
            "escalation": escalation.pk,
            "episode": episode.pk,
            "referral": self.referral,
            "partner": self.partner.pk,
            "batch": hand_over.pk,
            "reassignment": reassignment.pk,
            "case_review": case_review.pk,
            "plan_review": plan_review.pk,
            "plan": plan.pk,
            "review": dose_review.pk,
            "dose": dose.pk,
            "colleague": world.navigator.pk,
            "license": license_.pk,
            "record": self.narrative,
            "entry": self.cosign_entry,
            "signed": self.signed.pk,
            "held": self.held.pk,
            "signed_narrative": self.signed_narrative,
        }


class TwoWorlds:
    """The real town and the practice town of one agency."""

    def __init__(self) -> None:
        with acting(SYSTEM):
            load_defaults(by=None, at=datetime(2026, 1, 1, tzinfo=UTC))
        world = World()
        with acting(world.medical_director):
            for protocol in Protocol.objects.filter(needs_signature=True):
                sign(protocol=protocol, by=world.medical_director, at=datetime(2026, 1, 2, tzinfo=UTC))
        for source in (example(key="town_scale"), wording()):
            in_use(world, source, datetime(2026, 1, 3, tzinfo=UTC))
        with clock.fixed(NOON):
            item = SupplyItem.objects.create(code="town_kit", name="Kit")
            lot = SupplyLot.objects.create(
                item=item, number="LOT-1", expires_on=NOON.date() + timedelta(days=400)
            )
            self.real = Town(world, practice=False)
            self.practice = Town(Practice(world), practice=True)
        self.real.ids["lot"] = self.practice.ids["lot"] = lot.pk
        activate(at=LATER)


@pytest.fixture(scope="module")
def towns(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[TwoWorlds]:
    """Both worlds, for a whole module; nothing of them is left afterwards."""
    with django_db_blocker.unblock(), rolled_back():
        cache.clear()
        yield TwoWorlds()


@pytest.fixture
def savepoint(towns: TwoWorlds, db: None) -> Iterator[None]:
    """What one test changes is undone after it (`db` nests in the module's transaction); it is `LATER`."""
    with clock.fixed(LATER):
        yield


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction or savepoint whose work is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


__all__ = ["Town", "TwoWorlds", "rolled_back", "savepoint", "towns"]
