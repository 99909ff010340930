"""Room for the frames of whatever is called, so that no call pays for where it happens to stand.

Python keeps the frames of a thread in pieces of 16 KB. A function that is called again and again just where a piece ends
takes a new one from the system each time and gives it back: seven microseconds instead of a tenth of one. Where that is
depends on every function above, so that a page took 4 ms below one number of frames and 16 ms below another.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

_SLOTS = 16_500
"""What one frame asks for, in words of eight bytes. The piece made for it is the next power of two, 256 KB, of which the other
half is left for the frames above it: some eight hundred calls within one another. What nobody uses of it is never touched."""


def roomy(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The same function; what it calls, however deep, finds room for its frames in one piece. It costs ten microseconds."""

    def call(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=_SLOTS)
    return wraps(function)(call)


def roomily(parts: Generator[Answer, None, None]) -> Generator[Answer, None, None]:
    """The same parts, each of them made in such room: for an answer that is made while it is sent."""
    step = roomy(_step)
    with closing(parts):
        while found := step(parts):
            yield found[0]


def _step(parts: Iterator[Answer]) -> tuple[Answer] | None:
    for part in parts:
        return (part,)
    return None
