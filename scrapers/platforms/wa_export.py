"""Washington Secretary of State until 2025: the CSV of all counties.

How to recognise it: links to results.vote.wa.gov. Since 2025 the state is on Enhanced
Voting, so this is for old elections and for files in its form.

Source: `/results/{yyyymmdd}/export/{yyyymmdd}_AllCounties.csv`, one row for each candidate
and county. `county` keeps one county's rows; without it the counties are added up.
Quirk: no ids, no precincts and no time, so the count is never complete by itself. A
contest's key is its race, with the county before it where the county is its whole area.
Quirk: 39 prosecutors have 28 styles of title, from "COUNTYWIDE Prosecuting Attorney" to
"CLARK COUNTY COUNTY PROSECUTING ATTORNEY"; the county is added where it does not say it.
Quirk: `JurisdictionName` is a level, not a place. Races of a county, a city or a court may
have one name in two counties, so only those of the levels below are added up.
Quirk: the party is a preference in the candidate's own words, with typing errors.
Quirk: how many are elected is not printed; 1 is taken.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request
from scrapers.base import Platform, clean
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page
    from scrapers.tables import Row

_DAY = re.compile(r"/results/(\d{4})(\d\d)(\d\d)(?:/|$)")
_NEEDED = ("County", "Race", "Candidate", "Party", "Votes", "JurisdictionName")
_ADDED_UP = frozenset({"Federal", "State Executive", "Congressional", "Legislative"})
_STATES_NOTHING = "States No Party Preference"


class Scraper(Platform):
    """One election: all counties, or `county`."""

    source_name = "Washington Secretary of State"
    state = "WA"
    refresh_seconds = 300
    optional_settings: ClassVar[Mapping[str, str]] = {"county": ""}
    results_url = (
        "https://results.vote.wa.gov/results/{date:%Y%m%d}/export/{date:%Y%m%d}_AllCounties.csv"
    )
    public_url = "https://results.vote.wa.gov/results/{date:%Y%m%d}/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the date of a link; "current" names none."""
        parts = urlsplit(url)
        if parts.hostname != "results.vote.wa.gov":
            return None
        found = _DAY.search(parts.path)
        return {"date": "-".join(found.groups())} if found else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read the rows of every county, or of one."""
        (page,) = pages
        rows = rows_of(page, _NEEDED)
        refuse_open_end(page)
        county = (self.county or self.settings["county"]).casefold()
        known = {row["County"].casefold(): row["County"] for row in rows}
        if county and county not in known:
            seen = ", ".join(sorted(known.values()))
            raise LayoutChanged(f"no county {county!r:.30} at {page.url}; it has {seen:.200}")
        return Report(
            contests=contests_of(
                _line(row) for row in rows if county in ("", row["County"].casefold())
            )
        )


def _line(row: Row) -> Line:
    county, race = row.need("County"), clean(html.unescape(row.need("Race")))
    is_whole = row.need("JurisdictionName") in _ADDED_UP
    name = clean(html.unescape(row.need("Candidate")))
    party = row["Party"].strip("()")
    return Line(
        contest=race if is_whole else f"{county}|{race}",
        title=race if is_whole or county.casefold() in race.casefold() else f"{county}: {race}",
        choice=name,
        name=name,
        votes=row.whole("Votes"),
        where=row.place,
        place=county,
        party="" if party == _STATES_NOTHING else party_code(party),
        is_write_in=is_write_in(name),
    )
