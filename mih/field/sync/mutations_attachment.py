"""The record that links a photo or document to a response."""

from mih.encounters.models import Encounter
from mih.field.sync import attachments
from mih.field.sync.apply import Done, Work, mutation


@mutation("attachment.link")
def link(work: Work) -> Done:
    """Applied as soon as the response is known, whether or not its bytes are here and the response is signed."""
    encounter = Encounter.objects.select_related("programme").get(pk=work.encounter)
    made = attachments.link(
        encounter=encounter,
        payload=work.payload,
        by=work.by,
        device=work.envelope.device,
        captured_at=work.recorded_at,
        at=work.at,
    )
    return Done(version=made.version)
