"""Making WARC records: what the archive says of each answer, as gzipped bytes.

WARC 1.1 (ISO 28500:2017) through warcio. Record ids come from content and gzip
carries no time, so the same calls give the same bytes (with the same zlib). Bodies
are stored inflated, without the encoding headers that would say otherwise.
"""

from __future__ import annotations

import json
import re
from datetime import UTC
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitor.warc import JSON, digest_of, target

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Page
    from monitor.warc import Entry, Headers

NOT_MODIFIED_PROFILE = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_HTTP = "application/http; msgtype=response"
_WIRE_ONLY = frozenset({"content-encoding", "transfer-encoding"})


def response(page: Page, visit: str, offset: int) -> bytes:
    """Make a `response` record: one answer of a site, of the time it was fetched."""
    phrase = HTTPStatus(page.status).phrase if page.status in set(HTTPStatus) else ""
    lines = [f"HTTP/1.1 {page.status} {phrase}"]
    lines += [f"{name}: {_line(value)}" for name, value in page.headers if name not in _WIRE_ONLY]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1", "backslashreplace")
    named = (
        ("WARC-Type", "response"),
        ("WARC-Target-URI", target(page.url)),
        ("WARC-Date", _stamp(page.fetched_at)),
        ("Visit-Id", visit),
        ("WARC-Payload-Digest", f"sha256:{digest_of(page.body)}"),
        ("Content-Type", _HTTP),
    )
    return _record(named, head + page.body, offset)


def revisit(original: Entry, at: datetime, visit: str, offset: int) -> bytes:
    """Make a `revisit` record: the site said 304 and meant `original`.

    Its block is empty, for a page that came as 304 carries the original's headers.
    """
    named = (
        ("WARC-Type", "revisit"),
        ("WARC-Target-URI", original.url),
        ("WARC-Date", _stamp(at)),
        ("Visit-Id", visit),
        ("WARC-Profile", NOT_MODIFIED_PROFILE),
        ("WARC-Refers-To", original.id),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", _stamp(original.date)),
        ("WARC-Payload-Digest", f"sha256:{original.digest}"),
        ("Content-Type", _HTTP),
    )
    return _record(named, b"", offset)


def metadata(
    content: dict[str, Any],
    at: datetime,
    offset: int,
    *,
    url: str = "",
    visit: str = "",
) -> bytes:
    """Make a `metadata` record with a JSON object: the archive's first, a failure, an act."""
    block = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    named = (
        ("WARC-Type", "metadata"),
        ("WARC-Target-URI", target(url)),
        ("WARC-Date", _stamp(at)),
        ("Visit-Id", visit),
        ("WARC-Payload-Digest", f"sha256:{digest_of(block)}"),
        ("Content-Type", JSON),
    )
    return _record(named, block, offset)


def _record(named: Headers, block: bytes, offset: int) -> bytes:
    """Make one gzipped record; its id is drawn from all it says and where it stands."""
    digest = digest_of(block)
    headers = [(name, _line(value)) for name, value in named if value]
    seed = "\n".join([str(offset), digest, *(value for _, value in headers)])
    headers += [
        ("WARC-Record-ID", f"<urn:uuid:{uuid5(NAMESPACE_URL, seed)}>"),
        ("WARC-Block-Digest", f"sha256:{digest}"),
    ]
    out = BytesIO()
    WARCWriter(out, gzip=True, warc_version="1.1").write_record(
        ArcWarcRecord(
            "warc",
            dict(named)["WARC-Type"],
            StatusAndHeaders("", headers, protocol="WARC/1.1"),
            BytesIO(block),
            None,
            dict(named)["Content-Type"],
            len(block),
        )
    )
    return out.getvalue()


def _stamp(at: datetime) -> str:
    """Return a WARC date; WARC 1.1 allows microseconds."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _line(value: str) -> str:
    return " ".join(re.split(r"[\r\n]+", value))
