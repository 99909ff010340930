"""The registry line of naloxone given, and what its doses say together."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms

from mih.core import clock
from mih.core.errors import NotAllowed
from mih.encounters.facts import DoseGiven, Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.encounters.services.responses import AHEAD
from mih.interventions import doses, naloxone
from mih.interventions.forms.overdose import NaloxoneForm, medicine_choices
from mih.interventions.models import MedicationGiven, ResedationCheck, SupplyLot
from mih.interventions.naloxone import GIVERS
from mih.interventions.services.usage import correct_use, use_up
from mih.privacy import policy

if TYPE_CHECKING:
    from mih.accounts.models import Staff


class NaloxoneGiven(OnSceneForm):
    """One dose of naloxone, by anybody."""

    key, title, icon = "naloxone", "Naloxone given", "nasal-spray"
    model = MedicationGiven
    section, group, order = "naloxone", "Overdose care", 10
    repeatable, add_label, related = True, "Add another dose", ("lot__item",)

    def form_class(self) -> type[forms.BaseForm]:
        return NaloxoneForm

    def accept(
        self, entry: MedicationGiven, values: Mapping[str, Any], picture: Picture, *, by: "Staff"
    ) -> None:
        granted = policy.letters(by, self.section)
        if "C" in granted or "record_lay" not in granted:
            return
        after = values.get("given_by", entry.given_by)
        if any(code in GIVERS and GIVERS[code].own_unit for code in (entry.given_by, after)) or values.get(
            "lot"
        ):
            raise NotAllowed(
                "Your role records naloxone that others gave. Ask the paramedic to record a dose by the crew.",
                code="lay_only",
            )

    def check(self, entry: MedicationGiven, picture: Picture) -> dict[str, str]:
        found = {}
        least, most = picture.policies["naloxone"]["dose_mg_limits"]
        fastest = picture.policies["vitals_limits"]["rr"]["hard"][1]
        if entry.dose_mg is not None and not least <= float(entry.dose_mg) <= most:
            found["dose_mg"] = f"One dose lies between {least:g} and {most:g} mg. Check the amount."
        if entry.happened_at and entry.happened_at > clock.now() + AHEAD:
            found["happened_at"] = "Time given: that time is still to come. Check the date and the clock."
        for name, rate in (("rr_before", entry.rr_before), ("rr_after", entry.rr_after)):
            if rate is not None and rate > fastest:
                found[name] = f"A respiratory rate is at most {fastest}. Count again."
        routes = doses.product(entry.medicine, picture.policies["naloxone"]).get("routes")
        if entry.route and routes and entry.route not in routes:
            found["route"] = f"This product is given {', '.join(routes)}. Check the medicine and the route."
        return found

    def gaps(self, entry: MedicationGiven, picture: Picture) -> Iterable[Gap]:
        ours = entry.given_by in GIVERS and GIVERS[entry.given_by].own_unit
        dose = doses.dose_mg(entry, picture.policies["naloxone"])
        for missing, field, sentence in (
            (not entry.medicine, "medicine", "choose the medicine and strength"),
            (bool(entry.medicine) and dose is None, "dose_mg", "write the dose in mg"),
            (entry.happened_at is None, "happened_at", "write when it was given, even an estimate"),
            (not entry.given_by, "given_by", "say who gave it"),
            (not entry.route, "route", "choose the route"),
            (not entry.response, "response", "say how the person responded"),
            (ours and not entry.authorisation, "authorisation", "choose on whose authority it was given"),
            (ours and not (entry.lot or entry.other_lot), "lot", "choose the lot it came from"),
        ):
            if missing:
                yield self.gap(entry, field, f"Naloxone: {sentence}.")

    def alarms(self, entry: MedicationGiven, picture: Picture) -> Iterable[AlarmDue]:
        expires = entry.lot.expires_on if entry.lot else entry.expires_on
        day = clock.local(entry.happened_at or clock.now()).date()
        if expires and expires < day:
            sentence = (
                f"The naloxone given had expired on {expires:%Y-%m-%d}. Watch its effect; take the lot out."
            )
            yield AlarmDue("KIT_EXPIRED", sentence, self.key, entry.pk)

    def on_signed(self, entry: MedicationGiven, *, by: "Staff", at: datetime) -> None:
        response = entry.encounter
        use_up(
            _used(entry),
            source=entry.pk,
            unit=response.unit,
            is_practice=response.programme.is_practice,
            by=by,
            at=at,
        )

    def on_corrected(self, old: MedicationGiven, new: MedicationGiven, *, by: "Staff", at: datetime) -> None:
        correct_use(_used(new), old=old, new=new, by=by, at=at)

    def summary(self, entry: MedicationGiven) -> str:
        name = dict(medicine_choices()).get(entry.medicine, "Naloxone") if entry.medicine else "Naloxone"
        dose = f"{entry.dose_mg.normalize():f} mg" if entry.dose_mg is not None else ""
        time = f"{clock.local(entry.happened_at):%H:%M}" if entry.happened_at else ""
        giver = GIVERS[entry.given_by].label.lower() if entry.given_by in GIVERS else ""
        return ", ".join(
            part for part in (name, dose, entry.route, time, f"by {giver}" if giver else "") if part
        )


def _used(entry: MedicationGiven) -> dict[SupplyLot, int]:
    """One device of our own stock, given by our crew."""
    ours = entry.given_by in GIVERS and GIVERS[entry.given_by].own_unit
    return {entry.lot: 1} if entry.lot and ours else {}


def naloxone_facts(picture: Picture, facts: Facts) -> None:
    """Doses by anybody, the opioids believed taken, and whether this was an overdose."""
    rules = picture.policies["naloxone"]
    entries: list[MedicationGiven] = picture.all("naloxone")
    for entry in entries:
        facts.doses.append(
            DoseGiven(
                entry=entry.pk,
                medicine=doses.medicine(entry),
                mg=doses.dose_mg(entry, rules),
                at=entry.happened_at,
                given_by=GIVERS[entry.given_by].nemsis_role if entry.given_by in GIVERS else "",
                before_arrival=doses.before_arrival(entry),
                response=naloxone.RESPONSES.get(entry.response, ""),
            )
        )
    facts.opioids += [entry.opioid for entry in entries if entry.opioid]
    facts.overdose_suspected = facts.overdose_suspected or bool(entries)
    facts.overdose_case = naloxone.overdose_case(
        [doses.naloxone_dose(entry, rules) for entry in entries], [], rules
    )


@registry.rule
def after_naloxone(picture: Picture) -> Iterable[Gap | AlarmDue]:
    """The reversal itself, doses too close together, the watch for re-sedation, and how long the person was watched."""
    entries: list[MedicationGiven] = picture.all("naloxone")
    if not entries:
        return
    rules = picture.policies["naloxone"]
    given = [doses.naloxone_dose(entry, rules) for entry in entries]
    together = naloxone.summary(
        [doses.naloxone_dose(entry, rules) for entry in entries if doses.medicine(entry) == "naloxone"], rules
    )
    if not _died(picture):
        yield AlarmDue("OD_REVERSAL", _reversal(together), "naloxone")
    for warning in together.warnings:
        if warning.severity == "caution":
            yield Gap(
                warning.code,
                f"Naloxone: {warning.sentence} {warning.what_to_do}",
                "naloxone",
                entries[-1].pk,
                "happened_at",
                blocking=False,
            )
    yield from _nostrils(entries)
    times = [dose.at for dose in given if dose.at]
    last = max(times) if times else None
    checks: list[ResedationCheck] = picture.all("resedation_check")
    watch = naloxone.resedation_watch(
        given, opioids=picture.facts.opioids, rr_series=_rates(picture, entries, checks, last), policy=rules
    )
    if watch:
        yield AlarmDue(
            "RESEDATION_WATCH",
            " ".join(reason.sentence for reason in watch) + " " + watch[0].what_to_do,
            "naloxone",
        )
    left = picture.encounter.left_scene_at or picture.encounter.cleared_at
    if last and left and left >= last:
        seen = naloxone.observation(last, left, rules)
        if not seen.enough and not any(check.ended_early.strip() for check in checks):
            yield Gap(
                "OBSERVATION_SHORT",
                f"The person was watched for {seen.minutes} minutes after naloxone; {seen.least} are asked for. "
                "Write why, and who stays, under “Watch after naloxone”.",
                "resedation_check",
                checks[-1].pk if checks else None,
                "ended_early",
                blocking=False,
            )


def _nostrils(entries: list[MedicationGiven]) -> Iterable[Gap]:
    """The label alternates nostrils: a hint, since what was done is done."""
    ordered = sorted((entry for entry in entries if entry.happened_at), key=lambda entry: entry.happened_at)  # type: ignore[arg-type, return-value]
    sites = [entry.site for entry in ordered if entry.route == "IN"]
    again = naloxone.same_nostril(sites)
    if again:
        side, other = (each.removesuffix("_nostril") for each in (again, naloxone.next_nostril(sites)))
        yield Gap(
            "SAME_NOSTRIL",
            f"Two sprays in a row went into the {side} nostril; the label alternates. Check; a further one goes into the "
            f"{other} nostril.",
            "naloxone",
            ordered[-1].pk,
            "site",
            blocking=False,
        )


def _rates(
    picture: Picture, entries: list[MedicationGiven], checks: list[ResedationCheck], last: datetime | None
) -> list[int]:
    """Respiratory rates after the last dose, in order: what it was right after it, vital signs, and looks."""
    seen = [(dose.happened_at, dose.rr_after) for dose in entries if dose.happened_at == last]
    seen += [(each.at, each.rr) for each in picture.facts.vitals]
    seen += [(check.happened_at, check.rr) for check in checks]
    found = [(at, rate) for at, rate in seen if at and rate is not None and (last is None or at >= last)]
    return [rate for _, rate in sorted(found, key=lambda pair: pair[0])]


def _died(picture: Picture) -> bool:
    code, known = picture.facts.disposition, picture.policies["dispositions"]
    return code is not None and code in known and known[code]["group"] == "death"


def _reversal(together: naloxone.Summary) -> str:
    total = f": {together.total_mg.normalize():f} mg in {together.count} " if together.total_mg else ""
    words = f"{total}{'dose' if together.count == 1 else 'doses'}" if total else ""
    return f"Overdose reversed{words}. Leave a naloxone kit and plan the follow-up."
