"""One starter at a time, across processes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ServiceError(RuntimeError):
    """An embedded service could not be started; the text says what to do next."""


@contextmanager
def only_one(folder: Path, name: str) -> Iterator[None]:
    """Hold the lock file ``folder/name.lock``; waits while another process holds it.

    Raises ServiceError when the folder is not ours to write in.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = (folder / f"{name}.lock").open("w")
    except PermissionError:
        raise ServiceError(
            f"The folder {folder} belongs to another user. "
            "Set MIH_VAR_DIR to a folder of your own, or remove that one, and try again."
        ) from None
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
