"""What a process does first: leave out what no page uses, and look for garbage seldom while there is none."""

import atexit
import gc
import sys
from importlib.util import find_spec, module_from_spec
from threading import RLock
from types import ModuleType
from typing import Any

UNUSED = ("requests", "rich", "pygments", "greenlet")
"""Libraries that Django REST framework, structlog and Celery take up where they find them, for test clients, for colors and
for a kind of worker that is not ours. With what they bring along they would cost each process a tenth of a second and
eight megabytes."""

LATER = ("allauth.mfa.webauthn.internal.auth", "sqlparse", "yaml")
"""Modules that Django and its packages import at once and first use when somebody signs in by passkey, when a migration runs
SQL, and when YAML is read or written. The first reads a list of all domains of the Internet."""


class _Later(ModuleType):
    """A module that is loaded when something of it is first used, by whoever does so first, and is plain from then on.

    Python's own `LazyLoader` loads it at the first `import` already, until Python 3.12, and is not for several threads.
    """

    def __getattr__(self, name: str) -> Any:
        load(self)
        return ModuleType.__getattribute__(self, name)


_lock = RLock()
_loading: list[ModuleType] = []


def begin(*, stays: bool = False) -> None:
    """Before anything of Django is imported. A process that `stays` takes a tenth of a second longer to start, and holds two
    megabytes less of what modules make and drop."""
    gc.set_threshold(150_000 if stays else 500_000, 20, 100)
    # What a process holds at its end goes with it; looking through all of it once more takes half a second.
    atexit.register(gc.freeze)
    for name in UNUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # Python's own way to say: not there
    for name in LATER:
        put_off(name)


def put_off(name: str) -> None:
    """Let a module that is not loaded yet wait until something of it is used. Loads the packages it is in.

    Raises ModuleNotFoundError if there is none of that name.
    """
    if name in sys.modules:
        return
    spec = find_spec(name)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    sys.modules[name] = module = module_from_spec(spec)
    module.__class__ = _Later


def load(module: ModuleType) -> None:
    """Load a module that was put off; nothing happens to any other, or to one that is being loaded."""
    with _lock:
        if type(module) is not _Later or module in _loading:
            return
        spec = module.__spec__
        assert spec is not None
        assert spec.loader is not None
        _loading.append(module)
        try:
            spec.loader.exec_module(module)
            module.__class__ = ModuleType  # type: ignore[assignment]  # a module like any other
        finally:
            _loading.remove(module)


def load_all() -> None:
    """Load whatever was put off, in a process where somebody waits for each answer."""
    for name in LATER:
        load(sys.modules[name])


def begun() -> None:
    """Once everything is imported: it stays for good, so the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
