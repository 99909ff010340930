"""What follows from the copies: attempts at every contact, how referrals ended, and who looked at whose record."""

from django.db import connection

from mih.config.city.cloning import CAME_AT, CLOSED_AT, CLOSING, LEARNED, id_of

ATTEMPTS = f"""
INSERT INTO followups_attempt
    (id, created_at, version, contact_id, at, recorded_at, by_id, channel, outcome, spoke_with, note, outside_hours_reason, wording)
SELECT pg_temp.copied(n, d.at, d.id), d.at, 1, d.id, d.at, d.at, d.by, 'call',
       CASE WHEN n = d.attempts_count AND d.outcome <> '' THEN d.outcome ELSE
       (ARRAY['no_answer', 'no_answer', 'no_answer', 'wrong_person', 'wrong_number'])[1 + mod(n + d.no, 5)] END, '', '', '', ''
FROM (
    SELECT c.no, k.id, k.attempts_count, k.outcome, coalesce(k.closed_by_id, c.navigator) AS by,
           coalesce(k.opens_at, k.next_at, c.began) AS opened, k.closed_at,
           n, least(coalesce(k.closed_at, c.present), coalesce(k.opens_at, k.next_at, c.began) + n * interval '5 hours') AS at
    FROM city_plan c
    JOIN laid_followups_contactdue t ON t.city_of = c.exemplar
    JOIN followups_contactdue k ON k.id = {id_of("t.id")}
    CROSS JOIN LATERAL generate_series(1, k.attempts_count) n
    WHERE c.no >= %s AND c.no < %s
) d
"""
READS = f"""
INSERT INTO audit_readevent (id, at, actor, role, people, surface, purpose, allowed, refusal, device)
SELECT pg_temp.copied(n, c.began, {id_of("c.exemplar")}), c.began + n * interval '11 minutes',
       CASE n WHEN 1 THEN t.created_by_id ELSE c.navigator END, CASE n WHEN 1 THEN 'paramedic' ELSE 'navigator' END,
       ARRAY[c.person], CASE n WHEN 1 THEN 'field_form' WHEN 2 THEN 'queue' ELSE 'chart' END,
       CASE n WHEN 1 THEN 'care' ELSE 'follow_up' END, true, '', NULL
FROM city_plan c JOIN encounters_encounter t ON t.id = c.exemplar CROSS JOIN generate_series(1, 3) n
WHERE c.person IS NOT NULL AND c.no >= %s AND c.no < %s
"""


LOOPS = f"""
INSERT INTO referrals_loopevent
    (id, created_at, version, loop_id, kind, at, recorded_at, by_id, level, reason, closing, evidence, told_by, note)
SELECT pg_temp.copied(n, c.began, {id_of("t.id")}), v.at, 1, {id_of("t.id")}, v.kind, v.at, v.at, c.navigator, v.level, '',
       v.closing, CASE {CLOSING} WHEN 'person_declined' THEN 'person' ELSE 'partner' END, '', ''
FROM city_plan c
JOIN laid_referrals_referralloop t ON t.city_of = c.exemplar
CROSS JOIN LATERAL (VALUES
    (1, 'kept', {CAME_AT}, 4, '', {CLOSING} = 'outcome'),
    (2, 'outcome_received', {CLOSED_AT}, 4, '', {CLOSING} = 'outcome'),
    (3, 'closed', {CLOSED_AT}, 0, {CLOSING}, {CLOSING} <> 'outcome')
) v (n, kind, at, level, closing, so)
WHERE {LEARNED} AND v.so AND c.no >= %s AND c.no < %s
"""


def follow_batch(low: int, high: int) -> int:
    """Write attempts, what was learned of referrals, and the read log of the copies numbered from `low` up to, not with, `high`."""
    rows = 0
    with connection.cursor() as cursor:
        for sql in (ATTEMPTS, LOOPS, READS):
            cursor.execute(sql, [low, high])
            rows += cursor.rowcount
    return rows
