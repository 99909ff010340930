"""Calls that find room for their frames, counted in the pages of memory that the system hands out for them."""

import resource
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mih.config.celery import app
from mih.config.middleware import room_for_frames
from mih.core.frames import roomily, roomy

Answer = TypeVar("Answer")

DEPTHS = 300
CALLS = 100
FEW = 20
"""Pages that any call may touch for the first time."""


def pages() -> int:
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt


def wide() -> None:
    """A call whose frame is larger than that of `called`: at some depth the one still fits and the other does not."""


wide.__code__ = wide.__code__.replace(co_stacksize=100)


def called(depth: int) -> int:
    """The pages that a hundred calls took, so many frames further down."""
    if depth:
        return called(depth - 1)
    before = pages()
    for _ in range(CALLS):
        wide()
    return pages() - before


def dearest() -> int:
    return max(called(depth) for depth in range(DEPTHS))


def afresh(function: Callable[[], Answer]) -> Answer:
    """What `function` answers in a thread of its own, whose frames begin in a piece that nobody made larger."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(function).result()


def test_python_takes_a_page_for_each_call_at_some_depth() -> None:
    """Once this fails, Python has mended it, and `roomy` may go."""
    assert afresh(dearest) >= CALLS


def test_with_room_no_depth_is_dear() -> None:
    assert afresh(roomy(dearest)) < FEW


def test_a_roomy_function_is_otherwise_the_same() -> None:
    @roomy
    def named(one: int, *, other: int) -> int:
        """What it says."""
        return one - other

    assert named(5, other=3) == 2
    assert (named.__name__, named.__doc__) == ("named", "What it says.")
    with pytest.raises(ZeroDivisionError):
        roomy(lambda: 1 // 0)()


def test_every_request_has_room() -> None:
    answering = room_for_frames(lambda request: HttpResponse(str(dearest())))
    answer = afresh(lambda: answering(HttpRequest()))
    assert int(answer.content) < FEW  # type: ignore[attr-defined]


def test_the_first_of_all_middleware_gives_it() -> None:
    assert settings.MIDDLEWARE[0] == "mih.config.middleware.room_for_frames"


def test_every_task_has_room_and_knows_its_request() -> None:
    def probe(self: Any) -> tuple[str, int]:
        return self.request.id, dearest()

    task: Any = app.task(name="tests.room", shared=False, bind=True)(probe)
    try:
        number, found = afresh(lambda: task.apply(task_id="7").get())
    finally:
        app.tasks.unregister("tests.room")
    assert found < FEW
    assert number == "7"


def test_every_part_of_an_answer_has_room() -> None:
    def parts() -> Generator[int, None, None]:
        for _ in range(3):
            yield dearest()

    found = afresh(lambda: list(roomily(parts())))
    assert len(found) == 3
    assert max(found) < FEW


def test_parts_that_are_empty_are_parts() -> None:
    assert list(roomily(each for each in ["", 0, None])) == ["", 0, None]


def test_whoever_stops_listening_ends_what_makes_the_parts() -> None:
    ended = []

    def parts() -> Generator[int, None, None]:
        try:
            yield 1
            yield 2
        finally:
            ended.append(True)

    inner = parts()
    outer = roomily(inner)
    assert next(outer) == 1
    outer.close()
    assert ended == [True]
