"""What import-linter cannot see: foreign keys, and names of models as text, keep to the floors as well."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

REPOSITORY = Path(__file__).resolve().parents[2]


def floors() -> dict[str, int]:
    """App name to height, from the import contract."""
    contract = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        name.strip(): len(layers) - height for height, layer in enumerate(layers) for name in layer.split("|")
    }


FLOORS = floors()
OURS = [model for model in apps.get_models() if model.__module__.startswith("mih.")]


def app_of(model: type[models.Model]) -> str:
    return model.__module__.split(".")[1]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_or_stay_at_home(model: type[models.Model]) -> None:
    for field in model._meta.get_fields():
        target = field.related_model if field.is_relation and not field.auto_created else None
        if not isinstance(target, type) or not target.__module__.startswith("mih."):
            continue
        here, there = app_of(model), app_of(target)
        assert here == there or FLOORS[there] < FLOORS[here], (
            f"{model._meta.label}.{field.name} points to {there}"
        )


def test_every_app_has_a_floor() -> None:
    packages = {path.parent.name for path in (REPOSITORY / "mih").glob("*/__init__.py")}
    assert packages == set(FLOORS)


CLINICAL = (
    "people",
    "episodes",
    "encounters",
    "assessments",
    "interventions",
    "safety_plans",
    "followups",
    "referrals",
    "privacy",
)


BOOKKEEPING = {
    "followups.PlanningTrouble",  # what planning failed on: nothing of the record
    "followups.Reminder",  # a nudge to staff, without personal data
    "people.FindKey",  # follows from people, aliases and phones, which keep theirs
    "people.NameWord",
    "interventions.SupplyItem",  # the catalogue; what moved is an append-only ledger
    "interventions.SupplyLot",
}


@pytest.mark.parametrize(
    "model", [m for m in OURS if app_of(m) in CLINICAL], ids=lambda model: model._meta.label
)
def test_clinical_rows_keep_their_history_or_never_change(model: type[models.Model]) -> None:
    from pgtrigger import registered

    names = {trigger.name for registered_model, trigger in registered() if registered_model is model}
    tracked = {"named_actor", "insert_insert", "update_update", "delete_delete"} <= names
    event_or_log = "append_only" in names
    bookkeeping = model._meta.label in BOOKKEEPING
    assert tracked or event_or_log or bookkeeping, f"{model._meta.label} keeps no history: {sorted(names)}"
