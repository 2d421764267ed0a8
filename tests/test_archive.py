"""The archive keeps what is new, whole or not at all, and the same calls give the same bytes."""

from __future__ import annotations

import errno
import gzip
import json
import resource
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor import warc
from monitor.archive import ArchiveWriter, Kept
from monitor.errors import ArchiveFailure, Blocked, DiskFull, TimedOut, Unreachable
from monitor.fetch import unchanged
from monitor.model import Page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2018, 5, 8, 23, 31, tzinfo=UTC)
URL = "https://example.org/results_32.txt"
A, B = b'{"votes": 1}', b'{"votes": 2}'


def page(body: bytes, minute: float = 0, status: int = 200, url: str = URL, **headers: str) -> Page:
    """Return an answer some minutes after `NOW`."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Page(url, status, named, body, NOW + timedelta(minutes=minute))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the archive of a test lies."""
    return tmp_path / "night.warc.gz"


@pytest.fixture
def archive(path: Path) -> Iterator[ArchiveWriter]:
    """Return an archive with its first record."""
    with ArchiveWriter(path) as writer:
        writer.start('[elections."x"]\n', "rules", NOW)
        yield writer


def kinds(path: Path) -> list[str]:
    """Return the kinds of the records in a file, after its first."""
    with path.open("rb") as file:
        return [entry.kind for entry in warc.read(file, path).entries[1:]]


def test_first_record_is_config_and_rules(archive: ArchiveWriter, path: Path) -> None:
    """A second start, after a restart with another config, changes nothing."""
    archive.start("another", "other rules", NOW)
    assert json.loads(archive.body_at(0)) == {"config": '[elections."x"]\n', "rules": "rules"}
    assert kinds(path) == []


def test_answer_is_kept_with_its_digest(archive: ArchiveWriter) -> None:
    kept = archive.keep(page(A, content_type="application/json"), "v1")
    assert kept == Kept(warc.digest_of(A), kept.offset if kept else -1, kept.length if kept else -1)
    assert kept is not None
    assert kept.offset + kept.length == archive.length
    assert archive.body_at(kept.offset) == A


def test_body_is_found_by_its_digest(archive: ArchiveWriter, path: Path) -> None:
    """Also after a restart, and even if the database never heard where it lies."""
    archive.keep(page(A), "v1")
    archive.keep(page(B, 1, 503), "v2")
    with ArchiveWriter(path) as again:
        for writer in (archive, again):
            assert writer.body_of(warc.digest_of(A)) == A
            assert writer.body_of(warc.digest_of(B)) == B
            assert writer.body_of("0" * 64) is None


def test_repetitions_are_not_kept(archive: ArchiveWriter, path: Path) -> None:
    """A 304 of the newest record, an equal 200 and an equal 404 say nothing new."""
    for answer in (
        page(A),
        unchanged(page(A), NOW),
        page(A, 1, etag='"other"'),
        page(b"gone", 2, 404),
        page(b"gone", 3, 404),
        page(A, 4),
    ):
        archive.keep(answer, "v1")
    assert kinds(path) == ["response"] * 3


def test_equal_bodies_of_two_urls_are_both_kept(archive: ArchiveWriter, path: Path) -> None:
    archive.keep(page(A), "v1")
    archive.keep(page(A, url=URL + "?2"), "v1")
    assert kinds(path) == ["response", "response"]


def test_304_after_another_answer_is_a_revisit(archive: ArchiveWriter, path: Path) -> None:
    """It names the 200 it confirms, and its body is that 200's."""
    first = page(A, etag='"a"')
    archive.keep(first, "v1")
    archive.keep(page(b"", 1, 503), "v2")
    kept = archive.keep(unchanged(first, NOW + timedelta(minutes=2)), "v3")
    assert archive.keep(unchanged(first, NOW + timedelta(minutes=3)), "v4") is None
    assert kept is not None
    assert (kept.digest, archive.body_at(kept.offset)) == (warc.digest_of(A), A)
    with path.open("rb") as file:
        _, original, _, revisit = warc.read(file, path).entries
    assert (revisit.kind, revisit.refers_to, revisit.visit) == ("revisit", original.id, "v3")


def test_304_of_a_page_from_an_older_archive_is_kept_whole(
    archive: ArchiveWriter, path: Path
) -> None:
    archive.keep(unchanged(page(A), NOW), "v1")
    assert kinds(path) == ["response"]


def test_failures_are_kept_by_name_or_by_their_answer(archive: ArchiveWriter, path: Path) -> None:
    """The same failure twice is one record; one with a response is that response."""
    late, refused = TimedOut("no whole answer"), Unreachable("no connection")
    for error in (late, late, refused, late):
        archive.keep_failure(URL, error, NOW, "v1")
    wall = page(b"captcha", status=403)
    kept = archive.keep_failure(URL, Blocked("a wall", page=wall), NOW, "v2")
    assert archive.keep_failure(URL, Blocked("a wall", page=wall), NOW, "v3") is None
    assert kinds(path) == ["metadata"] * 3 + ["response"]
    assert kept is not None
    assert archive.body_at(kept.offset) == b"captcha"


def test_encoding_headers_are_dropped_with_the_encoding(archive: ArchiveWriter, path: Path) -> None:
    """Line breaks in a header cannot forge another, and odd characters survive."""
    answer = page(A, content_encoding="gzip", x_odd="é ☃\r\nx-forged: 1", etag='"a"')
    archive.keep(answer, "v1")
    with path.open("rb") as file:
        entry = warc.read(file, path).entries[-1]
    assert entry.headers == (("x-odd", "é \\u2603 x-forged: 1"), ("etag", '"a"'))


def fill(writer: ArchiveWriter) -> None:
    """Write one record of every kind."""
    writer.start("config", "rules", NOW)
    writer.keep(page(A, 1.25, etag='"a"'), "v1")
    writer.keep(page(b"", 2, 999), "v2")
    writer.keep_failure(URL, TimedOut("no whole answer"), NOW + timedelta(minutes=3), "v3")
    writer.keep(unchanged(page(A), NOW + timedelta(minutes=4)), "v4")
    writer.keep(page(B, 5), "v5")


def test_same_calls_give_the_same_bytes(tmp_path: Path) -> None:
    """Also when the program stops and starts between any two of them."""
    once, twice = tmp_path / "1.warc.gz", tmp_path / "2.warc.gz"
    with ArchiveWriter(once, fsync=True) as writer:
        fill(writer)
    for _ in range(3):
        with ArchiveWriter(twice) as writer:
            fill(writer)
    written = twice.read_bytes()
    assert written.startswith(once.read_bytes())
    twice.unlink()
    with ArchiveWriter(twice) as writer:
        fill(writer)
    assert twice.read_bytes() == once.read_bytes()


def test_other_programs_can_read_it(path: Path) -> None:
    """The warcio package's own reader finds six records of WARC 1.1 with right digests."""
    with ArchiveWriter(path) as writer:
        fill(writer)
    with path.open("rb") as file:
        records = [
            (record.rec_type, record.rec_headers.protocol, record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]
    assert [kind for kind, _, _ in records] == [
        "metadata",
        "response",
        "response",
        "metadata",
        "revisit",
        "response",
    ]
    assert {protocol for _, protocol, _ in records} == {"WARC/1.1"}
    assert (records[1][2], records[5][2]) == (A, B)


def test_torn_tail_is_cut_at_every_byte(path: Path) -> None:
    """A crash at any byte of the last record costs that record and nothing else."""
    with ArchiveWriter(path) as writer:
        fill(writer)
    whole = path.read_bytes()
    with path.open("rb") as file:
        last = warc.read(file, path).entries[-1]
    for size in range(last.offset + 1, len(whole)):
        path.write_bytes(whole[:size])
        with ArchiveWriter(path) as writer:
            assert writer.length == last.offset == path.stat().st_size
            writer.keep(page(B, 5), "v5")
        assert path.read_bytes() == whole


def test_tail_of_zeros_is_cut(path: Path) -> None:
    """A power cut can leave a file's new length with its bytes missing."""
    with ArchiveWriter(path) as writer:
        fill(writer)
    whole = path.read_bytes()
    with path.open("rb") as file:
        last = warc.read(file, path).entries[-1]
    for size in (last.offset, last.offset + 40):
        path.write_bytes(whole[:size] + bytes(len(whole) - size))
        with ArchiveWriter(path) as writer:
            assert writer.length == last.offset


def test_torn_first_record_is_begun_again(path: Path) -> None:
    with ArchiveWriter(path) as writer:
        writer.start("config", "rules", NOW)
    whole = path.read_bytes()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        with ArchiveWriter(path) as writer:
            writer.start("config", "rules", NOW)
        assert path.read_bytes() == whole


def test_records_the_database_has_not_heard_of_are_cut(path: Path) -> None:
    """They are fetched again; the newest record is then the one before."""
    with ArchiveWriter(path) as writer:
        writer.start("config", "rules", NOW)
        writer.keep(page(A), "v1")
        good = writer.length
        writer.keep(page(B, 1), "v2")
        whole = path.read_bytes()
    with ArchiveWriter(path, length=good) as writer:
        assert path.stat().st_size == good
        assert writer.keep(page(A), "v3") is None
        writer.keep(page(B, 1), "v2")
    assert path.read_bytes() == whole


@pytest.mark.parametrize("length", [1, 10_000_000])
def test_length_that_is_no_records_end_is_refused(path: Path, length: int) -> None:
    """Nothing is cut: the database belongs to another archive, or the archive lost its end."""
    with ArchiveWriter(path) as writer:
        fill(writer)
    whole = path.read_bytes()
    with pytest.raises(ArchiveFailure, match=f"ends at byte {length:,}"):
        ArchiveWriter(path, length=length)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "content",
    [
        b"[elections]\n",
        b"PK\x03\x04" + bytes(500),
        gzip.compress(b"[elections]\n" * 1000, mtime=0),
        gzip.compress(bytes(range(256)) * 1000, mtime=0)[:-9],
    ],
)
def test_another_programs_file_is_left_alone(path: Path, content: bytes) -> None:
    """A wrong path in the config must never cost a file."""
    path.write_bytes(content)
    with pytest.raises(ArchiveFailure, match="no WARC"):
        ArchiveWriter(path)
    assert path.read_bytes() == content


def test_damage_before_the_end_is_refused(path: Path) -> None:
    """One flipped byte in the middle: the records after it are evidence, so nothing is cut."""
    with ArchiveWriter(path) as writer:
        fill(writer)
    whole = bytearray(path.read_bytes())
    with path.open("rb") as file:
        second = warc.read(file, path).entries[1]
    for offset in range(second.offset, second.offset + second.length):
        damaged = whole.copy()
        damaged[offset] ^= 0x55
        path.write_bytes(damaged)
        try:
            ArchiveWriter(path).close()
        except ArchiveFailure as error:
            assert str(path) in str(error)  # noqa: PT017 - some header bytes of gzip say nothing
        assert path.read_bytes() == damaged


def test_not_gzipped_by_record_is_refused(path: Path) -> None:
    """Two records in one gzip member cannot be found by their offsets."""
    with ArchiveWriter(path) as writer:
        fill(writer)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), mtime=0))
    with pytest.raises(ArchiveFailure, match="gzipped record by record"):
        ArchiveWriter(path)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let files grow to `size` bytes and no further, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk_leaves_no_half_record(archive: ArchiveWriter, path: Path) -> None:
    """The write fails by name; with room again the same record is kept (faults.md E1)."""
    before = path.read_bytes()
    with room_for(len(before) + 50), pytest.raises(DiskFull, match="no room on the disk"):
        archive.keep(page(A), "v1")
    assert path.read_bytes() == before
    assert archive.keep(page(A), "v1") is not None
    assert kinds(path) == ["response"]


def test_failing_disk_is_named(archive: ArchiveWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    """An I/O error of fsync must not pass for a kept record (faults.md E2)."""

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("os.fsync", broken)
    archive._fsync = True
    with pytest.raises(ArchiveFailure, match="Input/output error"):
        archive.keep(page(A), "v1")
    monkeypatch.undo()
    assert archive.keep(page(A), "v1") is not None


def test_no_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveFailure, match="No such file"):
        ArchiveWriter(tmp_path / "absent" / "night.warc.gz")


def test_offset_without_a_record_is_named(archive: ArchiveWriter) -> None:
    with pytest.raises(ArchiveFailure, match="no whole record at byte"):
        archive.body_at(archive.length)
