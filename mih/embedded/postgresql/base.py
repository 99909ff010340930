"""Django's PostgreSQL backend, starting the embedded server at the first connection."""

from typing import Any

from django.db.backends.postgresql import base

from mih.embedded import postgres


class DatabaseWrapper(base.DatabaseWrapper):
    """Starts the server only when a command really needs it: ``collectstatic`` or a type check does not."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, after making sure that the server runs."""
        postgres.ensure()
        return super().get_new_connection(conn_params)
