"""Which trends stand where on the tablet, of what the reader may see."""

from mih.assessments.trends import score_trends, serial_forms, vital_trends
from mih.core.trend import Trend
from mih.field.opening import Opened

VITALS = "vitals"
DEESCALATION = "deescalation"


def trends_above(seen: Opened, form: str) -> list[Trend]:
    """The trends above a form: every vital sign and the scores made of them, or the form's own score."""
    if form not in serial_forms():
        return []
    if form == VITALS:
        return [*vital_trends(seen.picture), *score_trends(seen.picture, {VITALS})]
    wanted = "bars" if form == DEESCALATION else form
    return [trend for trend in score_trends(seen.picture, {form}, least=1) if trend.key == wanted]


def trends_of_scores(seen: Opened) -> list[Trend]:
    """Scores taken more than once, beside what happened when."""
    return score_trends(seen.picture, {form.key for form in seen.forms})


__all__ = ["serial_forms", "trends_above", "trends_of_scores"]
