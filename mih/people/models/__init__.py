from mih.people.models.contact import ContactPreferences, Supporter
from mih.people.models.person import Alias, Person

__all__ = ["Alias", "ContactPreferences", "Person", "Supporter"]
