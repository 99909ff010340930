import json

import pytest

from mih.protocols.policy import (
    DocumentError,
    Policy,
    default_document,
    default_keys,
    problems,
    shape_problems,
)

OWN = [
    "alarms", "buprenorphine", "cosign", "dispositions", "gates", "naloxone", "role_matrix", "safety_plan", "triggers",
    "vitals_limits",
]  # fmt: skip


def test_every_policy_is_shipped():
    assert set(OWN) <= set(default_keys())


@pytest.mark.parametrize("key", default_keys())
def test_a_shipped_policy_reads_and_names_its_sources(key):
    policy = Policy.default(key)
    assert policy.key == key
    assert policy.version >= 1
    assert not policy.signed
    assert all(value.source and value.tag for value in policy.values.values())


@pytest.mark.parametrize("key", OWN)
def test_every_value_has_a_label_a_reader_understands(key):
    assert [name for name, value in Policy.default(key).values.items() if not value.label] == []


def test_only_a_signed_policy_that_needs_a_signature_is_in_use():
    assert not Policy.default("buprenorphine").in_use
    assert Policy.default("buprenorphine", signed=True).in_use
    assert Policy.default("naloxone").in_use


def test_a_name_the_policy_does_not_hold_is_an_error_that_names_both():
    with pytest.raises(KeyError, match="buprenorphine version 1 holds no value 'cows_minimum'"):
        Policy.default("buprenorphine")["cows_minimum"]


def test_changing_a_value_leaves_the_first_policy_as_it_was():
    policy = Policy.default("buprenorphine")
    assert policy.changed(cows_min=13)["cows_min"] == 13
    assert policy["cows_min"] == 8
    with pytest.raises(KeyError):
        policy.changed(cows_minimum=13)


def test_what_a_rule_does_to_a_value_it_read_does_not_reach_the_policy():
    policy = Policy.default("buprenorphine")
    policy["allowed_first_doses_mg"].append(64)
    assert 64 not in policy["allowed_first_doses_mg"]
    assert 64 not in Policy.default("buprenorphine")["allowed_first_doses_mg"]


def test_an_older_version_is_completed_from_the_shipped_one_and_says_so():
    document = default_document("cosign")
    del document["values"]["due_hours"]
    old = Policy.from_document(document)
    full = old.completed_from(Policy.default("cosign"))
    assert full["due_hours"] == 24
    assert full.added == {"due_hours"}
    assert Policy.default("cosign").completed_from(old).added == frozenset()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.pop("key"), "A policy needs key."),
        (lambda d: d.update(version=0), "version"),
        (lambda d: d.update(version=True), "version"),
        (lambda d: d.update(needs_signature="yes"), "signature"),
        (lambda d: d["values"]["due_hours"].pop("value"), "due_hours: a value is missing."),
        (lambda d: d["values"]["due_hours"].update(tag="hearsay"), "due_hours: the tag"),
        (lambda d: d["values"]["due_hours"].update(source=""), "due_hours: the source is missing."),
    ],
)
def test_a_spoilt_document_is_refused_with_what_is_wrong(spoil, sentence):
    document = default_document("cosign")
    assert problems(document) == []
    spoil(document)
    assert any(sentence in problem for problem in problems(document))
    with pytest.raises(DocumentError):
        Policy.from_document(document)


def test_a_change_of_kind_or_of_names_is_noticed():
    pattern = default_document("cosign")
    document = default_document("cosign")
    assert shape_problems(document, pattern) == []
    document["values"]["due_hours"]["value"] = "twenty-four"
    document["values"]["due_hour"] = document["values"].pop("cosigner_roles")
    assert set(shape_problems(document, pattern)) == {
        "due_hours must be a number, not text.",
        "due_hour is not a value of this policy.",
        "cosigner_roles is missing.",
    }


def test_marks_tell_a_reader_what_to_verify():
    values = Policy.default("buprenorphine").values
    assert values["max_day1_mg"].mark == "verify"
    assert values["precip_cows_rise"].mark == "programme default"
    assert values["cows_min"].mark == "published source S69"


def test_documents_are_plain_json():
    for key in default_keys():
        assert json.loads(json.dumps(default_document(key))) == default_document(key)
