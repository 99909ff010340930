"""The registry line of further daily doses planned."""

from collections.abc import Iterable
from typing import Any

from django import forms

from mih.encounters.findings import Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.interventions.buprenorphine import bridge_limit, compose_films
from mih.interventions.forms.buprenorphine import BridgeForm
from mih.interventions.models import BridgePlan
from mih.protocols.policy import Policy


class BridgePlanned(OnSceneForm):
    """Daily doses until treatment takes over: how many, how much, who takes over, on whose order.

    The plan itself is always kept; what goes beyond the protocol or the law is a gap until it is set right.
    """

    key, title, icon = "bridge_plan", "Bridge plan: further daily doses", "calendar"
    model = BridgePlan
    section, group, order = "buprenorphine", "Overdose care", 35
    segment = "sud"

    def form_class(self) -> type[forms.BaseForm]:
        return BridgeForm

    def check(self, entry: BridgePlan, picture: Picture) -> dict[str, str]:
        found = {}
        if entry.daily_mg is not None and entry.daily_mg <= 0:
            found["daily_mg"] = "Write the milligrams of one day, such as 16."
        return found

    def gaps(self, entry: BridgePlan, picture: Picture) -> Iterable[Gap]:
        if not entry.days and not entry.dispensed_days:
            return
        policy = picture.policies["buprenorphine"]
        for code, field, sentence in (*_missing(entry), *_beyond(entry, policy), *_dose(entry, policy)):
            yield self.gap(entry, field, f"Bridge plan: {sentence}", code=code)

    def summary(self, entry: BridgePlan) -> str:
        if not entry.days:
            return self.title
        dose = f" of {entry.daily_mg.normalize():f} mg" if entry.daily_mg is not None else ""
        return f"{entry.days} further daily dose{'s' if entry.days != 1 else ''}{dose}"


def _missing(entry: BridgePlan) -> Iterable[tuple[str, str, str]]:
    ordered = bool(entry.order_physician and entry.order_at) or bool(entry.order_id)
    for missing, field, sentence in (
        (bool(entry.days) and entry.daily_mg is None, "daily_mg", "write the milligrams of one day."),
        (entry.agreed is None, "agreed", "say whether the person agrees to daily visits."),
        (
            entry.prescriber_linked is None,
            "prescriber_linked",
            "say whether a prescriber has taken the person on.",
        ),
        (
            bool(entry.prescriber_linked) and not entry.prescriber,
            "prescriber",
            "name the prescriber or program.",
        ),
        (
            not ordered,
            "order_physician",
            "name the physician who ordered it and when, or the order's number.",
        ),
    ):
        if missing:
            yield "missing", field, sentence


def _beyond(entry: BridgePlan, policy: Policy) -> Iterable[tuple[str, str, str]]:
    most, unlinked = bridge_limit(policy), int(policy["max_dispense_days"])
    days, dispensed = entry.days or 0, entry.dispensed_days or 0
    if days > most:
        sentence = f"the protocol allows {most} further daily doses, not {days}." if most else (
            "the protocol has no further daily doses. Set the days to 0 and arrange treatment."
        )  # fmt: skip
        yield "BRIDGE_BEYOND_PROTOCOL", "days", sentence
    if days > unlinked and not entry.prescriber_linked:
        yield (
            "BRIDGE_NO_PRESCRIBER",
            "prescriber_linked",
            f"without a prescriber at most {unlinked} days are planned. Link one, or plan fewer days.",
        )
    if dispensed > unlinked and not entry.prescriber_linked:
        yield (
            "DISPENSE_LIMIT",
            "dispensed_days",
            f"without a prescriber at most {unlinked} days of medicine are handed out at one time (21 CFR 1306.07(b)).",
        )


def _dose(entry: BridgePlan, policy: Policy) -> Iterable[tuple[str, str, str]]:
    daily: Any = entry.daily_mg
    if daily is None:
        return
    cap = policy["max_day1_mg"]
    if daily > cap:
        yield "DAILY_CAP", "daily_mg", f"{daily.normalize():f} mg is more than the day's cap of {cap:g} mg."
    elif compose_films(daily, policy["film_strengths_mg"]) is None:
        yield (
            "FILMS_CANNOT_MAKE_DOSE",
            "daily_mg",
            f"no whole films make {daily.normalize():f} mg. Choose a dose that films can make.",
        )
