"""The registry line of dispatch and diversion."""

from collections.abc import Iterable

from django import forms

from mih.crisis.forms.diversion import DiversionForm
from mih.crisis.models import Diversion
from mih.encounters.findings import Gap
from mih.encounters.onscene_form import OnSceneForm
from mih.encounters.picture import Picture
from mih.protocols.policy import Policy


class Dispatched(OnSceneForm):
    """Why the call came to a crisis team. The record shows what the criteria say; whoever took the call decided."""

    key, title, icon = "diversion", "Dispatch and diversion", "swap"
    model = Diversion
    section, group, order = "times", "Person", 50

    def form_class(self) -> type[forms.BaseForm]:
        return DiversionForm

    def check(self, entry: Diversion, picture: Picture) -> dict[str, str]:
        both = set(entry.present) & set(entry.absent)
        if both:
            named = picture.policies["diversion"]["criteria"].get(min(both), min(both))
            return {"present": f"“{named}” is marked both ways. Take one of the two marks away."}
        return {}

    def gaps(self, entry: Diversion, picture: Picture) -> Iterable[Gap]:
        if entry.priority_change in ("up", "down") and not entry.change_reason:
            yield self.gap(entry, "change_reason", "Dispatch: say why the priority was changed.")
        if entry.co_response and not entry.co_response_reason:
            yield self.gap(entry, "co_response_reason", "Dispatch: say why others were asked to come along.")
        if entry.present and not entry.reason:
            yield self.gap(
                entry, "reason", "Dispatch: a criterion is met; say why a crisis team was sent all the same."
            )

    def derive(self, entry: Diversion, picture: Picture) -> None:
        entry.screen = screened(entry, picture.policies["diversion"])

    def summary(self, entry: Diversion) -> str:
        return entry.get_screen_display() or self.title

    def rows(self, entry: Diversion) -> list[tuple[str, str]]:
        """The fields, and what the criteria say together."""
        return [*super().rows(entry), ("Screen of the call", entry.get_screen_display())]


def screened(entry: Diversion, policy: Policy) -> str:
    """Low risk when every criterion was asked and none is so."""
    if entry.present:
        return "not_low"
    return "low" if set(policy["criteria"]) <= set(entry.absent) else "open"
