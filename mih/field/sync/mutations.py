"""Every type of envelope there is: importing this fills the table."""

from mih.field.sync import (
    mutations_attachment,
    mutations_entries,
    mutations_people,
    mutations_responses,
    mutations_signing,
)
from mih.field.sync.apply import MUTATIONS

__all__ = [
    "MUTATIONS",
    "mutations_attachment",
    "mutations_entries",
    "mutations_people",
    "mutations_responses",
    "mutations_signing",
]
