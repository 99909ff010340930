"""Finds numbers in code that would belong to policy or to an instrument's definition.

A number decides something clinical when it is compared with, reckoned with, a default, or kept under a name. Numbers
that only shape text, storage or a page are passed over by where they stand.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
APPS = (
    "assessments",
    "cases",
    "charts",
    "crisis",
    "encounters",
    "field",
    "followups",
    "instruments",
    "interventions",
    "privacy",
    "safety_plans",
)
HARMLESS = frozenset({-1, 0, 1, 2})
"""Counting, emptiness, first and last, one beyond, a pair."""

NOT_CLINICAL = frozenset({
    "batch_size", "chunk_size", "code_length", "cols", "countdown", "decimal_places", "height", "indent", "length",
    "longest", "max_age", "max_digits", "max_length", "max_page_size", "max_retries", "maxlength", "maxsize",
    "min_length", "ndigits", "order", "page", "page_size", "responses", "rows", "size", "status", "width",
})  # fmt: skip
"""Names (in any case) whose numbers are lengths of storage or text, places on a page, or answers of HTTP."""

KEPT_UNDER = frozenset({"max_page_size", "order", "page", "page_size", "status"})
"""The same for what is kept under a name."""

UNITS_OF_TIME = frozenset({24, 60, 3600})
"""When multiplied or divided by: minutes of an hour, hours of a day."""

HTTP = frozenset({200, 201, 204, 400})
"""As the answer beside another of them, or as the status of a page shown."""


@dataclass(frozen=True)
class Constant:
    """One number, where it stands, and the statement it stands in."""

    path: str
    line: int
    number: int | float
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.number} in “{self.code}”"


CARRIERS = (
    "mih/field/bundle/",
    "mih/field/desk/",
    "mih/field/shell.py",
    "mih/field/sweeps.py",
    "mih/field/sync/",
    "mih/field/views/blobs.py",
    "mih/field/views/plane.py",
    "mih/field/views/push.py",
)
"""Code that seals, sends, keeps and publishes without reading what it carries: its numbers are bytes, keys, and waits."""


def in_code(root: Path = REPOSITORY) -> list[Constant]:
    """Every number of the clinical apps that is not passed over."""
    return [
        found
        for app in APPS
        for path in sorted((root / "mih" / app).rglob("*.py"))
        if "migrations" not in path.parts
        if not str(path.relative_to(root)).startswith(CARRIERS)
        for found in constants(path.read_text(encoding="utf-8"), str(path.relative_to(root)))
    ]


def constants(source: str, path: str) -> Iterator[Constant]:
    """The numbers of one file."""
    tree = ast.parse(source)
    lines = source.splitlines()
    for node, above in _walk(tree, ()):
        number = _number(node)
        if number is None or number in HARMLESS or _passed_over(above, node):
            continue
        yield Constant(path, node.lineno, number, lines[node.lineno - 1].strip())


def _walk(node: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[tuple[ast.expr, tuple[ast.AST, ...]]]:
    if isinstance(node, ast.expr):
        yield node, above
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.UnaryOp) and _number(node) is not None):
            yield from _walk(child, (*above, node))


def _number(node: ast.AST) -> int | float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    if isinstance(node, ast.Call) and _name(node.func) == "Decimal" and node.args:
        return _decimal(node.args[0])
    return None


def _decimal(node: ast.AST) -> float | None:
    try:
        return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    except ValueError:
        return None


def _passed_over(above: tuple[ast.AST, ...], node: ast.expr) -> bool:
    number = _number(node)
    for place, parent in enumerate(above):
        child = above[place + 1] if place + 1 < len(above) else node
        match parent:
            case ast.Subscript() if child is parent.slice:
                return True  # a place in a list or a text, or a type
            case ast.JoinedStr():
                return True  # how a number is written
            case ast.keyword() if (parent.arg or "").lower() in NOT_CLINICAL:
                return True
            case ast.Dict() if child in parent.values and _key(parent, child) in NOT_CLINICAL:
                return True
            case ast.Assign() | ast.AnnAssign() if _targets(parent) & KEPT_UNDER:
                return True
            case ast.arguments() if _argument(parent, child) in NOT_CLINICAL:
                return True
            case ast.Call() if _name(parent.func) == "round" and child in parent.args[1:]:
                return True
            case ast.Call() if _name(parent.func) == "show" and number in HTTP:
                return True
            case ast.IfExp() if number in HTTP and {_number(parent.body), _number(parent.orelse)} & HTTP:
                return True
            case ast.BinOp() if number in UNITS_OF_TIME and isinstance(parent.op, _SCALING):
                return True
    return False


_SCALING = (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


def _key(table: ast.Dict, value: ast.AST) -> str:
    key = table.keys[table.values.index(value)]  # type: ignore[arg-type]
    return str(key.value).lower() if isinstance(key, ast.Constant) else ""


def _targets(statement: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {_name(node).lower().strip("_") for target in targets for node in ast.walk(target)}


def _argument(arguments: ast.arguments, default: ast.AST) -> str:
    named = [*arguments.posonlyargs, *arguments.args]
    positional = dict(zip(reversed(named), reversed(arguments.defaults), strict=False))
    keyword = dict(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    for argument, value in (*positional.items(), *keyword.items()):
        if value is default:
            return argument.arg.lower()
    return ""


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


_COMPARED = re.compile(r"(?:[<>]=?|[!=]==)\s*(-?\d[\d_]*(?:\.\d+)?)(?![\w.])")


def in_browser_code(root: Path = REPOSITORY) -> list[Constant]:
    """Every number that the tablet's code compares something with."""
    folders = (root / "static" / "src" / "field", root / "static" / "src" / "lib")
    return [
        Constant(str(path.relative_to(root)), at, float(number.replace("_", "")), line.strip())
        for folder in folders
        for path in sorted(folder.rglob("*.ts"))
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if not line.strip().startswith(("*", "//", "/*"))
        for number in _COMPARED.findall(line)
        if float(number.replace("_", "")) not in HARMLESS
    ]
