"""What somebody gives to backfill, told apart by its first bytes."""

from __future__ import annotations

import hashlib
import re
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from monitor.errors import NothingMatched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PRECINCT_HEADING = re.compile(rb"contest.group.id", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20


def digest_of(stream: BinaryIO) -> str:
    """Return the SHA-256 of a whole stream, in hex."""
    whole = hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        whole.update(chunk)
    return whole.hexdigest()


def is_archive(stream: BinaryIO, name: str) -> bool:
    """Say whether a file is a WARC, by its first bytes or its name."""
    stream.seek(0)
    return stream.read(2) == _GZIP or name.endswith((".warc", ".warc.gz"))


def is_precincts(stream: BinaryIO, *, sure: bool) -> bool:
    """Say whether a stream is a precinct file; `sure`: it may be a named source's zip."""
    stream.seek(0)
    start = stream.read(2_000)
    if not start.startswith(b"PK"):
        return _PRECINCT_HEADING.search(start) is not None
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return not sure
    return [name.lower().endswith(".txt") for name in names] == [True]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file that somebody named; raises `NothingMatched` when it cannot be read."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise NothingMatched(
            f"cannot read {path} ({error.strerror}); name a file, an archive or a link"
        ) from None
    with stream:
        yield stream
