"""Who did something, as a question brings their name along and as a line says it."""

from uuid import UUID

from django.db.models import F, Func, JSONField, OuterRef, Subquery

from mih.accounts.models import Staff

Named = list[str] | None
"""First name, last name, username, title and role; None where nobody is meant."""


def who(path: str) -> Subquery:
    """The name of the member of staff whom the column `path` leads to. A question about one row, never a join: several
    joins cost the database more to plan than the whole chart costs to read."""
    parts = Func(
        F("first_name"),
        F("last_name"),
        F("username"),
        F("title"),
        F("role"),
        function="jsonb_build_array",
        output_field=JSONField(),
    )
    return Subquery(Staff.objects.filter(pk=OuterRef(path)).values(parts=parts)[:1])


def display(named: Named, nobody: str = "") -> str:
    """As everywhere: `Staff.display_name`."""
    if not named:
        return nobody
    return f"{named[0]} {named[1]}".strip() or named[2]


def signature(named: Named) -> str:
    """As everywhere: `Staff.signature_name`."""
    return f"{display(named)}, {named[3]}" if named and named[3] else display(named)


def staff(pk: UUID | None, named: Named) -> Staff | None:
    """The member of staff as far as the name tells: for code that asks instances who they are."""
    if pk is None or not named:
        return None
    first, last, username, title, role = named
    return Staff(pk=pk, first_name=first, last_name=last, username=username, title=title, role=role)
