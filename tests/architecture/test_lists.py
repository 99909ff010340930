"""Lists are read by key: nothing in the product skips rows by counting them, or asks Django to."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.db.models import ForeignKey
from rest_framework.settings import api_settings

PRODUCT = Path(__file__).resolve().parents[2] / "mih"
PAGERS = {
    "Paginator",
    "AsyncPaginator",
    "EmptyPage",
    "LimitOffsetPagination",
    "MultipleObjectMixin",
    "ListView",
    "PageNotAnInteger",
    "PageNumberPagination",
}
OFFSET = re.compile(r"\bOFFSET\b\s*[%{(:\d]")
NOT_ROWS = {
    "mih/config/city/people.py": "people in memory, not yet written",
    "mih/field/sync/wire.py": "bytes of an envelope",
    "mih/followups/selectors/lines.py": "columns of a row",
}
"""Modules whose slices look like a page, and what they cut."""


def counted_away(code: str) -> Iterator[str]:
    """What in a module pages by offset, or may do so."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case (
                ast.ImportFrom(module="django.core.paginator")
                | ast.Import(names=[ast.alias(name="django.core.paginator")])
            ):
                yield "imports Django's paginator"
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in PAGERS:
                yield f"uses {name}"
            case ast.Constant(value=str(text)) if OFFSET.search(text):
                yield f"has an OFFSET in “{text[:60]}”"
            case ast.Subscript(slice=ast.Slice(lower=ast.expr() as low, upper=ast.expr() as high)) if is_page(
                low, high
            ):
                yield f"slices like a page: {ast.unparse(node)}"


def is_page(low: ast.expr, high: ast.expr) -> bool:
    """Whether a slice takes so many behind a place, or counts pages."""
    if isinstance(low, ast.Constant):
        return False
    counts = any(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult) for each in ast.walk(low))
    return counts or ast.unparse(high).startswith(f"{ast.unparse(low)} + ")


def test_no_list_of_the_product_is_paged_by_offset() -> None:
    found = {
        f"{path.relative_to(PRODUCT.parent)}: {problem}"
        for path in PRODUCT.rglob("*.py")
        for problem in counted_away(path.read_text())
        if not (problem.startswith("slices") and str(path.relative_to(PRODUCT.parent)) in NOT_ROWS)
    }
    assert not found, "Page by key instead: mih.core.paging, docs/lists.md."
    assert api_settings.DEFAULT_PAGINATION_CLASS is None


def test_every_exemption_is_still_needed() -> None:
    idle = [
        name
        for name in NOT_ROWS
        if not any(each.startswith("slices") for each in counted_away((PRODUCT.parent / name).read_text()))
    ]
    assert not idle


@pytest.mark.parametrize(
    "code",
    [
        "from django.core.paginator import Paginator",
        "import django.core.paginator",
        "class List(generic.ListView): pass",
        "class Pages(pagination.LimitOffsetPagination): pass",
        "page = rows[start : start + size]",
        "page = rows[(number - 1) * SIZE : number * SIZE]",
        "sql = 'SELECT 1 LIMIT 5 OFFSET %s'",
    ],
)
def test_the_walk_finds_paging_by_offset(code: str) -> None:
    assert list(counted_away(code))


@pytest.mark.parametrize(
    "code",
    [
        "first = rows[:25]",
        "rest = words[1:]",
        "middle = text[begin : len(text) - end]",
        "when = 'its offset from UTC'",
    ],
)
def test_the_walk_passes_over_what_skips_nothing(code: str) -> None:
    assert not list(counted_away(code))


def test_the_admins_lists_count_no_whole_table_and_ask_for_no_row_by_itself() -> None:
    """The admin numbers its pages; its tables are the agency's own, of some dozens of rows."""
    for model, page in admin.site._registry.items():
        if not model.__module__.startswith("mih."):
            continue
        assert page.show_full_result_count is False, model
        columns = {field.name for field in model._meta.get_fields() if isinstance(field, ForeignKey)}
        assert columns & set(page.list_display) <= set(page.list_select_related or ()), model
