"""The one place that answers "may this person do this to this record, and why".

Every view, API endpoint, search, print and export asks here. An answer is a `Decision`: true or false, with a sentence.
The role matrix itself is policy data (`role_matrix`, clinical.md §10.2), so a medical director changes it, not code.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from rules import add_rule, predicate  # type: ignore[attr-defined]

from mih.accounts.models import Staff
from mih.audit.services import log_read
from mih.core import clock
from mih.core.errors import NotAllowed, NotFound
from mih.people.models import Person
from mih.privacy.pages import DOCUMENTING, OVERSEEING, PAGES
from mih.protocols import roles
from mih.protocols.policy import Policy
from mih.protocols.selectors import in_force

if TYPE_CHECKING:
    from mih.encounters.models import Encounter

Right = Literal["C", "S", "K", "R"]
_ACTIONS: dict[Right, roles.Action] = {"C": "write", "S": "sign", "K": "cosign", "R": "read"}


@dataclass(frozen=True)
class Decision:
    """Whether it may be done, and the sentence that says why not."""

    allowed: bool
    code: str = ""
    sentence: str = ""
    section: str = ""
    """Row of the role matrix, where that is what says no."""

    def __bool__(self) -> bool:
        return self.allowed


YES = Decision(allowed=True)


def no(code: str, sentence: str, *, section: str = "") -> Decision:
    """A refusal with its reason."""
    return Decision(allowed=False, code=code, sentence=sentence, section=section)


def demand(decision: Decision) -> None:
    """Raise `NotAllowed` with the decision's sentence unless it is a yes."""
    if not decision:
        raise NotAllowed(decision.sentence, code=decision.code, section=decision.section)


# Pages


@predicate  # type: ignore[untyped-decorator]
def is_working(staff: Staff) -> bool:
    """Signed in, and not somebody who has left."""
    return staff.is_active and not isinstance(staff, AnonymousUser)


def page(staff: Staff, key: str) -> Decision:
    """May `staff` open the page or endpoint `key` of `PAGES`?"""
    if is_working(staff) and staff.role in PAGES[key]:
        return YES
    return no("page_not_for_role", "Your role does not use this page. Ask your supervisor if you need it.")


@predicate  # type: ignore[untyped-decorator]
def opens_page(staff: Staff, key: str) -> bool:
    """The same question for apps on floors below, which ask it by name: `rules.test_rule("opens_page", staff, key)`."""
    return bool(page(staff, key))


add_rule("opens_page", opens_page)  # type: ignore[no-untyped-call]


# Sections of a record: the role matrix


def matrix() -> Policy:
    """The role matrix in force."""
    return in_force("role_matrix", clock.now())


def letters(staff: Staff, section_key: str) -> frozenset[str]:
    """What the matrix says of one role and section: C, S, K, R and qualified words."""
    return roles.letters(staff.role, section_key, matrix())


def section(staff: Staff, section_key: str, right: Right) -> Decision:
    """May `staff` write (C), sign (S), co-sign (K) or read (R) this section of a record?"""
    if roles.may(staff.role, _ACTIONS[right], section_key, matrix()):
        return YES
    verb = {"C": "write in", "S": "sign", "K": "co-sign", "R": "see"}[right]
    name = matrix().values[section_key].label.lower()
    role = staff.get_role_display().lower()
    return no(
        "role_matrix",
        f"A {role} does not {verb} this section ({name}). Ask a member of the crew whose role does.",
        section=section_key,
    )


def signs(staff: Staff, section_key: str) -> bool:
    """Whether `staff` may sign entries of this section. A section that no role signs by itself is signed with the
    response, by whoever signs that."""
    table = matrix()
    if roles.may(staff.role, "sign", section_key, table):
        return True
    anybody = roles.roles_with("sign", section_key, table)
    return (
        not anybody and staff.role in DOCUMENTING and not roles.needs_cosign(staff.role, section_key, table)
    )


def needs_cosign(author: Staff, section_key: str) -> bool:
    """Whether what `author` writes in this section stands only once somebody else has co-signed it."""
    return roles.needs_cosign(author.role, section_key, matrix())


def cosigns(staff: Staff, section_key: str, segment_name: str) -> Decision:
    """May `staff` co-sign entries of this section and privacy segment? Whoever the co-signature policy names, or the
    matrix's K; nobody signs what they may not see."""
    if not segment(staff, segment_name):
        return no(
            "segment",
            "Your role does not see entries of this kind. Ask the supervisor on duty.",
            section=section_key,
        )
    if "K" in letters(staff, section_key) or staff.role in in_force("cosign", clock.now())["cosigner_roles"]:
        return YES
    return no(
        "may_not_cosign",
        "Your role does not co-sign this section. Ask the supervisor on duty.",
        section=section_key,
    )


# People


@predicate  # type: ignore[untyped-decorator]
def reads_charts(staff: Staff) -> bool:
    return staff.role in PAGES["chart"]


def visible_people(staff: Staff) -> QuerySet[Person]:
    """Everybody whose record `staff` may open; nobody for a role without care duties."""
    if not (is_working(staff) and reads_charts(staff)):
        return Person.objects.none()
    return Person.objects.filter(is_practice=staff.in_practice)


def person(staff: Staff, whom: Person) -> Decision:
    """May `staff` open this person's record?"""
    if not (is_working(staff) and reads_charts(staff)):
        return no("no_care_duty", "Your role does not open people's records.")
    if whom.is_practice != staff.in_practice:
        return no("other_world", "There is no such person.")
    return YES


def open_person(staff: Staff, person_id: UUID | str, *, surface: str, purpose: str = "care") -> Person:
    """The person, for a page that shows their record; the look is logged, and so is a refused one.

    Raises `NotAllowed` for a role without care duties and `NotFound` otherwise, so that nobody learns who exists.
    """
    found = Person.objects.select_related("contact").filter(pk=person_id).first()
    if found is None:
        raise NotFound("There is no such person. Search again by name or phone.", code="no_person")
    decision = person(staff, found)
    if not decision:
        log_read(
            by=staff,
            people=[found.pk],
            surface=surface,
            purpose=purpose,
            allowed=False,
            refusal=decision.code,
        )
        if decision.code == "other_world":
            raise NotFound("There is no such person. Search again by name or phone.", code="no_person")
        raise NotAllowed(decision.sentence, code=decision.code)
    log_read(by=staff, people=[found.pk], surface=surface, purpose=purpose)
    return found


def shown(staff: Staff, people: Iterable[object], *, surface: str, purpose: str = "care") -> None:
    """Log that a list showed these people (identifiers; empty ones are passed over)."""
    log_read(by=staff, people=[pk for pk in people if pk], surface=surface, purpose=purpose)  # type: ignore[misc]


# Responses


def encounter(staff: Staff, response: "Encounter", to: Literal["read", "write"]) -> Decision:
    """May `staff` read or write this response? Writing is for its crew; reading for everybody with care duties."""
    if not is_working(staff) or response.programme.is_practice != staff.in_practice:
        return no("other_world", "There is no such response.")
    if to == "read":
        if staff.role in DOCUMENTING | OVERSEEING:
            return YES
        return no("no_care_duty", "Your role does not open people's records.")
    if staff.role not in DOCUMENTING | {"supervisor", "medical_director"}:
        return no("no_care_duty", "Your role does not document responses.")
    if staff.role in DOCUMENTING and not response.crew.filter(staff=staff).exists():
        return no(
            "not_crew",
            "You are not on this response's crew. Ask a crew member to add you, then try again.",
        )
    return YES


# Segments: what may be shown of a record, by what it holds

SEGMENT_READERS: dict[str, frozenset[str]] = {
    "general": DOCUMENTING | OVERSEEING,
    "mental_health": DOCUMENTING | OVERSEEING,
    "sud": DOCUMENTING | OVERSEEING,
    "peer": frozenset({"peer", "clinician", "supervisor"}),
    "law": DOCUMENTING | OVERSEEING,
}
"""Within the programme everybody on the care team reads all but peer notes; leaving the programme is what Part 2 bars."""


def segment(staff: Staff, name: str) -> bool:
    """May `staff` see entries of this privacy segment?"""
    return staff.role in SEGMENT_READERS[name]
