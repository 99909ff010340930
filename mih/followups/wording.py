"""Neutral wording: a message read or heard by somebody else must not tell them why we called (clinical.md
§7.5).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mih.core.errors import NotAllowed
from mih.followups.cadence import PolicyValues
from mih.followups.permissions import Voicemail

_FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True)
class Wording:
    """Texts by language, and what no text may hold; from the `contact_wording` policy."""

    forbidden: tuple[str, ...]
    sms_max_chars: int
    opt_out_phrases: tuple[str, ...]
    name_only: Mapping[str, str]
    generic: Mapping[str, str]
    check_in: Mapping[str, str]

    @classmethod
    def from_policy(cls, policy: PolicyValues) -> "Wording":
        return cls(
            forbidden=(*policy["forbidden_words"], *policy["further_forbidden_words"]),
            sms_max_chars=policy["sms_max_chars"],
            opt_out_phrases=tuple(policy["opt_out_phrases"]),
            name_only=policy["voicemail_name_only"],
            generic=policy["voicemail_generic"],
            check_in=policy["sms_check_in"],
        )


def voicemail_text(
    allowed: Voicemail, wording: Wording, *, caller: str, number: str, sender: str, language: str = "en"
) -> str:
    """What to say on the machine. With `name_only` the caller's first name and the number to call back are
    all.

    Raises NotAllowed when no voicemail may be left.
    """
    if allowed is Voicemail.NONE:
        sentence = "This person does not want voicemail. Hang up without a message and try again later."
        raise NotAllowed(sentence, code="voicemail_not_permitted")
    texts = wording.name_only if allowed is Voicemail.NAME_ONLY else wording.generic
    return _in(texts, language).format(caller=_first_name(caller), number=number, sender=sender)


def sms_text(wording: Wording, *, caller: str, number: str, sender: str, language: str = "en") -> str:
    """The neutral text asking the person to call; lint it with the names of this person's services before
    sending.
    """
    return _in(wording.check_in, language).format(caller=_first_name(caller), number=number, sender=sender)


def lint_sms(body: str, sender: str, forbidden: Iterable[str], wording: Wording) -> list[str]:
    """What is wrong with a text message, one sentence each; empty when it may go out.

    `forbidden` adds the names of clinics, providers and teams that must not appear, and the person's own
    words to avoid, to those of the policy.
    """
    plain = _plain(body)
    faults = []
    if len(body) > wording.sms_max_chars:
        faults.append(f"The text has {len(body)} characters; shorten it to {wording.sms_max_chars}.")
    if not sender.strip() or _plain(sender) not in plain:
        faults.append("Name the sender, so that the person knows who is writing.")
    if not any(_plain(phrase) in plain for phrase in wording.opt_out_phrases):
        faults.append(f"Tell the person how to stop these texts: “{wording.opt_out_phrases[0]} to opt out.”")
    return faults + lint_words(body, forbidden, wording)


def lint_words(text: str, forbidden: Iterable[str], wording: Wording) -> list[str]:
    """A sentence for each word in `text` that could reveal why the person is contacted.

    The policy's words are found at the start of any word ("drug" in "drugs"), names only whole.
    """
    plain = _plain(text)
    patterns = [
        *(rf"\b{re.escape(_plain(word))}\w*" for word in wording.forbidden),
        *(rf"\b{re.escape(_plain(name))}(?!\w)" for name in forbidden if name.strip()),
    ]
    found = [match.group() for pattern in patterns if (match := re.search(pattern, plain))]
    return [
        f"Leave out “{word}”: it could tell others why this person is contacted."
        for word in dict.fromkeys(found)
    ]


def _plain(text: str) -> str:
    """Lower case, without accents, hyphens or doubled spaces: the form in which words are compared."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(
        c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) not in {"Pd", "Cf"}
    )
    return " ".join(letters.split())


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language.split("-")[0].lower(), texts[_FALLBACK_LANGUAGE])


def _first_name(caller: str) -> str:
    return caller.split()[0]
