"""A network that can be cut: bytes go through to the server until the gate is shut, then nothing does."""

import contextlib
import selectors
import socket
import threading
from urllib.parse import urlsplit


class Gate:
    """A TCP gate before the live server. Shut, it refuses new connections and breaks those that stand."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname or "localhost", parts.port or 80)
        self._lines: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listening: socket.socket | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def open(self) -> None:
        """Let everything through."""
        if self._listening is not None:
            return
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(64)
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def shut(self) -> None:
        """Cut the line: nothing comes through, and what is under way breaks."""
        listening, self._listening = self._listening, None
        if listening is not None:
            with contextlib.suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()
        with self._lock:
            lines, self._lines = self._lines, set()
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                inside, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(inside,), daemon=True).start()

    def _carry(self, inside: socket.socket) -> None:
        try:
            outside = socket.create_connection(self._server, timeout=10)
        except OSError:
            inside.close()
            return
        outside.settimeout(None)
        with self._lock:
            self._lines |= {inside, outside}
        with inside, outside, selectors.DefaultSelector() as ready:
            ready.register(inside, selectors.EVENT_READ, outside)
            ready.register(outside, selectors.EVENT_READ, inside)
            with contextlib.suppress(OSError):
                self._pump(ready)
        with self._lock:
            self._lines -= {inside, outside}

    def _pump(self, ready: selectors.BaseSelector) -> None:
        while True:
            for key, _ in ready.select():
                data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                if not data:
                    return
                key.data.sendall(data)
