"""Files for the tests of uploaded instruments, and the shortest way from a file to an instrument in use."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

from mih.audit.context import acting
from mih.instruments import catalogue, services
from mih.instruments.models import UploadedFile
from mih.instruments.wording import slots
from tests.conftest import REPOSITORY
from tests.world import World

EXAMPLE: dict[str, Any] = json.loads((REPOSITORY / "docs/examples/local-instrument.json").read_bytes())
KEY = "warm_handoff"
READY = {"agrees": "yes", "named": 2, "minutes": 25}
"""Answers that score 6 of 6."""


def example(change: Callable[[Any], object] = lambda document: None, **top: Any) -> str:
    """The text of the example file, with some of it changed."""
    document = deepcopy(EXAMPLE)
    change(document)
    return json.dumps({**document, **top}, ensure_ascii=False, indent=2)


def second_version() -> str:
    """Version 2 of the example: one question fewer, and another cut."""

    def change(document: Any) -> None:
        document["items"] = document["items"][:2]
        scale = document["scales"][0]
        scale["items"], scale["max"] = ["agrees", "named"], 4
        scale["bands"][0]["to"], scale["bands"][1]["from"], scale["bands"][1]["to"] = 2, 3, 4
        del document["examples"]

    return example(change, version=2, short_title="Hand-off readiness, short")


def wording(number: int = 1, **top: Any) -> str:
    """A wording of the drug screen in invented words."""
    items = {
        item.key: {"en": f"Invented question {item.key} of pack {number}?"}
        for item in slots(catalogue.definition("dast10"))
    }
    document = {
        "kind": "wording",
        "instrument": "dast10",
        "version": number,
        "licence": "Invented license 4711 of the test agency",
        "items": items,
    }
    return json.dumps({**document, **top})


def uploaded(world: World, source: str, at: datetime) -> UploadedFile:
    """The file kept, unsigned."""
    with acting(world.medical_director):
        return services.upload(source=source, by=world.medical_director, at=at)


def in_use(world: World, source: str, at: datetime, *, from_: datetime | None = None) -> UploadedFile:
    """The file kept and signed."""
    file = uploaded(world, source, at)
    with acting(world.medical_director):
        return services.sign(file=file, by=world.medical_director, at=at, effective_from=from_)


def withdrawn(world: World, file: UploadedFile, at: datetime) -> UploadedFile:
    with acting(world.medical_director):
        return services.withdraw(file=file, reason="Not used any more", by=world.medical_director, at=at)
