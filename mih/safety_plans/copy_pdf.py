"""The copy of a safety plan that a person keeps, as a PDF: large print, or one sheet that folds to a pocket's size."""

import re
from typing import Any, Final

from django.conf import settings

from mih.core.typesetting import typeset
from mih.safety_plans.own_copy import CopyLine, OwnCopy

TEMPLATE: Final = {"large": "plan_large.typ", "caregiver": "plan_large.typ", "pocket": "plan_pocket.typ"}
LONG: Final = 220
"""Characters of one line beyond which it may break across pages in large print."""
PIECE: Final = 130
"""Characters that fit a pocket panel whatever they are; a longer line goes on in a further piece."""
_NUMBER = re.compile(r"\d{3}")
"""A phone number, 988 too: what is looked for in a hurry stands out."""
_UNBROKEN = re.compile(r"\S{13}")


def copy_pdf(copy: OwnCopy, layout: str) -> bytes:
    """The copy as a tagged PDF (PDF/UA-1). Raises KeyError for a layout that is not there."""
    return typeset(TEMPLATE[layout], plan=as_print(copy))


def as_print(copy: OwnCopy) -> dict[str, Any]:
    """The copy in the shape both templates read."""
    said = copy.words
    return {
        "agency": settings.AGENCY_NAME,
        "lang": copy.language,
        "title": copy.title,
        "name": breakable(copy.name),
        "made": copy.made,
        "crisis": said["crisis"],
        "crisis_when": said["crisis_when"],
        "danger": said["danger"],
        "fold": said["fold"],
        "sections": [
            {
                "number": section.number,
                "heading": section.heading,
                "lines": [_line(line) for line in section.lines],
            }
            for section in copy.sections
        ],
    }


def _line(line: CopyLine) -> dict[str, Any]:
    details = [{"text": breakable(detail), "strong": bool(_NUMBER.search(detail))} for detail in line.details]
    parts = [(line.text, False), *((detail, bool(_NUMBER.search(detail))) for detail in line.details)]
    return {
        "text": breakable(line.text),
        "details": details,
        "long": len(line.whole) > LONG,
        "pieces": [{"text": piece, "strong": strong} for text, strong in parts for piece in pieces(text)],
    }


def breakable(text: str) -> str:
    """`text` with invisible places to break a word that is wider than a panel."""
    return _UNBROKEN.sub(lambda long: f"{long.group()}\u200b", " ".join(text.split()))


def pieces(text: str) -> list[str]:
    """`text` in pieces short enough for a panel, cut between words, or inside one that has no end."""
    found: list[str] = []
    for word in text.split():
        while len(word) > PIECE:
            found.append(word[:PIECE])
            word = word[PIECE:]
        if found and len(found[-1]) + 1 + len(word) <= PIECE:
            found[-1] += f" {word}"
        else:
            found.append(word)
    return [breakable(piece) for piece in found]
