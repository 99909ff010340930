"""What every page of the desk tells supervisors of tablets."""

from mih.accounts.models import Staff
from mih.field.models import AlertKind
from mih.field.sync.standing import alert_words, alerts_for
from mih.privacy import policy


def tablet_sentences(staff: Staff) -> list[str]:
    """Sentences on work that is red or never came; none for whoever may not open the page of the tablets."""
    if not policy.page(staff, "devices"):
        return []
    return [alert_words(alert) for alert in alerts_for(staff) if alert.kind != AlertKind.AMBER]
