"""Unpack what Clarity serves packed: gzip twice, and the zip around detail.xml.

`monitor.fetch` has already inflated the transfer; what is packed here was packed
by the site (clarity.md §1.3: "some hosts serve gzip twice").
"""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from typing import IO, TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from monitor.errors import LayoutChanged, TooLarge, Truncated, WrongFormat
from scrapers.base import refuse_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Page

MOST_BYTES = 64_000_000
"""Largest inflated JSON or zip; the largest settings file seen has 127 KB."""
MOST_XML_BYTES = 256_000_000
"""Largest detail.xml; the largest seen has 24 MB."""
_MOST_LAYERS = 3
_GZIP = b"\x1f\x8b"


def peel(page: Page) -> Page:
    """Return the page with every gzip layer of its body taken off.

    Raises `Truncated`, `TooLarge`, and `WrongFormat` after three layers (a file
    can be made that inflates to itself).
    """
    body = page.body
    for _ in range(_MOST_LAYERS):
        if not body.startswith(_GZIP):
            return page if body is page.body else replace(page, body=body)
        body = _inflate(body, page)
    raise WrongFormat(f"more than {_MOST_LAYERS - 1} layers of gzip at {page.url}")


def _inflate(body: bytes, page: Page) -> bytes:
    inflater = zlib.decompressobj(wbits=31)
    try:
        inflated = inflater.decompress(body, MOST_BYTES + 1)
    except zlib.error as error:
        raise Truncated(f"damaged gzip ({error}) at {page.url}") from None
    if len(inflated) > MOST_BYTES:
        raise TooLarge(f"gzip inflates to over {MOST_BYTES:,} bytes at {page.url}", page=page)
    if not inflater.eof:
        raise Truncated(f"gzip ends early, after {len(body)} bytes, at {page.url}")
    return inflated


@contextmanager
def reading(page: Page, name: str, end: bytes) -> Iterator[Tail]:
    """Open detail.xml or detail.xls; what XML and zip raise inside is a named error.

    `end`: the end of a whole document. Raises `WrongFormat`, `Truncated`, `TooLarge`, and
    `LayoutChanged` when a zip holds anything but exactly that file.
    """
    with _open(page, name) as packed:
        stream = Tail(packed, end)
        try:
            yield stream
        except etree.XMLSyntaxError as error:
            if stream.was_cut():
                raise Truncated(f"{name} ends early at {page.url}") from None
            raise WrongFormat(f"not XML ({error.msg}) in {name} at {page.url}") from None
        except (BadZipFile, zlib.error, EOFError) as error:
            raise Truncated(f"damaged zip ({error}) at {page.url}") from None


def _open(page: Page, name: str) -> IO[bytes]:
    refuse_html(page, name)
    if page.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return BytesIO(page.body)
    archive = _archive(page, name)
    member = _only_member(archive, page, name)
    if member.file_size > MOST_XML_BYTES:
        raise TooLarge(f"{name} of {member.file_size:,} bytes at {page.url}", page=page)
    # The stream never gives more than `file_size` bytes, whatever was packed.
    return archive.open(member)


def _archive(page: Page, name: str) -> ZipFile:
    try:
        return ZipFile(BytesIO(page.body))
    except BadZipFile:
        if page.body.startswith(b"PK"):
            size = len(page.body)
            raise Truncated(f"zip ends early, after {size} bytes, at {page.url}") from None
        raise WrongFormat(f"no zip where {name} was expected at {page.url}") from None


def _only_member(archive: ZipFile, page: Page, name: str) -> ZipInfo:
    names = archive.namelist()
    if names != [name]:
        raise LayoutChanged(
            f"expected exactly {name} in the zip, found {names!r:.80} at {page.url}"
        )
    member = archive.infolist()[0]
    if member.flag_bits & 1 or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise LayoutChanged(f"{name} is encrypted or packed in an unknown way at {page.url}")
    return member


class Tail:
    """A stream that remembers its last bytes, to tell a cut file from a broken one."""

    def __init__(self, stream: IO[bytes], end: bytes) -> None:
        self._stream = stream
        self._end = end
        self._last = b""

    def read(self, size: int) -> bytes:
        """Return the next bytes, at most `size`."""
        chunk = self._stream.read(size)
        self._last = (self._last + chunk)[-256:]
        return chunk

    def was_cut(self) -> bool:
        """Return whether the stream is at its end and that is not the document's."""
        return not self._stream.read(1) and not self._last.rstrip().endswith(self._end)
