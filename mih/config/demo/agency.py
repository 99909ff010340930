"""The invented agency: programs, teams, units, policies in force, partners, and the stock its units carry."""

from dataclasses import dataclass, field
from datetime import timedelta

from mih.accounts.models import Programme, Staff, Team, Unit
from mih.accounts.services import start_shift
from mih.audit.context import SYSTEM, acting
from mih.config.demo.days import Days
from mih.config.demo.people import Directory
from mih.config.demo.staff import hire
from mih.core import clock
from mih.interventions.models import SupplyLot
from mih.interventions.services import supplies
from mih.interventions.services.second_person import Present
from mih.protocols.models import Protocol
from mih.protocols.services import load_defaults, sign
from mih.referrals.models import Partner

PROGRAMMES = {
    "ART": "Alternative Response Team",
    "CRT": "Crisis Response Team",
    "CCD": "Crisis Call Diversion",
    "CAP": "Community Advocacy Program",
    "PRACTICE": "Practice",
}
TEAMS = {
    "ART crew": "ART",
    "ART navigators": "ART",
    "CRT clinicians": "CRT",
    "CCD desk": "CCD",
    "CAP advocates": "CAP",
    "Practice team": "PRACTICE",
}
UNITS = {
    "ART-1": "ART",
    "ART-2": "ART",
    "CRT-1": "CRT",
    "CCD-1": "CCD",
    "CAP-1": "CAP",
    "PRACTICE-1": "PRACTICE",
}
CREWS = {
    "ART-1": ("pat", "nia", "perry", "inez"),
    "ART-2": ("dana", "tomas"),
    "CRT-1": ("cleo", "grace", "marcus"),
}

PARTNERS = {
    "mat": (
        "Example Medication Clinic",
        "mat",
        "the office on 5th",
        71,
        "Mon-Fri 08:00-16:00, walk-in until noon",
        40,
    ),
    "cmhc": (
        "Sample Community Mental Health Center",
        "mental_health",
        "the center",
        72,
        "Mon-Sat 08:00-20:00",
        20,
    ),
    "vets": (
        "Placeholder Veterans Outreach",
        "mental_health",
        "the outreach office",
        73,
        "Mon-Fri 09:00-17:00",
        200,
    ),
    "peer": (
        "Model Street Recovery Community",
        "peer_group",
        "Model Street",
        74,
        "Every evening at 19:00",
        60,
    ),
    "housing": (
        "Fictional Housing Partnership",
        "housing",
        "the housing desk",
        75,
        "Tue and Thu, walk-in",
        90,
    ),
    "primary": ("Mockup Family Practice", "healthcare", "the practice", 76, "Mon-Fri 08:00-17:00", 15),
    "work": ("Sample Works Job Center", "employment", "the job center", 77, "Mon-Fri 09:00-16:00", 260),
    "aging": ("Example Area Agency on Aging", "other", "the aging office", 78, "Mon-Fri 08:00-17:00", 30),
}
"""Key: name, category, how it may be named aloud, end of the number, hours, days since somebody checked the row."""

LOTS = {
    "kit": ("naloxone_kit", "KIT-4471", 430, 60),
    "kit_old": ("naloxone_kit", "KIT-3902", 26, 9),
    "spray": ("naloxone_spray_4", "NS-2210", 300, 40),
    "strips": ("fentanyl_strip", "FTS-0093", 210, 400),
    "film_8_2": ("film_8_2", "FB8-1187", 350, 80),
    "film_2": ("film_2_0_5", "FB2-0450", 19, 20),
    "film_12": ("film_12_3", "FB12-0077", 280, 30),
}
"""Key: item, lot, days until it expires, pieces. One kit lot and one film lot run out soon."""


@dataclass
class City:
    """Everything the week needs, by the demo's own keys."""

    days: Days
    programmes: dict[str, Programme] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    lots: dict[str, SupplyLot] = field(default_factory=dict)
    people: Directory = field(default_factory=Directory)


def found(days: Days) -> City:
    """The agency on the day before the week begins."""
    city = City(days)
    for code, name in PROGRAMMES.items():
        city.programmes[code] = Programme.objects.create(code=code, name=name, is_practice=code == "PRACTICE")
    for name, code in TEAMS.items():
        city.teams[name] = Team.objects.create(programme=city.programmes[code], name=name)
    for call_sign, code in UNITS.items():
        city.units[call_sign] = Unit.objects.create(call_sign=call_sign, programme=city.programmes[code])
    city.staff = hire(city.programmes, city.teams, days=days)
    _policies(city)
    _partners(city)
    _stock(city)
    return city


def _policies(city: City) -> None:
    """All policies in force for a year, those that need it signed by the medical director."""
    director, loaded = city.staff["dev"], city.days.at(365, "09:00")
    with acting(SYSTEM):
        load_defaults(by=None, at=loaded)
    with acting(director):
        for protocol in Protocol.objects.filter(needs_signature=True):
            sign(protocol=protocol, by=director, at=loaded + timedelta(days=1))


def _partners(city: City) -> None:
    with acting(city.staff["adam"]):
        for key, (name, category, neutral, last, hours, checked) in PARTNERS.items():
            city.partners[key] = Partner.objects.create(
                name=name,
                category=category,
                neutral_name=neutral,
                phone=f"+140555501{last:02d}",
                hours=hours,
                last_verified=city.days.day(checked),
            )


def _stock(city: City) -> None:
    """Lots received into the store room and moved to the units, two people signing for films."""
    keeper, second = city.staff["sami"], city.staff["dana"]
    at = city.days.at(10, "09:30")
    with clock.fixed(at), acting(keeper):
        for key, (item, number, lasts, pieces) in LOTS.items():
            supplies.receive(
                item_code=item,
                number=number,
                expires_on=city.days.day(-lasts),
                quantity=pieces,
                unit=None,
                by=keeper,
                at=at,
                present=Present(second, "password"),
            )
            city.lots[key] = SupplyLot.objects.get(item__code=item, number=number)
            for call_sign in ("ART-1", "ART-2"):
                supplies.transfer(
                    lot=city.lots[key],
                    quantity=pieces // 3,
                    unit=None,
                    to=city.units[call_sign],
                    by=keeper,
                    at=at,
                    present=Present(second, "password"),
                )
        for call_sign in ("CRT-1", "CAP-1"):
            supplies.transfer(
                lot=city.lots["kit"], quantity=5, unit=None, to=city.units[call_sign], by=keeper, at=at
            )


def sign_on(city: City) -> None:
    """The crews on duty now."""
    began = city.days.shift_began(city.days.now - timedelta(minutes=90))
    for call_sign, (lead, *crew) in CREWS.items():
        with clock.fixed(began), acting(city.staff[lead]):
            start_shift(
                unit=city.units[call_sign],
                crew=[city.staff[name] for name in crew],
                by=city.staff[lead],
                at=began,
            )
