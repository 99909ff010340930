"""A member of staff as a tablet shows and keeps them."""

from typing import Any

from mih.accounts.models import Staff


def staff_data(staff: Staff) -> dict[str, Any]:
    """Who somebody is, in plain JSON."""
    return {
        "id": str(staff.pk),
        "username": staff.username,
        "name": staff.display_name,
        "signature_name": staff.signature_name,
        "initials": initials(staff),
        "role": staff.role,
        "role_name": staff.get_role_display(),
        "programme": staff.programme.code if staff.programme else None,
        "in_practice": staff.in_practice,
    }


def initials(staff: Staff) -> str:
    """Two letters for a tile: of first and last name, or of the username."""
    letters = "".join(name[:1] for name in (staff.first_name, staff.last_name) if name)
    return (letters or staff.username[:2]).upper()
