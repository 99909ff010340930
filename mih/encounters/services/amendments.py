"""What may still be said of a signed record: a correction in place of an entry, an addendum beside it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.core.errors import Invalid, Stale
from mih.core.ids import uuid7
from mih.core.nudge import nudge
from mih.encounters import picture as pictures
from mih.encounters.models import Addendum, Encounter, Entry, EntryStatus
from mih.encounters.registry import registry
from mih.encounters.services.acceptance import cleaned
from mih.encounters.services.signing import demand_credential
from mih.privacy import policy


@transaction.atomic
def correct(
    *, form: str, entry: UUID, changes: dict[str, Any], reason: str, by: Staff, at: datetime
) -> Entry:
    """Correct a signed entry: the old one stays, marked as replaced, and a new signed one takes its place.

    Follow-ups are planned anew, so that a changed tier takes effect.
    """
    spec = registry[form]
    if not reason.strip():
        raise Invalid("Say why the entry is corrected.", code="reason_missing", fields={"reason": "Say why."})
    old: Any = (
        spec.model._default_manager.select_for_update(of=("self",)).select_related("encounter").get(pk=entry)
    )
    if not isinstance(old, Entry) or not old.is_frozen or not old.counts:
        raise Stale("Only a signed entry that still stands can be corrected.", code="not_signed")
    policy.demand(policy.encounter(by, old.encounter, "write"))
    policy.demand(policy.section(by, spec.section, "S"))
    demand_credential(by, old.encounter, at)
    spec = spec.under(old)
    new: Any = spec.new(old.encounter, uuid7(), by=by, at=at)
    for column in old._meta.concrete_fields:
        if column.name in spec.carried(old):
            setattr(new, column.name, getattr(old, column.name))
    new.happened_at, new.replaces, new.correction_reason = old.happened_at, old.pk, reason.strip()[:200]
    picture = pictures.load(old.encounter)
    values = cleaned(spec, changes)
    spec.accept(new, values, picture, by=by)
    spec.write(new, values)
    problems = spec.check(new, picture)
    if problems:
        raise Invalid(next(iter(problems.values())), code="impossible_value", fields=problems)
    spec.derive(new, picture)
    new.signed_by, new.signed_at, new.status = by, at, EntryStatus.SIGNED
    new.full_clean(validate_unique=False)
    old.status = EntryStatus.REPLACED
    old.version += 1
    old.save()
    new.save(force_insert=True)
    spec.on_corrected(old, new, by=by, at=at)
    Encounter.objects.filter(pk=old.encounter_id, signed_at__isnull=False).update(
        plan_due_since=at, gist=None
    )
    nudge("mih.followups.plan")
    return new  # type: ignore[no-any-return]


@transaction.atomic
def add_addendum(
    *,
    encounter: Encounter,
    text: str,
    reason: str,
    by: Staff,
    at: datetime,
    form: str = "",
    entry: UUID | None = None,
) -> Addendum:
    """Add what was learned after signing."""
    policy.demand(policy.encounter(by, encounter, "write"))
    if not encounter.is_signed:
        raise Stale("This response is not signed yet: write it into the record itself.", code="not_signed")
    if not text.strip() or not reason.strip():
        raise Invalid(
            "Write what is added, and why.", code="addendum_empty", fields={"text": "Write what is added."}
        )
    return Addendum.objects.create(
        encounter=encounter,
        text=text.strip(),
        reason=reason.strip()[:200],
        by=by,
        at=at,
        form=form,
        entry=entry,
    )
