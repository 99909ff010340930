"""Finds the rooms that apps have: a module by the same name in each, such as ``urls`` or ``api_urls``."""

from importlib.util import find_spec

from django.apps import apps
from django.urls import URLResolver, include, path


def having(room: str) -> list[str]:
    """The dotted names of that module in every app of ours that has it, from the lowest floor up."""
    names = [config.name for config in apps.get_app_configs() if config.name.startswith("mih.")]
    return [f"{name}.{room}" for name in names if find_spec(f"{name}.{room}")]


def included(room: str) -> list[URLResolver]:
    """Every app's URLs of that module, each app placing its own prefix."""
    return [path("", include(module)) for module in having(room) if module != f"mih.config.{room}"]
