"""Refusals that leave a trace although everything else about them is undone."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from mih.core.errors import NotAllowed

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


class KeptRefusal(NotAllowed):
    """A refusal after which `keep` runs, in a transaction of its own: what was tried must stay on record."""

    def __init__(
        self, sentence: str, *, code: str, fields: Mapping[str, str], keep: Callable[[], object]
    ) -> None:
        super().__init__(sentence, code=code, fields=fields)
        self.keep = keep


def keeping_refusals(service: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Decorator, above `transaction.atomic`: keep the trace of a `KeptRefusal` once the transaction is rolled back."""

    @wraps(service)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        try:
            return service(*args, **kwargs)
        except KeptRefusal as refusal:
            refusal.keep()
            raise

    return run
