"""Clarity's detail.xls, alone or as detailxls.zip: a workbook with one sheet for each contest.

How to recognise it: XML of a workbook (no .xls of Excel's own) whose first sheet is "Table of
Contents". A live site is read by `clarity`; this is for a file that was kept or sent.

Source: sheets of this form, with one block of columns for each choice:
    Commonwealth's Attorney, 1st Judicial Circuit
                                  Michael B. STACY
    County   Registered Voters    Election Day   Total Votes   Total
    Ballard  0                    2570           2570          2570
    Total:   0                    6988           6988          6988
Quirk: the line "Total:" is read and summed; the counties are not, some files mask figures.
Quirk: no ids, so titles and names are the keys; two contests of one title have no counts.
Quirk: nothing says how many are elected (1 is taken), which day, or how much is counted; the
time is when the file was made, without a zone; it orders the files.
Unproven: a county's file by precinct, a party's primary, over- and undervotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from monitor.errors import LayoutChanged
from monitor.model import Contest, Report, Selection, VoteCount
from scrapers.base import clean, whole
from scrapers.labels import is_write_in, vote_type
from scrapers.moments import order_of
from scrapers.platforms.clarity_ballot import contest_party, keyed
from scrapers.platforms.clarity_packed import Tail, peel, reading
from scrapers.report_files import ReportFile, not_told_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Page

_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MADE = "{urn:schemas-microsoft-com:office:office}Created"
_CONTENTS, _VOTERS = "Table of Contents", "Registered Voters"
_LEFT = (["County", _VOTERS], ["Precinct", _VOTERS])
Rows = list[list[str]]
"""A sheet's rows; a cell over several columns stands in the first, the others are empty."""


class Scraper(ReportFile):
    """The contests of a state or county, as its Clarity account wrote them into a workbook."""

    parse_in_pool = True
    usual_names = r"^detail(?:\.xls|xls\.zip)$"

    def read(self, page: Page) -> Report:
        """Read every contest; the table of contents says which there must be."""
        with reading(peel(page), "detail.xls", b"Workbook>") as stream:
            sheets, made = _sheets(stream, page.url)
        if not sheets or sheets[0][0] != _CONTENTS:
            raise LayoutChanged(f"expected a sheet {_CONTENTS!r} first in {page.url}")
        listed = [row[-1] for row in sheets[0][1] if row and row[0].isdecimal()]
        found = [_contest(rows, page.url) for name, rows in sheets[1:] if name != _VOTERS]
        titles = [one.title for one in found]
        if titles != [title for title in listed if title != _VOTERS]:
            raise LayoutChanged(
                f"the {len(found)} contests are not those of the table of contents in {page.url}"
            )
        kept = {one.key: one for one in found}
        kept |= {key: not_told_apart(key, key) for key in kept if titles.count(key) > 1}
        return Report(
            contests=tuple(kept[key] for key in sorted(kept)),
            source_time_text=made,
            version=order_of(made),
        )


def _sheets(stream: Tail, url: str) -> tuple[list[tuple[str, Rows]], str]:
    """Return name and rows of each sheet, and when the file was made."""
    sheets, made = [], ""
    walk = etree.iterparse(
        stream, tag=(f"{_NS}Worksheet", _MADE), resolve_entities=False, load_dtd=False,
        no_network=True, huge_tree=False,
    )  # fmt: skip
    for _, element in walk:
        if element.tag == _MADE:
            made = clean(element.text or "")
        else:
            rows = [_cells(row) for row in element.iter(f"{_NS}Row")]
            sheets.append((element.get(f"{_NS}Name") or "", rows))
            element.clear()
    if walk.root.tag != f"{_NS}Workbook" or walk.root.getroottree().docinfo.doctype:
        raise LayoutChanged(f"expected a workbook, found {walk.root.tag!r:.60} at {url}")
    return sheets, made


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_NS}Cell"):
        more = whole(cell.get(f"{_NS}MergeAcross") or "0", "the columns of a cell")
        cells += [clean(cell.findtext(f"{_NS}Data") or ""), *[""] * min(more, 1000)]
    return cells


def _contest(rows: Rows, url: str) -> Contest:
    match rows:
        case [[title, *_], names, heads, *areas, ["Total:", *_] as total] if title:
            where = f"{title!r:.80} at {url}"
        case _:
            raise LayoutChanged(f"no title, headings and total in {rows[:1]!r:.80} at {url}")
    widths = {len(row) for row in (names, *areas, total)}
    if heads[:2] not in _LEFT or heads[-1] != "Total" or widths != {len(heads)}:
        raise LayoutChanged(f"expected area, voters, total, found {heads!r:.80} in {where}")
    lines = keyed(_lines(names, heads, total, where), where)
    if sum(line.votes for line in lines) != whole(total[-1], f"total of {where}"):
        raise LayoutChanged(f"the choices do not sum to the total {total[-1]} in {where}")
    return Contest(title, title, lines, party=contest_party(title, (), lines))


def _lines(names: list[str], heads: list[str], total: list[str], where: str) -> Iterator[Selection]:
    """Yield one line for each block of columns: votes by type, then their total."""
    name = ""
    types: list[VoteCount] = []
    for above, head, count in list(zip(names, heads, total, strict=True))[2:-1]:
        if (above and types) or not (name := above or name):
            raise LayoutChanged(f"{head!r:.40} under no choice in {where}")
        votes = whole(count, f"{head!r:.40} of {name!r:.60} in {where}")
        if head != "Total Votes":
            types.append(VoteCount(vote_type(head), votes, head))
            continue
        yield Selection(name, name, votes, by_type=tuple(types), is_write_in=is_write_in(name))
        name, types = "", []
    if name or types:
        raise LayoutChanged(f"{name!r:.60} has no total in {where}")
