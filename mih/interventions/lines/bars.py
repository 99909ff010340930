"""BARS as rated before and after de-escalating: scored, alarmed and drawn like every other rating of it."""

from datetime import datetime

from mih.encounters.facts import Facts, Score
from mih.encounters.picture import Picture
from mih.encounters.registry import registry
from mih.instruments.catalogue import definition
from mih.instruments.engine import Result, score
from mih.interventions.models import DeEscalation


def bars_ratings(entry: DeEscalation) -> list[tuple[str, datetime | None, Result]]:
    """("before" or "after", when, BARS) for each rating that was given."""
    given = (("before", entry.started_at, entry.bars_before), ("after", entry.ended_at, entry.bars_after))
    return [
        (when, at, score(definition("bars"), {"level": rating}))
        for when, at, rating in given
        if rating is not None
    ]


@registry.facts
def bars_while_deescalating(picture: Picture, facts: Facts) -> None:
    """The ratings among the response's other scores."""
    for entry in picture.all("deescalation"):
        for _, at, result in bars_ratings(entry):
            facts.scores.append(
                Score(
                    instrument="bars",
                    entry=entry.pk,
                    at=at or entry.happened_at or entry.recorded_at,
                    status=result.status,
                    total=result.total,
                    band=result.band,
                    answers=dict(result.parts),
                    flags=result.flag_codes,
                    result=result.as_json(),
                )
            )
