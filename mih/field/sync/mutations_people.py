"""Who the response is for."""

from typing import Any
from uuid import UUID, uuid5

from mih.core.errors import Invalid, NotFound
from mih.core.merge import Change
from mih.encounters.services import patches, people, responses
from mih.encounters.services.merging import ChangeSet
from mih.field.models import Outcome
from mih.field.sync.apply import Done, Work, mutation
from mih.people.models import Person
from mih.privacy import policy


@mutation("person.create")
def create(work: Work) -> Done:
    """A new person, and the response they were met on is theirs. Values that cannot be taken are named.

    `alias` and `phone` among the details are the short form's: another name, and where to call.
    """
    if work.envelope.encounter:
        work.writable()
    details = dict(work.mapping("details"))
    alias, phone = details.pop("alias", None), details.pop("phone", None)
    names = work.payload.get("aliases") or []
    aliases = [name for name in [alias, *(names if isinstance(names, list) else [])] if isinstance(name, str)]
    refused: dict[str, str] = {}
    person = _added(work, details, aliases, refused)
    if work.envelope.encounter:
        responses.name_person(encounter=work.encounter, person=person, by=work.by, at=work.at)
        if phone:
            refused |= _call_them_at(work, person, phone)
    if refused:
        return Done(Outcome.ATTENTION, {"refused": refused}, person.version)
    return Done(version=person.version)


def _call_them_at(work: Work, person: Person, phone: Any) -> dict[str, str]:
    given = ChangeSet(
        patch=uuid5(work.envelope.mid, "phone"),
        form="contact",
        record=person.contact.pk,
        base_version=person.contact.version,
        changes={"phone": Change("", phone)},
        by=work.by,
        at=work.at,
        recorded_at=work.recorded_at,
        custody=True,
    )
    received = patches.take_in(given, encounter=work.encounter)
    return received.refused


def _added(work: Work, details: dict[str, Any], aliases: list[str], refused: dict[str, str]) -> Person:
    ours = ("by", "record", "aliases", "contact")
    named = {name: value for name, value in details.items() if name not in ours}
    # A contact form filled in the same response without a signal stands under this identifier.
    contact = uuid5(work.envelope.encounter, "contact/0") if work.envelope.encounter else None
    while True:
        try:
            return people.add_person(
                by=work.by, record=work.record, aliases=aliases, contact=contact, **named
            )
        except Invalid as problem:
            bad = {name: text for name, text in problem.fields.items() if name in named}
            if not bad:
                raise
            refused.update(bad)
            named = {name: value for name, value in named.items() if name not in bad}


@mutation("encounter.person")
def name(work: Work) -> Done:
    """Say whom the response is for."""
    work.writable()
    try:
        person = policy.open_person(work.by, _person(work), surface="field_push_person")
    except NotFound as refusal:
        # Not raised further: what a refusal undoes would take the refused look out of the read log.
        said = {"code": "failed", "reason": refusal.code, "sentence": refusal.sentence}
        return Done(Outcome.QUARANTINED, said)
    response = responses.name_person(encounter=work.encounter, person=person, by=work.by, at=work.at)
    return Done(version=response.version)


def _person(work: Work) -> str:
    try:
        return str(UUID(work.text("person")))
    except ValueError as error:
        raise Invalid("This does not say for whom the response is.", code="no_person_named") from error
