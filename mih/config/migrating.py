"""Making the tables of an empty database in a third of the time.

When a migration makes a model, Django makes the classes of all models anew that it is related to, however distantly: here
all of them, fifteen thousand classes for two hundred tables. A new table needs the class of its own model alone: what it
refers to is there, and learns of it by the registry both stand in. The state is marked as Django marks it when it leaves
classes as they are (`is_delayed`), so that all are made anew before a migration runs Python code.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def quickly() -> Iterator[None]:
    """Migrations applied in this block make no class anew because another one refers to it."""
    add_model = ProjectState.add_model
    ProjectState.add_model = _add_model  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        ProjectState.add_model = add_model  # type: ignore[method-assign]


def _add_model(state: ProjectState, model: ModelState) -> None:
    """Django's own, but for the last two lines, which there are `reload_model`."""
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:  # type: ignore[attr-defined]  # noqa: SLF001
        state.resolve_model_relations(key)
    if "apps" in vars(state):
        state.is_delayed = True
        state.apps.render_multiple([model])
