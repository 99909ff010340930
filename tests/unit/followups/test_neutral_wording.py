import pytest

from mih.core.errors import NotAllowed
from mih.followups.permissions import Voicemail
from mih.followups.wording import lint_sms, lint_words, sms_text, voicemail_text

CALLER = {"caller": "Nia Brooks", "number": "405-555-0100", "sender": "OKC Community Team"}
SERVICES = ["MAT clinic M", "CMHC C", "Alternative Response Team"]
GOOD = "OKC Community Team: Hello, this is Nia. Please call 405-555-0100. Reply STOP to opt out."


def test_name_only_voicemail_holds_a_first_name_and_a_number(wording):
    text = voicemail_text(Voicemail.NAME_ONLY, wording, **CALLER)
    assert text == "This is Nia. Please call me back at 405-555-0100."
    assert "Habla Nia" in voicemail_text(Voicemail.NAME_ONLY, wording, language="es-MX", **CALLER)


def test_generic_voicemail_names_the_neutral_sender(wording):
    assert "OKC Community Team" in voicemail_text(Voicemail.GENERIC, wording, **CALLER)


def test_no_voicemail_is_refused_with_what_to_do(wording):
    with pytest.raises(NotAllowed) as refusal:
        voicemail_text(Voicemail.NONE, wording, **CALLER)
    assert "Hang up" in refusal.value.sentence


@pytest.mark.parametrize("language", ["en", "es", "vi"])
def test_own_texts_pass_their_own_lint(wording, language):
    body = sms_text(wording, language=language, **CALLER)
    assert lint_sms(body, CALLER["sender"], SERVICES, wording) == []
    for allowed in (Voicemail.NAME_ONLY, Voicemail.GENERIC):
        assert (
            lint_words(voicemail_text(allowed, wording, language=language, **CALLER), SERVICES, wording) == []
        )


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (GOOD + " " * 80 + "x", "160"),
        (GOOD.replace("OKC Community Team: ", ""), "Name the sender"),
        (GOOD.replace(" Reply STOP to opt out.", ""), "how to stop"),
        (GOOD.replace("Hello", "After your Overdose"), "overdose"),
        (GOOD.replace("Hello", "After your over-dose"), "overdose"),
        (GOOD.replace("Hello", "About drugs"), "drugs"),
        (GOOD.replace("Hello", "About your suicidal thoughts"), "suicidal"),
        (GOOD.replace("Hello", "Sobre su recuperación"), "recuperacion"),
        (GOOD.replace("Hello", "Your visit at  MAT Clinic M"), "mat clinic m"),
    ],
)
def test_each_fault_has_its_sentence_and_the_plain_text_has_none(wording, body, fault):
    assert lint_sms(GOOD, CALLER["sender"], SERVICES, wording) == []
    faults = lint_sms(body, CALLER["sender"], SERVICES, wording)
    assert any(fault in sentence for sentence in faults)


def test_sender_that_reveals_the_reason_is_not_neutral(wording):
    body = GOOD.replace("OKC Community Team", "Crisis Response Team")
    assert lint_sms(body, "Crisis Response Team", [], wording)


def test_words_inside_other_words_and_names_inside_names_are_left_alone(wording):
    assert lint_words("The environmental office, room C", ["CMHC", "Art"], wording) == []
    assert lint_words("Meet at the party", ["Art"], wording) == []


@pytest.mark.parametrize(
    "word",
    [
        "overdose",
        "naloxone",
        "Narcan",
        "Suboxone",
        "buprenorphine",
        "suicide",
        "mental",
        "drug",
        "crisis",
        "recovery",
        "treatment",
    ],
)
def test_every_word_of_the_rule_is_caught(wording, word):
    assert lint_words(f"It is about {word}.", [], wording)
