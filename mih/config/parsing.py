"""Reading a JSON body so that nothing behind it meets a text or a depth that it cannot store."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32
"""Levels of nesting; the deepest body of ours has six."""


class PlainJSONParser(JSONParser):
    """JSON whose texts are whole characters without NUL, at most `DEEPEST` levels deep. Raises `ParseError`."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The body, or a refusal with a sentence."""
        try:
            found = super().parse(stream, media_type, parser_context)
        except (ParseError, ValueError) as error:
            raise ParseError(
                "This is not JSON that can be read. Check the body and send it again."
            ) from error
        except RecursionError as error:
            raise _too_deep() from error
        _examine(found)
        return found


def _examine(body: object) -> None:
    """Look at every text of the body, level by level."""
    level: list[object] = [body]
    for _ in range(DEEPEST):
        below: list[object] = []
        for each in level:
            if isinstance(each, str):
                _examine_text(each)
            elif isinstance(each, dict):
                below += [*each.keys(), *each.values()]
            elif isinstance(each, list):
                below += each
        if not below:
            return
        level = below
    raise _too_deep()


def _examine_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ParseError("A text holds a character that cannot be stored. Type it again.")


def _too_deep() -> ParseError:
    return ParseError("This is nested too deeply. Send it in the shape that the API's documentation shows.")
