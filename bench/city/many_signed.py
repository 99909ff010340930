"""Many signed encounters at once that nobody has planned yet: copies of the demo's, made as the city was."""

import json
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from mih.audit.context import SYSTEM, acting
from mih.config.city.cloning import MAPPED, PLAN, clear_away, copyings, lay_out, statements
from mih.config.city.plan import Visit, exemplars, write_plan
from mih.config.city.writing import tables_of, triggers_asleep
from mih.core import clock
from mih.encounters import gist
from mih.encounters.models import Encounter
from mih.encounters.picture_many import load_many
from mih.people.models import Person


def sign_many(number: int) -> int:
    """Write that many (or as many as there are people without an open episode); gives how many wait for their plan."""
    chance = Random(number)
    now = clock.now()
    free = Person.objects.filter(is_practice=False).exclude(episodes__closed_at=None)
    people = list(free.order_by("pk").values_list("pk", flat=True)[:number])
    models = [each for each in exemplars() if each.person and each.contacts]
    visits = [Visit(chance.choice(models), person, now, True, "100 Bench Street") for person in people]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS city_plan")
        cursor.execute(PLAN)
        cursor.execute(MAPPED)
        navigators = {each.programme: [each.programme] for each in models}
        write_plan(visits, navigators, chance, now)
        # Other numbers and moments than the city's, so that the copies get identifiers of their own.
        cursor.execute("SELECT count(*) FROM encounters_incident")
        before = cursor.fetchone()[0]
        cursor.execute("UPDATE city_plan SET no = no + %s, navigator = NULL", [before + 10_000_000])
        copied = [each for each in copyings() if each.model._meta.app_label not in ("followups", "referrals")]
        lay_out()
        with acting(SYSTEM), triggers_asleep(tables_of({each.model for each in copied})):
            for copying in copied:
                for sql in statements(copying, "true"):
                    cursor.execute(sql)
            _leave_gists(cursor, {each.encounter for each in models})
        clear_away()
        cursor.execute("DROP TABLE city_plan")
        cursor.execute("ANALYZE")
    return Encounter.objects.filter(plan_due_since__isnull=False).count()


_GISTS = """
UPDATE encounters_encounter e
SET plan_due_since = e.signed_at, follow_ups_planned_at = NULL,
    gist = jsonb_set(g.gist, '{referrals}', coalesce((
        SELECT jsonb_agg(r || jsonb_build_object(
            'entry', pg_temp.copied(c.no, c.began, (r ->> 'entry')::uuid),
            'created_at', (r ->> 'created_at')::timestamptz + c.delta,
            'appointment_at', (r ->> 'appointment_at')::timestamptz + c.delta))
        FROM jsonb_array_elements(g.gist -> 'referrals') r), '[]'))
FROM city_plan c JOIN bench_gist g USING (exemplar)
WHERE e.id = pg_temp.copied(c.no, c.began, c.exemplar)
"""


def _leave_gists(cursor: Any, signed: set[UUID]) -> None:
    """What signing leaves with a response for its planning."""
    exemplars = list(Encounter.objects.filter(pk__in=signed).select_related("person", "programme"))
    cursor.execute("CREATE TEMPORARY TABLE bench_gist (exemplar uuid PRIMARY KEY, gist jsonb NOT NULL)")
    for pk, picture in load_many(exemplars).items():
        said = gist.as_json(gist.of_picture(picture))
        cursor.execute("INSERT INTO bench_gist VALUES (%s, %s)", [pk, json.dumps(said)])
    cursor.execute(_GISTS)
    cursor.execute("DROP TABLE bench_gist")
