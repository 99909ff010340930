"""Who may work on follow-up: the policy layer's answers, and locked rows behind them."""

from uuid import UUID

from mih.accounts.models import Staff
from mih.core.errors import NotFound, Stale
from mih.episodes.models import EpisodeOfCare
from mih.followups.models import ContactDue
from mih.people.models import Person
from mih.privacy import policy

SECTION = "followup"
NO_CONTACT = "There is no such contact. Go back to the queue and open it again."


def demand_person(by: Staff, person: Person) -> None:
    """Raise `NotFound` for a person of the other world, `NotAllowed` for a role without care duties."""
    decision = policy.person(by, person)
    if decision.code == "other_world":
        raise NotFound(NO_CONTACT, code="no_contact")
    policy.demand(decision)


def demand_episode(by: Staff, episode: EpisodeOfCare) -> None:
    """May `by` work on this episode's follow-up?"""
    policy.demand(policy.page(by, "contact_work"))
    demand_person(by, episode.person)


def demand_work(by: Staff, person: Person) -> None:
    """May `by` claim, put off, try and close this person's contacts?"""
    demand_claims(by)
    demand_person(by, person)


def demand_claims(by: Staff) -> None:
    """May `by` work on contacts of anybody whose record they may open?"""
    policy.demand(policy.page(by, "contact_work"))
    policy.demand(policy.section(by, SECTION, "C"))


def found(pk: UUID) -> ContactDue:
    """The contact with its person and their preferences; `NotFound` when there is none."""
    rows = ContactDue.objects.select_related("person__contact", "episode")
    contact = rows.filter(pk=pk).first()
    if contact is None:
        raise NotFound(NO_CONTACT, code="no_contact")
    return contact


def locked(pk: UUID) -> ContactDue:
    """The contact, locked and unfinished. Raises `Stale` when it is finished."""
    contact = ContactDue.objects.locked().select_related("person__contact", "episode").filter(pk=pk).first()
    if contact is None:
        raise NotFound(NO_CONTACT, code="no_contact")
    if contact.is_finished:
        raise Stale(
            f"This contact is already {contact.get_status_display().lower()}. Reload the queue.",
            code="contact_finished",
        )
    return contact
