"""The people of the invented city: known, unknown, and written down twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from mih.config.city import names
from mih.config.city.writing import copy_in, first_versions
from mih.people.models import Alias, ContactPreferences, Person

UNKNOWN = 0.03
TWICE = 0.02
ALIASED = 0.06
_LANGUAGES = ["en"] * 17 + ["es", "es", "vi"]
_HOUSING = ["housed"] * 12 + ["sheltered", "unsheltered", "unstable", ""]
_RACES = ["white"] * 9 + ["black"] * 3 + ["hispanic"] * 3 + ["american_indian", "asian", ""]


class Made(NamedTuple):
    """One person as the rest of the city needs them."""

    id: UUID
    known: bool


_PERSON = ["id", "created_at", "identity_status", "first_name", "last_name", "preferred_name", "birth_date", "estimated_age",
           "sex", "race", "language", "address", "city", "postal_code", "no_fixed_address", "place_note", "housing", "distinguishing"]  # fmt: skip
_CONTACT = [
    "id",
    "created_at",
    "person_id",
    "phone",
    "call_allowed",
    "voicemail",
    "sms_allowed",
    "sms_consented_at",
]


def write_people(count: int, chance: Random, *, begun: datetime, now: datetime) -> list[Made]:
    """Write `count` people first met between `begun` and `now`, with how they agreed to be reached."""
    span = (now - begun).total_seconds()
    rows: list[tuple[Any, ...]] = []
    for _ in range(count):
        met = begun + timedelta(seconds=span * chance.random() ** 0.8)
        if rows and chance.random() < TWICE:
            rows.append(_again(chance.choice(rows[-4000:]), met, chance))
        else:
            rows.append(_unknown(met, chance) if chance.random() < UNKNOWN else _known(met, chance))
    copy_in(Person, _PERSON, rows)
    copy_in(ContactPreferences, _CONTACT, _contacts(rows, chance))
    copy_in(Alias, ["id", "created_at", "person_id", "name"], _aliases(rows, chance))
    return [Made(row[0], row[2] != "unknown") for row in rows]


def write_history() -> None:
    """The first line of history of everybody who has none."""
    for model in (Person, ContactPreferences, Alias):
        first_versions(model)


def make_findable() -> None:
    """What the search box looks into, for everybody it does not know yet: the triggers that keep it were asleep."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM people_person p WHERE NOT EXISTS (SELECT FROM people_findkey WHERE person_id = p.id)"
        )
        unknown = sorted(row[0] for row in cursor.fetchall())
        for low in range(0, len(unknown), 5_000):
            cursor.execute("SELECT people_find_again(%s)", [unknown[low : low + 5_000]])


def new_id(at: datetime, chance: Random) -> UUID:
    """A UUIDv7 of that moment, made from `chance`."""
    bits = (int(at.timestamp() * 1000) << 80) | (7 << 76) | (chance.getrandbits(12) << 64)
    return UUID(int=bits | (2 << 62) | chance.getrandbits(62))


def _known(met: datetime, chance: Random) -> tuple[Any, ...]:
    sex = chance.choice(("female", "male"))
    first, short = chance.choice(names.FIRST[sex])
    goes_by = short if short and chance.random() < 0.25 else ""
    born = met.date() - timedelta(days=int(365.25 * min(97.0, 13 + chance.gammavariate(3.2, 9))))
    housing = chance.choice(_HOUSING)
    homeless = housing in ("sheltered", "unsheltered")
    place = "" if homeless else names.address(chance)
    return (
        new_id(met, chance), met, "known", first, names.family_name(chance), goes_by, born, None, sex,
        chance.choice(_RACES), chance.choice(_LANGUAGES), place, "Oklahoma City", f"731{chance.randrange(60):02d}" if place else "", homeless,
        f"Shelter {chance.choice('ABCDEFGHK')}" if homeless else "", housing, "",
    )  # fmt: skip


def _unknown(met: datetime, chance: Random) -> tuple[Any, ...]:
    sex = chance.choice(("female", "male"))
    looks = (
        f"{chance.choice(('Green', 'Red', 'Gray', 'Black'))} coat, about {chance.randrange(150, 195, 5)} cm"
    )
    return (
        new_id(met, chance), met, "unknown", "", "", "", None, chance.randrange(20, 75, 5), sex, "", "en", "", "Oklahoma City",
        "", True, f"Near {names.address(chance)}", "", looks,
    )  # fmt: skip


def _again(row: tuple[Any, ...], met: datetime, chance: Random) -> tuple[Any, ...]:
    """The same person as somebody wrote them down a second time: nearly the same."""
    made = list(row)
    made[0], made[1] = new_id(met, chance), met
    if not row[4]:
        return tuple(made)
    match chance.randrange(4):
        case 0:
            made[4] = names.misspelled(row[4], chance)
        case 1:
            made[3] = row[5] or names.misspelled(row[3], chance)
            made[5] = ""
        case 2:
            made[6], made[7], made[2] = None, chance.randrange(20, 75, 5), "alias"
        case _:
            made[3], made[4] = row[4], row[3]
    return tuple(made)


def _contacts(rows: list[tuple[Any, ...]], chance: Random) -> Iterator[tuple[Any, ...]]:
    """A telephone for most, of the fictional block 555-0100 to 555-0199; texts only with the time of consent."""
    for row in rows:
        if row[2] == "unknown":
            continue
        phone = f"+140555501{chance.randrange(100):02d}" if chance.random() < 0.8 else ""
        texts = bool(phone) and chance.random() < 0.4
        voicemail = chance.choice(("generic", "name_only", "")) if phone else ""
        yield (
            new_id(row[1], chance), row[1], row[0], phone, bool(phone) or None, voicemail, texts or None,
            row[1] if texts else None,
        )  # fmt: skip


def _aliases(rows: list[tuple[Any, ...]], chance: Random) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        if row[4] and chance.random() < ALIASED:
            yield new_id(row[1], chance), row[1], row[0], f"{row[5] or row[3]} {names.family_name(chance)}"
