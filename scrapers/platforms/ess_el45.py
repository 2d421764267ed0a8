"""ES&S Unity summaries (EL45), as text or as a page with fixed text in <PRE>.

How to recognise it: "SUMMARY REPORT" in its first line, often "REPORT-EL45" too, and names
with dot leaders. The address is the county's own; "EL45" in the file's name is a hint.

Source: one file, one block per contest:
    ********** (REPUBLICAN PARTY) **********
    PROSECUTING ATTORNEY
    (WITH 71 OF 71 PRECINCTS COUNTED)
    (Vote For Not More Than )  1
     CHRIS CHILES (DEM)  .  .  .    23,563   99.72
Quirk: some counties print two columns side by side; the left one is read first.
Quirk: no ids. A contest's key is its title, with the party in a primary; a candidate's the
name as printed. Two contests of one title and party are refused.
Quirk: units are the contest's own precincts where it says them, else the whole county's,
which a contest of one district shares.
Quirk: percentages must be those of the votes, else the file is refused.
Quirk: "NO CANDIDATE FILED" is nobody and left out. Its times carry no
zone, but tell the older of two files.
Unproven: columns by group of voters, and precincts of one contest.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from monitor.model import Report, ResultsStatus, VoteCount
from scrapers.labels import is_write_in, name_and_party, party_code, vote_type
from scrapers.lines import Line, contests_of
from scrapers.moments import order_of
from scrapers.platforms.ess_el30_heads import election_day, head_of
from scrapers.platforms.ess_el45_lines import read_summary
from scrapers.platforms.ess_el45_pages import sheets_of, status_of
from scrapers.platforms.ess_el45_shares import refuse_other_shares, rows_of
from scrapers.report_files import ReportFile, fixed_text, refuse_twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Contest, Page
    from scrapers.platforms.ess_el30_heads import Head
    from scrapers.platforms.ess_el45_lines import Summary, Summed
    from scrapers.platforms.ess_el45_pages import Sheet


class Scraper(ReportFile):
    """Reads the summary at `url`."""

    parse_in_pool = True
    usual_names = r"el-?45"

    def read(self, page: Page) -> Report:
        """Read every contest."""
        sheets = sheets_of(fixed_text(page), page.url)
        summary = read_summary(sheets, page.url)
        head = _one_head(sheets, page.url)
        refuse_twice([_key(one) for one in summary.contests], page.url)
        status = status_of(sheets) or head.status
        return Report(
            contests=tuple(_with_counts(summary, page.url)),
            source_time_text=head.run_time,
            version=order_of(head.run_time),
            election_date=election_day(head.day, page.url),
            status=ResultsStatus.CERTIFIED if status.lower() == "official results" else None,
            status_text=status,
        )


def _one_head(sheets: tuple[Sheet, ...], where: str) -> Head:
    """Return what every page's head says: pages of two runs are refused."""
    heads = [head_of(sheet.head) for sheet in sheets]
    if len({(head.day, head.run_time) for head in heads}) > 1:
        raise LayoutChanged(f"the pages are of different runs at {where}")
    return heads[0]


def _key(contest: Summed) -> str:
    party = party_code(contest.party)
    return f"{contest.title}|{party}" if party else contest.title


def _with_counts(summary: Summary, where: str) -> Iterator[Contest]:
    """Yield the contests with what stands once for all of them: ballots, total."""
    for one in summary.contests:
        refuse_other_shares(one)
        party = one.party.upper() if party_code(one.party) else "TOTAL"
        ballots = summary.statistics.get(f"BALLOTS CAST - {party}")
        for contest in contests_of(_lines(one, summary, where)):
            yield replace(contest, total_votes=one.total, ballots_cast=ballots)


def _lines(contest: Summed, summary: Summary, where: str) -> Iterator[Line]:
    for row in rows_of(contest):
        name, party = name_and_party(row.name)
        counts = zip(contest.groups, row.parts, strict=True) if row.parts else ()
        yield Line(
            contest=_key(contest),
            title=contest.title,
            choice=row.name,
            name=name,
            votes=row.votes,
            where=f"{contest.place} at {where}",
            party=party,
            contest_party=party_code(contest.party),
            by_type=tuple(VoteCount(vote_type(label), votes, label) for label, votes in counts),
            reported=contest.counted or summary.counted,
            seats=contest.seats,
            is_write_in=is_write_in(row.name),
        )
