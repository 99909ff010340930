"""Signatures given on a tablet, and what is added after them."""

from datetime import datetime
from uuid import UUID

from mih.core.errors import Invalid, Stale
from mih.encounters.models import Encounter
from mih.encounters.services.amendments import add_addendum
from mih.encounters.services.seen import read_seen
from mih.encounters.services.signing_seen import sign_as_seen
from mih.field.models import Outcome
from mih.field.sync.apply import Done, Work, mutation
from mih.field.sync.standing_words import retire_frozen, retire_same, retire_signatures


@mutation("record.sign")
def sign(work: Work) -> Done:
    """Put the signature under the record if it is what the signer saw; else keep it, and say what differs or lacks."""
    work.writable()
    own = work.payload.get("own") is True
    done = sign_as_seen(
        encounter=work.encounter,
        snapshot=work.envelope.mid,
        seen=read_seen(work.text("seen"), work.text("content_sha256")),
        own=own,
        by=work.by,
        at=work.at,
        signed_at=_signed_at(work),
    )
    if done.state == "missing":
        sentence = "Something is still missing before this signature can stand. Fill it in and sign again."
        return Done(Outcome.MISSING, {"sentence": sentence, "gaps": done.gaps}, done.version)
    if done.state == "differs":
        sentence = (
            "The record holds something you had not seen when you signed. Read it and sign again; "
            "your signature and what you saw are kept."
        )
        return Done(Outcome.CONFLICT, {"sentence": sentence, "differences": done.differences}, done.version)
    if not own:
        retire_signatures(work)
    return Done(version=done.version)


def _signed_at(work: Work) -> datetime:
    """When it was signed, never before the response began."""
    began = Encounter.objects.values_list("created_at", flat=True).get(pk=work.encounter)
    return min(max(work.recorded_at, began), work.at)


@mutation("record.addendum")
def addendum(work: Work) -> Done:
    """Add what was learned after signing."""
    work.writable()
    try:
        add_addendum(
            encounter=Encounter.objects.select_related("programme").get(pk=work.encounter),
            text=work.text("text"),
            reason=work.text("reason"),
            by=work.by,
            at=work.recorded_at,
            form=work.text("form")[:40],
            entry=_entry(work),
        )
    except (Stale, Invalid) as problem:
        told = problem.fields or {"text": problem.sentence}
        return Done(Outcome.ATTENTION, {"code": problem.code, "refused": dict(told)})
    retire_frozen(work, _entry(work))
    retire_same(work, ["text", "reason"])
    return Done()


def _entry(work: Work) -> UUID | None:
    try:
        return UUID(work.text("entry")) if work.payload.get("entry") else None
    except ValueError:
        return None
