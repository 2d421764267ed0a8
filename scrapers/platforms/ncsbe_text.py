"""The text of North Carolina's precinct file, bare or in its zip, line by line in flat memory.

No scraper itself: it has no class `Scraper`.
"""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO

from monitor.errors import TooLarge, Truncated, WrongFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 500_000_000
"""A statewide file has 24 MB; what inflates to more than this is a bomb."""
MAX_LINE = 10_000
CHUNK = 1 << 18


def lines_of(stream: BinaryIO, where: str) -> Iterator[bytes]:
    """Yield lines with their line feed; only a cut last line has none.

    `where` names the file in errors. Raises `Truncated`, `WrongFormat` (no such zip) and
    `TooLarge`.
    """
    start = stream.read(2)
    stream.seek(0)
    if start == b"PK":
        with _only_text(stream, where) as text:
            yield from _lines(text, where)
    else:
        yield from _lines(stream, where)


@contextmanager
def _only_text(stream: BinaryIO, where: str) -> Iterator[IO[bytes]]:
    """Open the one text of a zip; nothing is ever written to a path it names."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or not _is_plain_text(entries[0]):
                names = [entry.filename for entry in entries]
                raise WrongFormat(f"expected one plain .txt in {where}, found {names!r:.120}")
            if entries[0].file_size > MAX_BYTES:
                raise TooLarge(f"{entries[0].file_size} bytes are declared in {where}")
            with archive.open(entries[0]) as text:
                yield text
    # ValueError: zipfile seeks to wherever a damaged directory points.
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise Truncated(f"the zip is damaged or cut ({error}): {where}") from None
    except NotImplementedError as error:
        raise WrongFormat(f"an unknown kind of zip ({error}): {where}") from None


def _is_plain_text(entry: zipfile.ZipInfo) -> bool:
    encrypted = entry.flag_bits & 1
    known = entry.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    bare = not any(mark in entry.filename for mark in ("/", "\\", ".."))
    return known and bare and not encrypted and entry.filename.lower().endswith(".txt")


def _lines(stream: IO[bytes], where: str) -> Iterator[bytes]:
    rest, size = b"", 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        *complete, rest = (rest + chunk).split(b"\n")
        if size > MAX_BYTES or len(rest) > MAX_LINE:
            raise TooLarge(f"over {MAX_BYTES} bytes, or {MAX_LINE} in one line, in {where}")
        for line in complete:
            yield line + b"\n"
    if rest:
        yield rest
