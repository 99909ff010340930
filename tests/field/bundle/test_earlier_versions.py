"""Answers given under an earlier version of a questionnaire can be shown on the form they were given on."""

import hashlib
import json

import pytest

from mih.assessments.models import InstrumentAnswers
from mih.audit.context import acting
from mih.core import clock
from mih.encounters.registry import registry
from mih.field.bundle.publishing import publish
from mih.field.models import FormVersion
from mih.field.sync.pull import pull
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def earlier(key: str, number: int) -> str:
    """The digest of the form of version `number` of a questionnaire, as an earlier release published it."""
    standing = FormVersion.objects.get(key=key, retired_at__isnull=True)
    document = json.loads(standing.document)
    last = FormVersion.objects.filter(key=key).latest("version").version
    document |= {"version": last + 1, "instrument": document["instrument"] | {"version": number}}
    text = json.dumps(document)
    sha = hashlib.sha256(text.encode()).hexdigest()
    FormVersion.objects.create(key=key, version=last + 1, sha=sha, document=text, retired_at=clock.now())
    return sha


def test_the_list_names_the_form_of_each_earlier_version(world: World) -> None:
    assert "before" not in json.loads(publish().text)["forms"]["narrative"]
    line = json.loads(publish().text)["forms"]["cssrs_screener"]
    assert (line["instrument"], line["before"]) == (2, {})
    earlier("cssrs_screener", 1)
    again = earlier("cssrs_screener", 1)
    earlier("cssrs_screener", 2)
    line = json.loads(publish().text)["forms"]["cssrs_screener"]
    assert (line["instrument"], line["before"]) == (2, {"1": again})


def test_an_entry_says_under_which_version_it_was_begun(world: World) -> None:
    response = world.response(person=world.person())
    with acting(world.paramedic):
        InstrumentAnswers.objects.create(
            encounter=response,
            author=world.paramedic,
            segment=registry["audit_c"].segment,
            instrument="audit_c",
            definition_version=1,
        )
    world.fill(response, "narrative", {"text": "Calm."})
    (sent,) = pull(world.paramedic, "", at=clock.now())["responses"]
    told = {each["form"]: each["instrument"] for each in sent["entries"]}
    assert (told["audit_c"], told["narrative"]) == (1, None)
