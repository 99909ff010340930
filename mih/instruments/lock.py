"""``python -m mih.instruments.lock`` records the fingerprint of every new definition file.

A definition that has been recorded never changes: answers given under it must always mean what they meant. To
change an instrument, add a file with the next version number and run this.
"""

from __future__ import annotations

import json
import sys

from mih.instruments.catalogue import LOCK, fingerprints, locked_fingerprints


def changed() -> list[str]:
    """Names of released definitions whose file has changed or gone."""
    now = fingerprints()
    return sorted(name for name, sha in locked_fingerprints().items() if now.get(name) != sha)


def unlocked() -> list[str]:
    """Names of definition files that are not recorded yet."""
    return sorted(fingerprints().keys() - locked_fingerprints().keys())


def main() -> int:
    """Record what is new; refuse, with the names, when a released definition has changed."""
    if names := changed():
        sys.stderr.write(
            f"Released definitions have changed: {', '.join(names)}. Put them back and add a new version instead.\n"
        )
        return 1
    added = unlocked()
    LOCK.write_text(json.dumps(fingerprints(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    sys.stdout.write(f"Recorded: {', '.join(added) or 'nothing new'}.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
