"""Settling a clash between two people's values."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, NotFound, Stale
from mih.core.ids import uuid7
from mih.core.merge import Change
from mih.encounters.models import Conflict
from mih.encounters.registry import registry
from mih.encounters.services.patches import receive


@transaction.atomic
def settle(
    *,
    conflict: UUID,
    keep: Literal["mine", "theirs", "both"],
    by: Staff,
    at: datetime,
    patch: UUID | None = None,
) -> Conflict:
    """Choose which of two values stands, or for a text both, one below the other. The other stays in the history.

    `patch` is the identifier of the change, when its sender made one. Raises `NotFound`, `Stale` when somebody has
    already chosen, `Invalid` for both of two values that are no texts.
    """
    found = Conflict.objects.select_for_update().filter(pk=conflict).first()
    if found is None:
        raise NotFound("There is no such conflict.", code="no_conflict")
    if found.resolved_at:
        raise Stale("Somebody has already chosen. Reload to see which value stands.", code="already_settled")
    if keep != "theirs":
        spec = registry[found.form]
        entry = spec.model._default_manager.get(pk=found.entry)
        standing = spec.read(entry)[found.field]
        receive(
            patch=patch or uuid7(),
            encounter=found.encounter_id,
            form=found.form,
            record=found.entry,
            base_version=entry.version,  # type: ignore[attr-defined]
            changes={
                found.field: Change(standing, found.mine if keep == "mine" else _both(standing, found.mine))
            },
            by=by,
            at=at,
        )
    # Choosing may itself have closed it: whoever types what stands has chosen.
    found.refresh_from_db()
    if found.resolved_at is None:
        found.resolved_by, found.resolved_at, found.kept = by, at, keep
        found.version += 1
        found.save()
    return found


def _both(theirs: Any, mine: Any) -> Any:
    if isinstance(theirs, str) and isinstance(mine, str):
        return f"{theirs}\n{mine}"
    if isinstance(theirs, list) and isinstance(mine, list):
        return theirs + [each for each in mine if each not in theirs]
    sentence = "Only texts and lists can be kept both. Choose one of the two."
    raise Invalid(sentence, code="not_both", fields={"keep": sentence})
