"""The registry line of one buprenorphine dose: when it may be given, and what is kept of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms

from mih.core import clock
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.models import EntryStatus
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.refusals import KeptRefusal
from mih.encounters.registry import registry
from mih.encounters.services.responses import AHEAD
from mih.interventions import doses
from mih.interventions.buprenorphine import Verdict, may_see_override, override_problems
from mih.interventions.evaluation import as_record, moment, verdict
from mih.interventions.forms.buprenorphine import DoseForm
from mih.interventions.models import BuprenorphineDose, Induction, SupplyLot
from mih.interventions.services.attempts import (
    keep_attempt,
    keep_review,
    keep_verdict,
    overridden,
    same,
)
from mih.interventions.services.supplies import use_up
from mih.interventions.standing import dose_verdict, effect
from mih.interventions.supply_items import film_code, item
from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason

if TYPE_CHECKING:
    from mih.accounts.models import Staff

MOST_FILMS = 20


class DoseGiven(OnSceneForm):
    """One dose of buprenorphine.

    A dose saved without a time is one about to be given: it is refused, with every reason, while the protocol says no
    and no override stands. A dose with the time it was given is a fact and is always kept; outside the protocol it needs
    the reason and the physician's order before signing, and asks for a review.
    """

    key, title, icon = "buprenorphine_dose", "Buprenorphine dose", "pill"
    model = BuprenorphineDose
    section, group, order = "buprenorphine", "Overdose care", 30
    repeatable, segment, add_label = True, "sud", "Add a further dose"
    related = ("witness", "waste_witness")

    def form_class(self) -> type[forms.BaseForm]:
        return DoseForm

    def accept(
        self, entry: BuprenorphineDose, values: Mapping[str, Any], picture: Picture, *, by: "Staff"
    ) -> None:
        if entry.happened_at is None and values.get("happened_at") is None:
            self._may_be_given_now(entry, values.get("mg", entry.mg), picture, by)

    def _may_be_given_now(
        self, entry: BuprenorphineDose, asked: Decimal | None, picture: Picture, by: "Staff"
    ) -> None:
        at = clock.now()
        seen = moment(picture, picture.facts, at=at, role=by.role, but=entry)
        found = verdict(seen, asked=asked)
        induction: Induction | None = picture.one("induction")
        keep = partial(
            keep_attempt,
            encounter=picture.encounter,
            verdict=as_record(found, seen),
            by=by,
            at=at,
            asked_mg=asked,
            induction=induction,
        )
        if found.eligible:
            if entry._state.adding:
                keep(kind="allowed")
            return
        standing = _against_override(found, induction, by.role, seen.policy)
        if not standing:
            keep(kind="override")
            return
        reasons = [each for each in found.reasons if each.blocks]
        if may_see_override(by.role, seen.policy) and induction and induction.override_reason:
            reasons += [each for each in standing if each.code not in found.codes()]
        sentences = {each.code: f"{each.sentence} {each.what_to_do}" for each in reasons}
        raise KeptRefusal(
            f"No dose may be given now. {' '.join(each.sentence for each in reasons)}",
            code="not_eligible",
            fields=sentences,
            keep=partial(keep, kind="refused"),
        )

    def check(self, entry: BuprenorphineDose, picture: Picture) -> dict[str, str]:
        found = {}
        if entry.mg is not None and entry.mg <= 0:
            found["mg"] = "Write the milligrams of buprenorphine given, such as 16."
        if entry.waste_mg is not None and entry.waste_mg < 0:
            found["waste_mg"] = "Write the milligrams wasted, or leave it empty."
        if entry.happened_at and entry.happened_at > clock.now() + AHEAD:
            found["happened_at"] = "Time given: that time is still to come. Check the date and the clock."
        known = doses.strengths(picture.policies["buprenorphine"])
        for row in entry.films:
            if row["strength"] and row["strength"] not in known:
                found["films"] = f"There is no {row['strength']} film. Films are {', '.join(known)}."
            if row["count"] and not (row["count"].isdigit() and 1 <= int(row["count"]) <= MOST_FILMS):
                found["films"] = f"Write how many films as a whole number from 1 to {MOST_FILMS}."
        for name, other in (("witness", entry.witness), ("waste_witness", entry.waste_witness)):
            if other is None:
                continue
            if other == entry.author:
                found[name] = "Nobody is the second person for their own dose. Choose a colleague."
            elif other.in_practice != picture.encounter.programme.is_practice:
                found[name] = "That person is not on this staff. Choose a colleague."
        return found

    def derive(self, entry: BuprenorphineDose, picture: Picture) -> None:
        entry.verdict = dose_verdict(picture, picture.facts, entry)
        entry.effect = effect(picture, picture.facts, entry)

    def gaps(self, entry: BuprenorphineDose, picture: Picture) -> Iterable[Gap]:
        yield from self._answers(entry, picture)
        yield from self._outside(entry, picture)
        seen = effect(picture, picture.facts, entry) or {}
        if seen and not seen["after"]:
            if picture.encounter.cleared_at:
                yield self.gap(
                    entry,
                    "",
                    "Buprenorphine: COWS was not repeated after this dose. Write in the narrative why.",
                    code="REASSESSMENT_MISSING",
                    blocking=False,
                )
        elif seen and not seen["within_window"]:
            opens, closes = picture.policies["buprenorphine"]["reassess_window_min"]
            yield self.gap(
                entry,
                "",
                f"Buprenorphine: COWS was repeated {seen['minutes']} minutes after the dose; the protocol asks for "
                f"{opens} to {closes}.",
                code="REASSESSMENT_OUT_OF_WINDOW",
                blocking=False,
            )

    def _answers(self, entry: BuprenorphineDose, picture: Picture) -> Iterable[Gap]:
        opened = doses.films_mg(entry.films, picture.policies["buprenorphine"])
        wasted = entry.waste_mg or Decimal(0)
        measured = (effect(picture, picture.facts, entry) or {}).get("outcome")
        for missing, field, sentence in (
            (entry.mg is None, "mg", "write the milligrams given"),
            (entry.happened_at is None, "happened_at", "write when it was given"),
            (not entry.films or opened is None, "films", "list the films opened, with strength and number"),
            (
                bool(entry.films) and any(not row["lot"] for row in entry.films),
                "films",
                "write the lot of every film",
            ),
            (
                opened is not None
                and bool(entry.films)
                and entry.mg is not None
                and opened != entry.mg + wasted,
                "films",
                f"the films opened hold {opened} mg, but {entry.mg} mg given and {wasted} mg wasted are written",
            ),
            (entry.witness is None, "witness", "name the second person; two people sign for every film"),
            (bool(wasted) and entry.waste_witness is None, "waste_witness", "name who saw the waste"),
            (entry.dissolved is None, "dissolved", "say whether it dissolved under the tongue"),
            (entry.vomited is None, "vomited", "say whether the person vomited within 15 minutes"),
            (not entry.outcome and not measured, "outcome", "say how it took effect, or repeat the COWS"),
        ):
            if missing:
                yield self.gap(entry, field, f"Buprenorphine dose: {sentence}.")

    def _outside(self, entry: BuprenorphineDose, picture: Picture) -> Iterable[Gap]:
        found = entry.verdict or {}
        induction: Induction | None = picture.one("induction")
        if found.get("eligible", True) or (induction and induction.override_reason and induction.order_id):
            return
        why = " ".join(reason["sentence"] for reason in found["reasons"] if reason["blocks"])
        yield Gap(
            "OUTSIDE_PROTOCOL",
            f"This dose was given outside the protocol. {why} Write why it was right for this person, and the "
            "number of the physician's order.",
            "induction",
            induction.pk if induction else None,
            "order_id" if induction and induction.override_reason else "override_reason",
        )

    def alarms(self, entry: BuprenorphineDose, picture: Picture) -> Iterable[AlarmDue]:
        seen = effect(picture, picture.facts, entry) or {}
        if seen.get("precipitated"):
            rise = f"COWS {seen['before']['total']} to {seen['after']['total']}."
            yield AlarmDue("PRECIP_WD", f"Precipitated withdrawal: {rise} {_CALL}", self.key, entry.pk)
        elif entry.outcome == "precipitated":
            yield AlarmDue(
                "PRECIP_WD", f"Precipitated withdrawal after this dose. {_CALL}", self.key, entry.pk
            )

    def on_signed(self, entry: BuprenorphineDose, *, by: "Staff", at: datetime) -> None:
        used: dict[SupplyLot, int] = {}
        for row in entry.films:
            if row["strength"] and row["lot"] and row["count"].isdigit():
                kind = item(film_code(row["strength"]))
                lot = SupplyLot.objects.filter(item=kind, number__iexact=row["lot"]).first()
                lot = lot or SupplyLot.objects.create(item=kind, number=row["lot"])
                used[lot] = used.get(lot, 0) + int(row["count"])
        response = entry.encounter
        use_up(
            used.items(),
            source=entry.pk,
            unit=response.unit,
            is_practice=response.programme.is_practice,
            by=entry.author,
            at=at,
            witness=entry.witness,
        )
        if entry.verdict and not entry.verdict["eligible"]:
            induction = Induction.objects.filter(encounter=response).exclude(status__in=_GONE).first()
            keep_review(dose=entry, induction=induction, by=by, at=at)

    def summary(self, entry: BuprenorphineDose) -> str:
        if entry.mg is None:
            return self.title
        time = f" at {clock.local(entry.happened_at):%H:%M}" if entry.happened_at else ""
        return f"{entry.mg.normalize():f} mg under the tongue{time}"

    def rows(self, entry: BuprenorphineDose) -> list[tuple[str, str]]:
        found = [
            (label, _films(entry) if label == FILMS_LABEL else text) for label, text in super().rows(entry)
        ]
        seen = entry.effect or {}
        if seen.get("before") and seen.get("after"):
            found.append(
                (
                    "COWS before and after",
                    f"{seen['before']['total']} to {seen['after']['total']}, repeated after {seen['minutes']} minutes",
                )
            )
        if entry.verdict and not entry.verdict["eligible"]:
            why = " ".join(reason["sentence"] for reason in entry.verdict["reasons"] if reason["blocks"])
            found.append(("Outside the protocol", why))
        return found


FILMS_LABEL = str(DoseForm.base_fields["films"].label)


def _films(entry: BuprenorphineDose) -> str:
    """2 × 8/2 mg, lot FILM-82."""
    return "; ".join(
        f"{row['count'] or '?'} × {row['strength'] or '?'} mg" + (f", lot {row['lot']}" if row["lot"] else "")
        for row in entry.films
    )


_GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)
_CALL = "Call medical control before the next dose. Stay with the person."


def _against_override(
    found: Verdict, induction: Induction | None, role: str, policy: Policy
) -> tuple[Reason, ...]:
    online = induction is not None and induction.order_kind == "online" and induction.order_answer != "denied"
    return override_problems(
        found,
        role=role,
        order_id=induction.order_id if induction and online else None,
        reason_text=induction.override_reason if induction else "",
        policy=policy,
    )


@registry.rule
def day_cap(picture: Picture) -> Iterable[AlarmDue]:
    """The day's cap, reached or passed."""
    cap, given = picture.policies["buprenorphine"]["max_day1_mg"], picture.facts.buprenorphine_mg
    if picture.all("buprenorphine_dose") and given >= cap:
        yield AlarmDue(
            "DAILY_CAP",
            f"{given:g} mg of buprenorphine given; the day's cap is {cap:g} mg. Give no more. Call medical control.",
            "buprenorphine_dose",
        )


@registry.after_change
def keep_what_the_engine_said(picture: Picture, *, by: "Staff", at: datetime) -> None:
    """Bring the stored verdicts up to what is known now, keep each that is new, and ask for reviews."""
    induction: Induction | None = picture.one("induction")
    found = picture.facts.induction_verdict
    if found is None:
        return
    if induction is not None and not induction.is_frozen and not same(induction.verdict, found):
        Induction.objects.filter(pk=induction.pk).update(verdict=found)
        induction.verdict = found
    keep_verdict(encounter=picture.encounter, verdict=found, by=by, at=at)
    forced = overridden(picture.encounter)
    for dose in picture.all("buprenorphine_dose"):
        if dose.is_frozen:
            continue
        now = dose_verdict(picture, picture.facts, dose), effect(picture, picture.facts, dose)
        if not same(dose.verdict, now[0]) or dose.effect != now[1]:
            BuprenorphineDose.objects.filter(pk=dose.pk).update(verdict=now[0], effect=now[1])
            dose.verdict, dose.effect = now
        if forced and not now[0]["eligible"]:
            keep_review(dose=dose, induction=induction, by=by, at=at)
