"""The database holds the triggers that the code declares, and no other (docs/decisions/0006)."""

import pgtrigger
import pytest
from pgtrigger.installation import prunable

pytestmark = pytest.mark.django_db


def test_every_declared_trigger_is_installed_as_declared_and_enabled() -> None:
    state = {
        f"{model._meta.label}:{trigger.name}": trigger.get_installation_status(model)
        for model, trigger in pgtrigger.registered()
    }
    assert len(state) > 100
    assert {name: status for name, status in state.items() if status != ("INSTALLED", True)} == {}


def test_no_trigger_is_left_over_from_an_earlier_release() -> None:
    assert prunable() == []
