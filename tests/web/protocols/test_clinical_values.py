"""The one page of clinical values: everything is on it, and an approval belongs to a value as it stood."""

import json
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import DatabaseError, transaction
from django.test import Client

from mih.audit.context import acting
from mih.core import clock
from mih.core.clinical_values import clinical_values
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.instruments import catalogue
from mih.protocols import services
from mih.protocols.models import ValueVerdict
from mih.protocols.policy import default_document, default_keys
from mih.protocols.values import approve, listed, unverified, withdraw_approval
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
PAGE, VERDICT = "/protocols/values/", "/protocols/values/verdict/"
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def somebody_acts(world: World):
    with acting(world.medical_director):
        yield


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.staff[role])
    return client


def one(document: str, name: str, at=NOON):
    return next(each for each in listed(at) if (each.value.document, each.value.name) == (document, name))


def sign_change(world: World, key: str, name: str, value: object, at=NOON):
    document = default_document(key)
    document["values"][name]["value"] = value
    row = services.propose(key=key, document=document, by=world.medical_director)
    return services.sign(protocol=row, by=world.medical_director, at=at)


def test_every_tagged_value_of_every_document_is_listed_once(world: World):
    wanted = {
        (f"protocol:{key}", name)
        for key in default_keys()
        for name, entry in default_document(key)["values"].items()
        if entry["tag"] in ("DEF", "GCK")
    } | {(f"instrument:{value.instrument}", value.where) for value in catalogue.policy_values()}
    found = [(value.document, value.name) for value in clinical_values(NOON)]
    assert set(found) == wanted
    assert len(found) == len(wanted)
    page = browser(world, "medical_director").get(PAGE).content.decode()
    assert page.count('name="value"') == len(found)


def test_approving_is_the_medical_directors_with_a_tick_and_a_note(world: World):
    cut = one("instrument:gad7", "flags GAD7_POS")
    assert cut.state == "verify"
    client = browser(world, "medical_director")
    answer = client.post(VERDICT, {"value": cut.value.fingerprint, "act": "approve"})
    assert "Tick the box" in str(next(iter(get_messages(answer.wsgi_request))))
    assert one("instrument:gad7", "flags GAD7_POS").state == "verify"
    client.post(
        VERDICT, {"value": cut.value.fingerprint, "act": "approve", "read": "on", "note": "Spitzer 2006"}
    )
    done = one("instrument:gad7", "flags GAD7_POS")
    assert (done.state, done.approved_by, done.approved_at) == ("approved", "Dev Anand, MD", NOON)
    assert "by Dev Anand, MD" in client.get(PAGE, {"state": "approved"}).content.decode()


@pytest.mark.parametrize("role", ["paramedic", "supervisor", "programme_manager", "privacy_officer"])
def test_others_read_it_and_approve_nothing(world: World, role: str):
    page = browser(world, role).get(PAGE)
    assert page.status_code == 200
    assert 'name="value"' not in page.content.decode()
    value = one("instrument:gad7", "flags GAD7_POS").value
    assert browser(world, role).post(VERDICT, {"value": value.fingerprint, "read": "on"}).status_code == 403
    with pytest.raises(NotAllowed):
        approve(fingerprints=[value.fingerprint], note="", by=world.staff[role], at=NOON)
    assert not ValueVerdict.objects.exists()


def test_an_approval_ends_with_the_value_it_was_given_to(world: World):
    name = "due_hours"
    before = one("protocol:cosign", name)
    approve(fingerprints=[before.value.fingerprint], note="", by=world.medical_director, at=NOON)
    # Another value of the document changes: this approval stands.
    services.sign(
        protocol=services.propose(
            key="cosign", document=_with("cosign", cosigner_roles=["supervisor"]), by=world.supervisor
        ),
        by=world.medical_director,
        at=NOON,
    )
    assert one("protocol:cosign", name).state == "approved"
    proposed = services.propose(key="cosign", document=_with("cosign", due_hours=48), by=world.supervisor)
    with acting(world.medical_director):
        type(proposed).objects.filter(pk=proposed.pk).update(effective_from=LATER)  # in force, unsigned
    now = one("protocol:cosign", name, at=LATER)
    assert (now.state, now.changed, now.earlier.shown) == ("verify", True, ["24"])
    with pytest.raises(Stale, match="changed since you read it"):
        approve(fingerprints=[before.value.fingerprint], note="", by=world.medical_director, at=LATER)


def _with(key: str, **values: object):
    document = default_document(key)
    for name, value in values.items():
        document["values"][name]["value"] = value
    return document


def test_signing_a_version_approves_what_it_holds(world: World):
    assert one("protocol:vitals_limits", "rr").state == "verify"
    sign_change(world, "vitals_limits", "two_sets_min", 3)
    rr = one("protocol:vitals_limits", "rr")
    assert (rr.state, rr.by_version, rr.approved_by) == ("approved", True, "Dev Anand, MD")
    withdraw_approval(
        fingerprints=[rr.value.fingerprint], note="Under review", by=world.medical_director, at=LATER
    )
    assert one("protocol:vitals_limits", "rr", at=LATER).state == "verify"


def test_an_approval_is_taken_back_with_a_reason_and_given_again(world: World):
    key = [one("protocol:cosign", "due_hours").value.fingerprint]
    approve(fingerprints=key, note="", by=world.medical_director, at=NOON)
    with pytest.raises(Stale, match="settled"):
        approve(fingerprints=key, note="", by=world.medical_director, at=NOON)
    with pytest.raises(Invalid, match="Say why"):
        withdraw_approval(fingerprints=key, note=" ", by=world.medical_director, at=NOON)
    withdraw_approval(fingerprints=key, note="Mistake", by=world.medical_director, at=NOON)
    assert one("protocol:cosign", "due_hours").state == "verify"
    assert "Approval taken back by Dev Anand, MD" in browser(world, "supervisor").get(PAGE).content.decode()
    approve(fingerprints=key, note="", by=world.medical_director, at=NOON)
    assert one("protocol:cosign", "due_hours").state == "approved"


def test_one_stale_tick_approves_none(world: World):
    good = one("protocol:cosign", "due_hours").value.fingerprint
    with pytest.raises(Stale):
        approve(fingerprints=[good, "0" * 64], note="", by=world.medical_director, at=NOON)
    with pytest.raises(Invalid, match="Nothing is ticked"):
        approve(fingerprints=[], note="", by=world.medical_director, at=NOON)
    assert not ValueVerdict.objects.exists()


def test_the_database_changes_no_verdict(world: World):
    approve(
        fingerprints=[one("protocol:cosign", "due_hours").value.fingerprint],
        note="",
        by=world.medical_director,
        at=NOON,
    )
    for change in (ValueVerdict.objects.all().delete, lambda: ValueVerdict.objects.update(note="x")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ({"tag": "GCK"}, lambda each: each.value.tag == "GCK"),
        ({"document": "protocol:cosign"}, lambda each: each.value.key == "cosign"),
        ({"state": "verify", "tag": "DEF"}, lambda each: each.state == "verify" and each.value.tag == "DEF"),
        ({"text": "respiratory"}, lambda each: "respiratory" in json.dumps(each.value.content).lower()
         or "respiratory" in f"{each.value.label} {each.value.lines} {each.value.note}".lower()),
    ],
)  # fmt: skip
def test_narrowing(world: World, asked: dict[str, str], holds):
    page = browser(world, "medical_director").get(PAGE, asked).content.decode()
    every = listed(NOON)
    shown = {each.value.fingerprint for each in every if each.value.fingerprint in page}
    assert shown == {each.value.fingerprint for each in every if holds(each)}
    assert shown


def test_nothing_found_says_so(world: World):
    assert "Nothing fits" in browser(world, "supervisor").get(PAGE, {"text": "zzzz"}).content.decode()


def test_the_list_prints(world: World):
    answer = browser(world, "medical_director").get("/protocols/values/print/", {"tag": "GCK"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_staff_see_verify_until_the_value_is_approved(world: World):
    def mark(at=NOON):
        with clock.fixed(at):
            return browser(world, "paramedic").get("/protocols/vitals_limits/").content.decode()

    assert 'alert"></use></svg> verify' in mark()
    pending = unverified("protocol", "vitals_limits", NOON)
    assert "Respiratory rate" in [each.value.label for each in pending]
    approve(
        fingerprints=[each.value.fingerprint for each in pending],
        note="",
        by=world.medical_director,
        at=NOON,
    )
    assert unverified("protocol", "vitals_limits", NOON) == []
    assert 'alert"></use></svg> verify' not in mark()


def test_the_tablet_marks_an_instrument_until_its_values_are_approved(world: World):
    response = world.response(by=world.paramedic, person=world.person())
    tablet = browser(world, "paramedic")
    address = f"/field/encounters/{response.pk}/forms/gad7/"
    assert "has not confirmed yet" in tablet.get(address).content.decode()
    approve(
        fingerprints=[each.value.fingerprint for each in unverified("instrument", "gad7", NOON)],
        note="",
        by=world.medical_director,
        at=NOON,
    )
    assert "has not confirmed yet" not in tablet.get(address).content.decode()
