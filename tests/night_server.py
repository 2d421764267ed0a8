"""A results site on loopback: a recorded night over real HTTP, as it stood at a shared clock.

Serves the newest recorded answer of each URL with its own headers, 304 to a matching
ETag, and a reset where the recording holds no answer. `Redirected` is the transport
that leads every host there.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx

from monitor.errors import FetchFailure
from monitor.model import Request
from monitor.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from monitor.model import Page


@dataclass(slots=True)
class NightServer:
    """What it serves and what it answered; `now` is the clock the test shares with it."""

    world: World
    now: datetime
    port: int = 0
    answered: list[int] = field(default_factory=list)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                page = self._page(head)
                if page is None:
                    self.answered.append(0)
                    _reset(writer)
                    return
                tag = page.header("etag")
                same = bool(tag) and f"if-none-match: {tag}".lower() in head.lower()
                self.answered.append(304 if same else page.status)
                writer.write(_written(page, self.answered[-1]))
                await writer.drain()
        writer.close()

    def _page(self, head: str) -> Page | None:
        """Return what the site showed at `now`, or None where nobody was reached."""
        lines = head.split("\r\n")
        host = next(line[6:] for line in lines if line.lower().startswith("host: "))
        url = f"https://{host}{lines[0].split(' ')[1]}"
        try:
            return self.world.answer(Request(url), known=None, now=self.now, unconditional=True)
        except FetchFailure as failure:
            return failure.page


class Redirected(httpx.AsyncBaseTransport):
    """Leads every request to a port of this machine; what is asked for stays the same."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._wire = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request for any host to the loopback server; its Host header stays."""
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return await self._wire.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()


@asynccontextmanager
async def night_server(world: World) -> AsyncIterator[NightServer]:
    """Serve a recording until the block ends."""
    site = NightServer(world, world.starts_at)
    listener = await asyncio.start_server(site.converse, "127.0.0.1", 0)
    site.port = listener.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        listener.close()


def _written(page: Page, status: int) -> bytes:
    body = b"" if status == HTTPStatus.NOT_MODIFIED else page.body
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in page.headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
