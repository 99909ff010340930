"""Signing what stood on a tablet: a signature is put under the record only if it is what the signer read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from mih.accounts.models import Staff
from mih.audit.services import device_in_use
from mih.core.errors import Invalid, NotFound, Stale
from mih.encounters import picture as pictures
from mih.encounters.models import Encounter, Entry, SignedSnapshot
from mih.encounters.services.seen import Seen, differences
from mih.encounters.services.signing import sign, sign_own
from mih.privacy import policy


@dataclass
class Signed:
    """What became of a signature: put under the record, or kept beside it with what differs or what is missing."""

    state: Literal["signed", "differs", "missing"]
    version: int
    differences: list[dict[str, Any]] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


@transaction.atomic
def sign_as_seen(
    *, encounter: UUID, snapshot: UUID, seen: Seen, own: bool, by: Staff, at: datetime, signed_at: datetime
) -> Signed:
    """Sign the response, or with `own` the signer's sections, if the record still is what they saw.

    The signature with its text is kept in any case, under the identifier `snapshot`. Raises `NotFound`, `NotAllowed`
    when the role or a lapsed credential forbids signing, `Stale` when it is signed already.
    """
    rows = Encounter.objects.select_for_update(of=("self",)).select_related(
        "person", "programme", "incident", "unit"
    )
    response = rows.filter(pk=encounter).first()
    if response is None:
        raise NotFound("There is no such response.", code="no_encounter")
    policy.demand(policy.encounter(by, response, "write"))
    if response.is_signed:
        raise Stale(
            "This response was signed before this signature arrived. Add an addendum if something is missing.",
            code="already_signed",
        )
    picture = pictures.load(response)
    found = differences(picture, seen, by=by, own=own)
    state: Literal["signed", "differs", "missing"] = "differs" if found else "signed"
    gaps: list[str] = []
    version = response.version
    if not found:
        try:
            with transaction.atomic():
                version = _sign(response, picture, seen, own=own, by=by, signed_at=signed_at)
        except Invalid as refusal:
            state, gaps = "missing", list(refusal.fields.values()) or [refusal.sentence]
    SignedSnapshot.objects.create(
        pk=snapshot,
        encounter=response,
        by=by,
        device=device_in_use.get(),
        own=own,
        sha256=seen.sha256,
        seen=seen.text,
        state=state,
        differences=found,
        gaps=gaps,
        signed_at=signed_at,
        at=at,
    )
    return Signed(state, version, found, gaps)


def _sign(
    response: Encounter, picture: pictures.Picture, seen: Seen, *, own: bool, by: Staff, signed_at: datetime
) -> int:
    if not own:
        return sign(encounter=response.pk, by=by, at=signed_at, seen_sha256=seen.sha256).version
    waiting = [entry for _, entry in picture.entries if isinstance(entry, Entry) and entry.author_id == by.pk]
    if waiting and all(entry.is_frozen for entry in waiting):
        raise Stale("You had already signed your sections.", code="already_signed")
    sign_own(encounter=response.pk, by=by, at=signed_at)
    return response.version
