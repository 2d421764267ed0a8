"""A plain table of results, CSV, HTML or XLSX, by the names of its columns.

How to recognise it: a row that names a candidate's and a votes' column, mostly "Precinct,
Contest Name, Candidate Name, Votes". The address is the county's own and says nothing.

Source: one file. Lines above that row are its title. Precincts are added up. On a page the
contest may stand over its table instead (caption or heading).
Quirk: no ids. A contest's key is its title, a candidate's the name as printed.
Quirk: a masked or empty cell ("*", "-", "<30") makes the votes of its contest unknown.
Quirk: a table may hold two contests of one title, as the parties' primaries without a word
about the party. Where a contest comes back after others in one precinct, it has no counts;
two that stand next to each other cannot be told from one, so a person has to look.
Quirk: with a party's column, `primary = "yes"` keeps the parties of a primary apart.
Quirk: how many are elected, units and times are not read; 1 seat is taken.
Unproven: pages and workbooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from monitor.errors import LayoutChanged
from monitor.model import Contest, Report, ResultsStatus
from scrapers.labels import says_official
from scrapers.lines import contests_of, refuse_total_place
from scrapers.platforms.plain_table_lines import lines_of
from scrapers.platforms.plain_table_rows import tables_of
from scrapers.report_files import ReportFile, not_told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from monitor.model import Page
    from scrapers.platforms.plain_table_lines import Entry


class Scraper(ReportFile):
    """Reads the table at `url`."""

    parse_in_pool = True
    optional_settings: ClassVar[Mapping[str, str]] = {"primary": ""}

    def read(self, page: Page) -> Report:
        """Read every contest."""
        is_primary = bool(self.settings["primary"])
        above: list[str] = []
        entries: list[Entry] = []
        for table in tables_of(page):
            title, found = lines_of(table, is_primary=is_primary)
            above += title
            entries += found
        if not entries:
            raise LayoutChanged(f"no table with columns of candidates and votes at {page.url}")
        refuse_total_place((one.line for one in entries), page.url)
        said = next((line for line in above if "official" in line.casefold()), "")
        return Report(
            contests=tuple(_contests(entries)),
            status=ResultsStatus.CERTIFIED if says_official(above) else None,
            status_text=said,
        )


def _contests(entries: Iterable[Entry]) -> Iterator[Contest]:
    """Yield the contests; one that comes back in a place, or has a masked cell, is unknown."""
    twice: dict[str, str] = {}
    masked: dict[str, str] = {}
    last: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    kept: list[Entry] = list(entries)
    for one in kept:
        line = one.line
        if last.get(line.place) != line.contest and (line.place, line.contest) in seen:
            twice[line.contest] = line.title
        last[line.place] = line.contest
        seen.add((line.place, line.contest))
        if one.is_masked:
            masked[line.contest] = line.title
    unknown = {**masked, **twice}
    yield from contests_of(one.line for one in kept if one.line.contest not in unknown)
    for key, title in unknown.items():
        yield not_told_apart(key, title) if key in twice else _masked(key, title)


def _masked(key: str, title: str) -> Contest:
    note = "a cell is masked or empty, so the votes are not known"
    return Contest(key=key, title=title, selections=(), counts_known=False, note=note)
