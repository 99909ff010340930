"""A slow network: a TCP proxy that delays every byte by half the round trip and lets so many a second through."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PACKET = 1400


@dataclass
class Shape:
    """`up` and `down` in bytes a second (0: as fast as it goes), `rtt` in seconds. `sent` counts bytes to the server."""

    up: float = 0
    down: float = 0
    rtt: float = 0
    sent: int = 0
    opened: int = 0
    _free: dict[str, float] = field(default_factory=dict)

    def ready(self, way: str, size: int) -> float:
        """When `size` more bytes have left on the one line that all connections share."""
        rate = self.up if way == "up" else self.down
        now = time.monotonic()
        start = max(now, self._free.get(way, now))
        self._free[way] = start + (size / rate if rate else 0)
        return self._free[way]


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shape: Shape, way: str) -> None:
    queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=256)

    async def deliver() -> None:
        while True:
            due, packet = await queue.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not packet:
                writer.close()
                return
            writer.write(packet)
            await writer.drain()

    delivering = asyncio.create_task(deliver())
    with contextlib.suppress(ConnectionError):
        while packet := await reader.read(PACKET):
            if way == "up":
                shape.sent += len(packet)
            gone = shape.ready(way, len(packet))
            await queue.put((gone + shape.rtt / 2, packet))
            # The sender feels the line: its own buffer fills while the bytes leave.
            await asyncio.sleep(max(0.0, gone - time.monotonic()))
    await queue.put((time.monotonic() + shape.rtt / 2, b""))
    with contextlib.suppress(ConnectionError):
        await delivering


@contextlib.contextmanager
def shaped(server: str, shape: Shape, port: int = 0) -> Iterator[str]:
    """The address of a network of this shape to `server`, for as long as the block lasts."""
    at = urlsplit(server)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shape.opened += 1
        await asyncio.sleep(shape.rtt)  # the handshake's round trip
        there, back = await asyncio.open_connection(at.hostname, at.port)
        await asyncio.gather(
            _pump(reader, back, shape, "up"), _pump(there, writer, shape, "down"), return_exceptions=True
        )

    async def listen() -> asyncio.Server:
        return await asyncio.start_server(serve, "127.0.0.1", port)

    listening = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
