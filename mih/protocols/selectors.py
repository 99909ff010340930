"""Which policy is in force, and which one an old record was made under."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from mih.protocols.models import Protocol
from mih.protocols.policy import Policy, default_keys


def in_force(key: str, at: datetime) -> Policy:
    """The version of `key` in force at `at`; the shipped default, unsigned, when none has been loaded."""
    return in_force_many([key], at)[key]


def in_force_many(keys: Iterable[str], at: datetime) -> dict[str, Policy]:
    """The versions of several policies in force at `at`, in one statement."""
    wanted = list(keys)
    rows = (
        _standing(at)
        .filter(key__in=wanted)
        .order_by("key", "-effective_from", "-number")
        .distinct("key")
        .values_list("pk", "version")
    )
    found = {policy.key: policy for policy in _read(list(rows))}
    return {key: found.get(key) or Policy.default(key) for key in wanted}


def versions_in_force(at: datetime) -> dict[str, int]:
    """The version number of every policy in force at `at`: what an encounter pins when it begins."""
    return {key: policy.version for key, policy in in_force_many(default_keys(), at).items()}


def pinned(versions: Mapping[str, int]) -> dict[str, Policy]:
    """The policies an encounter pinned, completed by shipped defaults for policies younger than it."""
    wanted = Q(pk__in=[])
    for key, number in versions.items():
        wanted |= Q(key=key, number=number)
    found = {
        policy.key: policy
        for policy in _read(list(Protocol.objects.filter(wanted).values_list("pk", "version")))
    }
    return {key: found.get(key) or Policy.default(key) for key in default_keys()}


def _standing(at: datetime) -> QuerySet[Protocol]:
    return Protocol.objects.filter(effective_from__lte=at).filter(
        Q(effective_to__isnull=True) | Q(effective_to__gt=at)
    )


def _read(rows: list[tuple[Any, int]]) -> list[Policy]:
    """Policies by row. A row's content never changes except by signing, which raises its version: so it is kept."""
    missing = [pk for pk, version in rows if (pk, version) not in _kept]
    if missing:
        for row in Protocol.objects.filter(pk__in=missing).select_related("signed_by"):
            _kept[(row.pk, row.version)] = _policy(row)
    return [_kept[row] for row in rows if row in _kept]


_kept: dict[tuple[Any, int], Policy] = {}


def _policy(row: Protocol) -> Policy:
    return Policy.from_document(
        row.body,
        signed=row.signed_at is not None,
        effective_from=row.effective_from,
        signed_by=row.signed_by.signature_name if row.signed_by else "",
        signed_at=row.signed_at,
    ).completed_from(_default(row.key))


@lru_cache(maxsize=None)
def _default(key: str) -> Policy:
    return Policy.default(key)
