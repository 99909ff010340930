"""What every page of the desk tells supervisors of tablets."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mih.accounts.models import Staff
from mih.field.models import AlertKind
from mih.field.sync.standing import alert_words, alerts_for
from mih.privacy import policy


def tablet_alerts(request: HttpRequest) -> dict[str, Any]:
    """`tablet_alerts`: sentences on work that is red or never came, for whoever may open the page of the tablets.

    Asked only by a page that shows it.
    """
    return {"tablet_alerts": SimpleLazyObject(lambda: _sentences(request))}


def _sentences(request: HttpRequest) -> list[str]:
    staff = getattr(request, "user", None)
    if not isinstance(staff, Staff) or not policy.page(staff, "devices"):
        return []
    return [alert_words(alert) for alert in alerts_for(staff) if alert.kind != AlertKind.AMBER]
