"""What the lines of this app ask of times: none lies ahead of the clock, and none comes before its beginning."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mih.core import clock

if TYPE_CHECKING:
    from mih.encounters.onscene_form import OnSceneForm
    from mih.encounters.picture import Picture


def not_ahead(form: "OnSceneForm", entry: Any, names: Iterable[str], picture: "Picture") -> dict[str, str]:
    """A sentence for each time of `names` that lies further ahead of the clock than the policy allows."""
    latest = clock.now() + timedelta(minutes=picture.policies["assessments"]["minutes_ahead"])
    return {
        name: f"{form.fields()[name].label}: that time lies in the future. Check it and enter it again."
        for name in names
        if getattr(entry, name) is not None and getattr(entry, name) > latest
    }


def in_order(entry: Any, first: str, then: str, sentence: str) -> dict[str, str]:
    """`sentence` for `then` when it comes before `first`."""
    begins, ends = getattr(entry, first), getattr(entry, then)
    return {then: sentence} if begins and ends and ends < begins else {}
