"""ES&S Electionware reports: summary or precincts as PDF or text, or the wide CSV.

How to recognise it: "Report generated with Electionware" at the foot of each page; in a CSV
the first cells COUNTY NUMBER, PRECINCT CODE, PRECINCT NAME.

Source: one file of all contests.
    Election Summary (PDF): REP Jo Roe 37,567 66.13% 29,942 7,192 433
    Precinct Summary (text): one page after the other; precincts are added up
    PPR or EXPORT (CSV): one row per precinct, one column per candidate, last the total
Quirk: no ids. A contest's key is its title as printed, a candidate's the name with the party.
Two contests of one title in a precinct (Trustee, for two terms) have no counts here.
Quirk: units only where a contest says "Precincts Reporting 50 of 50". "Precincts Complete 0
of 50" stands above the contests of an official report too, and says nothing.
Quirk: text made from a PDF has figures some lines off; sums put them right or refuse them.
Quirk: write-ins with a name are part of "Write-In Totals" and taken off it.
Quirk: the CSV does not say how many are elected, and 1 is taken; it has no time or status.
Quirk: a scan has no text and is refused. The time carries no zone ("13:41 PM" is real),
but tells the older of two files.
Unproven: parties' primaries as PDF or text.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from monitor.model import Report, ResultsStatus
from scrapers.base import text_of
from scrapers.labels import is_write_in
from scrapers.lines import Line, contests_of
from scrapers.moments import order_of
from scrapers.pdf_text import pdf_lines
from scrapers.platforms.electionware_names import name_and_party
from scrapers.platforms.electionware_pieces import leaves_of
from scrapers.platforms.electionware_sums import WRITE_INS, deal_figures, refuse_renamed, votes_of
from scrapers.platforms.electionware_text import read_text
from scrapers.platforms.electionware_wide import FIRST, read_wide
from scrapers.platforms.ess_el30_heads import election_day, head_of
from scrapers.report_files import (
    PDF,
    ReportFile,
    fixed_text,
    not_told_apart,
    refuse_binary,
    refuse_unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Contest, Page
    from scrapers.platforms.electionware_text import Block

_BY_PRECINCT = "PRECINCT LEVEL"


class Scraper(ReportFile):
    """Reads the report at `url`."""

    parse_in_pool = True
    usual_names = r"PPR\.csv$|_EXPORT\.csv$|ElectionSummary.*\.pdf$|PrecinctSummary.*\.pdf$"

    def read(self, page: Page) -> Report:
        """Read the file by its kind."""
        if page.body.startswith(PDF):
            lines = pdf_lines(page)
            refuse_unreadable(lines, page.url)
            return _from_text(lines, page.url)
        refuse_binary(page, "an Electionware report")
        if text_of(page).lstrip('"').startswith(FIRST):
            return Report(contests=read_wide(page))
        return _from_text(fixed_text(page), page.url)


def _from_text(lines: Sequence[str], where: str) -> Report:
    leaves = leaves_of(lines, where)
    heads = {(head_of(leaf.head), leaf.stamp, _kind(leaf.head)) for leaf in leaves}
    if len(heads) > 1:
        raise LayoutChanged(f"pages of {len(heads)} different reports at {where}")
    head, stamp, kind = heads.pop()
    blocks, sheets = read_text(leaves, where, by_precinct=kind == _BY_PRECINCT)
    deal_figures(sheets)
    return Report(
        contests=_contests(blocks),
        source_time_text=stamp,
        version=order_of(stamp),
        election_date=election_day(head.day, where),
        status=ResultsStatus.CERTIFIED if head.status.lower() == "official results" else None,
        status_text=head.status,
    )


def _kind(head: Sequence[str]) -> str:
    return _BY_PRECINCT if head[0].strip().upper().startswith(_BY_PRECINCT) else ""


def _contests(blocks: Sequence[Block]) -> tuple[Contest, ...]:
    """Add the precincts up, but not contests whose title stands twice in one of them."""
    refuse_renamed(blocks)
    times = Counter((block.precinct, block.title) for block in blocks)
    twice = {title for (_, title), count in times.items() if count > 1}
    lines = (line for block in blocks if block.title not in twice for line in _lines(block))
    unknown = (not_told_apart(title, name_and_party(title)[0]) for title in sorted(twice))
    return (*contests_of(lines), *unknown)


def _lines(block: Block) -> Iterator[Line]:
    title, contest_party = name_and_party(block.title)
    votes = votes_of(block)
    named = list(votes)[list(votes).index(WRITE_INS) + 1 :] if WRITE_INS in votes else []
    for label, count in votes.items():
        name, party = name_and_party(label)
        yield Line(
            contest=block.title,
            title=title,
            choice=label,
            name=name,
            votes=count,
            where=block.place,
            place=block.precinct,
            party=party,
            contest_party=contest_party,
            reported=block.reported,
            seats=block.seats,
            is_write_in=is_write_in(label),
            may_lack=label == WRITE_INS or label in named,
        )
