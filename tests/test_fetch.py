"""Every fault a site or a network can show ends in its named error, in time and in memory."""

from __future__ import annotations

import asyncio
import os
import time
import tracemalloc
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import (
    Blocked,
    FetchFailure,
    MovedAway,
    NotFound,
    ServerTrouble,
    TimedOut,
    TooLarge,
    Truncated,
    Unreachable,
)
from monitor.fetch import LONGEST_WAIT, HttpFetcher, refuse_status
from monitor.model import Page, Request
from monitor.races import FetchConfig
from scrapers.base import json_of
from tests.fault_server import (
    BOMB_BYTES,
    RESULTS,
    fault_server,
    free_port,
    greeting_server,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOW = datetime(2018, 5, 8, 23, 31, tzinfo=UTC)
LIMITS = FetchConfig(contact="desk@example.org", total_seconds=10, max_bytes=1_000_000)
HURRIED = replace(LIMITS, total_seconds=0.4)


@asynccontextmanager
async def fetching(
    config: FetchConfig = LIMITS, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[HttpFetcher]:
    """Yield a fetcher and close it."""
    fetcher = HttpFetcher(config, transport)
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def fetch(fetcher: HttpFetcher, url: str, known: Page | None = None, **how: bool) -> Page:
    """Fetch at `NOW`; `how` may hold unconditional, optional and immutable."""
    request = Request(
        url, immutable=how.get("immutable", False), optional=how.get("optional", False)
    )
    unconditional = how.get("unconditional", False)
    return await fetcher.fetch(request, known=known, now=NOW, unconditional=unconditional)


async def meet(fault: str, kind: type[FetchFailure], words: str) -> tuple[FetchFailure, int]:
    """Meet a fault; return its error and how often the server was asked."""
    config = HURRIED if kind is TimedOut else LIMITS
    async with fault_server() as server, fetching(config) as fetcher:
        began = time.monotonic()
        with pytest.raises(FetchFailure, match=words) as caught:
            await fetch(fetcher, server.url(fault))
        assert time.monotonic() - began < 5
        asked = server.asked(fault)
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert server.url(fault) in str(caught.value)
    return caught.value, asked


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("hang", TimedOut, "no whole answer within 0.4 s"),
        ("drip", TimedOut, "no whole answer within 0.4 s"),
        ("slow-headers", TimedOut, "no whole answer within 0.4 s"),
        ("endless", TooLarge, "more than 1,000,000 bytes"),
        ("announces-too-much", TooLarge, "more than 1,000,000 bytes"),
        ("bomb", TooLarge, "more than 1,000,000 bytes"),
        ("deflate-bomb", TooLarge, "more than 1,000,000 bytes"),
        ("double-gzip", Unreachable, "packed as gzip, gzip"),
        ("brotli", Unreachable, "packed as br"),
        ("cut-gzip", Unreachable, "ends early"),
        ("no-gzip", Unreachable, "damaged gzip"),
        ("longer-than-sent", Unreachable, "broke off"),
        ("reset", Unreachable, "broke off"),
        ("huge-header", Unreachable, "broke off"),
        ("not-http", Unreachable, "broke off"),
        ("loop", MovedAway, "points to /loop"),
        ("away", MovedAway, "points to http://elsewhere.invalid/fine"),
        ("nowhere", MovedAway, "points to nowhere"),
        ("busy", ServerTrouble, "503 .* wait 120 s"),
        ("challenge", Blocked, "403 .*open it in a browser; set .fetch. contact"),
        ("waf-202", Blocked, "202"),
        ("wrong-304", Unreachable, "304"),
        ("missing", NotFound, "404"),
    ],
)
async def test_fault_ends_in_its_named_error(
    fault: str, kind: type[FetchFailure], words: str
) -> None:
    """The error is named, on one line, with the URL, within the limit."""
    error, asked = await meet(fault, kind, words)
    assert asked == (4 if fault == "loop" else 1)
    if kind in {Blocked, MovedAway, ServerTrouble, NotFound}:
        assert error.page is not None
        assert error.page.url.endswith(fault)


async def test_retry_after_is_kept() -> None:
    error, _ = await meet("busy", ServerTrouble, "503")
    assert error.retry_after == 120


@pytest.mark.parametrize("fault", ["bomb", "deflate-bomb", "double-gzip", "endless"])
async def test_bomb_stays_small_in_memory(fault: str) -> None:
    """64 MiB of zeros in a few kilobytes never reach memory; the cap is 1 MB (faults.md K7)."""
    async with fault_server() as server, fetching() as fetcher:
        with pytest.raises(FetchFailure):
            await fetch(fetcher, server.url(fault))  # what is imported once is not the bomb's
        tracemalloc.start()
        try:
            with pytest.raises(FetchFailure):
                await fetch(fetcher, server.url(fault))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8_000_000 < BOMB_BYTES


async def test_refused_port() -> None:
    async with fetching() as fetcher:
        with pytest.raises(Unreachable, match="no connection to http://127"):
            await fetch(fetcher, f"http://127.0.0.1:{free_port()}/")


async def test_unknown_host() -> None:
    """The name .invalid is reserved for never existing (RFC 6761)."""
    async with fetching(FetchConfig(total_seconds=5)) as fetcher:
        with pytest.raises(FetchFailure, match=r"no such host \(DNS\)|in time|within 5 s"):
            await fetch(fetcher, "http://results.invalid/")


async def test_tls_fault_is_told_apart_from_a_closed_door() -> None:
    async with greeting_server(b"220 mail.example.org\r\n") as port, fetching() as fetcher:
        with pytest.raises(Unreachable, match="TLS failed"):
            await fetch(fetcher, f"https://127.0.0.1:{port}/")


async def test_tls_stall_is_timed_out() -> None:
    """A server that takes the connection and never shakes hands (faults.md B10)."""
    async with greeting_server(b"") as port, fetching(HURRIED) as fetcher:
        with pytest.raises(TimedOut, match="no connection in time"):
            await fetch(fetcher, f"https://127.0.0.1:{port}/")


@pytest.mark.parametrize("url", ["ftp://example.org/a", "https://", "http://[::/", "results"])
async def test_no_web_address(url: str) -> None:
    async with fetching() as fetcher:
        with pytest.raises(Unreachable):
            await fetch(fetcher, url)


async def test_fine_page() -> None:
    """Headers are in lower case, cookies are dropped, and we say who we are."""
    async with fault_server() as server, fetching() as fetcher:
        page = await fetch(fetcher, server.url("fine"))
        head = server.heads[0].lower()
    assert page == Page(
        server.url("fine"), 200, (("content-type", "application/json"),), RESULTS, NOW
    )
    assert "user-agent: mozilla/5.0 (compatible; primarynight/" in head
    assert "+desk@example.org)" in head
    assert "accept-encoding: gzip\r\n" in head
    assert "if-none-match" not in head


async def test_cookies_are_never_sent_back() -> None:
    async with fault_server() as server, fetching() as fetcher:
        await fetch(fetcher, server.url("fine"))
        await fetch(fetcher, server.url("fine"))
        assert "cookie" not in server.heads[1].lower()


@pytest.mark.parametrize("fault", ["gzip", "two-members", "hop"])
async def test_unusual_but_whole(fault: str) -> None:
    """Gzip, gzip in two members with padding, and one hop on the same host are read."""
    async with fault_server() as server, fetching() as fetcher:
        page = await fetch(fetcher, server.url(fault))
    assert (page.status, page.body, page.url) == (200, RESULTS, server.url(fault))
    assert page.header("content-encoding") == ""


async def test_body_cut_at_close_is_for_the_parser() -> None:
    """Without a length, nobody but the scraper can see the cut (faults.md B7): it does."""
    async with fault_server() as server, fetching() as fetcher:
        page = await fetch(fetcher, server.url("cut-at-close"))
    assert page.body == RESULTS[:-4]
    with pytest.raises(Truncated):
        json_of(page)


async def test_conditional_get() -> None:
    """A 304 is the stored page, looked at now; an unconditional one is fetched whole."""
    async with fault_server() as server, fetching() as fetcher:
        first = await fetch(fetcher, server.url("tagged"))
        second = await fetch(fetcher, server.url("tagged"), first)
        third = await fetch(fetcher, server.url("tagged"), second, unconditional=True)
        heads = [head.lower() for head in server.heads]
    assert second.unchanged
    assert second.body == first.body
    assert not third.unchanged
    assert "if-modified-since: tue, 08 may 2018 23:31:00 gmt" in heads[1]
    assert "if-none-match" not in heads[2]


async def test_wrong_304_is_undone_by_an_unconditional_get() -> None:
    """A 304 may lie (faults.md S19): with a validator it is taken, without one it is refused."""
    known = Page("x", 200, (("etag", '"old"'),), b"old", NOW - timedelta(hours=1))
    async with fault_server() as server, fetching() as fetcher:
        url = server.url("wrong-304")
        page = await fetch(fetcher, url, known)
        assert (page.unchanged, page.body, page.fetched_at) == (True, b"old", NOW)
        with pytest.raises(Unreachable, match="304"):
            await fetch(fetcher, url, known, unconditional=True)


async def test_immutable_page_is_not_asked_for_again() -> None:
    async with fault_server() as server, fetching() as fetcher:
        known = await fetch(fetcher, server.url("fine"), immutable=True)
        again = await fetch(fetcher, server.url("fine"), known, immutable=True, unconditional=True)
        assert server.asked("fine") == 1
    assert again.unchanged


async def test_optional_404_is_a_page() -> None:
    async with fault_server() as server, fetching() as fetcher:
        page = await fetch(fetcher, server.url("missing"), optional=True)
    assert (page.status, page.unchanged) == (404, False)


async def test_dropped_keep_alive_is_tried_once_more() -> None:
    """The server closes after each answer without saying so (faults.md B13)."""
    async with fault_server() as server, fetching() as fetcher:
        for _ in range(5):
            assert (await fetch(fetcher, server.url("drops-kept-alive"))).body == RESULTS


async def test_kept_connection_closed_on_request_is_tried_on_a_new_one() -> None:
    async with fault_server() as server, fetching() as fetcher:
        await fetch(fetcher, server.url("fine"))
        with pytest.raises(Unreachable):
            await fetch(fetcher, server.url("never-answers"))
        assert server.asked("never-answers") == 2


async def test_new_connection_is_not_tried_again() -> None:
    error, asked = await meet("never-answers", Unreachable, "broke off")
    assert error.page is None
    assert asked == 1


async def test_trouble_is_left_to_the_next_poll() -> None:
    async with fault_server() as server, fetching() as fetcher:
        with pytest.raises(ServerTrouble):
            await fetch(fetcher, server.url("flaky"))
        assert (await fetch(fetcher, server.url("flaky"))).body == RESULTS


async def test_at_most_two_exchanges_with_one_host_and_others_go_on() -> None:
    """Five hanging requests hold two connections of their host and none of another's."""
    async with fault_server() as slow, fault_server() as quick, fetching() as fetcher:
        hanging = [asyncio.create_task(fetch(fetcher, slow.url("hang"))) for _ in range(5)]
        page = await fetch(fetcher, quick.url("fine"))
        await asyncio.sleep(0.1)
        most = slow.asked("hang")
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
    assert page.body == RESULTS
    assert most == 2


async def test_proxy_variables_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set by an administrator for other programs, they must not reroute us (faults.md B15)."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    async with fault_server() as server, fetching() as fetcher:
        assert (await fetch(fetcher, server.url("fine"))).body == RESULTS


async def test_transport_takes_the_networks_place() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        step = request.url.scheme == "https"
        there = "http://results.example.org/" if step else "https://results.example.org/"
        return httpx.Response(301, headers={"location": there})

    async with fetching(transport=httpx.MockTransport(answer)) as fetcher:
        with pytest.raises(MovedAway, match="points to http://results"):
            await fetch(fetcher, "http://results.example.org/")


async def test_file_is_read_like_a_page(tmp_path: Path) -> None:
    """A hand-kept CSV answers 200, then 304 until it is saved again."""
    sheet = tmp_path / "hand kept.csv"
    sheet.write_bytes(b"candidate,votes\n")
    async with fetching() as fetcher:
        first = await fetch(fetcher, sheet.as_uri())
        again = await fetch(fetcher, sheet.as_uri(), first)
        whole = await fetch(fetcher, sheet.as_uri(), first, unconditional=True)
        sheet.write_bytes(b"candidate,votes\nFrizell,1\n")
        after = await fetch(fetcher, sheet.as_uri(), first)
    assert (first.status, first.body) == (200, b"candidate,votes\n")
    assert [page.unchanged for page in (first, again, whole, after)] == [False, True, False, False]
    assert after.body.endswith(b"Frizell,1\n")


async def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Absent, a folder without a report, a pipe, too large: named like a site's faults."""
    (tmp_path / "large").write_bytes(bytes(LIMITS.max_bytes + 1))
    os.mkfifo(tmp_path / "pipe")
    async with fetching() as fetcher:
        absent = (tmp_path / "absent.csv").as_uri()
        assert (await fetch(fetcher, absent, optional=True)).status == 404
        with pytest.raises(NotFound, match=r"404 at file:"):
            await fetch(fetcher, absent)
        for name, kind in (("", NotFound), ("pipe", Unreachable), ("large", TooLarge)):
            with pytest.raises(kind):
                await fetch(fetcher, (tmp_path / name).as_uri())
        with pytest.raises(Unreachable):
            await fetch(fetcher, "file:///a%00b")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (202, Unreachable),
        (204, Unreachable),
        (301, MovedAway),
        (304, Unreachable),
        (400, Unreachable),
        (401, Blocked),
        (403, Blocked),
        (404, NotFound),
        (405, Unreachable),
        (407, Blocked),
        (410, NotFound),
        (429, ServerTrouble),
        (451, Blocked),
        (500, ServerTrouble),
        (503, ServerTrouble),
        (600, Unreachable),
    ],
)
def test_status_has_one_meaning(status: int, kind: type[FetchFailure]) -> None:
    page = Page("https://example.org/r", status, (), b"", NOW)
    with pytest.raises(FetchFailure) as caught:
        refuse_status(page)
    assert type(caught.value) is kind
    assert caught.value.page is page
    assert f"{status} at https://example.org/r" in str(caught.value)


@pytest.mark.parametrize("status", [202, 405, 503])
def test_challenge_hides_behind_a_harmless_status(status: int) -> None:
    body = b'<html><script src="/challenge-platform/x.js"></script></html>'
    with pytest.raises(Blocked):
        refuse_status(Page("https://example.org/r", status, (), body, NOW))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("999999999999999999999999", LONGEST_WAIT),
        ("Tue, 08 May 2018 23:33:00 GMT", 120.0),
        ("Tue, 08 May 2018 23:33:00 -0000", 120.0),
        ("Tue, 08 May 2018 19:33:00 -0400", 120.0),
        ("Wed, 09 May 2018 23:33:00 GMT", LONGEST_WAIT),
        ("Tue, 08 May 2018 20:00:00 GMT", 0.0),
        ("soon", 0.0),
        ("-5", 0.0),
        ("٣", 0.0),
        ("", 0.0),
    ],
)
def test_retry_after_in_every_spelling(text: str, seconds: float) -> None:
    with pytest.raises(ServerTrouble) as caught:
        refuse_status(Page("https://example.org/r", 429, (("retry-after", text),), b"", NOW))
    assert caught.value.retry_after == seconds


@given(
    st.integers(100, 599),
    st.sampled_from(["retry-after", "location", "x-amzn-waf-action"]),
    st.text(),
    st.binary(),
)
def test_any_answer_is_a_page_or_a_named_error(
    status: int, name: str, value: str, body: bytes
) -> None:
    """Whatever a header says, nothing but a `FetchFailure` leaves, with a sane wait."""
    page = Page("https://example.org/r", status, ((name, value),), body, NOW)
    if status == 200:
        assert refuse_status(page) is page
        return
    with pytest.raises(FetchFailure) as caught:
        refuse_status(page)
    assert caught.value.page is page
    assert 0 <= caught.value.retry_after <= LONGEST_WAIT
    assert "\n" not in str(caught.value)


def _published_sheet(request: httpx.Request) -> httpx.Response:
    """Answer as a published Google sheet does: the CSV stands on a host of its own."""
    if request.url.host == "docs.google.com":
        target = f"https://{request.url.params['at']}/pub.csv"
        return httpx.Response(307, headers={"location": target})
    return httpx.Response(200, content=b"contest,candidate,votes\n")


@pytest.mark.parametrize(
    ("at", "follows"),
    [("doc-0s-7c-sheets.googleusercontent.com", True), ("googleusercontent.com.evil.test", False)],
)
async def test_a_redirect_leads_only_to_the_hosts_a_request_names(
    at: str, *, follows: bool
) -> None:
    """A published sheet is followed to Google's file hosts and to no look-alike."""
    fetcher = HttpFetcher(FetchConfig(), transport=httpx.MockTransport(_published_sheet))
    request = Request(
        f"https://docs.google.com/pub?at={at}", may_move_to=("googleusercontent.com",)
    )
    now = datetime(2018, 3, 8, 17, tzinfo=UTC)
    if follows:
        page = await fetcher.fetch(request, known=None, now=now, unconditional=True)
        assert (page.url, page.body) == (request.url, b"contest,candidate,votes\n")
    else:
        with pytest.raises(MovedAway, match="evil"):
            await fetcher.fetch(request, known=None, now=now, unconditional=True)
    await fetcher.aclose()
