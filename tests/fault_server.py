"""A small web server on loopback that misbehaves on purpose, one named fault per path.

    async with fault_server() as server:
        await fetcher.fetch(Request(server.url("drip")), ...)

The faults are those of faults.md §5 B, K7 and S19. `server.heads` keeps every request's
head, so that a test can say what was asked and how often.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

BOMB_BYTES = 32 * 1024 * 1024
RESULTS = b'{"votes": [15207, 12648, 3325]}'

Writer = asyncio.StreamWriter


@dataclass
class FaultServer:
    """Where the server listens, and what it was asked."""

    port: int = 0
    heads: list[str] = field(default_factory=list)

    def url(self, fault: str) -> str:
        """Return the address that shows a fault."""
        return f"http://127.0.0.1:{self.port}/{fault}"

    def asked(self, fault: str) -> int:
        """Return how often a fault's address was asked for."""
        return sum(head.startswith(f"GET /{fault} ") for head in self.heads)


@asynccontextmanager
async def fault_server() -> AsyncIterator[FaultServer]:
    """Serve until the block ends, then drop every connection."""
    server = FaultServer()
    _answers()
    async with _listening(partial(_converse, server)) as server.port:
        yield server


@asynccontextmanager
async def greeting_server(greeting: bytes) -> AsyncIterator[int]:
    """Say the same to everybody who connects, never listen, and yield the port."""

    async def greet(_: asyncio.StreamReader, writer: Writer) -> None:
        writer.write(greeting)
        await asyncio.Event().wait()

    async with _listening(greet) as port:
        yield port


@asynccontextmanager
async def _listening(
    converse: Callable[[asyncio.StreamReader, Writer], Awaitable[None]],
) -> AsyncIterator[int]:
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        # Python 3.11 logs a cancelled conversation as an error of the server's own.
        with contextlib.suppress(
            ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError
        ):
            await converse(reader, writer)
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted connection is closed in the loop's next turn


def free_port() -> int:
    """Return a port of 127.0.0.1 where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _converse(server: FaultServer, reader: asyncio.StreamReader, writer: Writer) -> None:
    """Answer requests on one connection until a fault ends it."""
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        server.heads.append(head)
        fault = head.split(" ", 2)[1].removeprefix("/")
        turn = sum(each.startswith(f"GET /{fault} ") for each in server.heads)
        if fault in _SCRIPTS:
            await _SCRIPTS[fault](writer)
        else:
            writer.write(_answer(fault, head, turn))
        await writer.drain()
        if fault in _ENDS_CONNECTION:
            return


def _plain(body: bytes = RESULTS, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _answer(fault: str, head: str, turn: int) -> bytes:
    """Return a whole answer at once; `turn` counts the requests for this fault."""
    if fault == "tagged" and 'if-none-match: "v1"' in head.lower():
        return _plain(b"", 'ETag: "v1"', status="304 Not Modified")
    if fault == "flaky" and turn == 1:
        return _plain(b"", status="500 Internal Server Error")
    if fault not in _answers():
        return _plain(b"no such fault", status="404 Not Found")
    return _answers()[fault]


@cache
def _answers() -> dict[str, bytes]:
    """Build every answer that is always the same, once: the bombs take a while."""
    packed = "Content-Encoding: gzip"
    halves = gzip.compress(RESULTS[:9], mtime=0) + gzip.compress(RESULTS[9:], mtime=0)
    bomb = gzip.compress(bytes(BOMB_BYTES), mtime=0)
    elsewhere = "Location: http://elsewhere.invalid/fine"
    begun = b"HTTP/1.1 200 OK\r\n"
    moved = "301 Moved Permanently"
    return {
        "fine": _plain(RESULTS, "Content-Type: application/json", "Set-Cookie: secret=1"),
        "tagged": _plain(RESULTS, 'ETag: "v1"', "Last-Modified: Tue, 08 May 2018 23:31:00 GMT"),
        "gzip": _plain(gzip.compress(RESULTS, mtime=0), packed),
        "two-members": _plain(halves + bytes(8), packed),
        "cut-gzip": _plain(gzip.compress(RESULTS, mtime=0)[:-5], packed),
        "no-gzip": _plain(RESULTS, packed),
        "bomb": _plain(bomb, packed),
        "deflate-bomb": _plain(zlib.compress(bytes(BOMB_BYTES)), packed),
        "double-gzip": _plain(gzip.compress(bomb, mtime=0), "Content-Encoding: gzip, gzip"),
        "brotli": _plain(b"\x0b\x02\x80zero\x03", "Content-Encoding: br"),
        "announces-too-much": begun + b"Content-Length: 999999999999\r\n\r\n{",
        "longer-than-sent": begun + b"Content-Length: 500\r\n\r\n" + RESULTS,
        "cut-at-close": begun + b"Connection: close\r\n\r\n" + RESULTS[:-4],
        "not-http": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "drops-kept-alive": _plain(),
        "never-answers": b"",
        "wrong-304": _plain(b"", status="304 Not Modified"),
        "loop": _plain(b"", "Location: /loop", status="302 Found"),
        "hop": _plain(b"", "Location: /fine", status=moved),
        "away": _plain(b"gone", elsewhere, status=moved),
        "nowhere": _plain(b"", status="302 Found"),
        "busy": _plain(b"", "Retry-After: 120", status="503 Service Unavailable"),
        "challenge": _plain(b"<html>captcha</html>", status="403 Forbidden"),
        "waf-202": _plain(b"", "x-amzn-waf-action: challenge", status="202 Accepted"),
        "flaky": _plain(),
    }


async def _hang(_: Writer) -> None:
    await asyncio.Event().wait()


async def _drip(writer: Writer) -> None:
    """Send one byte of the body every 20 ms: no single read ever waits long (faults.md B3)."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    await _slowly(writer, b"x")


async def _slow_headers(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    await _slowly(writer, b"y")


async def _slowly(writer: Writer, byte: bytes) -> None:
    while True:
        writer.write(byte)
        await writer.drain()
        await asyncio.sleep(0.02)


async def _endless(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")
        await writer.drain()


async def _huge_header(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Huge: ")
    for _ in range(320):
        writer.write(b"z" * 65_536)
        await writer.drain()
    writer.write(b"\r\n\r\n")


async def _reset(writer: Writer) -> None:
    """Begin a body, then reset the connection (RST) in the middle of it."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + RESULTS)
    await writer.drain()
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


_SCRIPTS: dict[str, Callable[[Writer], Awaitable[None]]] = {
    "hang": _hang,
    "drip": _drip,
    "slow-headers": _slow_headers,
    "endless": _endless,
    "huge-header": _huge_header,
    "reset": _reset,
}
_ENDS_CONNECTION = frozenset(
    {
        "cut-at-close",
        "drops-kept-alive",
        "longer-than-sent",
        "never-answers",
        "not-http",
        "reset",
    }
)
