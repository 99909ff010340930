"""What may happen to a request on its way. Each is handed to `Proxy.next`."""

import asyncio
import json
from collections.abc import Callable

from tests.faults.proxy import Fault, Line, Request


async def drop_before(line: Line, request: Request) -> None:
    """The request never leaves."""
    line.reset()


async def drop_after(line: Line, request: Request) -> None:
    """The server does its work; the answer is lost."""
    await line.ask(request)
    line.reset()


async def hang_up_after(line: Line, request: Request) -> None:
    """The server does its work; the connection is closed politely without an answer."""
    await line.ask(request)
    line.close()


async def black_hole(line: Line, request: Request) -> None:
    """Nothing comes back, for ever; the connection stays open until the other side gives up."""
    while await line.reader.read(65536):
        pass
    line.reset()


async def black_hole_after(line: Line, request: Request) -> None:
    """The server does its work; the answer never comes, and the connection stays open."""
    await line.ask(request)
    await black_hole(line, request)


async def keep_back(line: Line, request: Request) -> None:
    """The request is stuck somewhere on the way; the sender's connection breaks. `Proxy.deliver` lets it go on."""
    line.proxy.kept.append(request)
    line.reset()


async def twice(line: Line, request: Request) -> None:
    """The request arrives twice; the sender gets the second answer."""
    await line.ask(request)
    await line.say(await line.ask(request))


def truncated(at: float) -> Fault:
    """The answer breaks off: after so many bytes of it, or after this share of it below 1."""

    async def fault(line: Line, request: Request) -> None:
        answer = await line.ask(request)
        line.writer.write(answer[: int(at * len(answer)) if at < 1 else int(at)])
        await line.writer.drain()
        line.close()

    return fault


def delayed(seconds: float) -> Fault:
    """The request takes its time."""

    async def fault(line: Line, request: Request) -> None:
        await asyncio.sleep(seconds)
        await line.say(await line.ask(request))

    return fault


def edited(change: Callable[[bytes], bytes]) -> Fault:
    """Somebody on the way changes the body, keeping its length."""

    async def fault(line: Line, request: Request) -> None:
        before = request.body
        request.body = change(before)
        assert len(request.body) == len(before)
        await line.say(await line.ask(request))

    return fault


def answered(
    status: int, body: bytes = b"", *, kind: str = "text/html", after: bool = False, **headers: str
) -> Fault:
    """Somebody else answers. `after`: the server had done its work before. `headers` in the form `retry_after="3"`."""
    lines = [f"HTTP/1.1 {status} Answered", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]

    async def fault(line: Line, request: Request) -> None:
        if after:
            await line.ask(request)
        await line.say("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return fault


def refused(status: int, code: str, **headers: str) -> Fault:
    """The server's own way of refusing."""
    body = json.dumps({"code": code, "sentence": "No."}).encode()
    return answered(status, body, kind="application/json", **headers)


def rewritten(change: Callable[[str], str]) -> Fault:
    """The server's answer with other words in it, as another release would give it."""

    async def fault(line: Line, request: Request) -> None:
        lines = [
            one for one in request.head.split(b"\r\n") if not one.lower().startswith(b"accept-encoding:")
        ]
        request.head = b"\r\n".join(lines)
        head, _, body = (await line.ask(request)).partition(b"\r\n\r\n")
        told = change(head.decode("latin-1")).encode("latin-1")
        await line.say(told + b"\r\n\r\n" + change(body.decode()).encode())

    return fault


PORTAL = b"<!doctype html><title>Free Wi-Fi</title><p>Welcome! Accept our terms to go online."

captive_portal: Fault = answered(200, PORTAL)
to_sign_in: Fault = answered(302, location="/accounts/login/?next=/field/api/push")
