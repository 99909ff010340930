"""Names that nobody bears: ordinary first names with their short forms, and family names put together from sounds."""

from random import Random
from typing import Final

FIRST: Final = {
    "female": [
        ("Elizabeth", "Liz"), ("Margaret", "Peggy"), ("Katherine", "Kate"), ("Patricia", "Patty"), ("Deborah", "Deb"),
        ("Susan", "Sue"), ("Rebecca", "Becky"), ("Jennifer", "Jen"), ("Victoria", "Vicky"), ("Theresa", "Terry"),
        ("Christina", "Tina"), ("Abigail", "Abby"), ("Samantha", "Sam"), ("Alejandra", "Ale"), ("Guadalupe", "Lupe"),
        ("Rosario", "Charo"), ("Latoya", "Toya"), ("Keisha", ""), ("Imani", ""), ("Thuy", ""), ("Mai", ""),
        ("Soraya", ""), ("Leila", ""), ("Ayasha", ""), ("Dena", ""), ("Joy", ""), ("Ruth", ""), ("Hazel", ""),
    ],
    "male": [
        ("Robert", "Bob"), ("William", "Bill"), ("James", "Jim"), ("Richard", "Rick"), ("Michael", "Mike"),
        ("Thomas", "Tom"), ("Joseph", "Joe"), ("Charles", "Chuck"), ("Edward", "Ed"), ("Daniel", "Dan"),
        ("Anthony", "Tony"), ("Lawrence", "Larry"), ("Francisco", "Paco"), ("Ignacio", "Nacho"), ("Jesus", "Chuy"),
        ("Demetrius", "Meechie"), ("Terrence", "Terry"), ("Jamal", ""), ("Malik", ""), ("Minh", ""), ("Duc", ""),
        ("Omar", ""), ("Yusuf", ""), ("Chayton", ""), ("Wade", ""), ("Clint", ""), ("Earl", ""), ("Roy", ""),
    ],
}  # fmt: skip
"""First names with the short form their bearers may go by; empty where there is none."""

_BEGIN = ["Bar", "Bel", "Cal", "Cor", "Dal", "Del", "Fen", "Gal", "Har", "Hol", "Jor", "Kel", "Lan", "Lor", "Mar", "Mel",
          "Nor", "Or", "Pel", "Quin", "Ral", "Sel", "Tal", "Thor", "Ul", "Val", "Wen", "Yar", "Zel", "Ash", "Brin", "Cres"]  # fmt: skip
_MIDDLE = ["", "a", "e", "i", "o", "an", "en", "in", "or", "ar", "el", "il"]
_END = ["beck", "brook", "dale", "don", "field", "ford", "gard", "ham", "hurst", "ley", "low", "man", "mere", "mont", "more",
        "ner", "quist", "rick", "ridge", "sen", "ser", "sted", "ton", "vane", "vik", "ward", "way", "well", "wick", "worth"]  # fmt: skip

STREETS: Final = ["Example", "Sample", "Specimen", "Pattern", "Model", "Placeholder", "Instance", "Mockingbird Rise",
                  "Invented", "Fictional", "Imaginary", "Nowhere"]  # fmt: skip
KINDS: Final = ["Street", "Avenue", "Drive", "Court", "Place", "Lane"]


def family_name(chance: Random) -> str:
    """One of some eleven thousand family names."""
    return chance.choice(_BEGIN) + chance.choice(_MIDDLE) + chance.choice(_END)


def address(chance: Random) -> str:
    """A house in a street that no city has."""
    return f"{chance.randint(1, 9900)} {chance.choice(STREETS)} {chance.choice(KINDS)}"


def misspelled(name: str, chance: Random) -> str:
    """The same name as somebody else may have heard it: two letters swapped, one dropped or one doubled."""
    at = chance.randrange(1, max(2, len(name) - 1))
    match chance.randrange(3):
        case 0:
            return name[:at] + name[at + 1 : at + 2] + name[at] + name[at + 2 :]
        case 1:
            return name[:at] + name[at + 1 :]
    return name[:at] + name[at] + name[at:]
