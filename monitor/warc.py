"""Reading a file of WARC records (ISO 28500), every record its own gzip member.

The records are those `monitor.warc_records` makes. A torn last record, as a crash
leaves it, is told apart from damage in the middle, where evidence is lost.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING

from warcio.statusandheaders import (
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from monitor.errors import ArchiveFailure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_GZIP = b"\x1f\x8b\x08"
JSON = "application/json"
ACT = "urn:primary-night:act:"
"""How the URL of a person's act begins; its id follows."""
_CHUNK = 65_536
_WARC_HEAD = StatusAndHeadersParser(["WARC/1.1", "WARC/1.0"])
_HTTP_HEAD = StatusAndHeadersParser(["HTTP/1.1", "HTTP/1.0"])

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed exchange: the error's class name, its line, and seconds to wait."""

    error: str
    message: str
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: where it lies in the file and what it says, without its body.

    `digest` is the SHA-256 of the body in hex; a revisit has its original's, and
    `refers_to` is then the original's id. `failure` stands on failed exchanges.
    """

    offset: int
    length: int
    kind: str
    id: str
    date: datetime
    url: str
    visit: str
    status: int
    headers: Headers
    digest: str
    refers_to: str
    failure: Failure | None


@dataclass(frozen=True, slots=True)
class Contents:
    """Every whole record of a file; `length` is where the last one ends.

    `is_torn`: bytes of an unfinished record follow, as a crash leaves them.
    """

    entries: tuple[Entry, ...]
    length: int
    is_torn: bool


def target(url: str) -> str:
    """Return a URL as it names records: on one line, blanks encoded."""
    return re.sub(r"\s", "%20", url)


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of a body, in hex."""
    return hashlib.sha256(body).hexdigest()


def read(file: BinaryIO, path: Path) -> Contents:
    """Read every whole record of a file; a torn last one is left out and told.

    Raises `ArchiveFailure` naming `path` when it is no WARC, or is damaged before its end.
    """
    entries = []
    length = 0
    for offset, size, member in _members(file, path):
        entries.append(parse(member, offset, size, path)[0])
        length = offset + size
    return Contents(tuple(entries), length, is_torn=length < file.seek(0, 2))


def member_at(file: BinaryIO, offset: int, path: Path) -> tuple[int, bytes]:
    """Return the length in the file and the inflated bytes of the record at `offset`."""
    file.seek(offset)
    for _, size, member in _members(file, path, offset):
        return size, member
    raise ArchiveFailure(f"no whole record at byte {offset:,} of {path}; restore the archive")


def parse(member: bytes, offset: int, size: int, path: Path) -> tuple[Entry, bytes]:
    """Read one inflated record; return its entry and its body (a `metadata` record's block)."""
    stream = BytesIO(member)
    try:
        head = _WARC_HEAD.parse(stream)
        block = stream.read(int(head.get_header("Content-Length")))
        if stream.read() != b"\r\n\r\n":
            raise ValueError("the length is wrong, or it is not gzipped record by record")  # noqa: TRY301 - told as below
        return _entry(head, block, offset, size)
    except (StatusAndHeadersParserException, EOFError, ValueError, TypeError, KeyError) as error:
        raise ArchiveFailure(
            f"no WARC record at byte {offset:,} of {path} ({error}); "
            "was it written by another program?"
        ) from None


def _entry(head: StatusAndHeaders, block: bytes, offset: int, size: int) -> tuple[Entry, bytes]:
    kind = head.get_header("WARC-Type")
    status = 0
    headers: Headers = ()
    body, digest = block, digest_of(block)
    if kind == "response":
        status, headers, body = _http(block)
        digest = digest_of(body)
    elif kind == "revisit":
        status = HTTPStatus.OK.value
        digest = head.get_header("WARC-Payload-Digest", "").removeprefix("sha256:")
    entry = Entry(
        offset=offset,
        length=size,
        kind=kind,
        id=head.get_header("WARC-Record-ID"),
        date=datetime.fromisoformat(head.get_header("WARC-Date")).astimezone(UTC),
        url=head.get_header("WARC-Target-URI", ""),
        visit=head.get_header("Visit-Id", ""),
        status=status,
        headers=headers,
        digest=digest,
        refers_to=head.get_header("WARC-Refers-To", ""),
        failure=_failure(block) if head.get_header("Content-Type") == JSON else None,
    )
    return entry, body


def _http(block: bytes) -> tuple[int, Headers, bytes]:
    stream = BytesIO(block)
    head = _HTTP_HEAD.parse(stream)
    headers = tuple((str(name).lower(), str(value)) for name, value in head.headers)
    return int(head.get_statuscode()), headers, stream.read()


def _failure(block: bytes) -> Failure | None:
    content = json.loads(block)
    if "error" not in content:
        return None
    return Failure(content["error"], content["message"], content["retry_after"])


def _members(file: BinaryIO, path: Path, offset: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Yield (offset, length, inflated bytes) of every whole gzip member from `offset` on."""
    pending = b""
    while True:
        inflater = zlib.decompressobj(31)
        out = bytearray()
        taken = 0
        while not inflater.eof:
            chunk = pending or file.read(_CHUNK)
            if not chunk:
                _refuse_foreign(out, offset, path)
                return
            taken += len(chunk)
            try:
                out += inflater.decompress(chunk)
            except zlib.error:
                _refuse_hole(file, offset, path)
                return
            pending = inflater.unused_data
        length = taken - len(pending)
        yield offset, length, bytes(out)
        offset += length


def _refuse_foreign(begun: bytearray, offset: int, path: Path) -> None:
    """Raise when a file's first bytes are not the beginning of a WARC record."""
    if offset == 0 and not b"WARC/".startswith(bytes(begun[:5])):
        raise ArchiveFailure(f"{path} is no WARC file (.warc.gz)")


def _refuse_hole(file: BinaryIO, offset: int, path: Path) -> None:
    """Raise when a damaged member is no torn tail: the first, or one that records follow."""
    if offset == 0:
        raise ArchiveFailure(f"{path} is no WARC file (.warc.gz)")
    file.seek(offset + 1)
    rest = file.read()
    for found in re.finditer(re.escape(_GZIP), rest):
        begun = rest[found.start() : found.start() + 512]
        if _begins_record(begun):
            raise ArchiveFailure(
                f"{path} is damaged at byte {offset:,}, and records follow; "
                "restore it from a copy, or read it in parts"
            )


def _begins_record(begun: bytes) -> bool:
    try:
        return zlib.decompressobj(31).decompress(begun, 5) == b"WARC/"
    except zlib.error:
        return False
