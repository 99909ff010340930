"""The values of policies in force that the medical director answers for."""

import json
from collections.abc import Iterator
from datetime import datetime

from mih.core.clinical_values import ClinicalValue, source
from mih.protocols.policy import Policy, default_keys
from mih.protocols.selectors import in_force_many
from mih.protocols.shown import lines

TAGS = frozenset({"DEF", "GCK"})


@source("protocol")
def values(at: datetime, only: str | None = None) -> Iterator[ClinicalValue]:
    """Every value tagged DEF or GCK of every policy in force at `at`, by title; with `only`, of that one."""
    keys = [key for key in default_keys() if only in (None, key)]
    for policy in sorted(in_force_many(keys, at).values(), key=lambda each: each.title):
        yield from values_of(policy)


def values_of(policy: Policy) -> Iterator[ClinicalValue]:
    """The tagged values of one policy. A signature on its version covers those that the version itself holds."""
    for name, value in policy.values.items():
        if value.tag not in TAGS:
            continue
        signed = policy.signed and name not in policy.added
        yield ClinicalValue(
            kind="protocol",
            key=policy.key,
            title=policy.title,
            version=policy.version,
            name=name,
            label=value.label or name.replace("_", " "),
            content=json.dumps(value.value, sort_keys=True),
            lines=tuple(lines(value.value)),
            tag=value.tag,
            source=value.source,
            note=value.note,
            signed_by=policy.signed_by if signed else "",
            signed_at=policy.signed_at if signed else None,
        )
