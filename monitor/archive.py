"""The archive's pen: every answer of a site that is not a repetition goes into a WARC file.

What is kept is evidence, and the input of replay and backfill (`monitor.world` reads
it back). An answer needs no record when it repeats the newest record of its URL.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from monitor import warc, warc_records
from monitor.act_json import act_json
from monitor.errors import ArchiveFailure, DiskFull
from monitor.warc import Entry, Failure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from io import FileIO
    from pathlib import Path

    from monitor.errors import FetchFailure
    from monitor.model import Page
    from monitor.people import Act

OK = 200
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a record lies: SHA-256 of its body in hex, offset and length in the file."""

    digest: str
    offset: int
    length: int


class ArchiveWriter:
    """Appends to one WARC file, each record whole or not at all.

    A file that is there is read and continued: the torn record of a crash is cut off,
    so is all after `length` bytes, which is what the caller knows to be good (a record
    the database has not heard of is fetched again). `fsync` waits for the disk after
    each record. Raises `ArchiveFailure` when the file is no WARC, is damaged before its
    end, or has no record ending at `length`; then nothing is cut.
    """

    def __init__(self, path: Path, *, length: int | None = None, fsync: bool = False) -> None:
        self.path = path
        self._fsync = fsync
        self._newest: dict[str, Entry] = {}
        self._answers: dict[tuple[str, str], Entry] = {}
        self._bodies: dict[str, int] = {}
        with _translated(path):
            path.touch()
            self._file: FileIO = path.open("r+b", buffering=0)
        try:
            self.length = self._resume(length)
        except BaseException:  # raised again; nobody else would close the file
            self._file.close()
            raise

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; every record is already in it."""
        self._file.close()

    def start(self, config_text: str, rules_digest: str, at: datetime) -> None:
        """Write the first record, config and rules; an archive that has one keeps it."""
        if self.length == 0:
            content = {"config": config_text, "rules": rules_digest}
            self._append(warc_records.metadata(content, at, self.length))

    def keep(self, page: Page, visit_id: str) -> Kept | None:
        """Keep an answer, as of its `fetched_at`; None when it repeats the newest record.

        A 304 (`page.unchanged`) after anything but the 200 it confirms becomes a
        `revisit` of that 200, or a whole record where this archive lacks it.
        """
        url, digest = warc.target(page.url), warc.digest_of(page.body)
        newest = self._newest.get(url)
        if (
            newest
            and not newest.failure
            and (newest.status, newest.digest) == (page.status, digest)
        ):
            return None
        original = self._answers.get((url, digest))
        if page.unchanged and original is not None:
            return self._append(
                warc_records.revisit(original, page.fetched_at, visit_id, self.length)
            )
        return self._append(warc_records.response(page, visit_id, self.length))

    def keep_failure(
        self, url: str, error: FetchFailure, at: datetime, visit_id: str
    ) -> Kept | None:
        """Keep a failed exchange: its response, or else its name; None when it repeats."""
        if error.page is not None:
            return self.keep(error.page, visit_id)
        failure = Failure(type(error).__name__, str(error), error.retry_after)
        newest = self._newest.get(warc.target(url))
        if newest and newest.failure == failure:
            return None
        content = {
            "error": failure.error,
            "message": failure.message,
            "retry_after": failure.retry_after,
        }
        return self._append(
            warc_records.metadata(content, at, self.length, url=url, visit=visit_id)
        )

    def keep_act(self, act: Act, at: datetime) -> Kept:
        """Keep a person's act, as of when it was taken, so that a replay does it again."""
        content = json.loads(act_json(act))
        return self._append(
            warc_records.metadata(content, at, self.length, url=f"{warc.ACT}{act.id}")
        )

    def body_at(self, offset: int) -> bytes:
        """Return the body of the record at `offset`; a revisit gives its original's."""
        entry, body = self._read(offset)
        if entry.kind == "revisit":
            return self._read(self._answers[entry.url, entry.digest].offset)[1]
        return body

    def body_of(self, digest: str) -> bytes | None:
        """Return the body with this SHA-256 (hex), or None when the file lacks it.

        Safer than an offset noted elsewhere: after a power cut the file may be shorter
        than a database believes, and other records may stand there.
        """
        offset = self._bodies.get(digest)
        return None if offset is None else self._read(offset)[1]

    def _read(self, offset: int) -> tuple[Entry, bytes]:
        with _translated(self.path), self.path.open("rb") as file:
            size, member = warc.member_at(file, offset, self.path)
        return warc.parse(member, offset, size, self.path)

    def _resume(self, length: int | None) -> int:
        """Index what is there, cut off what is not good, and return where to write."""
        with _translated(self.path), self.path.open("rb") as file:
            contents = warc.read(file, self.path)
        good = contents.length if length is None else length
        if good and good not in {entry.offset + entry.length for entry in contents.entries}:
            raise ArchiveFailure(
                f"no record of {self.path} ends at byte {good:,}, where the database says so; "
                "restore the archive, or begin a new one with a new database"
            )
        for entry in contents.entries:
            if entry.offset < good:
                self._note(entry)
        with _translated(self.path):
            self._file.truncate(good)
        return good

    def _note(self, entry: Entry) -> None:
        """Remember a record as the newest of its URL, unless an older date came late."""
        newest = self._newest.get(entry.url)
        if newest is None or entry.date >= newest.date:
            self._newest[entry.url] = entry
        if entry.kind == "response":
            self._bodies.setdefault(entry.digest, entry.offset)
        if entry.kind == "response" and entry.status == OK:
            self._answers[entry.url, entry.digest] = entry

    def _append(self, member: bytes) -> Kept:
        """Write one record; a failed write leaves the file as it was."""
        offset = self.length
        try:
            with _translated(self.path):
                self._write(member, offset)
        except BaseException:  # raised again, a stop too
            # What cannot be cut now is cut when the file is next opened, as a torn tail.
            with contextlib.suppress(OSError):
                self._file.truncate(offset)
            raise
        self.length = offset + len(member)
        entry, _ = warc.parse(zlib.decompress(member, 31), offset, len(member), self.path)
        self._note(entry)
        return Kept(entry.digest, offset, entry.length)

    def _write(self, member: bytes, offset: int) -> None:
        self._file.seek(offset)
        rest = memoryview(member)
        while rest:
            rest = rest[self._file.write(rest) :]
        if self._fsync:
            os.fsync(self._file.fileno())


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Translate the operating system's errors."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(f"no room on the disk for {path}; free some, nothing is lost") from None
        raise ArchiveFailure(f"cannot use the archive {path} ({error.strerror})") from None
