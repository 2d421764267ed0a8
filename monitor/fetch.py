"""Fetching one URL: the contract, and what an answer's status means.

`Fetcher` is what a visit is driven with, live or recorded. `HttpFetcher` asks the
real site (and reads `file://` URLs); `monitor.world.RecordedFetcher` asks an archive.
`refuse_status` and `stored_answer` are pure and shared by both.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

import httpx

from monitor import exchange
from monitor.errors import (
    Blocked,
    MovedAway,
    NotFound,
    ServerTrouble,
    TimedOut,
    Unreachable,
)

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

    from monitor.model import Page, Request
    from monitor.races import FetchConfig

LONGEST_WAIT = 900.0
"""Seconds. A longer Retry-After would silence a county for a whole count (faults.md B16)."""

EXCHANGES_PER_HOST = 2

OK, NOT_MODIFIED, MISSING, TOO_MANY = 200, 304, 404, 429
_WALLED = frozenset({401, 403, 407, 451})
_MAYBE_WALLED = frozenset({202, 405, 503})
"""AWS WAF answers 202 and 405 with its challenge; Cloudflare's older one came with 503."""
_GONE = frozenset({404, 410})
_MOVED = range(300, 400)
_TROUBLE = range(500, 600)
_CHALLENGE = re.compile(
    rb"captcha|challenge-platform|cf-chl|_Incapsula_|awswaf|enable javascript and cookies",
    re.IGNORECASE,
)
_CHALLENGE_HEADERS = ("x-amzn-waf-action", "cf-mitigated")


class Fetcher(Protocol):
    """Answers requests, live or recorded."""

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Return a fresh 200, `known` as unchanged, or an optional request's 404.

        `known` is the newest stored 200 of the URL. `unconditional` asks for the
        whole page even if it has a validator. Raises a `FetchFailure` otherwise,
        with the response in its `page` where there was one.
        """
        ...


def refuse_status(page: Page, *, optional: bool = False) -> Page:
    """Return a page whose status is an answer: 200, or 404 of an optional request.

    Raises `Blocked` (401, 403, 407, 451, or a challenge), `NotFound` (404, 410),
    `ServerTrouble` (429, 5xx), `MovedAway` (3xx but 304) and else `Unreachable`.
    """
    status = page.status
    if status == OK or (optional and status == MISSING):
        return page
    seen = f"{status} at {page.url}"
    if status in _WALLED or (status in _MAYBE_WALLED and _is_challenge(page)):
        raise Blocked(
            f"a wall: {seen}; open it in a browser; set [fetch] contact; "
            "use another source or the sheet",
            page=page,
        )
    if status in _GONE:
        raise NotFound(f"not found: {seen}; check the source's settings", page=page)
    if status == TOO_MANY or status in _TROUBLE:
        wait = _retry_after(page)
        told = f"; it asks us to wait {wait:.0f} s" if wait else ""
        raise ServerTrouble(
            f"the server has trouble: {seen}{told}; the next poll tries again",
            page=page,
            retry_after=wait,
        )
    if status in _MOVED and status != NOT_MODIFIED:
        target = "".join(filter(str.isprintable, page.header("location"))) or "nowhere"
        raise MovedAway(
            f"moved: {seen} points to {target:.200}; not followed (another host, a step down "
            "from https, or too many hops); open it and correct the source's settings",
            page=page,
        )
    raise Unreachable(f"no usable answer: {seen}; open it in a browser", page=page)


def stored_answer(request: Request, known: Page | None, now: datetime) -> Page | None:
    """Return the stored 200 of an immutable URL: it is the answer without asking."""
    if request.immutable and known is not None and known.status == OK:
        return unchanged(known, now)
    return None


def unchanged(known: Page, now: datetime) -> Page:
    """Return the stored page as the site confirmed it at `now`."""
    return replace(known, fetched_at=now, unchanged=True)


def _is_challenge(page: Page) -> bool:
    return any(page.header(name) for name in _CHALLENGE_HEADERS) or bool(
        _CHALLENGE.search(page.body[:20_000])
    )


def _retry_after(page: Page) -> float:
    """Return the wait the header asks for, in seconds, 0 to `LONGEST_WAIT`."""
    text = page.header("retry-after").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max((aware - page.fetched_at).total_seconds(), 0.0), LONGEST_WAIT)


class HttpFetcher:
    """Fetches from real sites with httpx, one connection pool and two exchanges per host.

    One client over many hosts is slow (its pool is searched per request), so each host
    has its own; the TLS context is shared because it costs 29 ms to build. `transport`
    takes the network's place for every host, such as one that leads to a local server.
    """

    def __init__(
        self, config: FetchConfig, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._config = config
        self._transport = transport
        self._headers = {"user-agent": _user_agent(config.contact), "accept-encoding": "gzip"}
        self._clients: dict[tuple[str, str, int | None], httpx.AsyncClient] = {}
        self._gates: dict[str, asyncio.Semaphore] = {}

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Do one exchange; see `Fetcher.fetch`. Takes at most `total_seconds` of real time."""
        if stored := stored_answer(request, known, now):
            return stored
        validators = {} if known is None or unconditional else _validators(known)
        if request.url.startswith("file:"):
            page = await asyncio.to_thread(
                exchange.read_file,
                request.url,
                validators,
                max_bytes=self._config.max_bytes,
                now=now,
            )
        else:
            page = await self._exchange(request, validators, now)
        if known is not None and validators and page.status == NOT_MODIFIED:
            return unchanged(known, now)
        return refuse_status(page, optional=request.optional)

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            await client.aclose()

    async def _exchange(self, request: Request, validators: dict[str, str], now: datetime) -> Page:
        url, limit = request.url, self._config.total_seconds
        try:
            async with self._gate(httpx.URL(url).host), asyncio.timeout(limit):
                return await exchange.get(
                    self._client,
                    url,
                    self._headers | validators,
                    may_move_to=request.may_move_to,
                    max_bytes=self._config.max_bytes,
                    now=now,
                )
        except TimeoutError:
            raise TimedOut(
                f"no whole answer within {limit:g} s at {url}; the next poll tries again"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise exchange.failure(error, url) from error

    def _gate(self, host: str) -> asyncio.Semaphore:
        return self._gates.setdefault(host, asyncio.Semaphore(EXCHANGES_PER_HOST))

    def _client(self, url: httpx.URL) -> httpx.AsyncClient:
        limit = self._config.total_seconds
        door = (url.scheme, url.host, url.port)
        if door not in self._clients:
            self._clients[door] = httpx.AsyncClient(
                transport=self._transport or self._network(),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                # Less than the total: httpcore closes a stalled handshake only on its own timeout.
                timeout=httpx.Timeout(limit, connect=limit / 2),
                trust_env=False,
            )
        return self._clients[door]

    def _network(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=self._tls,
            trust_env=False,
            limits=httpx.Limits(max_connections=EXCHANGES_PER_HOST),
        )

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpx.create_ssl_context(trust_env=False)


def _user_agent(contact: str) -> str:
    """Name ourselves; Clarity answers 403 to agents that do not begin as browsers do."""
    reach = "".join(char for char in contact if char.isascii() and char.isprintable())
    own = f"PrimaryNight/{version('primary-night')}" + (f"; +{reach}" if reach else "")
    return f"Mozilla/5.0 (compatible; {own})"


def _validators(known: Page) -> dict[str, str]:
    """Return the request headers that let the site answer 304 for the page we hold."""
    pairs = (("if-none-match", "etag"), ("if-modified-since", "last-modified"))
    return {asked: value for asked, name in pairs if (value := known.header(name))}
