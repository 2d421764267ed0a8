"""Nevada: a CSV of votes by county, as collected from the Secretary of State's pages.

How to recognise it: links to silverstateelection.nv.gov (silverstateelection.com) or
nvsos.gov. The site stands behind a wall and gives no CSV by itself: `url` is where a
table with the columns county,race,candidate,votes lies (https://…, or file:///…).

Source: one row for each candidate and county. District attorneys are one county's each.
Quirk: "(INCUMBENT)" stands behind a name, and "NONE OF THESE CANDIDATES" is a choice by
law that counts as votes and never wins; where it leads, `decide` leaves it to a person.
Quirk: county offices have one name in all counties: their keys and titles say the county.
Quirk: no parties, no units, no time and no status: the count is never complete by itself.
Unproven: the stored table was written by a newsroom's program, not by the state.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.model import Report, Request
from scrapers.base import Platform
from scrapers.labels import is_write_in, plain_name
from scrapers.lines import Line, contests_of
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from monitor.model import Page
    from scrapers.tables import Row

_HOSTS = ("silverstateelection.nv.gov", "silverstateelection.com", "nvsos.gov")
_NEEDED = ("county", "race", "candidate", "votes")
_STATE = re.compile(
    r"UNITED STATES SENATOR|PRESIDENT.*|GOVERNOR|LIEUTENANT GOVERNOR|SECRETARY OF STATE"
    r"|STATE (?:TREASURER|CONTROLLER|QUESTION.*)|ATTORNEY GENERAL|SUPREME COURT.*"
    r"|U\.S\. REPRESENTATIVE.*|STATE (?:SENATE|ASSEMBLY).*"
)


class Scraper(Platform):
    """Reads `url`: the table's address."""

    source_name = "Nevada Secretary of State"
    state = "NV"
    refresh_seconds = 300
    unproven: ClassVar[bool] = True
    csv_url = "{url}"
    public_url = "https://silverstateelection.nv.gov/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return no settings: the site's own pages hold no such table."""
        host = (urlsplit(url).hostname or "").removeprefix("www.")
        return {} if host in _HOSTS else None

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.csv_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every race; those of the whole state are added up."""
        (page,) = pages
        rows = rows_of(page, _NEEDED)
        refuse_open_end(page)
        return Report(contests=contests_of(_line(row) for row in rows))


def _line(row: Row) -> Line:
    county, race, name = row.need("county"), row.need("race"), row.need("candidate")
    is_whole = _STATE.fullmatch(race) is not None
    return Line(
        contest=race if is_whole else f"{county}|{race}",
        title=race if is_whole else f"{race}, {county}",
        choice=plain_name(name),
        name=plain_name(name),
        votes=row.whole("votes"),
        where=row.place,
        place=county,
        is_write_in=is_write_in(name),
    )
