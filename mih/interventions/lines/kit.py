"""The registry line of kits and strips left behind."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django import forms

from mih.core import clock
from mih.core.errors import Invalid
from mih.encounters.facts import Facts
from mih.encounters.findings import AlarmDue, Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.interventions.forms.overdose import KitForm
from mih.interventions.models import KitLeft, SupplyLot
from mih.interventions.naloxone import kit_issue, strip_issue
from mih.interventions.services.usage import correct_use, use_up
from mih.interventions.supply_items import KIT_ITEMS
from mih.protocols.policy import Policy
from mih.protocols.reasons import Reason

if TYPE_CHECKING:
    from mih.accounts.models import Staff


class LeftBehind(OnSceneForm):
    """A naloxone kit or test strips left with somebody. An expired lot is not handed out."""

    key, title, icon = "kit_left", "Kit and strips left", "kit"
    model = KitLeft
    section, group, order = "kits", "Overdose care", 40
    repeatable, add_label, related = True, "Add another item", ("lot__item",)

    def form_class(self) -> type[forms.BaseForm]:
        return KitForm

    def accept(self, entry: KitLeft, values: Mapping[str, Any], picture: Picture, *, by: "Staff") -> None:
        """An expired lot is not handed out. One that was is kept, once it says why."""
        lot = values.get("lot", entry.lot)
        explained = values.get("expired_reason", entry.expired_reason) or values.get(
            "declined_reason", entry.declined_reason
        )
        if lot is None or explained or lot == entry.lot:
            return
        issue = (
            kit_issue(lot.expires_on, on=_day(entry), policy=picture.policies["naloxone"])
            if lot.expires_on
            else None
        )
        if issue and issue.severity == "hard":
            sentence = (
                f"{issue.sentence} {issue.what_to_do} If it was handed over all the same, write why under “Expired lot” "
                "first, then choose it."
            )
            raise Invalid(sentence, code=issue.code, fields={"lot": sentence})

    def check(self, entry: KitLeft, picture: Picture) -> dict[str, str]:
        found = {}
        if entry.item.endswith("_strips"):
            barred = strip_issue(entry.item.removesuffix("_strips"), picture.policies["naloxone"])
            if barred:
                found["item"] = f"{barred.sentence} {barred.what_to_do}"
        if entry.quantity == 0:
            found["quantity"] = "Write how many were left, 1 or more, or say why none was taken."
        if entry.lot and entry.item and entry.lot.item.code not in _counted_as(entry.item):
            found["lot"] = (
                f"Lot {entry.lot.number} is of {entry.lot.item.name}. Choose a lot of what was left."
            )
        return found

    def gaps(self, entry: KitLeft, picture: Picture) -> Iterable[Gap]:
        if not entry.item:
            yield self.gap(entry, "item", "Left behind: choose what it was, or remove this entry.")
        if entry.declined_reason:
            return
        for missing, field, sentence in (
            (entry.quantity is None, "quantity", "write how many, or why it was not taken"),
            (entry.lot is None, "lot", "choose the lot"),
            (not entry.recipient, "recipient", "say who got it"),
            (
                entry.trained is None and entry.instructions is None,
                "trained",
                "say whether you showed how to use it",
            ),
        ):
            if missing:
                yield self.gap(entry, field, f"Left behind: {sentence}.")
        issue = _issue(entry, picture.policies["naloxone"])
        if issue and issue.severity == "hard" and not entry.expired_reason:
            yield self.gap(
                entry,
                "expired_reason",
                f"{issue.sentence} Take another lot; if it was handed over all the same, write why.",
                code=issue.code,
            )
        if entry.item == "naloxone_kit" and entry.trained and entry.teach_back is None:
            yield self.gap(
                entry,
                "teach_back",
                "Left behind: ask them to show it back.",
                code="TEACH_BACK",
                blocking=False,
            )
        if issue and issue.severity == "caution":
            yield self.gap(
                entry, "lot", f"{issue.sentence} {issue.what_to_do}", code=issue.code, blocking=False
            )

    def alarms(self, entry: KitLeft, picture: Picture) -> Iterable[AlarmDue]:
        issue = _issue(entry, picture.policies["naloxone"])
        if issue and issue.code == "KIT_EXPIRED" and not entry.declined_reason:
            yield AlarmDue("KIT_EXPIRED", f"{issue.sentence} {issue.what_to_do}", self.key, entry.pk)

    def on_signed(self, entry: KitLeft, *, by: "Staff", at: datetime) -> None:
        response = entry.encounter
        use_up(
            _used(entry),
            source=entry.pk,
            unit=response.unit,
            is_practice=response.programme.is_practice,
            by=by,
            at=at,
        )

    def on_corrected(self, old: KitLeft, new: KitLeft, *, by: "Staff", at: datetime) -> None:
        correct_use(_used(new), old=old, new=new, by=by, at=at)

    def rows(self, entry: KitLeft) -> list[tuple[str, str]]:
        found = super().rows(entry)
        if entry.strip_result or entry.strip_substance:
            found.append(("About the result", "Self-test by the person; not a laboratory result."))
        return found

    def summary(self, entry: KitLeft) -> str:
        name = entry.get_item_display() if entry.item else self.title
        if entry.declined_reason:
            return f"{name}: not taken"
        return f"{entry.quantity} × {name}" if entry.quantity else str(name)


def _used(entry: KitLeft) -> dict[SupplyLot, int]:
    """Pieces by lot; none for what was not taken."""
    return {entry.lot: entry.quantity} if entry.lot and entry.quantity and not entry.declined_reason else {}


def _counted_as(item: str) -> tuple[str, ...]:
    """Item codes whose lots fit. A kit may be made up of single sprays."""
    return ("naloxone_kit", "naloxone_spray_4") if item == "naloxone_kit" else (KIT_ITEMS[item],)


def _issue(entry: KitLeft, policy: Policy) -> Reason | None:
    """What speaks against the lot; nothing while no lot is chosen, or when it carries no expiry."""
    if entry.lot is None or entry.lot.expires_on is None:
        return None
    found = kit_issue(entry.lot.expires_on, on=_day(entry), policy=policy)
    if found is None or entry.item == "naloxone_kit":
        return found
    words = found.sentence.replace("The kit expired", "The strips expired").replace(
        "The kit expires", "The strips expire"
    )
    return Reason(found.code, found.severity, words, found.what_to_do, found.blocks)


def _day(entry: KitLeft) -> date:
    return clock.local(entry.happened_at or clock.now()).date()


def kit_facts(picture: Picture, facts: Facts) -> None:
    """How many naloxone kits were left."""
    facts.kits_left = sum(
        entry.quantity or 0
        for entry in picture.all("kit_left")
        if entry.item == "naloxone_kit" and not entry.declined_reason
    )


@registry.rule
def kit_after_an_overdose(picture: Picture) -> Iterable[Gap]:
    """After a reversal or a buprenorphine dose a kit is left, or its refusal is written down (clinical.md §4.3)."""
    facts = picture.facts
    offered = any(entry.item == "naloxone_kit" for entry in picture.all("kit_left"))
    if offered or not (facts.given("buprenorphine") or facts.overdose_suspected):
        return
    required = bool(facts.given("buprenorphine")) and picture.policies["buprenorphine"]["kit_mandatory"]
    yield Gap(
        "KIT_MISSING",
        "Leave a naloxone kit, or write why it was not taken.",
        "kit_left",
        None,
        "item",
        blocking=bool(required),
    )
