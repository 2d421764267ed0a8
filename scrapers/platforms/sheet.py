"""A sheet kept by hand: a published CSV, or a CSV file on this machine.

How to recognise it: any address that ends in .csv or answers with CSV, such as a Google
sheet published with File, Share, Publish to web, "Comma-separated values".

Source: one header line, then one row per candidate. Columns are found by name, in any order,
case ignored; other columns are ignored, and so are lines that start with #.
  contest, party, candidate, votes       one contest is one (contest, party of the primary)
  early, election_day, mail, provisional parts of the votes, where known
  status                                 a ResultsStatus, such as unofficial-complete
  units_reported, units_total, units     12, 57, precincts
  seats                                  how many are elected, 1 if blank
  note, link, who, time                  time with its zone: 2018-03-08T17:00-06:00
From status on, a value may stand on any row of its contest, but not two different ones.
Quirk: there are no ids. A contest's key is "contest|party" and a candidate's key is the name,
both in lower case with white space folded, so rows may move and letters change their case.
Quirk: no votes and a note is "counts not known", never zeros.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.model import Report, Request
from scrapers.base import Platform
from scrapers.platforms.sheet_contests import contests_of, latest
from scrapers.platforms.sheet_rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from monitor.model import Page

_GOOGLE = ("docs.google.com", "googleusercontent.com")
"""A published Google sheet answers with a redirect to a host of its own."""


class Scraper(Platform):
    """Reads `url`: https://…, or file:///… for a file on this machine."""

    source_name = "sheet kept by hand"
    hand_kept = True
    csv_url = "{url}"
    public_url = "{url}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the link itself when it is a Google sheet or a CSV file."""
        parts = urlsplit(url)
        google = parts.hostname == "docs.google.com" and "csv" in parts.query
        return {"url": url} if google or parts.path.lower().endswith(".csv") else None

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        page = yield Request(self.fill(self.csv_url), may_move_to=_GOOGLE)
        return (page,)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of the sheet; the newest `time` is the report's."""
        page = pages[0]
        contests, times = contests_of(rows_of(page), page.url)
        source_time, text = latest(times)
        return Report(contests=contests, source_time=source_time, source_time_text=text)
