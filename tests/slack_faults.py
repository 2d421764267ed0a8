"""A proxy before the emulator that fails as Slack and networks do, one call at a time."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Kind(StrEnum):
    """When and how one call fails."""

    ANSWER = "answer instead of Slack: not accepted"
    ANSWER_AFTER = "accepted, then another answer"
    DROP = "reset before Slack saw it"
    DROP_AFTER = "accepted, then reset"
    CLOSE_AFTER = "accepted, then closed without an answer"
    DELAY_AFTER = "accepted, then silent"
    LATE = "reset at once, accepted only when `let_late_in` is called"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure; `status`, `headers` and `body` are of the answers it makes up."""

    kind: Kind
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def limited(retry_after: str | None) -> Fault:
    """Answer 429, with this Retry-After."""
    headers = (("Retry-After", retry_after),) if retry_after is not None else ()
    return Fault(Kind.ANSWER, 429, '{"ok":false,"error":"ratelimited"}', headers=headers)


def refusal(code: str) -> Fault:
    """Answer 200 with `ok: false` and Slack's code."""
    return Fault(Kind.ANSWER, 200, f'{{"ok":false,"error":"{code}"}}')


@dataclass(slots=True)
class FaultProxy:
    """Passes calls on to `upstream` (…/api/) unless a fault is planned for their method.

    `outage`: how every call fails while it is set. `only_token`: when set, others are
    refused.
    """

    upstream: str
    planned: dict[str, deque[Fault]] = field(default_factory=dict)
    outage: Fault | None = None
    only_token: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    api_url: str = ""
    _late: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    _client: httpx.AsyncClient = field(default_factory=httpx.AsyncClient)

    def plan(self, *faults: Fault, method: str = "chat.postMessage") -> None:
        """Let the next calls of a method fail so, one fault each."""
        self.planned.setdefault(method, deque()).extend(faults)

    async def let_late_in(self) -> None:
        """Deliver to Slack what was held back."""
        while self._late:
            await self._pass_on(*self._late.pop(0))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the calls of one connection."""
        try:
            while head := await _head(reader):
                method, headers = head
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.seen[method] += 1
                faults = self.planned.get(method)
                fault = self._standing(headers) or (faults.popleft() if faults else None)
                if fault is not None:
                    if not await self._fail(fault, writer, method, headers, body):
                        return
                    continue
                _answer(writer, *await self._pass_on(method, headers, body))
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _standing(self, headers: dict[str, str]) -> Fault | None:
        """Return the fault that meets every such call for now."""
        if self.only_token and headers.get("authorization") != f"Bearer {self.only_token}":
            return refusal("invalid_auth")
        return self.outage

    async def _fail(
        self,
        fault: Fault,
        writer: asyncio.StreamWriter,
        method: str,
        headers: dict[str, str],
        body: bytes,
    ) -> bool:
        """Fail one call; say whether the connection lives on."""
        if fault.kind is Kind.LATE:
            self._late.append((method, headers, body))
        elif fault.kind not in {Kind.ANSWER, Kind.DROP}:
            await self._pass_on(method, headers, body)
        if fault.kind in {Kind.ANSWER, Kind.ANSWER_AFTER}:
            made_up = (("Content-Type", fault.content_type), *fault.headers)
            _answer(writer, fault.status, made_up, fault.body.encode())
            await writer.drain()
            return True
        if fault.kind is Kind.DELAY_AFTER:
            await asyncio.sleep(0.4)
        elif fault.kind is not Kind.CLOSE_AFTER:
            _reset(writer)
        return False

    async def _pass_on(
        self, method: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
        named = ("authorization", "content-type")  # a webhook's secret is its address
        kept = {name: headers[name] for name in named if name in headers}
        answer = await self._client.post(f"{self.upstream}{method}", content=body, headers=kept)
        self.accepted[method] += 1
        content_type = answer.headers.get("content-type", "application/json")
        return answer.status_code, (("Content-Type", content_type),), answer.content

    async def close(self) -> None:
        """Close the connection to Slack."""
        await self._client.aclose()


@asynccontextmanager
async def fault_proxy(upstream: str) -> AsyncIterator[FaultProxy]:
    """Run a proxy in this event loop."""
    proxy = FaultProxy(upstream)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.api_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/"
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]] | None:
    """Read a request's method name and headers; None at the connection's end."""
    line = (await reader.readline()).decode("ascii")
    if not line:
        return None
    headers = {}
    while field_line := (await reader.readline()).decode("latin-1").strip():
        name, _, value = field_line.partition(":")
        headers[name.lower()] = value.strip()
    return urlsplit(line.split()[1]).path.removeprefix("/api/"), headers


def _answer(
    writer: asyncio.StreamWriter, status: int, headers: tuple[tuple[str, str], ...], body: bytes
) -> None:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with RST, as a crashed peer or a firewall does."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
