"""Carrying out a search: one statement over ranges of one index, and one more where a name may be misspelled."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from mih.core.gather import rows_of
from mih.people.finding.probes import END, Probe, misspelled, probes
from mih.people.finding.words import MOST, apart, remains, words
from mih.people.models import Person

Hit = tuple[int, str, UUID]
"""Place of the range that found somebody, the key in it, and whom: the order of results."""
NOBODY = UUID(int=0)

_IN_RANGES = """
SELECT r.n, h.key, h.person_id
FROM unnest(%s::int[], %s::text[], %s::text[], %s::uuid[], %s::text[], %s::int[], %s::text[])
     AS r(n, kind, above, later, below, most, others)
CROSS JOIN LATERAL (
    SELECT s.key, s.person_id
    FROM (SELECT k.key, k.person_id FROM people_findkey k
          WHERE k.is_practice = %s AND k.kind = r.kind AND (k.key, k.person_id) > (r.above COLLATE "C", r.later)
                AND k.key < r.below COLLATE "C"
          ORDER BY k.key, k.person_id LIMIT r.most) s
    WHERE s.key LIKE ALL (string_to_array(r.others, '|')) AND {seen}
    ORDER BY s.key, s.person_id LIMIT %s) h
LIMIT %s
"""
_ALLOWED = "(SELECT true FROM ({seen}) v(id) WHERE v.id = s.person_id)"
_NEAR = """
SELECT * FROM ({ranges}) found UNION ALL SELECT -1, people_words_near(%s), NULL LIMIT %s
"""
"""The names near what was typed come along, should the ranges leave room: the database goes no further than it must."""
_KEYS = "SELECT s.person_id, s.kind, s.key FROM people_findkey s WHERE s.person_id = ANY (%s)"


def find(
    people: QuerySet[Person], text: str, *, practice: bool, limit: int, after: UUID | None = None
) -> list[UUID]:
    """Whom of `people` the text may mean, best first, at most `limit`, going on after the person `after`.

    `practice` says which of the two worlds `people` are of. Each person is given once over all pages. Every page costs
    the same: none is counted off from the first.
    """
    sure = probes(text)
    if not sure:
        return []
    search = _Search(people, practice, deep=after is not None)
    letters = _letters(text)
    begun = search.place(after, sure) if after else None
    found: list[UUID] = []
    if after is None or begun:
        found = search.page(sure, begun, limit=limit, near=letters)
    if len(found) == limit or not letters:
        return found
    meant = _meant(text, search.near(letters))
    guessed = [probe for probe in misspelled(text, meant) if not any(other.covers(probe) for other in sure)]
    if not guessed:
        return found
    ranges = sure + guessed
    if after and begun is None:
        begun = search.place(after, ranges)
        if begun is None:
            return []
    begun = begun if begun and begun[0] >= len(sure) else None
    return found + search.page(ranges, begun, limit=limit - len(found), first=len(sure), but=found)


class _Search:
    """One search among `people`. `deep` says that earlier pages have shown somebody already."""

    def __init__(self, people: QuerySet[Person], practice: bool, *, deep: bool) -> None:
        self.people = people
        self.practice = practice
        self.deep = deep
        self._near: list[str] | None = None

    def place(self, whom: UUID, ranges: Sequence[Probe]) -> Hit | None:
        """Where that one is found first of all. None for whoever is in none of the ranges, and for somebody hidden from the
        reader: what comes after them would tell their name."""
        seen = self._seen()
        if seen is None:
            return None
        sql, params = seen
        return _best(rows_of(f"{_KEYS} AND {sql}", [[whom], *params]), ranges).get(whom)

    def page(
        self,
        ranges: Sequence[Probe],
        begun: Hit | None,
        *,
        limit: int,
        first: int = 0,
        near: Sequence[str] = (),
        but: Sequence[UUID] = (),
    ) -> list[UUID]:
        """The next people of these ranges from that at `first` on, each where they are found first of all."""
        found: dict[UUID, None] = {}
        while True:
            most = 2 * limit
            hits = self._hits(ranges, begun, most=most, first=first, near=near)
            best = _best(_keys_of(hits), ranges) if self.deep and hits else {}
            for hit in hits:
                if best.get(hit[2], hit) >= hit and len(found) < limit and hit[2] not in but:
                    found.setdefault(hit[2])
            if len(found) >= limit or len(hits) < most:
                return list(found)
            begun, self.deep = hits[-1], True

    def near(self, letters: Sequence[str]) -> list[str]:
        """Words of people's names that have one of these remains in common with what was typed."""
        if self._near is None:
            ((near,),) = rows_of("SELECT people_words_near(%s)", [list(letters)])
            self._near = near.split()
        return self._near

    def _hits(
        self, ranges: Sequence[Probe], begun: Hit | None, *, most: int, first: int, near: Sequence[str]
    ) -> list[Hit]:
        asked = list(enumerate(ranges))[max(first, begun[0] if begun else 0) :]
        seen = self._seen()
        if seen is None:
            return []
        goes_on = {begun[0]: begun[1:]} if begun else {}
        starts = [goes_on.get(n, (probe.begins, NOBODY)) for n, probe in asked]
        columns = [
            [n for n, _ in asked],
            [probe.kind for _, probe in asked],
            [above for above, _ in starts],
            [later for _, later in starts],
            [probe.begins + END for _, probe in asked],
            [probe.scanned or most for _, probe in asked],
            ["|".join(f"% {word}%" for word in probe.having) or "%" for _, probe in asked],
        ]
        allowed, seen_params = seen
        sql, params = _IN_RANGES.format(seen=allowed), [*columns, self.practice, *seen_params, most, most]
        if near:
            sql, params = _NEAR.format(ranges=sql), [*params, near, most]
        rows = rows_of(sql, params)
        if near and rows and rows[-1][0] == -1:
            self._near = rows.pop()[1].split()
        return sorted(rows)

    def _seen(self) -> tuple[str, tuple[Any, ...]] | None:
        """The condition that the reader may see whose key `s` is, with its values; None when they may see nobody."""
        try:
            seen, params = self.people.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return None
        # A question about each row found, never a join: these few are to be looked up, and nobody else gathered.
        return _ALLOWED.format(seen=seen), params


def _keys_of(hits: Sequence[Hit]) -> list[tuple[Any, ...]]:
    """Every key of those found."""
    return rows_of(_KEYS, [list({pk for _, _, pk in hits})])


def _best(keys: Sequence[tuple[Any, ...]], ranges: Sequence[Probe]) -> dict[UUID, Hit]:
    """Of each person in `keys` where they are found first of all."""
    found: dict[UUID, Hit] = {}
    for pk, kind, key in keys:
        for n, probe in enumerate(ranges):
            if probe.finds(kind, key):
                found[pk] = min(found.get(pk, (n, key, pk)), (n, key, pk))
                break
    return found


def _letters(text: str) -> list[str]:
    """What is left of the words that may be misspelled names."""
    return sorted({each for word in _guessable(text) for each in remains(word)})


def _guessable(text: str) -> list[str]:
    return [word for word in dict.fromkeys(words(text)[:MOST]) if len(word) > 2 and not word.isdecimal()]


def _meant(text: str, known: Sequence[str]) -> dict[str, list[str]]:
    """For each word that has letters enough, those of `known` at most two typing errors from it, nearest first."""
    found = {}
    for word in _guessable(text):
        most = 1 if len(word) < 5 else 2
        near = sorted((distance, other) for other in known if (distance := apart(word, other, most)) <= most)
        found[word] = [other for _, other in near]
    return found
