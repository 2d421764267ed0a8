"""A recorded world answers at any time exactly as the sites did."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import warc, warc_records
from monitor.archive import ArchiveWriter
from monitor.errors import (
    ArchiveFailure,
    Blocked,
    FetchFailure,
    NotFound,
    NotRecorded,
    ServerTrouble,
    TimedOut,
    Unreachable,
)
from monitor.fetch import refuse_status, unchanged
from monitor.model import Page, Request
from monitor.world import RecordedFetcher, World

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2018, 5, 8, 23, 31, tzinfo=UTC)
URL = "https://example.org/results_32.txt"
OTHER = "https://example.org/current_ver.txt"
A, B = b'{"votes": 1}', b'{"votes": 2}'


def at(minute: float) -> datetime:
    """Return a time some minutes after `NOW`."""
    return NOW + timedelta(minutes=minute)


def page(body: bytes, minute: float, status: int = 200, url: str = URL, **headers: str) -> Page:
    """Return an answer some minutes after `NOW`."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(url, status, named, body, at(minute))


def record(path: Path, write: Callable[[ArchiveWriter], object]) -> World:
    """Write an archive and read it as a world."""
    with ArchiveWriter(path) as writer:
        writer.start("config text", "rules digest", NOW)
        write(writer)
    return World.read(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive of a test lies."""
    return tmp_path / "night.warc.gz"


def ask(
    world: World, minute: float, url: str = URL, known: Page | None = None, **how: bool
) -> Page:
    """Ask the world some minutes after `NOW`; `how`: unconditional, optional, immutable."""
    request = Request(
        url, immutable=how.get("immutable", False), optional=how.get("optional", False)
    )
    return world.answer(
        request, known=known, now=at(minute), unconditional=how.get("unconditional", False)
    )


def test_newest_record_not_later_than_now(path: Path) -> None:
    """Before the first one the page is not there yet; an optional one is an answer."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(A, 10, content_type="text/plain"), "v1")
        writer.keep(page(B, 20), "v2")

    world = record(path, write)
    with pytest.raises(NotFound, match=f"404 at {URL}"):
        ask(world, 9)
    assert ask(world, 9, optional=True).status == 404
    assert ask(world, 10) == page(A, 10, content_type="text/plain")
    assert ask(world, 19.9).body == A
    assert ask(world, 20).body == B
    assert ask(world, 9999).fetched_at == at(9999)
    with pytest.raises(NotRecorded, match="stands nowhere in night"):
        ask(world, 20, OTHER)


def test_what_the_first_record_says(path: Path) -> None:
    """The clock starts at the first record after it; the times are those of the visits."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(A, 10), "v1")
        writer.keep(page(A, 12, url=OTHER), "v2")
        writer.keep(page(B, 15), "v2")

    world = record(path, write)
    assert (world.config_text, world.rules_digest) == ("config text", "rules digest")
    assert (world.starts_at, world.ends_at) == (at(10), at(12))
    assert world.urls == {URL, OTHER}
    assert not world.damaged_tail
    assert world.body(warc.digest_of(B)) == B
    with pytest.raises(ArchiveFailure, match="no body 000"):
        world.body("0" * 64)


def test_empty_night_begins_and_ends_with_its_first_record(path: Path) -> None:
    world = record(path, lambda _: None)
    assert world.starts_at == world.ends_at == NOW


def test_longer_copy_has_the_same_id(path: Path) -> None:
    short = record(path, lambda writer: writer.keep(page(A, 1), "v1")).archive_id
    longer = record(path, lambda writer: writer.keep(page(B, 2), "v2")).archive_id
    path.unlink()
    with ArchiveWriter(path) as writer:
        writer.start("other config", "rules digest", NOW)
    assert short == longer != World.read(path).archive_id


def test_records_of_a_visit_appear_together_at_its_start(path: Path) -> None:
    """A version file and the results it names are never seen apart."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(b"1", 1, url=OTHER), "v1")
        writer.keep(page(A, 2), "v1")
        writer.keep(page(b"2", 10, url=OTHER), "v2")
        writer.keep(page(B, 12), "v2")

    world = record(path, write)
    assert (ask(world, 1, OTHER).body, ask(world, 1).body) == (b"1", A)
    assert (ask(world, 9.9, OTHER).body, ask(world, 9.9).body) == (b"1", A)
    assert (ask(world, 10, OTHER).body, ask(world, 10).body) == (b"2", B)


def test_overlapping_visits_do_not_hide_the_later_record(path: Path) -> None:
    """A visit that began later can hold the earlier record of a shared URL."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(b"x", 10, url=OTHER), "slow")
        writer.keep(page(b"y", 11, url=OTHER + "?2"), "quick")
        writer.keep(page(A, 12), "quick")
        writer.keep(page(B, 15), "slow")

    world = record(path, write)
    assert ask(world, 10).body == ask(world, 11).body == ask(world, 20).body == B


def test_304_to_a_matching_validator(path: Path) -> None:
    """A weak tag equals its strong one; an unconditional request gets the whole page."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(A, 1, etag='W/"a"'), "v1")
        writer.keep(page(B, 5, etag='"b"'), "v2")

    world = record(path, write)
    first = ask(world, 1)
    assert ask(world, 2, known=first) == replace(first, fetched_at=at(2), unchanged=True)
    assert ask(world, 2, known=replace(first, headers=(("etag", '"a"'),))).unchanged
    assert not ask(world, 2, known=first, unconditional=True).unchanged
    assert ask(world, 5, known=first) == page(B, 5, etag='"b"')


def test_last_modified_counts_where_a_tag_is_missing(path: Path) -> None:
    then, later = "Tue, 08 May 2018 23:31:00 GMT", "Tue, 08 May 2018 23:33:00 GMT"

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(A, 1, last_modified=then), "v1")
        writer.keep(page(B, 5, last_modified=later), "v2")

    world = record(path, write)
    first = ask(world, 1)
    assert ask(world, 2, known=first).unchanged
    assert ask(world, 5, known=first).body == B


def test_page_without_validator_is_sent_whole_each_time(path: Path) -> None:
    """As a site without ETag and Last-Modified does: every answer is a look."""
    world = record(path, lambda writer: writer.keep(page(A, 1), "v1"))
    assert not ask(world, 2, known=ask(world, 1)).unchanged


def test_lying_tag_hides_a_change_until_an_unconditional_request(path: Path) -> None:
    """As live (faults.md S19): same tag, other body."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(A, 1, etag='"same"'), "v1")
        writer.keep(page(B, 5, etag='"same"'), "v2")

    world = record(path, write)
    first = ask(world, 1)
    assert ask(world, 6, known=first).body == A
    assert ask(world, 6, known=first, unconditional=True).body == B


def test_immutable_page_is_its_own_answer(path: Path) -> None:
    world = record(path, lambda writer: writer.keep(page(A, 1), "v1"))
    known = page(b"stored", 0)
    assert ask(world, 2, known=known, immutable=True).body == b"stored"


def test_revisit_serves_the_body_it_refers_to(path: Path) -> None:
    """200, 503, then a 304: the site is back with what it had."""

    def write(writer: ArchiveWriter) -> None:
        first = page(A, 1, etag='"a"')
        writer.keep(first, "v1")
        writer.keep(page(b"", 2, 503, retry_after="60"), "v2")
        writer.keep(unchanged(first, at(3)), "v3")

    world = record(path, write)
    first = ask(world, 1)
    with pytest.raises(ServerTrouble) as caught:
        ask(world, 2, known=first)
    assert caught.value.retry_after == 60
    assert ask(world, 3) == replace(first, fetched_at=at(3))
    assert ask(world, 3, known=first).unchanged


def test_failure_is_raised_again_until_the_next_record(path: Path) -> None:
    """By its own name and words, and walls with their page."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep_failure(URL, TimedOut("no whole answer", retry_after=3), at(1), "v1")
        wall = page(b"captcha", 2, 403)
        writer.keep_failure(URL, Blocked("a wall", page=wall), at(2), "v2")
        writer.keep(page(A, 3), "v3")

    world = record(path, write)
    for minute in (1, 1.5):
        with pytest.raises(TimedOut, match=r"^no whole answer$") as caught:
            ask(world, minute)
        assert caught.value.retry_after == 3
    with pytest.raises(Blocked) as walled:
        ask(world, 2)
    assert walled.value.page == page(b"captcha", 2, 403)
    assert ask(world, 3).body == A


def test_optional_404_stays_an_answer(path: Path) -> None:
    world = record(path, lambda writer: writer.keep(page(b"", 1, 404), "v1"))
    assert ask(world, 1, optional=True).status == 404
    with pytest.raises(NotFound):
        ask(world, 1)


def test_blank_in_a_url_is_one_name(path: Path) -> None:
    """A file of a hand-kept sheet may have a blank in its name."""
    url = "file:///sheets/dallas da.csv"
    world = record(path, lambda writer: writer.keep(page(A, 1, url=url), "v1"))
    assert ask(world, 1, url) == page(A, 1, url=url)


async def test_recorded_fetcher_answers_as_its_world(path: Path) -> None:
    world = record(path, lambda writer: writer.keep(page(A, 1), "v1"))
    fetcher = RecordedFetcher(world)
    got = await fetcher.fetch(Request(URL), known=None, now=at(2), unconditional=False)
    assert got == ask(world, 2)


def test_torn_tail_is_left_out_and_told(path: Path) -> None:
    """Cut at every byte of the last record, the night plays up to the one before."""

    def write(writer: ArchiveWriter) -> None:
        writer.keep(page(A, 1), "v1")
        writer.keep(page(B, 2), "v2")

    record(path, write)
    whole = path.read_bytes()
    with path.open("rb") as file:
        last = warc.read(file, path).entries[-1]
    for size in range(last.offset + 1, len(whole)):
        path.write_bytes(whole[:size])
        world = World.read(path)
        assert world.damaged_tail
        assert (ask(world, 9).body, world.ends_at) == (A, at(1))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no whole record"),
        (b"[elections]\n", "no WARC file"),
        (bytes(100), "no WARC file"),
        (warc_records.metadata({"config": "x"}, NOW, 0), "holds no config"),
        (warc_records.metadata({"config": "x", "rules": "y"}, NOW, 0)[:-20], "no whole record"),
        (warc_records.response(page(A, 1), "v1", 0), "holds no config"),
        (warc_records.response(page(b'"config"', 1), "v1", 0), "holds no config"),
    ],
)
def test_what_is_no_recording_is_named(path: Path, content: bytes, words: str) -> None:
    path.write_bytes(content)
    with pytest.raises(ArchiveFailure, match=words) as caught:
        World.read(path)
    assert str(path) in str(caught.value)


def test_absent_recording_is_named(path: Path) -> None:
    with pytest.raises(ArchiveFailure, match="No such file"):
        World.read(path)


def test_revisit_without_its_original_is_refused(path: Path) -> None:
    """Its body is lost; a night without it would say something else."""
    first = warc_records.metadata({"config": "x", "rules": "y"}, NOW, 0)
    kept = warc_records.response(page(A, 1), "v1", len(first))
    path.write_bytes(first + kept)
    with path.open("rb") as file:
        original = warc.read(file, path).entries[1]
    path.write_bytes(first + warc_records.revisit(original, at(2), "v2", len(first)))
    with pytest.raises(ArchiveFailure, match="lacks the record"):
        World.read(path)


# What a site did at one request, as the property below draws it: a fresh answer, a 304, or a
# failure without any answer.
Act = tuple[str, int | str]
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.tuples(st.just("200"), st.integers(0, 2)),
    st.tuples(st.just("304"), st.just(0)),
    st.tuples(st.just("status"), st.sampled_from([301, 403, 404, 429, 500, 503])),
    st.tuples(st.just("failure"), st.sampled_from(["late", "refused"])),
)
VISITS = st.lists(
    st.tuples(
        st.integers(1, 90),
        st.lists(st.tuples(st.sampled_from([URL, OTHER]), ACTS), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=8,
)
Seen = dict[str, tuple[object, ...]]


class Live:
    """A site, the bot that watches it, and what the bot last saw at each URL."""

    def __init__(self, writer: ArchiveWriter) -> None:
        self.writer = writer
        self.known: dict[str, Page] = {}
        self.seen: Seen = {}

    def request(self, url: str, act: Act, now: datetime, visit: str) -> None:
        """Play one request, keep it in the archive, and remember what was seen."""
        try:
            answer = self._answer(url, act, now)
            self.writer.keep(answer, visit)
            self.known[url] = answer
            self.seen[url] = (200, answer.body)
        except FetchFailure as error:
            self.writer.keep_failure(url, error, now, visit)
            self.seen[url] = (type(error), str(error), error.retry_after)

    def _answer(self, url: str, act: Act, now: datetime) -> Page:
        kind, detail = act
        if kind == "failure":
            raise (TimedOut if detail == "late" else Unreachable)(f"{detail} at {url}")
        if kind == "304" and url in self.known:
            return unchanged(self.known[url], now)
        status = int(detail) if kind == "status" else 200
        headers = (("etag", f'"{detail}"'), ("location", "/x"), ("retry-after", "7"))
        return refuse_status(Page(url, status, headers, f"{detail}".encode(), now))


def replayed(world: World, url: str, now: datetime, known: Page | None) -> tuple[object, ...]:
    """Return what the world shows at a URL, in the words of `Live.seen`."""
    try:
        got = world.answer(Request(url), known=known, now=now, unconditional=False)
    except FetchFailure as error:
        return (type(error), str(error), error.retry_after)
    return (got.status, got.body)


@settings(max_examples=80)
@given(VISITS, st.booleans())
def test_replay_shows_what_was_seen_live(
    visits: list[tuple[int, list[tuple[str, Act]]]], restarts: bool
) -> None:
    """At the end of every visit, each URL answers as it did live; restarts change no byte."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.warc.gz"
        story: list[tuple[datetime, Seen]] = []
        now = NOW
        writer = ArchiveWriter(path)
        writer.start("config", "rules", NOW)
        live = Live(writer)
        for number, (gap, requests) in enumerate(visits):
            now += timedelta(seconds=gap)
            for url, act in requests:
                now += timedelta(milliseconds=250)
                live.request(url, act, now, f"visit-{number}")
            story.append((now, dict(live.seen)))
            if restarts:
                live.writer.close()
                live.writer = ArchiveWriter(path, length=live.writer.length)
        live.writer.close()
        _compare(World.read(path), story)


def _compare(world: World, story: list[tuple[datetime, Seen]]) -> None:
    known: dict[str, Page] = {}
    for now, seen in story:
        for url, expected in seen.items():
            assert replayed(world, url, now, None) == expected
            assert replayed(world, url, now, known.get(url)) == expected
            if expected[0] == 200:
                known[url] = world.answer(
                    Request(url), known=known.get(url), now=now, unconditional=False
                )
        for url in world.urls - set(seen):
            with pytest.raises(NotFound):
                world.answer(Request(url), known=None, now=now, unconditional=False)
    for url in {URL, OTHER} - world.urls:
        with pytest.raises(NotRecorded):
            world.answer(Request(url), known=None, now=now, unconditional=False)
