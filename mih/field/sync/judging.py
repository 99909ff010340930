"""One envelope: is it genuine, does it open, and what becomes of it."""

import traceback
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from mih.audit.context import acting
from mih.audit.services import device_in_use, log_denial
from mih.core.errors import Invalid, NotAllowed, Refused, Stale
from mih.encounters.models import Encounter, Entry
from mih.encounters.refusals import KeptRefusal
from mih.encounters.registry import registry
from mih.encounters.services.together import Alone
from mih.field.models import Envelope, Outcome
from mih.field.sync import failpoints
from mih.field.sync.apply import BEGINS, BESIDE, PATCHES, PEOPLE, Done, Work
from mih.field.sync.batch import Apart, Batch, apart, is_of_all, write
from mih.field.sync.mutations import MUTATIONS
from mih.field.sync.mutations_entries import patch_together
from mih.field.sync.opening import Unopened, open_payload, signed_by
from mih.field.sync.wire import PROTOCOLS, Header

log = structlog.get_logger()

SKEW = timedelta(minutes=2)
OLDEST = timedelta(days=400)
OUTCOME = ("outcome", "detail", "opened", "version", "applied_at", "flags", "settled_by", "settled_at")
"""The columns that say what became of an envelope."""
FREEZES = {"encounter_signed", "entry_signed", "entry_removed", "already_signed"}

SENTENCES = {
    "open_failed": "The server could not open this. The tablet seals it again by itself.",
    "bad_signature": "The signature does not fit. Your supervisor has it and will ask you about it.",
    "unknown_author": "Nobody with this key is known on this tablet. Sign in once, so that the tablet is set up again.",
    "revoked": "This tablet was taken out of service. Your supervisor has what you wrote.",
    "unknown_type": "This version of the server does not know what to do with this. It is kept until one does.",
    "mid_reuse": "Something else was already received under this identifier. Your supervisor has both.",
    "failed": "The server could not write this into the record. It is kept, and your supervisor can see it.",
}


def judge(envelope: Envelope, head: Header, batch: Batch, *, ready: bool) -> None:
    """Decide what becomes of `envelope` and note it on the object; nothing of it is saved here.

    `ready`: what comes before it is in custody. Database errors that concern the whole batch are raised.
    """
    header, body = bytes(envelope.header), bytes(envelope.body)
    known = batch.keys.get((envelope.device, envelope.author), [])
    if not head.readable:
        return _quarantine(envelope, "failed")
    if envelope.author not in batch.staff or not known:
        return _quarantine(envelope, "unknown_author")
    if not signed_by(known, header, body, bytes(envelope.sig)):
        return _quarantine(envelope, "bad_signature")
    if not PROTOCOLS[0] <= head.v <= PROTOCOLS[1]:
        return _quarantine(envelope, "unknown_type")
    try:
        payload = open_payload(envelope.kid, body, header)
    except Unopened:
        return _quarantine(envelope, "open_failed")
    envelope.opened = True
    if {envelope.device, envelope.uploader} & batch.revoked and not envelope.released_at:
        return _quarantine(envelope, "revoked")
    if envelope.type not in MUTATIONS:
        return _quarantine(envelope, "unknown_type")
    if not ready:
        envelope.outcome = Outcome.HELD
        envelope.detail = {"prev": str(envelope.prev), "sentence": "It waits for the one before it."}
        return None
    if not _begun(envelope, batch):
        envelope.outcome = Outcome.HELD
        envelope.detail = {
            "waits_for": "response",
            "sentence": "It waits for the response it belongs to.",
        }
        return None
    return _carry_out(envelope, head, payload, batch)


def _begun(envelope: Envelope, batch: Batch) -> bool:
    if envelope.type == BEGINS or envelope.encounter is None:
        return True
    begun = batch.memory.begun
    if envelope.encounter not in begun and Encounter.objects.filter(pk=envelope.encounter).exists():
        begun.add(envelope.encounter)
    return envelope.encounter in begun


def _carry_out(envelope: Envelope, head: Header, payload: dict[str, Any], batch: Batch) -> None:
    work = Work(
        envelope=envelope,
        head=head,
        payload=payload,
        by=batch.staff[envelope.author],
        at=batch.at,
        recorded_at=typed_at(envelope, batch.at),
        memory=batch.memory,
    )
    in_use = device_in_use.set(envelope.device)
    try:
        failpoints.reached("applying", form=head.form_key)
        done = _done(work, batch)
    except (InterfaceError, Apart):
        raise
    except Refused as refusal:
        with _in_their_name(work):
            done = _refused(refusal, work)
    except Exception as error:  # whatever went wrong inside, custody is kept and the others go on
        if isinstance(error, OperationalError) and is_of_all(error):
            raise
        _tell(envelope, error)
        done = _kept_apart("failed")
    finally:
        device_in_use.reset(in_use)
    envelope.outcome, envelope.detail, envelope.version = done.outcome, done.detail, done.version
    envelope.applied_at = batch.at if done.outcome != Outcome.QUARANTINED else None
    batch.memory.fresh.setdefault(envelope.encounter, []).append(envelope)


def _in_their_name(work: Work) -> AbstractContextManager[None]:
    return acting(work.by, device=work.envelope.device)


def _done(work: Work, batch: Batch) -> Done:
    """What the envelope asks for, done. Whatever is raised has left nothing behind, but for `Apart`."""
    if work.envelope.type == PATCHES and batch.together:
        try:
            # Nothing is written yet, so nobody need be named.
            return patch_together(work)
        except Alone:
            pass
        except (DatabaseError, InterfaceError) as error:
            apart(error)
    with _in_their_name(work):
        return _done_alone(work, batch)


def _done_alone(work: Work, batch: Batch) -> Done:
    envelope, memory = work.envelope, batch.memory
    if envelope.type == BEGINS and batch.together and envelope.encounter not in memory.begun:
        return _begin(work)
    # Whatever this does, no response need be as it was when the batch came.
    memory.standing.clear()
    try:
        batch.keep()
    except Exception as error:
        apart(error)
    # Who somebody is, is read by every response that is for them.
    everybody = _about_people(work)
    for encounter in [each for each in memory.sittings if everybody or each == envelope.encounter]:
        write([memory.sittings[encounter]], batch)
        memory.leave(encounter)
    if everybody:
        memory.pictures.clear()
    if envelope.type not in (PATCHES, *BESIDE):
        memory.forget(envelope.encounter)
    try:
        with transaction.atomic():
            return MUTATIONS[envelope.type](work)
    except Exception:
        memory.forget(envelope.encounter)
        raise


def _about_people(work: Work) -> bool:
    form = work.head.form_key
    if work.envelope.type != PATCHES:
        return work.envelope.type in PEOPLE
    return form in registry and not issubclass(registry[form].model, Entry)


def _begin(work: Work) -> Done:
    """A response begun: this is refused so seldom that nothing is made ready for it."""
    work.together = True
    try:
        return MUTATIONS[BEGINS](work)
    except Exception as error:
        apart(error)


def _refused(refusal: Refused, work: Work) -> Done:
    said = {"code": refusal.code, "sentence": refusal.sentence}
    if isinstance(refusal, KeptRefusal):
        refusal.keep()
    if isinstance(refusal, NotAllowed):
        log_denial(
            by=work.by,
            action="field-push",
            code=refusal.code,
            section=refusal.section,
            encounter=work.envelope.encounter,
        )
        return Done(Outcome.QUARANTINED, {"code": "not_allowed", "sentence": refusal.sentence})
    if isinstance(refusal, Stale) and refusal.code in FREEZES:
        return Done(Outcome.FROZEN, said)
    if isinstance(refusal, Invalid) and refusal.fields:
        return Done(Outcome.ATTENTION, {**said, "refused": dict(refusal.fields)})
    return Done(Outcome.QUARANTINED, {"code": "failed", "reason": refusal.code, "sentence": refusal.sentence})


def _kept_apart(code: str) -> Done:
    return Done(Outcome.QUARANTINED, {"code": code, "sentence": SENTENCES[code]})


def _quarantine(envelope: Envelope, code: str) -> None:
    done = _kept_apart(code)
    envelope.outcome, envelope.detail, envelope.version = done.outcome, done.detail, None
    log.warning("envelope_kept_apart", envelope_id=str(envelope.mid), code=code)


def _tell(envelope: Envelope, error: Exception) -> None:
    """Where it went wrong and with which kind of error; its message may hold somebody's words, so it stays out."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    log.error(
        "envelope_failed",
        envelope_id=str(envelope.mid),
        problem=f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}",
    )


def typed_at(envelope: Envelope, at: datetime) -> datetime:
    """When the author typed it: by the tablet's clock put right by its last known error, and never after custody.

    A clock that ran backwards or stands years off tells nothing; then it is when the server had it.
    """
    received = min(envelope.custody_at, at)
    if envelope.captured_at is None or "clock_suspect" in envelope.flags:
        return received
    told = envelope.captured_at + timedelta(milliseconds=envelope.offset_ms or 0)
    return received if received - told > OLDEST else min(told, received)
