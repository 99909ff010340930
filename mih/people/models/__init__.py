from mih.people.models.approach import ACCESS_NEEDS, Approach
from mih.people.models.contact import ContactPreferences, Supporter
from mih.people.models.finding import FindKey, NameWord
from mih.people.models.person import Alias, Person

__all__ = [
    "ACCESS_NEEDS",
    "Alias",
    "Approach",
    "ContactPreferences",
    "FindKey",
    "NameWord",
    "Person",
    "Supporter",
]
