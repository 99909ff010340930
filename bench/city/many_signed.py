"""Many signed encounters at once that nobody has planned yet: copies of the demo's, made as the city was."""

from random import Random

from django.db import connection

from mih.audit.context import SYSTEM, acting
from mih.config.city.cloning import MAPPED, PLAN, _statements, copyings
from mih.config.city.plan import Visit, exemplars, write_plan
from mih.config.city.writing import tables_of, triggers_asleep
from mih.core import clock
from mih.encounters.models import Encounter
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
        cursor.execute("SELECT count(*) FROM encounters_encounter")
        before = cursor.fetchone()[0]
        cursor.execute("UPDATE city_plan SET no = no + %s, navigator = NULL", [before + 10_000_000])
        copied = [each for each in copyings() if each.model._meta.app_label not in ("followups", "referrals")]
        with acting(SYSTEM), triggers_asleep(tables_of({each.model for each in copied})):
            for copying in copied:
                for sql in _statements(copying, "true"):
                    cursor.execute(sql)
            cursor.execute(
                "UPDATE encounters_encounter SET plan_due_since = %s, follow_ups_planned_at = NULL WHERE id IN "
                "(SELECT pg_temp.copied(no, began, exemplar) FROM city_plan)",
                [now],
            )
        cursor.execute("DROP TABLE city_plan")
        cursor.execute("ANALYZE encounters_encounter")
    return Encounter.objects.filter(plan_due_since__isnull=False).count()
