"""The registry line of one buprenorphine dose: when it may be given, and what is kept of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms

from mih.core import clock
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.models import EntryStatus
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.refusals import KeptRefusal
from mih.encounters.services.responses import AHEAD
from mih.interventions import doses
from mih.interventions.buprenorphine import Verdict, may_see_override, override_problems
from mih.interventions.evaluation import as_record, judge, moment
from mih.interventions.forms.buprenorphine import DoseForm
from mih.interventions.lines.dose_gaps import dose_gaps
from mih.interventions.models import BuprenorphineDose, Induction, SecondPerson, SupplyLot
from mih.interventions.services.attempts import keep_attempt, keep_review
from mih.interventions.services.usage import correct_use, use_up
from mih.interventions.standing import dose_verdict, effect
from mih.interventions.supply_items import film_code, item
from mih.interventions.witnessing import ACTS, digest_of, digests, named, signature
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
    each_change = True

    def form_class(self) -> type[forms.BaseForm]:
        return DoseForm

    def accept(
        self, entry: BuprenorphineDose, values: Mapping[str, Any], picture: Picture, *, by: "Staff"
    ) -> None:
        if entry.happened_at is None and values.get("happened_at") is None:
            self._may_be_given_now(entry, values, picture, by)

    def _may_be_given_now(
        self, entry: BuprenorphineDose, values: Mapping[str, Any], picture: Picture, by: "Staff"
    ) -> None:
        at, asked = clock.now(), values.get("mg", entry.mg)
        kind = values.get("kind", entry.kind) or ""
        seen = moment(picture, picture.facts, at=at, role=by.role, but=entry, kind=kind)
        answer = judge(seen, asked=asked)
        found = answer.verdict
        induction: Induction | None = picture.one("induction")
        keep = partial(
            keep_attempt,
            encounter=picture.encounter,
            verdict=as_record(answer, seen),
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
        entry.dose_digest, entry.waste_digest = digests(entry)

    def gaps(self, entry: BuprenorphineDose, picture: Picture) -> Iterable[Gap]:
        for found in dose_gaps(entry, picture):
            yield self.gap(entry, found.field, found.sentence, code=found.code, blocking=found.blocking)
        yield from self._outside(entry, picture)

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
        if not seen.get("precipitated") and entry.outcome != "precipitated":
            return
        before, after = seen.get("before") or {}, seen.get("after") or {}
        rise = f" COWS {before['total']} to {after['total']}." if before and after else ""
        advice = picture.policies["buprenorphine"]["precip_advice"]
        yield AlarmDue("PRECIP_WD", f"Precipitated withdrawal.{rise} {advice[0]}", self.key, entry.pk)

    def on_signed(self, entry: BuprenorphineDose, *, by: "Staff", at: datetime) -> None:
        response = entry.encounter
        use_up(
            _used(entry),
            source=entry.pk,
            unit=response.unit,
            is_practice=response.programme.is_practice,
            by=entry.author,
            at=at,
            witness=_confirmed(entry),
            note=_note(entry),
        )
        self._ask_for_review(entry, by=by, at=at)

    def on_corrected(
        self, old: BuprenorphineDose, new: BuprenorphineDose, *, by: "Staff", at: datetime
    ) -> None:
        _carry_signatures(old, new, at)
        correct_use(
            _used(new), old=old, new=new, by=new.author, at=at, witness=_confirmed(new), note=_note(new)
        )
        self._ask_for_review(new, by=by, at=at)

    def _ask_for_review(self, entry: BuprenorphineDose, *, by: "Staff", at: datetime) -> None:
        if entry.verdict and not entry.verdict["eligible"]:
            induction = Induction.objects.filter(encounter=entry.encounter).exclude(status__in=_GONE).first()
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
        for act, label in (("dose", "Second person"), ("waste", "Waste seen by")):
            if digest_of(entry, act):
                found.append((f"{label}, signed", _signature_text(entry, act)))
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


def _used(entry: BuprenorphineDose) -> dict[SupplyLot, int]:
    """Films opened, by lot. A lot nobody received is made, so that what was used is never lost."""
    used: dict[SupplyLot, int] = {}
    for row in entry.films:
        if row["strength"] and row["lot"] and row["count"].isdigit():
            kind = item(film_code(row["strength"]))
            lot = SupplyLot.objects.filter(item=kind, number__iexact=row["lot"]).first()
            lot = lot or SupplyLot.objects.create(item=kind, number=row["lot"])
            used[lot] = used.get(lot, 0) + int(row["count"])
    return used


def _note(entry: BuprenorphineDose) -> str:
    given = f"{entry.mg.normalize():f} mg given" if entry.mg is not None else ""
    wasted = f"{entry.waste_mg.normalize():f} mg wasted" if entry.waste_mg else ""
    return ", ".join(part for part in (given, wasted) if part)


def _confirmed(entry: BuprenorphineDose) -> "Staff | None":
    """The second person, once they have signed in for this dose."""
    signed = signature(entry, "dose")
    return signed.person if signed else None


def _carry_signatures(old: BuprenorphineDose, new: BuprenorphineDose, at: datetime) -> None:
    """A second person who signed for what a correction left as it was has signed for the corrected entry too."""
    for act in ACTS:
        signed = signature(old, act)
        same = digest_of(old, act) == digest_of(new, act) and named(old, act) == named(new, act)
        if signed and same and signed.person_id != new.author_id:
            SecondPerson.objects.create(
                act=act,
                subject=new.pk,
                digest=signed.digest,
                encounter=new.encounter,
                person=signed.person,
                beside=new.author,
                how="carried",
                accepted=True,
                at=at,
            )


def _signature_text(entry: BuprenorphineDose, act: str) -> str:
    signed = signature(entry, act)
    if signed is None or signed.person is None:
        return "Witness missing"
    return (
        f"{signed.person.signature_name}, {clock.local(signed.at):%Y-%m-%d %H:%M}, {signed.get_how_display()}"
    )


_GONE = (EntryStatus.REMOVED, EntryStatus.REPLACED)


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
