"""What one dose of buprenorphine still needs before it can be signed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mih.core import clock
from mih.encounters.picture import Picture
from mih.interventions import doses
from mih.interventions.models import BuprenorphineDose, SupplyLot
from mih.interventions.standing import effect
from mih.interventions.supply_items import film_code
from mih.interventions.witnessing import digest_of, named, signed_by


@dataclass(frozen=True)
class Missing:
    """One thing missing, with the field that fills it."""

    field: str
    sentence: str
    code: str = "missing"
    blocking: bool = True


def dose_gaps(entry: BuprenorphineDose, picture: Picture) -> Iterable[Missing]:
    """Everything missing from one dose."""
    yield from _answers(entry, picture)
    yield from _second_people(entry, picture)
    yield from _looked_again(entry, picture)
    yield from _films(entry, picture)
    if entry.vomited:
        advice = picture.policies["buprenorphine"]["vomited_advice"]
        yield Missing("vomited", f"Vomited after the dose. {advice}", "VOMITED", blocking=False)


def _answers(entry: BuprenorphineDose, picture: Picture) -> Iterable[Missing]:
    opened = doses.films_mg(entry.films, picture.policies["buprenorphine"])
    wasted = entry.waste_mg or Decimal(0)
    measured = (effect(picture, picture.facts, entry) or {}).get("outcome")
    minutes = picture.policies["buprenorphine"]["vomited_within_min"]
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
            opened is not None and bool(entry.films) and entry.mg is not None and opened != entry.mg + wasted,
            "films",
            f"the films opened hold {opened} mg, but {entry.mg} mg given and {wasted} mg wasted are written",
        ),
        (entry.dissolved is None, "dissolved", "say whether it dissolved under the tongue"),
        (entry.vomited is None, "vomited", f"say whether the person vomited within {minutes} minutes"),
        (not entry.outcome and not measured, "outcome", "say how it took effect, or repeat the COWS"),
    ):
        if missing:
            yield Missing(field, f"Buprenorphine dose: {sentence}.")


def _second_people(entry: BuprenorphineDose, picture: Picture) -> Iterable[Missing]:
    """Two people sign for controlled stock, or the record says why not; then it waits in the list of open signatures."""
    for act, field, what in (("dose", "witness", "this dose"), ("waste", "waste_witness", "the waste")):
        if not digest_of(entry, act) or entry.witness_reason.strip() or signed_by(picture, entry, act):
            continue
        who = named(entry, act)
        asked = (
            f"{who.display_name} has not signed as second person for {what}: let them sign in here"
            if who
            else f"name the second person for {what} and let them sign in here"
        )
        yield Missing(
            field,
            f"Buprenorphine dose: {asked}. If nobody is there, write why under “No second person signed”.",
            "WITNESS_MISSING" if act == "dose" else "WASTE_WITNESS_MISSING",
        )


def _looked_again(entry: BuprenorphineDose, picture: Picture) -> Iterable[Missing]:
    seen = effect(picture, picture.facts, entry)
    if not seen:
        return
    if not seen["after"]:
        if picture.encounter.cleared_at:
            yield Missing(
                "",
                "Buprenorphine: COWS was not repeated after this dose. Write in the narrative why.",
                "REASSESSMENT_MISSING",
                blocking=False,
            )
    elif not seen["within_window"]:
        opens, closes = picture.policies["buprenorphine"]["reassess_window_min"]
        yield Missing(
            "",
            f"Buprenorphine: COWS was repeated {seen['minutes']} minutes after the dose; the protocol asks for {opens} "
            f"to {closes}.",
            "REASSESSMENT_OUT_OF_WINDOW",
            blocking=False,
        )
    given = entry.happened_at
    looked = any(each.at and given and each.at > given for each in picture.facts.vitals)
    if picture.encounter.cleared_at and not looked:
        yield Missing(
            "",
            "Buprenorphine: vital signs were not repeated after this dose. Write in the narrative why.",
            "VITALS_NOT_REPEATED",
            blocking=False,
        )


def _films(entry: BuprenorphineDose, picture: Picture) -> Iterable[Missing]:
    for lot in expired_films(entry):
        yield Missing(
            "films",
            f"Film lot {lot.number} expired on {lot.expires_on:%Y-%m-%d}. Tell medical control, and take the rest of the "
            "lot out.",
            "KIT_EXPIRED",
            blocking=False,
        )


def expired_films(entry: BuprenorphineDose) -> list[SupplyLot]:
    """Lots of the films opened that had expired on the day."""
    wanted = {
        (film_code(row["strength"]), row["lot"].casefold())
        for row in entry.films
        if row["strength"] and row["lot"]
    }
    if not wanted:
        return []
    day: date = clock.local(entry.happened_at or clock.now()).date()
    rows = SupplyLot.objects.filter(item__code__in={code for code, _ in wanted}, expires_on__lt=day)
    return [lot for lot in rows.select_related("item") if (lot.item.code, lot.number.casefold()) in wanted]
