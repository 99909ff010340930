"""What a clinical rule answers with: a code for machines, a sentence and a next step for a tired clinician."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["hard", "caution", "missing"]
"""hard: the rule failed. caution: it needs a physician's eye. missing: the answer is not there yet."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that did not pass. `blocks`: nothing goes ahead while it stands."""

    code: str
    severity: Severity
    sentence: str
    what_to_do: str
    blocks: bool = True


def codes(reasons: Iterable[Reason], severity: Severity | None = None) -> tuple[str, ...]:
    """The codes of `reasons`, in order; of one severity when given."""
    return tuple(reason.code for reason in reasons if severity is None or reason.severity == severity)
