"""The encounter record as a PDF, typeset by Typst from a template and plain data (docs/decisions/0002)."""

import re
from typing import Any

from django.conf import settings

from mih.charts.printing_attachments import as_printed
from mih.charts.response import PART2_NOTICE, Response
from mih.charts.section import Row, Section
from mih.charts.strokes import Drawing
from mih.charts.templatetags.chart import age, day, done, moment
from mih.core import clock
from mih.core.trend import Trend, svg
from mih.core.typesetting import typeset

COLUMNS = 3
WIDE = 44
"""Characters beyond which a value takes two columns."""
UNBROKEN = re.compile(r"\S{36}")


def encounter_pdf(response: Response) -> bytes:
    """The printed record, tagged for screen readers (PDF/UA-1)."""
    return typeset("encounter.typ", record=as_print(response))


def as_print(response: Response) -> dict[str, Any]:
    """The record in the shape the template reads. Every text is final: the template only places it."""
    seen = response.encounter
    number = seen.response_number
    return {
        "agency": settings.AGENCY_NAME,
        "heading": f"Encounter record: copy for {response.copy_for}"
        if response.copy_for
        else "Encounter record",
        "title": breakable(f"{settings.AGENCY_SHORT_NAME} encounter record {number}".strip()),
        "who": breakable(response.person.name if response.person else "No person named"),
        "born": _born(response),
        "printed": f"Printed {moment(clock.now())} by {response.sight.staff.display_name}",
        "watermark": None if seen.is_signed else "NOT SIGNED",
        "banners": _banners(response),
        "notices": _notices(response),
        "details": placed([_row(Row(label, text)) for label, text in response.details]),
        "times": [
            *([label, moment(at) or "not logged", element] for label, element, at in response.times),
            *([interval.label, f"{interval.minutes} min", ""] for interval in response.intervals),
        ],
        "crew": [
            [breakable(member.staff.signature_name), _part(member.lead, member.remote)]
            for member in response.crew
        ],
        "groups": [
            {"name": name, "sections": [_section(section) for section in sections]}
            for name, sections in response.groups
        ],
        "nemsis": [list(line) for line in response.nemsis],
        "alarms": [
            {
                "level": alarm.get_level_display(),
                "message": breakable(alarm.message),
                "done": breakable(done(alarm)),
            }
            for alarm in response.alarms
        ],
        "trends": [
            {
                "title": trend.title,
                "drawing": svg(trend, ink="#222", shade="#e4e4e4"),
                "words": _readings(trend),
            }
            for trend in response.trends
        ],
        "corrections": [
            {
                "label": each.label,
                "old": moment(each.change.old) or "not logged",
                "new": moment(each.change.new) or "taken out",
                "reason": breakable(
                    f"{each.change.reason} ({each.change.by.signature_name}, {moment(each.change.at)})"
                ),
            }
            for each in response.time_changes
        ],
        "addenda": [
            {
                "title": f"{moment(addendum.at)}, {addendum.by.signature_name}",
                "text": breakable(addendum.text),
                "reason": breakable(f"Reason: {addendum.reason}"),
            }
            for addendum in response.addenda
        ],
        "attachments": [
            {**each, "caption": breakable(each["caption"])} for each in map(as_printed, response.attachments)
        ],
        "signature": _signature(response),
        "digest": breakable(seen.signed_digest),
    }


def _readings(trend: Trend) -> str:
    """Each reading with its time, the critical and the earlier ones named."""
    return trend.words.split(": ", 1)[1]


def breakable(text: str) -> str:
    """`text` with places to break a word longer than any in the language; they are invisible and not printed."""
    return UNBROKEN.sub(lambda long: f"{long.group()}\u200b", text)


def _born(response: Response) -> str:
    """What goes beside the name on every page, so that a loose page finds its person."""
    person = response.person
    if person is None:
        return ""
    if person.birth_date:
        return f"born {day(person.birth_date)}"
    return f"age {age(person)}" if age(person) else ""


def _part(lead: bool, remote: bool) -> str:
    return "Lead" if lead else "By telehealth" if remote else "Crew"


def _banners(response: Response) -> list[str]:
    seen = response.encounter
    found = ["Practice record. The person and everything in it are invented."] if response.is_practice else []
    if not seen.is_signed:
        found.append("Not signed. This is a draft and may still change.")
    if seen.voided_at:
        found.append(breakable(f"Void since {moment(seen.voided_at)}. {seen.void_reason}"))
    return found


def _notices(response: Response) -> list[str]:
    found = [PART2_NOTICE] if response.part2 else []
    if response.copy_for:
        found.append("This copy leaves out what the record keeps for the care team alone.")
    elif response.withheld:
        found.append("Sections that the reader's role does not open are left out of this print.")
    return found


def _section(section: Section) -> dict[str, Any]:
    marks = [moment(section.when)] if section.when else []
    if section.restricted:
        marks.append("42 CFR Part 2")
    return {
        "title": section.spec.title,
        "marks": marks,
        "rows": _rows(section),
        "signed": breakable(section.signed),
        "replaced": [{"signed": breakable(old.signed), "rows": _rows(old)} for old in section.replaced],
    }


def _rows(section: Section) -> list[dict[str, Any]]:
    """The rows; a label that would only repeat the heading above it is left out."""
    rows = [_row(row) for row in section.rows]
    if len(rows) == 1 and rows[0]["label"] == section.spec.title:
        rows[0] |= {"label": "", "long": True}
    return placed(rows)


def placed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`rows` with their places in a grid of `COLUMNS`, filled line by line: `x`, `y` and `span`."""
    x = y = 0
    for row in rows:
        span = COLUMNS if row["long"] else 2 if len(row["text"]) > WIDE else 1
        if x + span > COLUMNS:
            x, y = 0, y + 1
        row |= {"x": x, "y": y, "span": span}
        x += span
    return rows


def _row(row: Row) -> dict[str, Any]:
    return {
        "label": row.label,
        "text": breakable(row.text),
        "long": row.long,
        "drawing": _svg(row.drawing) if row.drawing else None,
    }


def _svg(drawing: Drawing) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawing.view_box}">'
        f'<path d="{drawing.path}" fill="none" stroke="black" stroke-width="2" stroke-linecap="round" '
        'stroke-linejoin="round"/></svg>'
    )


def _signature(response: Response) -> str:
    seen = response.encounter
    if seen.signed_by is None:
        return "Nobody has signed this response."
    return f"Signed by {seen.signed_by.signature_name}, {moment(seen.signed_at)}."
