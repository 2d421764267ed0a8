"""`sources FILE`: which platform reads a report file, and what it says, for a person to compare.

The file stands on this machine or on the web. Every platform of report files is tried on its
bytes, and exactly one must take it; a sheet kept by hand is tried where none does. The name
of a file says nothing: a county gives its files any name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from monitor import lookup
from monitor.asking import fresh, report_of
from monitor.errors import NothingMatched, SourceFailure
from monitor.inbox import EXTENSIONS
from monitor.lookup import Known, Lookup, Recognised
from monitor.model import Page, Report, Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.fetch import Fetcher
    from monitor.parsing import Parser

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_IN_CHAT = re.compile(r"<([^<>|]+)(?:\|[^<>]*)?>")
"""A link as Slack and mail programs copy it: "<https://…|the page>"."""
_KINDS = ((b"%PDF-", "a PDF"), (b"PK\x03\x04", "a workbook or archive"), (b"<", "a page"))
_ADVICE = (
    "ask the county for the file its program wrote (text or CSV), or type the figures into "
    'the sheet (platform = "sheet")'
)


class ReportKind(Known, Protocol):
    """A scraper class that may be one of report files."""

    @property
    def needs_confirmation(self) -> bool:
        """Whether what it says is shown and confirmed before it is used."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A `Fetcher` that answers everything with one page."""

    page: Page

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Return the page."""
        del request, known, now, unconditional
        return self.page


def pasted(text: str) -> str:
    """Return the link or path that was pasted, bare. Raises `NothingMatched` where it is neither.

    A name without `https://` is never guessed to be a site: it may be a file's, misspelt.
    """
    link = text.strip()
    if in_chat := _IN_CHAT.fullmatch(link):
        link = in_chat.group(1)
    try:
        urlsplit(link)
        is_one = bool(link) and (bool(_SCHEME.match(link)) or Path(link).exists())
    except (ValueError, OSError):  # "https://[", a name longer than a file's may be
        is_one = False
    if not is_one:
        raise NothingMatched(
            f"{link!r:.80} is no file or folder here, and no link; a link begins with https://"
        )
    return link


def address(link: str, known: Mapping[str, ReportKind]) -> str | None:
    """Return the address of a report file, None for a link that is none, or a site's own."""
    if (found := local(link)) is not None:
        return found
    is_web = link.startswith(("http://", "https://"))
    if not is_web or not urlsplit(link).path.lower().endswith(EXTENSIONS):
        return None
    return link if _named(link, known) <= {*kinds(known), *hand_kept(known)} else None


def is_file(link: Recognised) -> bool:
    """Say whether a link is the address of one file, all that its platform asks for."""
    return link.settings == (("url", link.url),)


async def look_up(
    url: str, known: Mapping[str, ReportKind], fetcher: Fetcher, parser: Parser, now: datetime
) -> tuple[Recognised, Lookup]:
    """Fetch a report file, and tell what it is; one by its name's platform where nothing comes.

    Raises `SourceFailure`, or `NothingMatched`, for a file whose name says nothing.
    """
    try:
        return await told(url, await fresh(fetcher, now)(Request(url)), known, parser, now)
    except (SourceFailure, NothingMatched):
        if url.startswith("file:") or not _named(url, known):
            raise
    link = lookup.recognise(url, known)
    return link, await lookup.look_up(link, known, fetcher, parser, now)


def local(link: str) -> str | None:
    """Return the file:// URI of a file or folder on this machine, None for any other link."""
    if link.startswith("file:"):
        return link
    if _SCHEME.match(link) or not Path(link).exists():
        return None
    return Path(link).absolute().as_uri()


async def told(
    url: str, page: Page, known: Mapping[str, ReportKind], parser: Parser, now: datetime
) -> tuple[Recognised, Lookup]:
    """Name the one platform that reads the page, and say what it reads.

    Raises `NothingMatched` where none does, with what each saw, or where two do.
    """
    tried = []
    for names in (kinds(known), hand_kept(known)):  # a sheet takes what a program's file may be too
        tried += [(name, await _try(known[name], url, page, parser, now)) for name in names]
        if any(isinstance(answer, Report) for _, answer in tried):
            break
    name, report = chosen(tried, page)
    link = Recognised(
        url=url, scraper=name, county="", state=known[name].state,
        source_name=_source_name(known[name], url, page), day=None, settings=(("url", url),),
        missing=(), also=(),
    )  # fmt: skip
    return link, Lookup(contests=report.contests, day=report.election_date, is_test=report.is_test)


def kinds(known: Mapping[str, ReportKind]) -> tuple[str, ...]:
    """Return the platforms of report files: a `url` is all they need, and they are no county's."""
    return tuple(
        name
        for name, one in sorted(known.items())
        if one.needs_confirmation and not one.county and one.settings_needed() == {"url"}
    )


def hand_kept(known: Mapping[str, ReportKind]) -> tuple[str, ...]:
    """Return the platforms of tables that people keep."""
    return tuple(name for name, one in known.items() if one.hand_kept and not one.county)


def chosen(tried: Sequence[tuple[str, Report | SourceFailure]], page: Page) -> tuple[str, Report]:
    """Return the one platform that took the page, with its report. Raises `NothingMatched`."""
    taken = [(name, answer) for name, answer in tried if isinstance(answer, Report)]
    if len(taken) == 1:
        return taken[0]
    where = _address(page)
    if taken:
        names = " and ".join(name for name, _ in taken)
        raise NothingMatched(f"{where} is read by {names}; write the platform yourself")
    refusals: dict[str, list[str]] = {}
    for name, answer in tried:
        refusals.setdefault(_reason(str(answer), page), []).append(name)
    seen = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in refusals.items())
    raise NothingMatched(f"no platform reads {where}, {_kind(page.body)} ({seen}); {_ADVICE}")


def _named(link: str, known: Mapping[str, ReportKind]) -> set[str]:
    return {name for name, one in known.items() if one.recognise(link) is not None}


async def _try(
    kind: ReportKind, url: str, page: Page, parser: Parser, now: datetime
) -> Report | SourceFailure:
    try:
        scraper = kind(date=None, settings={"url": url})
        return await report_of(scraper, _Held(page), parser, now)
    except SourceFailure as error:
        return error


def _source_name(kind: Known, url: str, page: Page) -> str:
    """Name the source, and of a folder the file that was read."""
    where = _address(page)
    return kind.source_name if where == url else f"{kind.source_name}, {where}"


def _address(page: Page) -> str:
    return page.header("content-location") or page.url


def _reason(said: str, page: Page) -> str:
    """Return why a platform refuses, without its advice and the address all of them name."""
    for where in (_address(page), page.url):
        said = said.replace(f" at {where}", "")
    return said.partition("; ")[0].rstrip(", ")


def _kind(body: bytes) -> str:
    """Say what a file is to the eye."""
    bare = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not bare:
        return "an empty file"
    begun = next((kind for begin, kind in _KINDS if bare.startswith(begin)), "")
    first = bare.splitlines()[0][:60].decode("utf-8", errors="replace").strip()
    return begun or f"a text that begins {first!r}"
