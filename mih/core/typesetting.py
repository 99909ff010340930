"""PDFs made by Typst from a template and plain data (docs/decisions/0002)."""

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from django.conf import settings

from mih.core import clock

if TYPE_CHECKING:
    import typst

TEMPLATES = settings.REPOSITORY / "templates" / "print"


def typeset(template: str, **data: Any) -> bytes:
    """A template of `templates/print/` with its data, as a PDF tagged for screen readers (PDF/UA-1).

    It reaches no other folder and no network.
    """
    import typst  # here: a process that prints nothing needs none of its 84 MB

    made = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs={name: json.dumps(value, default=str) for name, value in data.items()},
        pdf_standards=["ua-1"],
        timestamp=clock.now().replace(microsecond=0),
    )
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> "typst.Fonts":
    """Typst's own fonts, the letters for readers with low vision, and the server's for what those lack."""
    import typst

    return typst.Fonts(font_paths=[str(files("fontpkg_atkinson_hyperlegible") / "files")])
