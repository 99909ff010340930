"""Settling a clash between two people's values."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import NotFound, Stale
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.models import Conflict
from mih.encounters.registry import registry
from mih.encounters.services.patches import receive


@transaction.atomic
def settle(*, conflict: UUID, keep: Literal["mine", "theirs"], by: Staff, at: datetime) -> Conflict:
    """Choose which of two values stands. The other stays in the history."""
    found = Conflict.objects.select_for_update().filter(pk=conflict).first()
    if found is None:
        raise NotFound("There is no such conflict.", code="no_conflict")
    if found.resolved_at:
        raise Stale("Somebody has already chosen. Reload to see which value stands.", code="already_settled")
    if keep == "mine":
        spec = registry[found.form]
        entry = spec.model._default_manager.get(pk=found.entry)
        standing = spec.read(entry)[found.field]
        receive(
            patch=uuid7(),
            encounter=found.encounter_id,
            form=found.form,
            record=found.entry,
            base_version=entry.version,  # type: ignore[attr-defined]
            changes={found.field: Change(standing, found.mine)},
            by=by,
            at=at,
        )
    found.resolved_by, found.resolved_at, found.kept = by, at, keep
    found.version += 1
    found.save()
    return found
