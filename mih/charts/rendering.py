"""The chart's parts as HTML, by templates that compile to Python (`templates/lean/charts/`)."""

from typing import Any
from urllib.parse import quote

from django.template.defaultfilters import linebreaksbr
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from mih.charts.chart import Chart
from mih.charts.search import Results
from mih.charts.sources import KINDS
from mih.charts.templatetags import chart as words
from mih.charts.timeline import Asked, Page
from mih.core.lean import address, lines
from mih.core.templatetags.mih import initials


def overview(found: Chart, asked: Asked) -> SafeString:
    """Standing alarms, the card, and the first page of the timeline with its filters."""
    return lines(
        "charts/overview.html",
        summary=found.summary,
        contact=getattr(found.person, "contact", None),
        programmes=found.programmes,
        kinds=KINDS,
        kind=asked.kind,
        programme=asked.programme,
        day=words.day,
        **_timeline(found, asked),
    )


def timeline(found: Chart, asked: Asked) -> SafeString:
    """The timeline anew."""
    return lines("charts/timeline.html", **_timeline(found, asked))


def events(found: Chart, asked: Asked) -> SafeString:
    """The lines after a cursor."""
    return lines("charts/events.html", **_timeline(found, asked))


def rows(template: str, page: Page) -> SafeString:
    """The lines of a table of events: `responses` or `readers`."""
    return lines(f"charts/{template}.html", page=page)


def results(found: Results, *, text: str, token: str, here: str) -> SafeString:
    """The people found, and the way to those after them."""
    return lines(
        "charts/results.html",
        results=found,
        text=text,
        token=token,
        here=here,
        age=words.age,
        day=words.day,
        initials=initials,
    )


def _timeline(found: Chart, asked: Asked) -> dict[str, Any]:
    chosen = f"&kind={asked.kind}" if asked.kind else ""
    chosen += f"&programme={quote(asked.programme)}" if asked.programme else ""
    return {
        "page": found.page,
        "person": found.person,
        "chosen": chosen,
        "more_url": address("person-timeline", found.person.pk),
        "br": _lines,
        "empty": _empty,
    }


def _lines(text: str) -> SafeString:
    return linebreaksbr(text)


def _empty(symbol: str, title: str, hint: str) -> SafeString:
    context = {"symbol": symbol, "title": title, "hint": hint}
    return mark_safe(get_template("components/empty.html").render(context))  # noqa: S308 - escaped by the template
