"""What the product says when it cannot do as asked: always one sentence for a tired clinician.

The web and the API turn each class into its status code; the sentence is the same in both.
"""

from collections.abc import Mapping


class Refused(Exception):
    """A request that was understood and not carried out.

    `sentence` says what is wrong and what to do next; `code` is stable for machines; `fields` gives a sentence
    for each field at fault.
    """

    status = 400

    def __init__(
        self, sentence: str, *, code: str = "refused", fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code
        self.fields = dict(fields or {})


class Invalid(Refused):
    """The values cannot be true as they stand."""


class NotAllowed(Refused):
    """This person may not do this, whoever else may. `section` is the row of the role matrix that says so, if one."""

    status = 403

    def __init__(
        self,
        sentence: str,
        *,
        code: str = "refused",
        fields: Mapping[str, str] | None = None,
        section: str = "",
    ) -> None:
        super().__init__(sentence, code=code, fields=fields)
        self.section = section


class NotFound(Refused):
    """There is no such record, or none that this person may know of."""

    status = 404


class Stale(Refused):
    """The record has moved on since it was read, or it is signed."""

    status = 409
