"""The registry line of a minor's consent, and what waits for it (clinical.md §9.6)."""

from collections.abc import Iterable
from datetime import datetime

from django import forms

from mih.crisis.forms.minor import MinorConsentForm
from mih.crisis.lines.times import not_ahead
from mih.crisis.models import MinorConsent
from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.privacy.minors import Care, consent_problem

MISSING = "MINOR_CONSENT_MISSING"
_GIVEN_BY_SOMEBODY = ("parent_written", "parent_verbal_pending", "guardian_dhs")


class ConsentForMinor(OnSceneForm):
    """On what basis somebody under age is cared for."""

    key, title, icon = "minor_consent", "Consent for a minor", "signature"
    model = MinorConsent
    section, group, order = "minor_consent", "Person", 40

    def form_class(self) -> type[forms.BaseForm]:
        return MinorConsentForm

    def check(self, entry: MinorConsent, picture: Picture) -> dict[str, str]:
        return not_ahead(self, entry, ("given_at",), picture)

    def gaps(self, entry: MinorConsent, picture: Picture) -> Iterable[Gap]:
        for name, what in lacking(entry):
            yield self.gap(entry, name, f"Consent for a minor: {what}.", code="minor_consent_unfinished")

    def summary(self, entry: MinorConsent) -> str:
        return entry.get_basis_display() or self.title

    def happened_at(self, entry: MinorConsent) -> datetime | None:
        return entry.given_at or entry.happened_at


def lacking(entry: MinorConsent) -> list[tuple[str, str]]:
    """(field, what to do) for everything the chosen basis still asks."""
    asked: list[tuple[str, str, bool]] = [("basis", "choose the basis", bool(entry.basis))]
    if entry.basis in _GIVEN_BY_SOMEBODY:
        asked.append(("given_by", "name who gave it, and the relation or agency", bool(entry.given_by)))
        asked.append(("given_at", "say when it was given", entry.given_at is not None))
    if entry.basis in ("parent_written", "guardian_dhs"):
        signed = (entry.signature or {}).get("status") == "signed" or bool(entry.on_paper)
        asked.append(("signature", "take the signature, or say that it is on paper", signed))
    for basis, name, what in (
        ("emergency_exception", "emergency", "say what serious harm would follow without care now"),
        ("self_sud_2602", "self_reason", "say why the minor may consent alone"),
        ("court", "order_number", "write the court and the number of its order"),
    ):
        if entry.basis == basis:
            asked.append((name, what, bool(getattr(entry, name))))
    return [(name, what) for name, what, done in asked if not done]


def minor_facts(picture: Picture, facts: Facts) -> None:
    """The basis on record."""
    entry: MinorConsent | None = picture.one("minor_consent")
    if entry is not None and entry.basis:
        facts.minor_basis = entry.basis


def minor_rule(picture: Picture) -> Iterable[Gap | AlarmDue]:
    """A minor's mental-health and substance-use forms wait for their basis before signing; saving never does."""
    gates = picture.policies["gates"]
    entry = picture.one("minor_consent")
    for care, titles in _waiting(picture).items():
        problem = consent_problem(
            age=picture.facts.age, basis=picture.facts.minor_basis, care=care, gates=gates
        )
        if problem is None:
            continue
        pending = picture.facts.minor_basis == "parent_verbal_pending"
        said = (
            "A parent agreed by word: the written consent is still due."
            if pending
            else f"{problem.sentence} {problem.what_to_do}"
        )
        yield AlarmDue(MISSING, said, "minor_consent")
        yield Gap(
            MISSING,
            f"{said} Waiting: {', '.join(titles)}.",
            "minor_consent",
            entry.pk if entry else None,
            "basis",
        )
        return


def _waiting(picture: Picture) -> dict[Care, list[str]]:
    """The titles of what was filled in, by the care it counts as."""
    gates = picture.policies["gates"]
    sud, mental_health = gates.look("minor_sud_forms"), gates.look("minor_mental_health_sections")
    found: dict[Care, list[str]] = {}
    for key, _ in picture.entries:
        form = registry[key]
        care: Care | None = None
        if key in sud:
            care = "sud"
        elif form.section in mental_health:
            care = "mental_health"
        if care and form.title not in found.setdefault(care, []):
            found[care].append(form.title)
    return found
