"""Words as the search compares them."""

import re
import unicodedata
from datetime import date
from itertools import combinations

_MARKS = re.compile("[\u0300-\u036f'’]")
_WORD = re.compile(r"[^\W_]+")
_PLAIN = str.maketrans("đĐøØłŁ", "dDoOlL")
MOST = 6
"""Words of a search that count; whoever types more is pasting a text."""
HEAD = 7


def words(text: str) -> list[str]:
    """The words of `text` in capitals without accents and apostrophes, as `people_words` in the database gives them."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(_PLAIN)
    return _WORD.findall(plain.upper())


def remains(word: str) -> list[str]:
    """What is left of the first seven letters without none, one or two of them, as `people_near` gives them."""
    head = word[:HEAD]
    found = {head}
    for gone in (1, 2):
        for kept in combinations(head, max(0, len(head) - gone)):
            found.add("".join(kept))
    return sorted(found)


def apart(one: str, other: str, most: int = 2) -> int:
    """Typing errors between two words: letters missing, added, wrong, or two swapped. More than `most` gives `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    # Where both begin or end alike there is no error; most pairs that are compared differ by a letter or two.
    begin, ends = 0, min(len(one), len(other))
    while begin < ends and one[begin] == other[begin]:
        begin += 1
    end = 0
    while end < ends - begin and one[-1 - end] == other[-1 - end]:
        end += 1
    one, other = one[begin : len(one) - end], other[begin : len(other) - end]
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(before) > most:
            return most + 1
    return min(row[-1], most + 1)


def born(text: str) -> date | None:
    """The day that `text` names as YYYY-MM-DD or MM/DD/YYYY; None for anything else."""
    parts = text.strip().replace("/", "-").split("-")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        return None
    year, month, day = parts if len(parts[0]) == 4 else (parts[2], parts[0], parts[1])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
