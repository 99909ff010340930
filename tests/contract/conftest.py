"""Both worlds with a record of every kind."""

from tests.architecture.town import savepoint, towns

__all__ = ["savepoint", "towns"]
