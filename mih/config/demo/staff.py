"""Who works in the invented city, and as whom to sign in."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from mih.accounts.models import Credential, Programme, Role, Staff, Team
from mih.config.demo.days import Days

PASSWORD = "invented-people-only"  # noqa: S105 - opens a demo full of people who do not exist


@dataclass(frozen=True)
class Member:
    """Somebody on the staff. `sees` is the line beside their name in the list of logins; empty: not in the list."""

    username: str
    first: str
    last: str
    role: Role
    title: str
    programme: str
    teams: tuple[str, ...] = ()
    phone: str = ""
    languages: str = "English"
    supervisor: str = ""
    credential_days: int = 500
    sees: str = ""


MEMBERS = (
    Member(
        "pat", "Pat", "Reyes", Role.PARAMEDIC, "Paramedic", "ART", ("ART crew",), "+14055550101",
        sees="The tablet: shift on ART-1, an open overdose response with a running reassessment timer.",
    ),
    Member(
        "nia", "Nia", "Holt", Role.NAVIGATOR, "BHCM II", "ART", ("ART navigators",), "+14055550102",
        sees="The follow-up queue: what is due today, overdue and escalated; contacts; charts; referrals.",
    ),
    Member(
        "perry", "Perry", "Lane", Role.PEER, "PRSS", "ART", ("ART crew",), "+14055550103",
        sees="The tablet and the queue with what a peer may do; peer notes that others do not see.",
    ),
    Member(
        "cleo", "Cleo", "Marsh", Role.CLINICIAN, "LPC", "CRT", ("CRT clinicians",), "+14055550104",
        sees="An open crisis response with a red alarm; escalations that only a licensed clinician decides.",
    ),
    Member(
        "inez", "Inez", "Ortiz", Role.INTERN, "Practicum student", "ART", ("ART navigators",), "+14055550105",
        "English, Spanish", supervisor="sami",
        sees="The tablet; everything written waits for a co-signature.",
    ),
    Member(
        "sami", "Sami", "Boone", Role.SUPERVISOR, "LCSW", "ART", ("ART navigators",), "+14055550106",
        sees="The caseload, escalations of today, and co-signatures that wait.",
    ),
    Member(
        "mae", "Mae", "Quinn", Role.PROGRAMME_MANAGER, "", "ART", (), "+14055550107",
        sees="The caseload of every worker and team, with the list behind each number and hand-overs.",
    ),
    Member(
        "dev", "Dev", "Anand", Role.MEDICAL_DIRECTOR, "MD", "ART", (), "+14055550108",
        sees="Protocols and their signatures; charts.",
    ),
    Member(
        "priya", "Priya", "Shaw", Role.PRIVACY_OFFICER, "", "ART", (), "+14055550109",
        sees="The protocols in force; no charts.",
    ),
    Member(
        "adam", "Adam", "Frost", Role.ADMINISTRATOR, "", "ART", (), "+14055550109",
        sees="Staff and settings; no charts.",
    ),
    Member("dana", "Dana", "Whitlock", Role.PARAMEDIC, "Paramedic", "ART", ("ART crew",), "+14055550101"),
    Member("marcus", "Marcus", "Bell", Role.PARAMEDIC, "Paramedic", "CRT", ("CRT clinicians",), "+14055550101"),
    Member(
        "tomas", "Tomás", "Rivera", Role.NAVIGATOR, "BHCM II", "ART", ("ART navigators",), "+14055550102",
        "English, Spanish",
    ),
    Member("grace", "Grace", "Okafor", Role.NAVIGATOR, "BHCM I", "CRT", ("CRT clinicians",), "+14055550102"),
    Member("wendell", "Wendell", "Pike", Role.NAVIGATOR, "BHCM II", "CAP", ("CAP advocates",), "+14055550102"),
    Member("shay", "Shay", "Collins", Role.PEER, "PRSS", "CAP", ("CAP advocates",), "+14055550103"),
    Member("ruth", "Ruth", "Abelson", Role.CLINICIAN, "LCSW", "CRT", ("CRT clinicians",), "+14055550104"),
    Member("omar", "Omar", "Haddad", Role.CLINICIAN, "LMFT", "CCD", ("CCD desk",), "+14055550104"),
    Member(
        "lars", "Lars", "Dunn", Role.LADC, "LADC", "ART", ("ART navigators",), "+14055550104", credential_days=24
    ),
    Member(
        "practice", "Practice", "Paramedic", Role.PARAMEDIC, "Paramedic", "PRACTICE", ("Practice team",),
        sees="The practice program: try everything; nothing here is counted or meets a real record.",
    ),
    Member("practice-navigator", "Practice", "Navigator", Role.NAVIGATOR, "BHCM II", "PRACTICE", ("Practice team",)),
)  # fmt: skip


def hire(programmes: dict[str, Programme], teams: dict[str, Team], *, days: Days) -> dict[str, Staff]:
    """Everybody by user name, with one password and a credential that stands."""
    hashed = make_password(PASSWORD)  # once: hashing is slow on purpose
    staff: dict[str, Staff] = {}
    for member in MEMBERS:
        administers = member.role == Role.ADMINISTRATOR
        staff[member.username] = Staff.objects.create(
            username=member.username,
            first_name=member.first,
            last_name=member.last,
            role=member.role,
            title=member.title,
            programme=programmes[member.programme],
            phone=member.phone,
            languages=member.languages,
            password=hashed,
            is_staff=administers,
            is_superuser=administers,
        )
        staff[member.username].teams.set(teams[name] for name in member.teams)
        if member.title:
            Credential.objects.create(
                staff=staff[member.username],
                kind=member.title,
                number=f"DEMO-{len(staff):03d}",
                issued_on=days.now.date() - timedelta(days=600),
                expires_on=days.now.date() + timedelta(days=member.credential_days),
            )
    for member in MEMBERS:
        if member.supervisor:
            staff[member.username].supervisor = staff[member.supervisor]
            staff[member.username].save(update_fields=["supervisor"])
    return staff


def logins() -> str:
    """The staff to sign in as: user name, password, role and name, and what they see."""
    lines = ["Sign in as", ""]
    for member in MEMBERS:
        if member.sees:
            lines.append(
                f"  {member.username:<9} {PASSWORD}   {member.role.label}: {member.first} {member.last}"
            )
            lines.append(f"  {'':<9} {member.sees}")
    return "\n".join(lines)
