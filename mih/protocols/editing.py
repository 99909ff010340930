"""The form in which a policy is changed: for each value a field that suits what it is.

A number, a yes or no, a text and a list of words have plain fields; a table of such has one for each of its names. What
is nested deeper is written as JSON and checked against the same shape. A value nobody touched stays exactly as it is.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from django import forms

from mih.protocols.policy import Policy
from mih.protocols.shape import Shape, shape_of, value_problems

Widget = Literal["number", "yes_no", "choice", "text", "optional", "words", "line", "json"]
Path = tuple[str, ...]
ROWS = 6


@dataclass(frozen=True)
class Leaf:
    """One field: where in the value it stands (empty: the value itself), and how it is written."""

    path: Path
    widget: Widget
    shape: Shape

    @property
    def label(self) -> str:
        return ", ".join(part.replace("_", " ") for part in self.path)


def leaves(key: str, name: str, value: Any) -> list[Leaf]:
    """The fields of one value: one for each plain thing in it, or a single one in JSON where that cannot be."""
    shape = shape_of(key, name)
    found = list(_leaves(value, shape, ()))
    return [Leaf((), "json", shape)] if any(leaf.widget == "json" for leaf in found) else found


def _leaves(value: Any, shape: Shape, path: Path) -> Iterator[Leaf]:
    if isinstance(value, dict) and value and not shape.open:
        for part, entry in value.items():
            yield from _leaves(entry, shape.fields[part], (*path, part))
    else:
        yield Leaf(path, _widget(value, shape), shape)


def _widget(value: Any, shape: Shape) -> Widget:
    match value:
        case bool():
            return "yes_no"
        case int() | float():
            return "number"
        case str() if shape.choices:
            return "choice"
        case str() | None if shape.kinds <= {"text", "empty"} and "empty" in shape.kinds:
            return "optional"
        case str():
            return "text"
        case list():
            return _list_widget(value, shape)
        case _:
            return "json"


def _list_widget(value: list[Any], shape: Shape) -> Widget:
    kinds = shape.items.kinds if shape.items else frozenset({"text"})
    texts = [item for item in value if isinstance(item, str)]
    if any("\n" in item for item in texts) or not kinds <= {"text", "time", "number", "empty"}:
        return "json"
    if kinds & {"number", "empty"}:
        # A comma parts them, so no text among them may hold one or read as a number.
        return "json" if any("," in item or _read_item(item) != item for item in texts) else "line"
    return "words"


def _read_item(text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and "." not in text else number


class ChangeForm(forms.Form):
    """Every value of a policy, why it is changed, and what the change rests on."""

    reason = forms.CharField(
        label="Why it is changed",
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the policy is changed."},
    )
    rests_on = forms.CharField(
        label="What the change rests on",
        max_length=200,
        required=False,
        help_text="A guideline, a study, a board's rule. Left empty: a decision of this program.",
    )

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.parts: dict[str, list[tuple[str, Leaf]]] = {}
        for number, (name, value) in enumerate(policy.values.items()):
            rows = [
                (f"v{number}-{at}", leaf) for at, leaf in enumerate(leaves(policy.key, name, value.value))
            ]
            self.parts[name] = rows
            for field_name, leaf in rows:
                self.fields[field_name] = _field(leaf, _at(value.value, leaf.path), value.label or name)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.changed: dict[str, Any] = {}
        for name, rows in self.parts.items():
            if any(field in self.errors for field, _ in rows):
                continue
            before = self.policy.values[name].value
            after = self._read(before, rows, given)
            if after == before and type(after) is type(before):
                continue
            for problem in value_problems(self.policy.key, name, after):
                self.add_error(rows[0][0], problem)
            self.changed[name] = after
        if not self.errors and not self.changed:
            raise forms.ValidationError(
                "Nothing is changed yet. Change a value first.", code="nothing_changed"
            )
        return given

    def _read(self, before: Any, rows: list[tuple[str, Leaf]], given: dict[str, Any]) -> Any:
        after = deepcopy(before)
        for field, leaf in rows:
            read = _value(given.get(field), leaf, _at(before, leaf.path))
            if not leaf.path:
                return read
            _at(after, leaf.path[:-1])[leaf.path[-1]] = read
        return after

    @property
    def groups(self) -> Iterator[tuple[str, Any, list[forms.BoundField], bool]]:
        """For each value: its name, the value, its fields, and whether something is wrong or changed in it."""
        touched = getattr(self, "changed", {})
        for name, rows in self.parts.items():
            wrong = any(field in self.errors for field, _ in rows) if self.is_bound else False
            yield name, self.policy.values[name], [self[field] for field, _ in rows], wrong or name in touched

    def document(self, title: str, number: int) -> dict[str, Any]:
        """The whole document with its changes. A changed value is the program's own from now on."""
        rests_on = self.cleaned_data["rests_on"].strip() or "decision of this program"
        values: dict[str, Any] = {}
        for name, value in self.policy.values.items():
            entry = {"value": value.value, "tag": value.tag, "source": value.source}
            if name in self.changed:
                entry |= {
                    "value": self.changed[name],
                    "tag": "DEF",
                    "source": f"{rests_on}; before: {value.source}"[:300],
                }
            entry |= {"label": value.label} if value.label else {}
            values[name] = entry | ({"note": value.note} if value.note else {})
        return {
            "key": self.policy.key,
            "title": title,
            "version": number,
            "needs_signature": self.policy.needs_signature,
            "values": values,
        }


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _field(leaf: Leaf, value: Any, label: str) -> forms.Field:
    options: dict[str, Any] = {"label": leaf.label or label, "required": False}
    if leaf.widget == "yes_no":
        choices = [("yes", "Yes"), ("no", "No")]
        return forms.ChoiceField(choices=choices, initial="yes" if value else "no", **options)
    if leaf.widget == "choice":
        words = list(dict.fromkeys([*(leaf.shape.choices or ()), value]))
        return forms.ChoiceField(choices=[(word, word) for word in words], initial=value, **options)
    if leaf.widget == "number":
        return NumberField(initial=value, **options)
    if leaf.widget == "line":
        initial = ", ".join("" if item is None else str(item) for item in value)
        options["help_text"] = "Parted by commas; nothing between two commas means no limit there."
        return forms.CharField(initial=initial, strip=False, **options)
    if leaf.widget == "optional":
        options["help_text"] = "May be left empty."
        return forms.CharField(initial=value or "", **options)
    if leaf.widget == "words":
        rows = min(max(len(value), 2), ROWS * 2)
        area = forms.Textarea(attrs={"rows": rows})
        options["help_text"] = "One on each line."
        return forms.CharField(widget=area, initial="\n".join(value), **options)
    if leaf.widget == "json":
        text = json.dumps(value, indent=2, ensure_ascii=False)
        area = forms.Textarea(
            attrs={
                "rows": min(text.count("\n") + 1, ROWS * 3),
                "class": "font-monospace",
                "spellcheck": "false",
            }
        )
        return JsonField(widget=area, initial=text, help_text="Written as JSON.", **options)
    return forms.CharField(initial=value, **options)


class NumberField(forms.FloatField):
    """A number that stays whole when it is written whole."""

    default_error_messages = {"invalid": "Write a number."}

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return int(found) if found is not None and found.is_integer() and "." not in str(value) else found


class JsonField(forms.CharField):
    """JSON, read when it can be."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return json.loads(text, parse_constant=_no_constant)
        except ValueError as error:
            where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            raise forms.ValidationError(
                f"This cannot be read as JSON{where}. Check commas, quotes and brackets there.",
                code="not_json",
            ) from None


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _value(given: Any, leaf: Leaf, before: Any) -> Any:
    match leaf.widget:
        case "yes_no":
            return given == "yes" if given in ("yes", "no") else before
        case "words":
            return [line.strip() for line in str(given or "").splitlines() if line.strip()]
        case "number" | "json":
            return given
        case "optional":
            return str(given or "").strip() or None
        case "line":
            return [_read_item(item) for item in str(given).split(",")] if str(given or "").strip() else []
        case _:
            return str(given or "").strip()
