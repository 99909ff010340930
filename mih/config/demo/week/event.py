"""One line of the week."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mih.config.demo.response import Call, Response

Story = Callable[[Response], None]


@dataclass(frozen=True)
class Event:
    """A response so many days ago at a time of day; `navigator` becomes the episode's primary worker once it
    is signed."""

    ago: int
    wall: str
    call: Call
    who: str | None
    story: Story
    navigator: str | None = None


ART1 = partial(Call, "ART-1", ("pat", "nia", "perry"))
ART1_INTERN = partial(Call, "ART-1", ("pat", "nia", "inez"))
ART2 = partial(Call, "ART-2", ("dana", "tomas"))
CRT_CLEO = partial(Call, "CRT-1", ("cleo", "grace", "marcus"))
CRT_RUTH = partial(Call, "CRT-1", ("ruth", "grace", "marcus"))
DESK = partial(Call, "CCD-1", ("omar",), modality="phone", source="988")
ADVOCATES = partial(Call, "CAP-1", ("wendell", "shay"), modality="follow_up", source="staff")
