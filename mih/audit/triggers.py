"""The register of database triggers, kept so that one more costs the same however many there are.

pgtrigger lists every trigger anew, each name hashed, at each of our seven hundred registrations: a fifth of a second of
every process's start.
"""
# ruff: noqa: SLF001 - pgtrigger offers no other way to its register

from typing import Any

from pgtrigger import registry


class Registry(registry._Registry):
    """What pgtrigger looks up before it takes a trigger, beside the triggers instead of computed from them."""

    def __init__(self, found: dict[str, Any]) -> None:
        self._of_tables: dict[tuple[str, str], Any] = {}
        self._functions: dict[str, str] = {}
        super().__init__(found)

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        """Each trigger by its table and name."""
        return self._of_tables

    @property
    def pg_function_names(self) -> Any:
        """The names of their functions in the database."""
        return self._functions.keys()

    def __setitem__(self, key: str, value: tuple[Any, Any]) -> None:
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]
        model, trigger = value
        self._of_tables[(model._meta.db_table, trigger.name)] = trigger
        self._functions[trigger.get_pgid(model)] = key

    def __delitem__(self, key: str) -> None:
        model, trigger = self[key]
        super().__delitem__(key)  # type: ignore[no-untyped-call]
        del self._of_tables[(model._meta.db_table, trigger.name)]
        del self._functions[trigger.get_pgid(model)]


def keep_quickly() -> None:
    """Put ours in the place of pgtrigger's, with what that holds; once is enough."""
    if not isinstance(registry._registry, Registry):
        registry._registry = Registry(dict(registry._registry.data))
