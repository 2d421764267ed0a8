"""Florida Department of State, Election Watch: one tab-delimited file of the whole state.

How to recognise it: links to floridaelectionwatch.gov or flelectionfiles.floridados.gov.

Source: `{yyyymmdd}_ElecResultsFL.txt`, one row for each candidate and county. State
attorneys are elected by circuit: their counties are added up, and a race's `covers` names
all of them. New every few minutes on the night.
Quirk: no id of a race or a candidate is printed. A contest's key is its code and title,
with the party in a primary; a candidate's the name.
Quirk: units are the precincts of the counties. A county without votes yet has its rows.
Quirk: no time, no status, and vote types stand nowhere in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.moments import day_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import date

    from monitor.model import Page
    from scrapers.tables import Row

_HOSTS = ("floridaelectionwatch.gov", "www.floridaelectionwatch.gov",
          "flelectionfiles.floridados.gov")  # fmt: skip
_FILE = re.compile(r"/enightfilespublic/(\d{4})(\d\d)(\d\d)_ElecResultsFL\.txt")
_NEEDED = (
    "ElectionDate", "PartyCode", "RaceCode", "RaceName", "CountyCode", "Juris1num", "Precincts",
    "PrecinctsReporting", "CanNameLast", "CanNameFirst", "CanNameMiddle", "CanVotes",
)  # fmt: skip


class Scraper(Platform):
    """The state's file; `primary = "yes"` where each party votes by itself."""

    source_name = "Florida Department of State"
    state = "FL"
    refresh_seconds = 120
    optional_settings: ClassVar[Mapping[str, str]] = {"primary": ""}
    results_url = (
        "https://flelectionfiles.floridados.gov/enightfilespublic/{date:%Y%m%d}_ElecResultsFL.txt"
    )
    public_url = "https://floridaelectionwatch.gov/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the date of a results file; the site's pages name none."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS:
            return None
        found = _FILE.fullmatch(parts.path)
        return {"date": "-".join(found.groups())} if found else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Add the counties up."""
        (page,) = pages
        rows = rows_of(page, _NEEDED, delimiter="\t")
        refuse_open_end(page)
        is_primary = bool(self.settings["primary"])
        return Report(
            contests=contests_of(_line(row, is_primary=is_primary) for row in rows),
            election_date=_day(rows, page.url),
        )


def _line(row: Row, *, is_primary: bool) -> Line:
    party = party_code(row["PartyCode"])
    names = (row["CanNameFirst"], row["CanNameMiddle"], row["CanNameLast"])
    name = " ".join(part for part in names if part)
    title = row.need("RaceName")
    own = party if is_primary else ""
    return Line(
        contest="|".join((row.need("RaceCode"), title, *((own,) if own else ()))),
        title=title,
        choice=name,
        name=name,
        votes=row.whole("CanVotes"),
        where=row.place,
        place=row.need("CountyCode"),
        party=party,
        contest_party=own,
        reported=(row.whole("PrecinctsReporting"), row.whole("Precincts")),
        is_write_in=is_write_in(name),
    )


def _day(rows: tuple[Row, ...], where: str) -> date | None:
    days = {row["ElectionDate"] for row in rows}
    if len(days) > 1:
        raise LayoutChanged(f"rows of {len(days)} election days at {where}")
    return day_of(days.pop()) if days else None
