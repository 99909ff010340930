"""The mark "verify" where staff meet a value that nobody has confirmed yet."""

from typing import Any

from django import template

from mih.core import clock
from mih.core.clinical_values import Kind
from mih.protocols.values import unverified

register = template.Library()


@register.inclusion_tag("protocols/_verify.html")
def verify_mark(kind: Kind, key: str) -> dict[str, Any]:
    """Which values of a protocol or an instrument are general clinical knowledge not yet approved; nothing when none."""
    return {"values": [each.value.label for each in unverified(kind, key, clock.now())]}
