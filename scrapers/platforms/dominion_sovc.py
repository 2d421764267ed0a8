"""Dominion "Statement of Votes Cast" as a delimited file, one row per precinct and choice.

How to recognise it: the header begins PRECINCT_NAME,PRECINCT_ID,REGISTER_VOTERS; the file is
mostly called StatementOfVotesCastRPT. The PDF of that name is another thing.

Source: one file of all contests. Precincts are added up.
    CON 101-01L,1,1806,750,DISTRICT ATTORNEY,220,22,1,DAN DOW,123,,508,0
Quirk: REPORTING_FLAG is 0 even in an official file, so there are no units.
Quirk: nothing is quoted; a contest's name may hold a line's end, which parts its row in two.
Quirk: write-ins with a name stand below "Write-in", only where they have votes, and are part
of it: in the stored file 2 of 2 and 1 of 1. They are taken off that line.
Quirk: a file of half a night holds precincts without votes, or leaves them out. No time, no
date, no status.
Quirk: in a primary the party stands in the contest's name ("SHERIFF - DEM"), if at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import EmptyPage, LayoutChanged, Truncated
from monitor.model import Report
from scrapers.base import refuse_html, text_of
from scrapers.labels import is_write_in, name_and_party, party_code, title_and_party
from scrapers.lines import Line, contests_of, refuse_total_place
from scrapers.report_files import ReportFile, refuse_binary
from scrapers.tables import Row, cells_of, refuse_open_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.model import Page

_NAME = "CONTEST_FULL_NAME"
_NEEDED = (
    "PRECINCT_NAME", "PRECINCT_ID", _NAME, "CONTEST_ID", "VOTES_ALLOWED",
    "CANDIDATE_FULL_NAME", "CANDIDATE_ID", "PARTY_CODE", "VOTE_COUNT",
)  # fmt: skip


class Scraper(ReportFile):
    """Reads the file at `url`."""

    usual_names = r"StatementOfVotesCast.*\.(?:txt|csv)$"

    def read(self, page: Page) -> Report:
        """Add the precincts up."""
        lines = _named_apart(_line(row) for row in _rows(page))
        refuse_total_place(lines, page.url)
        return Report(contests=contests_of(lines))


def _rows(page: Page) -> Iterator[Row]:
    """Yield the rows, those joined again that a contest's name parts in two."""
    refuse_binary(page, "a table")
    refuse_html(page, "a table")
    refuse_open_end(page)
    lines = cells_of(text_of(page), page.url)
    _, header = next(lines)
    if missing := [name for name in _NEEDED if header.count(name) != 1]:
        raise LayoutChanged(f"no one column {missing[0]!r} in {header!r:.300} at {page.url}")
    named = header.index(_NAME) + 1
    begun: list[str] = []
    number = 0
    for number, cells in lines:
        place = f"line {number} at {page.url}"
        row = [*begun[:-1], f"{begun[-1]} {cells[0]}".strip(), *cells[1:]] if begun else cells
        begun = []
        if len(row) == len(header):
            yield Row(dict(zip(header, row, strict=True)), place)
        elif len(cells) == named:
            begun = cells
        else:
            raise LayoutChanged(f"{len(row)} cells under {len(header)} columns in {place}")
    if begun:
        raise Truncated(f"the last row ends within its contest's name at {page.url}")
    if not number:
        raise EmptyPage(f"a header without rows at {page.url}")


def _line(row: Row) -> Line:
    title, contest_party = title_and_party(row.need("CONTEST_FULL_NAME"))
    name, marked = name_and_party(row.need("CANDIDATE_FULL_NAME"))
    return Line(
        contest=row.need("CONTEST_ID"),
        title=title,
        choice=row.need("CANDIDATE_ID"),
        name=name,
        votes=row.whole("VOTE_COUNT"),
        where=row.place,
        place=f"{row.need('PRECINCT_ID')} {row.need('PRECINCT_NAME')}",
        party=party_code(row["PARTY_CODE"]) or marked,
        contest_party=contest_party,
        seats=row.whole("VOTES_ALLOWED"),
        is_write_in=is_write_in(name),
    )


def _named_apart(lines: Iterable[Line]) -> list[Line]:
    """Take the write-ins with a name off the line of all write-ins in their precinct."""
    done: list[Line] = []
    written: dict[tuple[str, str], int] = {}
    for line in lines:
        at = written.get((line.contest, line.place))
        if at is None:
            done.append(line)
            if line.is_write_in:
                written[line.contest, line.place] = len(done) - 1
            continue
        rest = done[at].votes - line.votes
        if rest < 0:
            seen = f"{line.votes} votes of {line.name!r:.40}, more than all write-ins"
            raise LayoutChanged(f"{seen}, in {line.where}")
        done[at] = replace(done[at], votes=rest)
        done.append(replace(line, may_lack=True))
    return done
