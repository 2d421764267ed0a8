"""One GET with one host (or one file): redirects by hand, a bounded body, every failure named.

httpx inflates a whole network chunk at once (590 bytes can become 268 MB), never
ends a body that drips, and follows what it is told to; so none of that is left to
it here (faults.md §0 and §7e, measured).
"""

from __future__ import annotations

import os
import socket
import ssl
import stat
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx

from monitor.errors import FetchFailure, TimedOut, TooLarge, Unreachable
from monitor.inbox import being_written, newest_in
from monitor.model import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

MOST_HOPS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DROPPED = frozenset(
    {"set-cookie", "content-encoding", "content-length", "transfer-encoding", "connection"}
)
"""Secrets, and what was true of the bytes on the wire only: bodies are kept inflated."""
_DROPS = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError)


async def get(
    client_for: Callable[[httpx.URL], httpx.AsyncClient],
    url: str,
    headers: dict[str, str],
    *,
    may_move_to: tuple[str, ...] = (),
    max_bytes: int,
    now: datetime,
) -> Page:
    """Fetch `url` and return whatever came; `may_move_to` is the request's.

    Redirects are followed on the URL's own host and to those hosts.

    The page carries the URL that was asked for, since that is its name in the
    archive. A redirect that is not followed comes back as its 3xx page.
    """
    current = httpx.URL(url)
    for hop in range(MOST_HOPS + 1):
        response = await _send(client_for(current), current, headers)
        try:
            body = await _read_body(response, url, max_bytes)
        finally:
            await response.aclose()
        target = _followed(current, response, may_move_to) if hop < MOST_HOPS else None
        if target is None:
            break
        current = target
    return Page(url, response.status_code, _kept_headers(response), body, now)


def read_file(url: str, validators: dict[str, str], *, max_bytes: int, now: datetime) -> Page:
    """Answer a `file://` URL as a web server would: 200 with an ETag, 304 or 404.

    Of a folder the newest whole file is read; `content-location` says which.
    """
    path = Path(url2pathname(urlsplit(url).path))
    try:
        if path.is_dir():
            return _read(newest_in(path, url, now), url, validators, max_bytes, now, is_named=True)
        return _read(path, url, validators, max_bytes, now)
    except FileNotFoundError:
        return Page(url, 404, (), b"", now)
    except (OSError, ValueError) as error:
        raise Unreachable(f"cannot read {url} ({error}); check its permissions") from None


def _read(
    path: Path,
    url: str,
    validators: dict[str, str],
    max_bytes: int,
    now: datetime,
    *,
    is_named: bool = False,
) -> Page:
    """Read one file, refused when it changes meanwhile; `is_named`: say which one it is."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise Unreachable(f"no ordinary file at {url}; check the source's settings")
    with path.open("rb") as file:
        tag = _tag(os.fstat(file.fileno()), path.name if is_named else "")
        named = (("content-location", path.as_uri()),) if is_named else ()
        if validators.get("if-none-match") == tag:
            return Page(url, 304, (("etag", tag), *named), b"", now)
        body = file.read(max_bytes + 1)
        if _tag(os.fstat(file.fileno()), path.name if is_named else "") != tag:
            raise being_written(path.name, url)
    if len(body) > max_bytes:
        raise TooLarge(f"more than {max_bytes:,} bytes at {url}; raise [fetch] max_bytes if real")
    return Page(url, 200, (("etag", tag), *named), body, now)


def _tag(found: os.stat_result, name: str) -> str:
    """Return what changes with a file: its time, its size, and in a folder which it is."""
    which = f"-{zlib.crc32(name.encode(errors='surrogateescape')):x}" if name else ""
    return f'"{found.st_mtime_ns:x}-{found.st_size:x}{which}"'


def failure(error: httpx.HTTPError | httpx.InvalidURL, url: str) -> FetchFailure:
    """Translate what httpx raised: TLS, DNS, refused or broken, each with what to do."""
    causes = tuple(_causes(error))
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(f"no connection in time to {url}; the next poll tries again")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return Unreachable(
            f"TLS failed at {url} ({_words(error)}); open it in a browser and check this "
            "machine's clock; certificates are never left unchecked"
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return Unreachable(
            f"no such host (DNS) for {url}; check the source's settings and this machine's network"
        )
    if isinstance(error, httpx.ConnectError):
        return Unreachable(f"no connection to {url} ({_words(error)}); the next poll tries again")
    if isinstance(error, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return Unreachable(f"not a web address: {url}; check the source's settings")
    seen = _words(error)
    return Unreachable(f"the answer broke off at {url} ({seen}); the next poll tries again")


async def _send(
    client: httpx.AsyncClient, url: httpx.URL, headers: dict[str, str]
) -> httpx.Response:
    """Send a GET; once more if a kept-alive connection turned out to be closed."""
    opened: list[str] = []

    async def trace(event: str, _: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            opened.append(event)

    request = client.build_request("GET", url, headers=headers, extensions={"trace": trace})
    try:
        return await client.send(request, stream=True)
    except _DROPS:
        if opened:
            raise
        return await client.send(request, stream=True)


async def _read_body(response: httpx.Response, url: str, max_bytes: int) -> bytes:
    """Read the body, inflated; both the wire's and the inflated bytes are bounded."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise Unreachable(
            f"the body is packed as {encoding:.40} at {url}, which was not asked for; "
            "use another source or the sheet"
        )
    too_large = TooLarge(f"more than {max_bytes:,} bytes at {url}; raise [fetch] max_bytes if real")
    announced = response.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and float(announced) > max_bytes:
        raise too_large
    inflate = _Gunzip(max_bytes) if "gzip" in encoding else None
    body = bytearray()
    seen = 0
    # The stream itself: `aiter_raw` refuses a response that a transport built from bytes.
    async for chunk in cast("httpx.AsyncByteStream", response.stream):
        seen += len(chunk)
        body += inflate.feed(chunk, url) if inflate else chunk
        if max(seen, len(body)) > max_bytes:
            raise too_large
    if inflate:
        inflate.finish(url)
    return bytes(body)


class _Gunzip:
    """Inflates gzip or zlib, and stops one byte over the cap (window bits 47: both headers)."""

    def __init__(self, max_bytes: int) -> None:
        self._left = max_bytes + 1
        self._member = zlib.decompressobj(47)
        self._begun = False

    def feed(self, chunk: bytes, url: str) -> bytes:
        """Return the next inflated bytes, at most what the cap leaves and one more."""
        self._begun = self._begun or bool(chunk)
        out = bytearray()
        while chunk and self._left > len(out):
            if self._member.eof:
                # Bytes after the end are another gzip member, or padding that browsers skip too.
                if not chunk.startswith(b"\x1f"):
                    break
                self._member = zlib.decompressobj(47)
            try:
                out += self._member.decompress(chunk, self._left - len(out))
            except zlib.error as error:
                raise Unreachable(f"damaged gzip body at {url} ({error})") from None
            chunk = self._member.unused_data or self._member.unconsumed_tail
        self._left -= len(out)
        return bytes(out)

    def finish(self, url: str) -> None:
        """Raise `Unreachable` when the gzip stream lacks its end."""
        if self._begun and not self._member.eof:
            raise Unreachable(f"the gzip body ends early at {url}; the next poll tries again")


def _followed(
    current: httpx.URL, response: httpx.Response, hosts: tuple[str, ...]
) -> httpx.URL | None:
    """Return where a redirect leads if it may go there and does not step down from https."""
    location = response.headers.get("location", "")
    if response.status_code not in _REDIRECTS or not location:
        return None
    try:
        target = current.join(location)
    except httpx.InvalidURL:
        return None
    same_door = (target.scheme, target.port) == (current.scheme, current.port)
    step_up = (current.scheme, target.scheme) == ("http", "https")
    may_go = target.host == current.host or _is_among(target.host, hosts)
    return target if may_go and (same_door or step_up) else None


def _is_among(host: str, hosts: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in hosts)


def _kept_headers(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    named = (
        (name.decode("latin-1").lower(), value.decode("latin-1"))
        for name, value in response.headers.raw
    )
    return tuple((name, value) for name, value in named if name not in _DROPPED)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _words(error: Exception) -> str:
    """Return the error's own words on one line, at most 120 characters."""
    return " ".join(str(error).split())[:120] or type(error).__name__
