"""The functions by which the database keeps what the search box looks into."""

from typing import Final

import pgtrigger

WORDS: Final = r"""
CREATE OR REPLACE FUNCTION people_words(said text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(array_agg(word ORDER BY n) FILTER (WHERE word <> '' AND n <= 12), '{}')
FROM regexp_split_to_table(
    upper(translate(regexp_replace(normalize(said, NFKD), '[\u0300-\u036f''’]', '', 'g'), 'đĐøØłŁ', 'dDoOlL')),
    '[^[:alnum:]]+') WITH ORDINALITY each(word, n)
$$
"""
"""The words of a text, in capitals without accents; `mih.people.finding.words` says the same in Python."""

NEAR: Final = """
CREATE OR REPLACE FUNCTION people_near(word text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT array_agg(DISTINCT left(head, greatest(i - 1, 0)) || substr(left(head, j - 1), i + 1) || substr(head, j + 1))
FROM (SELECT left(word, 7) AS head) h, generate_series(0, length(head)) i, generate_series(i + 1, length(head) + 1) j
$$
"""
"""What is left of a word's first seven letters without none, one or two of them."""

KEYS: Final = """
CREATE OR REPLACE FUNCTION people_keys(whom uuid[])
RETURNS TABLE (person_id uuid, is_practice boolean, kind text, key text) LANGUAGE sql STABLE AS $$
WITH who AS MATERIALIZED (
    SELECT p.*, people_words(first_name) || people_words(last_name) AS named, people_words(preferred_name) AS goes_by,
           people_words(last_name) AS family, people_words(last_name) || people_words(first_name) AS listed
    FROM people_person p WHERE id = ANY (whom)
), said (person, practice, kind, words) AS (
    SELECT id, is_practice, 'n', named FROM who
    UNION SELECT id, is_practice, 'n', goes_by || family FROM who WHERE goes_by <> '{}'
    UNION SELECT who.id, who.is_practice, 'a', people_words(a.name) FROM who JOIN people_alias a ON a.person_id = who.id
    UNION SELECT id, is_practice, 'd', people_words(distinguishing) FROM who WHERE distinguishing <> ''
    UNION SELECT id, is_practice, 'w', people_words(address) FROM who WHERE address <> ''
    UNION SELECT id, is_practice, 'w', people_words(place_note) FROM who WHERE place_note <> ''
    UNION SELECT id, is_practice, 'w', people_words(postal_code) FROM who WHERE postal_code <> ''
)
SELECT person, practice, kind, left(array_to_string(words[i:] || words[:i - 1], ' '), 120) || ' '
FROM said CROSS JOIN LATERAL generate_subscripts(words, 1) i
WHERE i = 1 OR kind IN ('n', 'a') OR words[i] <> ALL (ARRAY['STREET', 'ST', 'AVENUE', 'AVE', 'ROAD', 'RD', 'DRIVE', 'DR', 'COURT',
      'CT', 'PLACE', 'PL', 'LANE', 'LN', 'NEAR', 'ABOUT', 'THE', 'AND', 'OF', 'AT', 'IN', 'ON', 'BY', 'A', 'CM', 'WITH'])
UNION SELECT who.id, who.is_practice, 'p',
       left(reverse(regexp_replace(v.phone, '[^0-9]', '', 'g')) || ' ' || array_to_string(listed, ' '), 120) || ' '
FROM who JOIN people_contactpreferences c ON c.person_id = who.id CROSS JOIN LATERAL (VALUES (c.phone), (c.second_phone)) v(phone)
WHERE v.phone <> ''
UNION SELECT id, is_practice, 'b', left(to_char(birth_date, 'YYYY-MM-DD') || ' ' || array_to_string(listed, ' '), 120) || ' '
FROM who WHERE birth_date IS NOT NULL
UNION SELECT id, is_practice, 'c', before || upper(right(id::text, 4)) || ' '
FROM who CROSS JOIN (VALUES (''), ('PERSON '), ('UNKNOWN PERSON ')) v(before) WHERE named || goes_by = '{}'
$$
"""
"""Every key of these people, by which the search box finds them."""

REFRESH: Final = """
CREATE OR REPLACE FUNCTION people_find_again(whom uuid[]) RETURNS void LANGUAGE sql AS $$
-- Two who change one person at once write the keys one after the other.
SELECT FROM people_person WHERE id = ANY (whom) ORDER BY id FOR NO KEY UPDATE;
DELETE FROM people_findkey WHERE person_id = ANY (whom);
INSERT INTO people_findkey (person_id, is_practice, kind, key)
SELECT person_id, is_practice, kind, key FROM people_keys(whom);
INSERT INTO people_nameword (word, near)
SELECT word, people_near(word)
FROM (SELECT DISTINCT left(split_part(key, ' ', 1), 60) AS word FROM people_findkey
      WHERE person_id = ANY (whom) AND kind IN ('n', 'a')) w
WHERE length(word) > 2 AND NOT EXISTS (SELECT FROM people_nameword k WHERE k.word = w.word)
ON CONFLICT DO NOTHING;
$$
"""
"""Write what finds these people anew."""

WORDS_NEAR: Final = """
CREATE OR REPLACE FUNCTION people_words_near(remains text[]) RETURNS text LANGUAGE sql STABLE SET enable_seqscan = off AS $$
SELECT coalesce(string_agg(word, ' '), '') FROM people_nameword WHERE near && remains::varchar[]
$$
"""
"""The words that have one of these remains, with a space between. Told to use the index: the planner takes comparing two
arrays to cost as little as comparing two numbers, and would compare them with every name there is."""

FUNCTIONS: Final = (WORDS, NEAR, KEYS, REFRESH)


_AGAIN: Final = "PERFORM people_find_again(ARRAY[{row}.{whom}]); RETURN NULL;"


def kept_findable(whom: str, *fields: str) -> list[pgtrigger.Trigger]:
    """Triggers that keep the search in step with rows of a model: `whom` is the column of the person, `fields` those
    that somebody is found by."""
    again = _AGAIN.format(row="NEW", whom=whom)
    gone = _AGAIN.format(row="OLD", whom=whom)
    if whom == "id":
        gone = "DELETE FROM people_findkey WHERE person_id = OLD.id; RETURN NULL;"
    return [
        _after("findable_anew", pgtrigger.Insert, again),
        _after("findable_as_changed", pgtrigger.Update, again, pgtrigger.AnyChange(*fields)),
        _after("findable_no_more", pgtrigger.Delete, gone),
    ]


def _after(
    name: str, operation: pgtrigger.Operation, func: str, condition: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        level=pgtrigger.Row,
        operation=operation,
        func=func,
        condition=condition,
    )
