"""Registry lines: consent to disclose and disposition, and what every response needs before it is signed."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django import forms

from mih.core import clock
from mih.encounters import dispositions
from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.forms import ConsentForm, DispositionForm
from mih.encounters.models import ConsentTaken, Disposition
from mih.encounters.models.encounter import TIMES
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.privacy import part2
from mih.privacy.services import record_consent
from mih.protocols.policy import Policy

if TYPE_CHECKING:
    from mih.accounts.models import Staff

_ELEMENT_FIELDS = {
    "DISCLOSER": "discloser",
    "DESCRIPTION": "description",
    "RECIPIENT": "recipients",
    "INTERMEDIARY": "intermediary",
    "REDISCLOSURE_STATEMENT_MISSING": "redisclosure_told",
    "PURPOSE": "purpose",
    "REVOCATION": "revocation_told",
    "EXPIRY": "expiry",
    "SIGNATURE": "signature",
    "DATE": "consented_at",
    "TPO_STATEMENTS": "refusal_told",
}


class Consent(OnSceneForm):
    """A written consent to disclose."""

    key, title, icon = "consent", "Consent to disclose", "lock"
    model = ConsentTaken
    section, group, order = "part2_consent", "Plan and referrals", 40
    repeatable, segment, add_label = True, "sud", "Take another consent"

    def form_class(self) -> type[forms.BaseForm]:
        return ConsentForm

    def gaps(self, entry: ConsentTaken, picture: Picture) -> Iterable[Gap]:
        if not entry.kind:
            yield self.gap(entry, "kind", "Consent: choose what kind of consent this is, or remove it.")
            return
        for element in part2.missing_elements(consent_facts(entry, picture)):
            yield self.gap(
                entry,
                _ELEMENT_FIELDS.get(element.code, ""),
                f"Consent: {element.sentence}",
                code=element.code,
            )

    def on_signed(self, entry: ConsentTaken, *, by: "Staff", at: datetime) -> None:
        if entry.encounter.person is not None:
            record_consent(
                person=entry.encounter.person,
                kind=entry.kind,
                source=entry.pk,
                description=entry.description,
                recipients=entry.recipients,
                purpose=entry.purpose,
                given_at=entry.consented_at or at,
                expires_on=entry.expires_on,
                expiry_event=entry.expiry_event,
                by=by,
            )

    def happened_at(self, entry: ConsentTaken) -> datetime | None:
        return entry.consented_at

    def summary(self, entry: ConsentTaken) -> str:
        return entry.get_kind_display() or self.title


def consent_facts(entry: ConsentTaken, picture: Picture) -> part2.ConsentFacts:
    """The entry in the words of the Part 2 rules. A TPO consent's recipients are taken to be covered entities, so
    that the redisclosure statement is asked for."""
    signed = (entry.signature or {}).get("status") == "signed"
    tpo = entry.kind == "part2_tpo"
    purpose: Literal["tpo", "patient_request", "specific"] = "tpo" if tpo else "specific"
    if "request of the patient" in entry.purpose.lower():
        purpose = "patient_request"
    expiry: dict[str, Literal["none", "date", "event"]] = {"none": "none", "date": "date", "event": "event"}
    return part2.ConsentFacts(
        patient_name=picture.person.name if picture.person else "",
        discloser=entry.discloser,
        description=entry.description,
        recipient=entry.recipients,
        recipient_is_intermediary=bool(entry.intermediary),
        intermediary_members=entry.recipients if entry.intermediary else "",
        recipient_is_covered=tpo,
        redisclosure_statement=bool(entry.redisclosure_told),
        purpose=purpose if entry.purpose or tpo else None,
        purpose_text=entry.purpose,
        revocation_right=bool(entry.revocation_told),
        expiry=expiry.get(entry.expiry),
        expires_on=entry.expires_on,
        expiry_event=entry.expiry_event,
        signature=((entry.signature or {}).get("name") or "signed") if signed else "",
        signed_by_representative=bool(entry.representative),
        representative_authority=entry.representative,
        signed_at=entry.consented_at,
        tpo_statements=bool(entry.refusal_told),
        covers_counselling_notes=entry.kind == "part2_counseling",
        covers_proceedings=entry.kind == "part2_proceeding",
        covers_other_records=entry.kind not in ("part2_counseling", "part2_proceeding"),
    )


class HowItEnded(OnSceneForm):
    """The disposition, with the gates that its risk tier sets (clinical.md §6.6)."""

    key, title, icon = "disposition", "Disposition", "flag"
    model = Disposition
    section, group, order = "disposition", "Close", 30

    def form_class(self) -> type[forms.BaseForm]:
        return DispositionForm

    def gaps(self, entry: Disposition, picture: Picture) -> Iterable[Gap]:
        if not entry.code:
            yield self.gap(entry, "code", "Choose how the response ended.")
            return
        gates, vocabulary = picture.policies["gates"], picture.policies["dispositions"]
        for reason in dispositions.allowed(
            entry.code, gate_facts(picture), gates=gates, dispositions=vocabulary
        ):
            if reason.code == "CAPACITY_UNCLEAR" and picture.one("refusal") is not None:
                continue  # the refusal itself asks for whoever must be called; once is enough
            yield self.gap(
                entry,
                _GATE_FIELDS.get(reason.code, "code"),
                f"{reason.sentence} {reason.what_to_do}",
                code=reason.code,
            )
        yield from self._asked(entry, picture)

    def _asked(self, entry: Disposition, picture: Picture) -> Iterable[Gap]:
        """What this ending asks for: some of it holds back the signature, the rest is pointed out."""
        chosen = dispositions.disposition(entry.code, picture.policies["dispositions"])
        for name in chosen.asks:
            if getattr(entry, name) not in (None, "") or name in _OPTIONAL:
                continue
            label = str(self.fields()[name].label)
            yield self.gap(
                entry,
                name,
                f"{chosen.label}: “{label}” is not filled in.",
                code="disposition_asks",
                blocking=name in chosen.needs,
            )
        kinds = [
            kind
            for kind in dispositions.variants(entry.code, picture.policies["dispositions"])
            if kind != "ama"
        ]
        if entry.variant and entry.variant not in kinds:
            yield self.gap(
                entry,
                "variant",
                f"{chosen.label}: the kind does not belong to this ending. Clear it, or choose another.",
            )
        elif len(kinds) > 1 and not entry.variant:
            yield self.gap(entry, "variant", f"{chosen.label}: choose which kind.", blocking=False)
        if picture.facts.stroke_positive and chosen.group == "ed" and entry.alert != "stroke":
            yield self.gap(
                entry,
                "alert",
                "Stroke signs: give the hospital a stroke alert, and record it here with its time.",
                code="stroke_alert",
                blocking=False,
            )

    def rows(self, entry: Disposition) -> list[tuple[str, str]]:
        """The fields, and the NEMSIS code of an alert."""
        code = alert_code(entry, Policy.default("gates"))
        return [*super().rows(entry), *([("eDisposition.24", code)] if code else [])]

    def summary(self, entry: Disposition) -> str:
        return dict(DispositionForm.base_fields["code"].choices).get(entry.code, "") or self.title  # type: ignore[attr-defined]


_OPTIONAL = frozenset(
    {
        "against_advice",
        "alert",
        "alert_at",
        "return_instructions",
        "observer",
        "arrived_at",
        "receiver",
        "variant",
    }
)
"""Asked of an ending, and no gap when empty: other rules speak of them, or nobody may know."""


def alert_code(entry: Disposition, gates: Policy) -> str | None:
    """NEMSIS eDisposition.24 of the alert on record; None when nothing is said of one."""
    code: str | None = gates["prearrival_alerts"].get(entry.alert)
    return code


_GATE_FIELDS = {
    "HIGH_NEEDS_OBSERVER": "observer",
    "HIGH_NEEDS_LICENSED_SIGNOFF": "clinician_name",
    "HIGH_NEEDS_SUPERVISOR": "supervisor_note",
    "HOMICIDAL_NEEDS_SUPERVISOR": "supervisor_note",
}


def gate_facts(picture: Picture) -> dispositions.GateFacts:
    """What the gates of §6.6 look at, from everything documented."""
    entry: Disposition | None = picture.one("disposition")
    facts = picture.facts
    tiers: dict[str, dispositions.Tier] = {
        "none": "none",
        "low": "low",
        "moderate": "moderate",
        "high": "high",
    }
    licensed_crew = any(
        dispositions.licensed(member.staff.role, picture.policies["gates"]) for member in picture.crew
    )
    remote = bool(entry and entry.clinician_name and entry.clinician_at and entry.clinician_mode)
    return dispositions.GateFacts(
        tier=tiers.get(facts.tier or ""),
        plan_state=facts.plan_state,
        plan_refused=facts.plan_refused,
        licensed_signoff=remote or licensed_crew,
        observer=bool(entry and entry.observer),
        supervisor_note=bool(facts.supervisor),
        medical_control=facts.medical_control_at is not None,
        capacity_unclear=facts.capacity == "unclear",
        homicidal=facts.homicidal_intent,
        duty_to_warn_done=facts.duty_to_warn_done,
        duty_supervisor=facts.duty_supervisor,
        abuse_suspected=facts.abuse_suspected,
        abuse_report_done=facts.abuse_report_done,
    )


@registry.facts
def how_it_ended(picture: Picture, facts: Facts) -> None:
    """Disposition, consents, age and sex."""
    entry: Disposition | None = picture.one("disposition")
    facts.disposition = entry.code or None if entry else None
    facts.supervisor = facts.supervisor or (entry.supervisor_note if entry else "")
    facts.consents = [consent.kind for consent in picture.all("consent") if consent.kind]
    if picture.person:
        day = clock.local(picture.encounter.on_scene_at or picture.encounter.created_at).date()
        facts.age = picture.person.age_on(day)
        facts.sex = picture.person.sex


_MET_NOBODY = "no_contact"


@registry.rule
def what_every_response_needs(picture: Picture) -> Iterable[Gap | AlarmDue]:
    """A person, the times, a disposition and a narrative; fewer when nobody was met."""
    vocabulary = picture.policies["dispositions"]
    code = picture.facts.disposition
    met_nobody = bool(code) and dispositions.disposition(code or "", vocabulary).group == _MET_NOBODY
    if picture.one("disposition") is None:
        yield Gap("missing", "Choose how the response ended.", "disposition", None, "code")
    if not met_nobody and picture.person is None:
        yield Gap(
            "missing", "Say whom this response is for: find the person, or add an unknown one.", "person"
        )
    narrative = picture.one("narrative")
    if narrative is None or not narrative.text.strip():
        entry = narrative.pk if narrative else None
        yield Gap(
            "missing", "Write the narrative: what you found, did and agreed.", "narrative", entry, "text"
        )
    yield from _times(picture, met_nobody=met_nobody)


def _times(picture: Picture, *, met_nobody: bool) -> Iterable[Gap]:
    response = picture.encounter
    needed = {"cleared_at"} if met_nobody or response.modality != "scene" else {"on_scene_at", "cleared_at"}
    last: tuple[str, Any] | None = None
    for name, label, _ in TIMES:
        at = getattr(response, name)
        if at is None:
            if name in needed:
                yield Gap("time_missing", f"{label}: the time is missing.", "times", None, name)
            continue
        if last and at < last[1]:
            yield Gap(
                "times_out_of_order",
                f"{label} is before {last[0].lower()}. Correct one of them.",
                "times",
                None,
                name,
            )
        last = (label, at)


registry.add(Consent())
registry.add(HowItEnded())
