"""A network that breaks on demand: a TCP proxy before the web server that loses, cuts, doubles, delays and answers in
the server's place. It knows just enough of HTTP to tell one request from the next."""

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PUSH = "/field/api/push"


@dataclass
class Request:
    """One request as it came in."""

    method: str
    path: str
    head: bytes
    body: bytes
    of_connection: int
    """How many requests came on this connection before."""
    at: float = field(default_factory=time.monotonic)
    status: int | None = None
    """What the server answered, if it was asked."""


Fault = Callable[["Line", Request], Awaitable[None]]
Matches = Callable[[Request], bool]


class Line:
    """One browser's connection to the proxy."""

    def __init__(self, proxy: "Proxy", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.proxy, self.reader, self.writer = proxy, reader, writer
        self.requests = 0

    async def ask(self, request: Request) -> bytes:
        """Let the server answer; the whole answer."""
        reader, writer = await asyncio.open_connection(*self.proxy.server)
        try:
            writer.write(_closing(request.head) + request.body)
            await writer.drain()
            answer = await reader.read(-1)
        finally:
            writer.close()
        with contextlib.suppress(IndexError, ValueError):
            request.status = int(answer.split(b" ", 2)[1])
        return answer

    async def say(self, answer: bytes) -> None:
        """Give the browser an answer."""
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        sized = any(line.lower().startswith((b"content-length:", b"transfer-encoding:")) for line in lines)
        lines.append(b"Connection: keep-alive" if sized else b"Connection: close")
        self.writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        await self.writer.drain()
        if not sized:
            self.close()

    def close(self) -> None:
        """End it as a server does."""
        self.writer.close()

    def reset(self) -> None:
        """End it as a dead network does (RST)."""
        raw = self.writer.transport.get_extra_info("socket")
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def _closing(head: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"


@dataclass
class _Rule:
    matches: Matches
    fault: Fault
    left: int | None


class Proxy:
    """Stands between browsers and the server at `address` from `start` to `stop`; its methods may be called from any
    thread."""

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        assert parts.hostname
        assert parts.port
        self.server = (parts.hostname, parts.port)
        self.seen: list[Request] = []
        self.kept: list[Request] = []
        self._rules: list[_Rule] = []
        self._lines: set[Line] = set()
        self._up = True
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._listening = self._do(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._listening.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self.cut()

        async def end() -> None:
            self._listening.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self._do(end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    def _do(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=60)

    # The network as a whole

    def cut(self) -> None:
        """No signal: open connections break, new ones fail."""
        self._up = False

        async def break_all() -> None:
            for line in list(self._lines):
                line.reset()

        self._do(break_all())

    def mend(self) -> None:
        """The signal is back."""
        self._up = True

    def heal(self) -> None:
        """Everything works from now on."""
        self._rules.clear()
        self.mend()

    @property
    def up(self) -> bool:
        return self._up

    # Single requests

    def next(
        self, fault: Fault, *, path: str = PUSH, times: int | None = 1, where: Matches | None = None
    ) -> None:
        """Let the next `times` requests to `path` (every one, for None) meet with `fault`."""

        def matches(request: Request) -> bool:
            return request.path.startswith(path) and (where is None or where(request))

        self._rules.append(_Rule(matches, fault, times))

    def deliver(self, request: Request) -> int:
        """Give the server a request that was kept back; its status. Nobody is told the answer."""
        nobody = Line(self, asyncio.StreamReader(loop=self._loop), None)  # type: ignore[arg-type]
        self._do(nobody.ask(request))
        assert request.status
        return request.status

    def pushes(self) -> list[Request]:
        """Every push that was seen."""
        return [request for request in self.seen if request.path.startswith(PUSH)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(self, reader, writer)
        self._lines.add(line)
        try:
            while self._up and (request := await _request(reader, line.requests)) is not None:
                line.requests += 1
                self.seen.append(request)
                await self._handle(line, request)
                if writer.is_closing():
                    break
            if not self._up:
                line.reset()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            line.reset()
        finally:
            self._lines.discard(line)
            writer.close()

    async def _handle(self, line: Line, request: Request) -> None:
        for rule in self._rules:
            if rule.matches(request) and rule.left != 0:
                if rule.left is not None:
                    rule.left -= 1
                await rule.fault(line, request)
                return
        answer = await line.ask(request)
        if not self._up:
            line.reset()
            return
        await line.say(answer)


async def _request(reader: asyncio.StreamReader, of_connection: int) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
    return Request(method, path, head.rstrip(b"\r\n"), await _body(reader, head), of_connection)


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return await reader.readexactly(length)


@contextlib.contextmanager
def proxy(server: str) -> Iterator[Proxy]:
    """A network to `server` for as long as the block lasts."""
    made = Proxy(server)
    made.start()
    try:
        yield made
    finally:
        made.stop()
