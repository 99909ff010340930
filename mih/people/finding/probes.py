"""From what was typed to ranges of the index of keys, likeliest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from mih.people.finding.nicknames import ALSO
from mih.people.finding.words import MOST, born, words

END: Final = chr(0x10FFFF)
"""Sorts after every letter."""
SCANNED: Final = 1_500
"""Keys looked through where only the first of several words bounds the range."""
OTHERS: Final = 12
"""Other names tried for a nickname or a misspelling."""


@dataclass(frozen=True)
class Probe:
    """All keys of one kind that begin with `begins` and have each of `having` somewhere after a space."""

    kind: str
    begins: str
    having: tuple[str, ...] = ()

    @property
    def scanned(self) -> int | None:
        """How many keys of the range are looked through; None for all that are asked for."""
        return SCANNED if self.having else None

    def finds(self, kind: str, key: str) -> bool:
        """Whether this key is in the range."""
        return (
            kind == self.kind
            and key.startswith(self.begins)
            and all(f" {each}" in key for each in self.having)
        )

    def covers(self, other: "Probe") -> bool:
        """Whether everybody in the other range is in this one."""
        return not self.having and self.kind == other.kind and other.begins.startswith(self.begins)


def probes(text: str) -> list[Probe]:
    """The ranges in which those are whom `text` names rightly, or by another form of the name; the best first."""
    return list(dict.fromkeys(_probes(text)))


def _probes(text: str) -> Iterator[Probe]:
    day = born(text)
    if day:
        yield Probe("b", f"{day:%Y-%m-%d} ")
        return
    said = words(text)[:MOST]
    digits = "".join(said)
    if not said:
        return
    if digits.isdecimal() and len(digits) >= 4:
        yield Probe("p", digits[-10:][::-1])
    typed = " ".join(said)
    yield from _orders("n", said)
    yield from islice(_by_another_name(said), OTHERS)
    yield from _orders("a", said)
    yield Probe("c", typed)
    yield from _scattered("n", said)
    yield from _scattered("a", said)
    yield Probe("w", typed)
    yield Probe("d", typed)
    yield from _scattered("d", said)
    yield from _scattered("w", said)


def _orders(kind: str, said: Sequence[str]) -> Iterator[Probe]:
    """The words as typed, and each later one first: the last word typed may be half a word."""
    yield Probe(kind, " ".join(said))
    for i in range(1, len(said)):
        yield Probe(kind, " ".join((*said[i:], *said[:i])))


def _by_another_name(said: Sequence[str]) -> Iterator[Probe]:
    if len(said) == 1:
        for other in ALSO.get(said[0], ()):
            yield Probe("n", f"{other} ")
        return
    for i, word in enumerate(said):
        for other in ALSO.get(word, ()):
            yield Probe("n", " ".join((other, *said[i + 1 :], *said[:i])))
    if said[-1] in ALSO:
        for other in ALSO[said[-1]]:
            yield Probe("n", " ".join((*said[:-1], other)) + " ")


def _scattered(kind: str, said: Sequence[str]) -> Iterator[Probe]:
    """Several beginnings of words in any order and place, found by the longest of them."""
    if len(said) > 1:
        longest = max(said, key=len)
        rest = list(said)
        rest.remove(longest)
        yield Probe(kind, longest, tuple(rest))


def misspelled(text: str, meant: Mapping[str, Sequence[str]]) -> list[Probe]:
    """The ranges in which those are whom `text` may mean if its words are misspelled.

    `meant` gives for each word of it the words that somebody bears, nearest first.
    """
    said = words(text)[:MOST]
    if not said or not any(meant.get(word) for word in said):
        return []
    # Several words have fewer choices each: six with twelve would be three million combinations.
    each_has = min(OTHERS, int(OTHERS ** (2 / len(said))))
    choices = [list(meant.get(word) or ())[:each_has] or [word] for word in said]
    # The nearest of each word together come first.
    places = sorted(product(*(range(len(each)) for each in choices)), key=lambda at: (sum(at), at))
    return [
        Probe(kind, " ".join(each[i] for each, i in zip(choices, at, strict=True)) + " ")
        for at in places[: 3 * OTHERS]
        for kind in ("n", "a")
    ]
