"""Files that a county's own counting program writes, from the web or from this machine.

A report file has no address of its own: each county puts it where it likes, under a new
name for each election. So `url` is all there is to set: https://…, or the path of a file or
of a folder on this machine, of which the newest whole file is read. Whether a file belongs to
a platform is read from the file, never from its name.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Contest, Request
from scrapers.base import Platform, clean, refuse_wall, text_of

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from monitor.model import Page, Report

PDF = b"%PDF-"
XLSX = b"PK\x03\x04"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ESCAPE = re.compile(r"\x1b(?:[@-Z]|[&(*)][a-z](?:[-\d.]+[a-z])*[-\d.]*[A-Z])")
_RESET = "\x1bE"
_LEADERS = re.compile(r".*\.\s{1,2}\.\s.*")
_ASK = (
    "ask the county for the file its program wrote as text or CSV, or type the figures into "
    "the sheet"
)
_UNREADABLE = {
    "statement of votes cast": "a Dominion Statement of Votes Cast",
    "cast votes:": "a Hart cumulative report",
}
"""Words of reports whose figures stand in another order in the text of their PDF."""
_MARKUP = re.compile(r"<(?:!doctype|html|head|body|pre)\b", re.IGNORECASE)


class ReportFile(Platform):
    """One file at `url`."""

    source_name = "county elections office"
    needs_confirmation: ClassVar[bool] = True
    refresh_seconds = 60
    file_url = "{url}"
    public_url = "{url}"
    usual_names: ClassVar[str] = ""
    """Pattern of the names that the program itself gives such files, "" where it gives none."""

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the link itself when the file has the name its program gives it.

        Such a name says nothing of the county.
        """
        pattern = "" if cls.county else cls.usual_names
        is_usual = pattern and re.search(pattern, _name_in(url), re.IGNORECASE)
        return {"url": url} if is_usual else None

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file; one out of a folder goes on under its own name."""
        page = yield Request(self.fill(self.file_url))
        return (replace(page, url=_chosen(page) or page.url),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read the file; of one out of a folder, say which it was beside its time."""
        (page,) = pages
        report = self.read(page)
        chosen = _chosen(page)
        if not chosen:
            return report
        name = f"file {_name_in(chosen)}"
        told = ", ".join(filter(None, (report.source_time_text, name)))
        return replace(report, source_time_text=told)

    @abstractmethod
    def read(self, page: Page) -> Report:
        """Read every contest of the file; see `parse`."""


def _chosen(page: Page) -> str:
    """Return the address of the file that was read of a folder, "" where none was chosen."""
    return page.header("content-location") if page.url.startswith("file:") else ""


def _name_in(url: str) -> str:
    return unquote(urlsplit(url).path).rpartition("/")[2]


def fixed_text(page: Page) -> tuple[str, ...]:
    """Return the lines of a text, or of the <PRE> blocks of a page, without printer codes.

    Raises `EmptyPage`, `Blocked`, `WrongFormat`, `Truncated`, or `LayoutChanged` for a page
    without such a block.
    """
    refuse_binary(page, "a report as text")
    refuse_wall(page)
    text = text_of(page)
    if text.startswith(_RESET) and not text.rstrip().endswith(_RESET):
        raise Truncated(f"the printer's end code is missing after {len(text)} bytes at {page.url}")
    if _MARKUP.search(text[:2_000]):
        text = _preformatted(text, page.url)
    return tuple(re.split(r"\r\n|[\r\n\f]", _ESCAPE.sub("", text)))


def refuse_binary(page: Page, expected: str) -> None:
    """Raise where nothing came, or a PDF or workbook came instead of `expected`.

    So does a NUL byte: a download with a hole joins the digits on both sides of it.
    """
    if not page.body.removeprefix(b"\xef\xbb\xbf").strip():
        raise EmptyPage(f"empty answer where {expected} was expected at {page.url}")
    for begin, kind in ((PDF, "a PDF"), (XLSX, "a workbook or archive")):
        if page.body.startswith(begin):
            raise WrongFormat(f"{kind} where {expected} was expected at {page.url}; {_ASK}")
    hole = page.body.find(b"\0\0" if page.body.startswith(_UTF_16) else b"\0")
    if hole >= 0:
        raise WrongFormat(
            f"NUL from byte {hole} on at {page.url}: a part of the file is missing; copy it anew"
        )


def refuse_unreadable(lines: Sequence[str], where: str) -> None:
    """Raise for a PDF whose text has names and figures in an order that cannot be trusted."""
    for line in lines:
        for words, kind in _UNREADABLE.items():
            if words in line.casefold():
                raise WrongFormat(f"{kind} as a PDF, which is not read, at {where}; {_ASK}")


def refuse_twice(names: Sequence[str], where: str) -> None:
    """Raise where a contest's name stands twice: the report has no ids to tell them apart."""
    for place, name in enumerate(names):
        if name in names[:place]:
            raise LayoutChanged(f"two contests {name!r:.80} at {where}; nothing tells them apart")


def _preformatted(text: str, where: str) -> str:
    for tag in ("pre", "html"):
        opened, closed = (
            len(re.findall(rf"<{slash}{tag}\b", text, re.IGNORECASE)) for slash in ("", "/")
        )
        if closed < opened:
            raise Truncated(f"<{tag}> is not closed after {len(text)} characters at {where}")
    return blocks_of(text, where)


def blocks_of(text: str, where: str) -> str:
    """Return the text of a page's <PRE> blocks.

    Raises `LayoutChanged` where there is none, or where rows with dot leaders stand outside
    of them: an end tag in the middle would drop half the county.
    """
    if not re.search(r"<pre\b", text, re.IGNORECASE):
        raise LayoutChanged(f"expected a <pre> block of fixed text, found 0 at {where}")
    page = BeautifulSoup(text, "html.parser")
    blocks = [block.extract() for block in page.find_all("pre")]
    if lost := _LEADERS.search(page.get_text()):
        raise LayoutChanged(f"a row outside of <pre>, {clean(lost.group())!r:.60} at {where}")
    return "\n".join(block.get_text() for block in blocks)


def not_told_apart(key: str, title: str) -> Contest:
    """Return a contest without counts: its title stands over two, and no id parts them."""
    return Contest(
        key=key,
        title=title,
        selections=(),
        counts_known=False,
        note="two contests of this title, and nothing in the file tells them apart",
    )
