"""The forms for tablets, rendered once by a process for the rules that stand.

Rendering them takes most of a second, and every test begins with an empty database: without this each test that opens
the app renders the same forms again. What is published, stored and sent is the product's own work each time.
"""

from collections.abc import Callable, Iterator

import pytest

from mih.core import clock
from mih.field.bundle import publishing, rendering
from mih.field.bundle.checks import Unfit
from mih.field.bundle.rendering import Rendered
from mih.instruments.models import UploadedFile
from mih.protocols.models import Protocol
from mih.protocols.selectors import versions_in_force

_kept: dict[str, list[Rendered]] = {}


def render_once(patch: pytest.MonkeyPatch) -> None:
    """Let `publish` use what an earlier test rendered under the same rules."""

    def every_form(*, unfit: Callable[[Unfit], None] | None = None) -> Iterator[Rendered]:
        rules = _rules()
        if rules is None:
            yield from rendering.every_form(unfit=unfit)
            return
        if rules not in _kept:
            _kept[rules] = list(rendering.every_form(unfit=unfit))
        yield from _kept[rules]

    patch.setattr(publishing, "every_form", every_form)


def _rules() -> str | None:
    """What rendering depends on: every version of every policy, and which are in force. None when a file was uploaded,
    whose questions would be rendered too."""
    if UploadedFile.objects.exists():
        return None
    rows = Protocol.objects.order_by("key", "number").values_list(
        "key", "number", "body", "effective_from", "effective_to", "signed_at", "withdrawn_at"
    )
    return repr((versions_in_force(clock.now()), list(rows)))
