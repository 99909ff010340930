"""The rows of long lists, by a template language that compiles to plain Python.

On a page of fifty lines nearly all of the time goes into rendering them. Frames, forms and short pages are Django
templates as everywhere; `templates/lean/` holds the lines alone, with the same chips, icons and escaping.
"""

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django.template import engines
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment
from jinja2.compiler import CodeGenerator
from markupsafe import _escape_inner  # type: ignore[attr-defined]

from mih.core.templatetags import mih as tags

_STAND_IN = UUID(int=0)


class _Generator(CodeGenerator):
    """Writes an escaped value out as it is. Jinja makes a `Markup` of each first, for whoever might escape it again: on its
    way into a page nobody does, and a page of a list writes a thousand."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.escaped(")


class _Environment(Environment):
    code_generator_class = _Generator

    @staticmethod
    def escaped(value: Any) -> str:
        """The value as it may stand in a page."""
        if type(value) is str:
            return _escape_inner(value)
        if hasattr(value, "__html__"):
            return value.__html__()  # type: ignore[no-any-return]
        return _escape_inner(str(value))


def environment(**options: Any) -> Environment:
    """Jinja's environment, for the settings."""
    made = _Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, **_left(options))
    made.globals |= {
        "address": address,
        "around": around,
        "url": url,
        "static": static,
        "icon": tags.icon,
        "risk_chip": tags.risk_chip,
        "due_chip": tags.due_chip,
        "level_chip": tags.level_chip,
    }
    # What each line of a list needs: a filter is called at half the cost of a function.
    made.filters |= {
        "within": within,
        "risk_chip": tags.risk_chip,
        "due_chip": tags.due_chip,
        "initials": tags.initials,
        "local_moment": tags.local_moment,
        "local_time": tags.local_time,
        "local_day": tags.local_day,
    }
    return made


def _left(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name != "autoescape"}


def lines(template: str, **context: Any) -> SafeString:
    """The lines of a list as HTML."""
    return mark_safe(_template(template)(context))  # noqa: S308 - escaped by the template


@cache
def _template(name: str) -> Callable[[dict[str, Any]], str]:
    return engines["lean"].get_template(name).template.render  # type: ignore[attr-defined,no-any-return]


def address(name: str, pk: UUID | str) -> str:
    """The address `name` of one row: `reverse` asked once, not once a row."""
    return within(pk, around(name))


def around(name: str) -> tuple[str, str]:
    """What stands before and after the identifier in the addresses `name`."""
    return _around(name, get_script_prefix())


def within(pk: UUID | str, address: tuple[str, str]) -> str:
    """The address of one row, of what stands `around` it."""
    return f"{address[0]}{pk}{address[1]}"


def url(name: str) -> str:
    """The address `name` of a page that is not a row's."""
    return _url(name, get_script_prefix())


@cache
def _url(name: str, prefix: str) -> str:
    return reverse(name)


@cache
def _around(name: str, prefix: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_STAND_IN]).partition(str(_STAND_IN))
    return before, after
