"""More staff than the demo has: enough navigators for a large city's caseload."""

from datetime import datetime
from random import Random
from uuid import UUID

from mih.accounts.models import Programme, Staff, Team
from mih.config.city import names
from mih.config.city.people import new_id

PEOPLE_EACH = 4_000
"""One more navigator for as many people in the city."""


def hire(people: int, chance: Random, *, hired: datetime) -> dict[UUID, list[UUID]]:
    """Hire navigators for every program that has a team. Gives them by program. None of them can sign in."""
    found: dict[UUID, list[UUID]] = {}
    number = 0
    for programme in Programme.objects.filter(is_practice=False).order_by("code"):
        team = Team.objects.filter(programme=programme).order_by("name").first()
        if team is None:
            continue
        for _ in range(1 + people // PEOPLE_EACH // 4):
            number += 1
            first, _short = chance.choice(names.FIRST[chance.choice(("female", "male"))])
            staff = Staff(
                id=new_id(hired, chance),
                username=f"navigator{number}", first_name=first, last_name=names.family_name(chance), role="navigator",
                programme=programme,
            )  # fmt: skip
            staff.set_unusable_password()
            staff.save()
            staff.teams.add(team)
            found.setdefault(programme.pk, []).append(staff.pk)
    return found
