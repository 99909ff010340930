"""Form fields that plain Django lacks: rows of a small table, and a drawn signature."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MOST_ROWS = 40
MOST_WORDS = 400
MOST_STROKES = 60_000


class RowsWidget(forms.Textarea):
    """A small table whose rows are added with one tap; its value travels as JSON.

    `options`, by column: the codes to choose from with their words. Other columns take any text.
    """

    template_name = "widgets/rows.html"

    def __init__(self, columns: Sequence[tuple[str, str]], add_label: str) -> None:
        super().__init__()
        self.columns = columns
        self.add_label = add_label
        self.options: dict[str, dict[str, str]] = {}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["columns"] = [
            {"name": name, "label": label, "options": self.options.get(name, {})}
            for name, label in self.columns
        ]
        context["widget"]["add_label"] = self.add_label
        return context


class RowsField(forms.Field):
    """A list of rows, each a mapping from the given columns to short text. Empty rows are dropped."""

    def __init__(
        self, columns: Sequence[tuple[str, str]], *, add_label: str = "Add a line", **kwargs: Any
    ) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", RowsWidget(columns, add_label))
        super().__init__(**kwargs)
        self.columns = columns

    def to_python(self, value: Any) -> list[dict[str, str]]:
        rows = _parsed(value)
        if rows in (None, "", {}):
            return []
        if not isinstance(rows, list) or len(rows) > MOST_ROWS:
            raise ValidationError(f"Enter a list of at most {MOST_ROWS} lines.")
        names = [name for name, _ in self.columns]
        kept = []
        for row in rows:
            if isinstance(row, str) and len(names) == 1:
                row = {names[0]: row}
            if isinstance(row, dict):
                row = {name: str(text) if _is_number(text) else text for name, text in row.items()}
            if not isinstance(row, dict) or set(row) - set(names):
                raise ValidationError(f"Each line holds {', '.join(names)}, and nothing else.")
            if any(
                not isinstance(text, (str, type(None))) or len(text or "") > MOST_WORDS
                for text in row.values()
            ):
                raise ValidationError(f"Each entry is text of at most {MOST_WORDS} characters.")
            texts = {name: (row.get(name) or "").strip() for name in names}
            if any(texts.values()):
                kept.append(texts)
        return kept

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(value or [])

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class SignatureWidget(forms.Textarea):
    """A box to sign in with a finger, or to say why there is no signature; its value travels as JSON."""

    template_name = "widgets/signature.html"


class SignatureField(forms.Field):
    """A signature: `{"status": signed | verbal | refused | unable, "name", "strokes", "at"}`.

    Strokes are kept as drawn (lists of points), so that they can be drawn again at any size.
    """

    STATUSES = ("signed", "verbal", "refused", "unable")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", SignatureWidget())
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dict[str, Any] | None:
        found = _parsed(value)
        if found in (None, "", {}, []):
            return None
        if not isinstance(found, dict) or set(found) - {"status", "name", "strokes", "at", "reason"}:
            raise ValidationError("A signature holds its status, the name, the strokes and the time.")
        if found.get("status") not in self.STATUSES:
            raise ValidationError(
                "Say whether the person signed, agreed by word of mouth, refused to sign, or was unable to."
            )
        if any(
            not isinstance(found.get(key, ""), str) or len(found.get(key, "")) > 160
            for key in ("name", "at", "reason")
        ):
            raise ValidationError("The name under a signature is text of at most 160 characters.")
        if len(json.dumps(found.get("strokes") or [])) > MOST_STROKES:
            raise ValidationError("The drawing is too large. Clear it and sign again.")
        return {key: text for key, text in found.items() if text not in (None, "")}

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else json.dumps(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _parsed(value: Any) -> Any:
    if not isinstance(value, str) or not value.strip():
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise ValidationError("This could not be read. Enter it again.") from None
