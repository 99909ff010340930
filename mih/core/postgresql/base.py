"""Django's PostgreSQL backend, which asks the server whether it is still there only when the connection gives cause to."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A server that ends or restarts closes its connections, and a closed one can be read from: so whoever has kept one
    since the last request sees it without the question that Django sends before each request."""

    def is_usable(self) -> bool:
        """Whether the connection can be used. Asks the server after an error, or when it has said something unasked."""
        kept = self.connection
        if kept is None or kept.closed:
            return False
        if self.errors_occurred or _has_said_something(kept.pgconn.socket):
            return super().is_usable()
        return True


def _has_said_something(socket: int) -> bool:
    asked = select.poll()
    asked.register(socket, select.POLLIN | select.POLLPRI)
    return bool(asked.poll(0))
