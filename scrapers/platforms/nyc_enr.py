"""New York City Board of Elections, election-night pages: one race by borough or district.

How to recognise it: links to enr.boenyc.gov, formerly web.enrboenyc.us.

Source: `/CD{race}ADI0.html`, a race by borough, where "AD Details" of the index leads to.
The table has a row of names, a row of parties, a row for each borough and a total. `title` is
the race's and its party's, as the index has them ("District Attorney - Democratic").
Quirk: a race has another number in each election, so an old one is no other race.
Quirk: a candidate of two parties has two columns; they are added up, as New York counts.
Quirk: "Reported" is a percent of scanners, so there are no units; it is kept as words.
Quirk: "-" stands for a borough without votes. The total has to be the sum of the boroughs.
Unproven: the HTML is built as its readers describe it; stored are tables made of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.model import Report, Request
from scrapers.base import Platform
from scrapers.labels import is_write_in, party_code, title_and_party
from scrapers.lines import Line, contests_of
from scrapers.moments import moment_of
from scrapers.platforms.nyc_table import table_of

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page

_HOSTS = ("enr.boenyc.gov", "web.enrboenyc.us")
_PAGE = re.compile(r"/CD(\d+)AD\w*\.html")
ZONE = "America/New_York"


class Scraper(Platform):
    """One race of one election."""

    source_name = "New York City Board of Elections"
    state = "NY"
    parse_in_pool = True
    refresh_seconds = 120
    unproven: ClassVar[bool] = True
    optional_settings: ClassVar[Mapping[str, str]] = {"title": "District Attorney"}
    results_url = "https://enr.boenyc.gov/CD{race}ADI0.html"
    public_url = "https://enr.boenyc.gov/CD{race}ADI0.html"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `race` of a link to it; the title stands in the index only."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS:
            return None
        found = _PAGE.fullmatch(parts.path)
        return {"race": found.group(1)} if found else {}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one page."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read the table of boroughs."""
        (page,) = pages
        table = table_of(page)
        title, party = title_and_party(self.settings["title"])
        lines = (
            Line(
                contest=self.settings["race"],
                title=title,
                choice=name,
                name=name,
                votes=votes,
                where=page.url,
                party=party_code(table.parties[name]),
                contest_party=party,
                is_write_in=is_write_in(name),
            )
            for name, votes in table.votes.items()
        )
        return Report(
            contests=contests_of(lines),
            source_time=moment_of(table.as_of, ZONE),
            source_time_text=table.as_of,
            status_text=f"scanners reported: {table.reported}",
        )
