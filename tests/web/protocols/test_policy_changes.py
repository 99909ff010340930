"""Changing policy on a page: propose, see the differences, sign for now or later, withdraw, compare."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from lxml import html

from mih.audit.context import acting
from mih.core import clock
from mih.core.errors import Invalid, NotAllowed, Stale
from mih.protocols import selectors, services
from mih.protocols.models import Protocol
from mih.protocols.policy import Policy, default_document, default_keys
from mih.protocols.shape import document_problems, value_problems
from tests.world import NOON, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
LATER = NOON + timedelta(days=3)
CHANGE = "/protocols/cosign/change/"


@pytest.fixture(autouse=True)
def somebody_acts(world: World):
    with acting(world.medical_director):
        yield


def browser(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.staff[role])
    return client


def filled(client: Client, address: str) -> dict[str, Any]:
    """Every field of the change form as the page gives it, as a browser would send it back."""
    form = html.fromstring(client.get(address).content.decode()).xpath(
        "//main//form[.//textarea[@name='reason']]"
    )[0]
    return dict(form.form_values())


def field_of(client: Client, address: str, label: str) -> str:
    page = html.fromstring(client.get(address).content.decode())
    called = [
        (" ".join(each.itertext()).strip(), each.get("for")) for each in page.xpath("//main//form//label")
    ]
    for words, target in sorted(called, key=lambda one: one[0] != label):
        if label in words:
            return page.xpath(f"//*[@id='{target}']")[0].get("name")
    raise AssertionError(label)


def propose(world: World, by: str = "medical_director", key: str = "cosign", **values: Any) -> Protocol:
    document = default_document(key)
    for name, value in values.items():
        document["values"][name]["value"] = value
    return services.propose(key=key, document=document, by=world.staff[by], reason="Trial")


def due(at: Any) -> Any:
    return selectors.in_force("cosign", at)["due_hours"]


@pytest.mark.parametrize("key", default_keys())
def test_every_policy_has_its_form_and_sent_back_untouched_it_changes_nothing(world: World, key: str):
    client = browser(world, "medical_director")
    address = f"/protocols/{key}/change/"
    answer = client.post(address, filled(client, address) | {"reason": "None", "act": "propose"})
    assert answer.status_code == 400
    assert "Nothing is changed yet" in answer.content.decode()
    assert Protocol.objects.filter(key=key).count() == 1


def test_a_change_is_shown_before_it_is_proposed_and_signed_for_later(world: World):
    client = browser(world, "medical_director")
    given = filled(client, CHANGE) | {
        field_of(client, CHANGE, "Co-signature due within"): "12",
        "reason": "Interns doubled",
    }
    preview = client.post(CHANGE, given | {"act": "preview"}).content.decode()
    assert "<del>24</del>" in preview
    assert "<ins>12</ins>" in preview
    assert Protocol.objects.filter(key="cosign").count() == 1
    client.post(CHANGE, given | {"act": "propose", "rests_on": "Board rule 86"})
    row = Protocol.objects.get(key="cosign", number=2)
    assert (row.reason, row.created_by) == ("Interns doubled", world.medical_director)
    changed = selectors.numbered(row).values["due_hours"]
    assert (changed.value, changed.tag) == (12, "DEF")
    assert changed.source == "Board rule 86; before: clinical.md §10.2"
    assert type(changed.value) is int
    page = client.get("/protocols/cosign/2/").content.decode()
    assert "What this changes" in page
    assert due(LATER) == 24
    start = clock.local(LATER).strftime("%Y-%m-%dT%H:%M")
    done = client.post("/protocols/cosign/2/sign/", {"read": "on", "effective_from": start}, follow=True)
    assert "takes effect Fri, Jan 15, 12:00" in done.content.decode()
    assert (due(NOON), due(LATER - timedelta(seconds=1)), due(LATER)) == (24, 24, 12)
    assert "Version 2 takes effect" in client.get("/protocols/").content.decode()


def test_a_start_in_the_past_signs_nothing(world: World):
    propose(world, due_hours=12)
    start = clock.local(NOON - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    done = browser(world, "medical_director").post(
        "/protocols/cosign/2/sign/", {"read": "on", "effective_from": start}, follow=True
    )
    assert "cannot take effect in the past" in done.content.decode()
    assert Protocol.objects.get(key="cosign", number=2).signed_at is None


@pytest.mark.parametrize("role", ["programme_manager", "supervisor"])
def test_managers_and_supervisors_propose_and_sign_nothing(world: World, role: str):
    client = browser(world, role)
    given = filled(client, CHANGE) | {
        field_of(client, CHANGE, "Co-signature due within"): "12",
        "reason": "Why not",
    }
    client.post(CHANGE, given | {"act": "propose"})
    assert client.post("/protocols/cosign/2/sign/", {"read": "on"}).status_code == 403
    assert due(LATER) == 24
    assert "The medical director signs it" in client.get("/protocols/cosign/2/").content.decode()


@pytest.mark.parametrize("role", ["paramedic", "clinician", "privacy_officer", "administrator"])
def test_others_propose_nothing(world: World, role: str):
    client = browser(world, role)
    assert client.get(CHANGE).status_code == 403
    assert client.post(CHANGE, {"reason": "x"}).status_code == 403
    assert client.post("/protocols/cosign/1/withdraw/", {"reason": "x"}).status_code == 403
    if role != "administrator":
        assert "Propose a change" not in client.get("/protocols/cosign/").content.decode()


@pytest.mark.parametrize(
    ("key", "label", "typed", "sentence"),
    [
        ("cosign", "Co-signature due within", "soon", "Write a number"),
        ("cosign", "Co-signature due within", "-4", "cannot be below zero"),
        ("cosign", "Co-signature due within", "", "must be a number"),
        ("cosign", "Roles that may co-sign", "clinician\nboss", "it can be peer"),
        ("contact_hours", "earliest", "8 in the morning", "must be a time such as 08:00"),
        ("unreachable", "blocks", "[[", "This cannot be read as JSON in line 1"),
        ("unreachable", "blocks", '{"a": 1}', "must be a list, not a table"),
        ("buprenorphine", "Reassessment window", "60, 30", "two numbers, the lower first"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(
    world: World, key: str, label: str, typed: str, sentence: str
):
    client = browser(world, "medical_director")
    address = f"/protocols/{key}/change/"
    name = field_of(client, address, label)
    answer = client.post(
        address, filled(client, address) | {name: typed, "reason": "A trial", "act": "propose"}
    )
    page = html.fromstring(answer.content.decode())
    assert answer.status_code == 400
    assert sentence in " ".join(page.xpath("//main")[0].text_content().split())
    box = page.xpath(f"//*[@name='{name}']")[0]
    assert (box.value or "").strip() == typed
    assert page.xpath("//textarea[@name='reason']")[0].value.strip() == "A trial"
    assert Protocol.objects.filter(key=key).count() == 1


@pytest.mark.parametrize(
    ("key", "name", "spoiled"),
    [
        ("alarms", "CSSRS_HIGH", {"level": "pink"}),
        ("alarms", "CSSRS_HIGH", {"blocks_signing": "maybe"}),
        ("alarms", "CSSRS_HIGH", {"colour": "red"}),
        ("role_matrix", "vitals", {"peer": ["X"]}),
        ("role_matrix", "vitals", {"boss": ["R"]}),
        ("vitals_limits", "sbp", {"hard": [300, 30]}),
        ("vitals_limits", "sbp", {"warn": [10, 180]}),
        ("vitals_limits", "sbp", {"critical": {"at_or_below": "low"}}),
        ("followup_cadence", "OD1", {"opens": 100}),
        ("dispositions", "left_scene", {"group": 4}),
    ],
)
def test_the_shape_is_learned_from_the_shipped_policy(
    world: World, key: str, name: str, spoiled: dict[str, Any]
):
    value = default_document(key)["values"][name]["value"]
    assert value_problems(key, name, value) == []
    assert value_problems(key, name, value | spoiled)
    with pytest.raises(Invalid):
        propose(world, key=key, **{name: value | spoiled})


@pytest.mark.parametrize("key", default_keys())
def test_every_shipped_policy_has_the_shape_it_teaches(key: str):
    assert (
        document_problems(key, {name: value.value for name, value in Policy.default(key).values.items()})
        == []
    )


def test_limits_that_cross_are_refused_together():
    wrong = {name: value.value for name, value in Policy.default("contact_hours").values.items()} | {
        "latest": "07:00"
    }
    assert document_problems("contact_hours", wrong) == ["earliest is more than latest."]


def test_somebody_elses_version_in_between_is_not_overwritten(world: World):
    client = browser(world, "medical_director")
    given = filled(client, CHANGE) | {
        field_of(client, CHANGE, "Co-signature due within"): "12",
        "reason": "Mine",
    }
    services.sign(protocol=propose(world, due_hours=36), by=world.medical_director, at=NOON)
    answer = client.post(CHANGE, given | {"act": "propose"})
    assert "Another version has come into force" in answer.content.decode()
    assert Protocol.objects.filter(key="cosign").count() == 2


def test_withdrawing_a_future_version_lets_the_one_before_go_on(world: World):
    row = services.sign(
        protocol=propose(world, due_hours=12), by=world.medical_director, at=NOON, effective_from=LATER
    )
    assert Protocol.objects.get(key="cosign", number=1).effective_to == LATER
    client = browser(world, "medical_director")
    assert (
        "Say why"
        in client.post(
            f"/protocols/cosign/{row.number}/withdraw/", {"reason": " "}, follow=True
        ).content.decode()
    )
    client.post(f"/protocols/cosign/{row.number}/withdraw/", {"reason": "Too short for nights"})
    assert due(LATER) == 24
    assert Protocol.objects.get(key="cosign", number=1).effective_to is None
    page = client.get("/protocols/cosign/2/").content.decode()
    assert "Withdrawn" in page
    assert "Too short for nights" in page
    with pytest.raises(Stale, match="withdrawn"):
        services.sign(protocol=row, by=world.medical_director, at=NOON)
    with pytest.raises(Stale, match="withdrawn already"):
        services.withdraw(protocol=row, by=world.medical_director, at=NOON, reason="Again")


def test_what_has_taken_effect_is_never_withdrawn(world: World):
    row = services.sign(
        protocol=propose(world, due_hours=12), by=world.medical_director, at=NOON, effective_from=LATER
    )
    with pytest.raises(Stale, match="has taken effect"):
        services.withdraw(protocol=row, by=world.medical_director, at=LATER, reason="Late")
    assert due(LATER) == 12


def test_who_may_withdraw(world: World):
    mine = propose(world, by="supervisor", due_hours=12)
    with pytest.raises(NotAllowed):
        services.withdraw(protocol=mine, by=world.programme_manager, at=NOON, reason="Not mine")
    services.withdraw(protocol=mine, by=world.supervisor, at=NOON, reason="Second thoughts")
    signed = services.sign(
        protocol=propose(world, by="supervisor", due_hours=13),
        by=world.medical_director,
        at=NOON,
        effective_from=LATER,
    )
    with pytest.raises(NotAllowed):
        services.withdraw(protocol=signed, by=world.supervisor, at=NOON, reason="Signed by another")


def test_versions_stand_one_after_another_whatever_order_they_were_signed_in(world: World):
    md = world.medical_director
    services.sign(protocol=propose(world, due_hours=12), by=md, at=NOON, effective_from=LATER)
    services.sign(protocol=propose(world, due_hours=36), by=md, at=NOON)
    assert [due(at) for at in (NOON - timedelta(seconds=1), NOON, LATER - timedelta(seconds=1), LATER)] == [
        24,
        36,
        36,
        12,
    ]
    ends = dict(Protocol.objects.filter(key="cosign").values_list("number", "effective_to"))
    assert ends == {1: NOON, 2: None, 3: LATER}


def test_an_encounter_keeps_the_policies_it_began_under(world: World):
    response = world.response()
    services.sign(protocol=propose(world, due_hours=12), by=world.medical_director, at=NOON)
    assert selectors.pinned(response.pinned)["cosign"]["due_hours"] == 24


def test_a_version_in_force_without_signature_is_signed_as_it_stands(world: World):
    row = Protocol.objects.get(key="cosign", number=1)
    with pytest.raises(Invalid, match="has a date already"):
        services.sign(protocol=row, by=world.medical_director, at=NOON, effective_from=LATER)
    began = row.effective_from
    browser(world, "medical_director").post("/protocols/cosign/1/sign/", {"read": "on"})
    row.refresh_from_db()
    assert (row.signed_by, row.effective_from) == (world.medical_director, began)


def test_comparing_any_two_versions(world: World):
    propose(world, due_hours=12)
    propose(world, cosigner_roles=["supervisor"])
    client = browser(world, "paramedic")
    page = client.get("/protocols/cosign/compare/", {"from": 1, "to": 2}).content.decode()
    assert "<ins>12</ins>" in page
    page = client.get("/protocols/cosign/compare/", {"from": 2, "to": 3}).content.decode()
    assert "<del>12</del>" in page
    assert "<del>clinician</del>" in page
    assert "<del>supervisor</del>" not in page
    assert "No difference" in client.get("/protocols/cosign/compare/", {"from": 2, "to": 2}).content.decode()
    assert client.get("/protocols/cosign/compare/", {"from": 1, "to": 99}).status_code == 404
    assert client.get("/protocols/weather/compare/").status_code == 404


def test_a_limit_of_the_vital_signs_is_changed_in_plain_fields(world: World):
    client = browser(world, "medical_director")
    address = "/protocols/vitals_limits/change/"
    page = html.fromstring(client.get(address).content.decode())
    block = next(
        each for each in page.xpath("//details") if "Respiratory rate" in each.xpath("string(summary)")
    )
    names = {
        label.text_content().strip(): page.get_element_by_id(label.get("for")).get("name")
        for label in block.xpath(".//label")
    }
    typed = {names["warn"]: "12, ", names["critical, at or below"]: "9"}
    answer = client.post(address, filled(client, address) | typed | {"reason": "Local", "act": "propose"})
    assert answer.status_code == 302, html.fromstring(answer.content.decode()).xpath("string(//main)")
    new = selectors.numbered(Protocol.objects.get(key="vitals_limits", number=2))["rr"]
    before = Policy.default("vitals_limits")["rr"]
    assert new == before | {"warn": [12, None], "critical": before["critical"] | {"at_or_below": 9}}


def test_values_stand_in_the_order_of_the_shipped_policy(world: World):
    assert list(selectors.in_force("vitals_limits", NOON)) == list(Policy.default("vitals_limits"))
