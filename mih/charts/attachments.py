"""Photos and documents of a response as its pages and its print show them.

They are kept by the app of the tablets, which stands above this one and gives them through `provide`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mih.encounters.models import Encounter


@dataclass(frozen=True)
class Attached:
    """One attachment. `address` opens it; `content` reads its bytes and is empty while it is not `ready`."""

    pk: UUID
    form: str
    kind: str
    caption: str
    by: str
    at: datetime
    state: str
    words: str
    mime: str
    width: int
    height: int
    address: str
    content: Callable[[], bytes]

    @property
    def ready(self) -> bool:
        return self.state == "ready"

    @property
    def is_picture(self) -> bool:
        return self.ready and self.mime.startswith("image/")


Provider = Callable[[Encounter], Iterable[Attached]]
_providers: list[Provider] = []


def provide(provider: Provider) -> Provider:
    """Decorator: a function that gives the attachments of a response, oldest first."""
    _providers.append(provider)
    return provider


def attached_to(encounter: Encounter) -> list[Attached]:
    """Everything attached to a response, oldest first, whoever reads it."""
    return sorted(
        (each for provider in _providers for each in provider(encounter)), key=lambda each: (each.at, each.pk)
    )
