"""`{% trend_strip trends %}`: small drawings side by side, with the same as a table."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from mih.core.trend import Trend, svg, table

register = template.Library()


@register.inclusion_tag("components/trends.html")
def trend_strip(trends: Sequence[Trend], title: str = "Trend") -> dict[str, Any]:
    """The strip; nothing at all without a trend."""
    heads, rows = table(trends)
    marks = sorted({(mark.at, mark.label) for trend in trends for mark in trend.marks})
    return {"trends": trends, "title": title, "heads": heads, "rows": rows, "marks": marks}


@register.filter
def trend_drawing(trend: Trend) -> SafeString:
    """The drawing of one trend."""
    return mark_safe(svg(trend))  # noqa: S308 - every text inside is escaped where the drawing is made
