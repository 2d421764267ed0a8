"""Enhanced Voting, the results site of GA, VA, WA, UT, ID and RI and of many counties.

How to recognise it: `/results/public/` in the link, on a state's own host
(results.sos.ga.gov, enr.elections.virginia.gov, …) or on app.enhancedvoting.com.

Source: `/results/public/api/elections/{jurisdiction}/{eid}/data`, every contest in one JSON.
The jurisdiction is the state ("Georgia") or one of its counties ("bacon-county-ga"), so a
county's own offices are read with the county's name there. It changes every minute or two.
Quirk: election ids are free text with typos; `sources` reads them from the site's own list.
Quirk: at state level the units are counties, at county level precincts.
Quirk: `isProduction` false is a test; `isPrimary`, `ballotItemCount` and the reporting status
of a group are wrong at times and not read. An option's id repeats between contests.
Quirk: a contest by ranked choice has its first choices only; it comes without figures, and
so does one whose "Vote for 1" is not understood.
Quirk: the party of a primary stands in `partyName` or in the title ("District Attorney - Rep").
Unproven: the addresses of tenants other than Georgia, and county tenants, were not seen.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import ElectionListing, Report, Request, ResultsStatus, UnitKind
from scrapers.base import Platform, json_of
from scrapers.fields import listed, need, text
from scrapers.moments import moment_of
from scrapers.platforms.enhanced_ballot import contests, words

if TYPE_CHECKING:
    from collections.abc import Generator

    from monitor.model import Page

_PATH = re.compile(
    r"/results/public/(?:api/(?:elections|jurisdictions)/)?([\w-]+)"
    r"(?:/elections(?=/|$))?/?(?:([\w.%-]+)(?:/.*)?)?",
    re.IGNORECASE,
)


class Scraper(Platform):
    """One election of one jurisdiction; `site` is the host."""

    source_name = "state or county elections office"
    refresh_seconds = 60
    paths: ClassVar[re.Pattern[str]] = _PATH
    """The paths of its links: the jurisdiction, and the election where a link has it."""
    results_url: ClassVar[str] = (
        "https://{site}/results/public/api/elections/{jurisdiction}/{eid}/data"
    )
    public_url = "https://{site}/results/public/{jurisdiction}/elections/{eid}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `site`, `jurisdiction` and, where the link has it, `eid`."""
        parts = urlsplit(url)
        found = cls.paths.fullmatch(parts.path)
        if found is None or not parts.hostname:
            return None
        named = {"site": parts.hostname, "jurisdiction": found.group(1)}
        return {**named, "eid": found.group(2)} if found.group(2) else named

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the jurisdiction's elections, as its own list has them."""
        listing = "https://{site}/results/public/api/jurisdictions/{jurisdiction}"
        page = yield Request(self.fill(listing))
        where = page.url
        return tuple(
            ElectionListing(
                words(need(one, "name", where), where),
                _day(text(one, "electionDate", where), where),
                (("eid", text(one, "publicElectionId", where)),),
            )
            for one in listed(json_of(page), "elections", where)
        )

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest."""
        (page,) = pages
        whole_file, where = json_of(page), page.url
        election = need(whole_file, "election", where)
        is_parent = need(need(whole_file, "jurisdiction", where), "isParent", where)
        kind = UnitKind.COUNTIES if is_parent else UnitKind.PRECINCTS
        stamp = text(election, "asOf", where)
        is_official = need(election, "isOfficialResults", where) is True
        return Report(
            contests=contests(listed(whole_file, "ballotItems", where), kind, where),
            source_time=moment_of(stamp, "UTC"),
            source_time_text=stamp,
            election_date=_day(text(election, "electionDate", where), where),
            status=ResultsStatus.CERTIFIED if is_official else None,
            status_text="official" if is_official else "unofficial",
            is_test=need(election, "isProduction", where) is not True,
        )


def _day(stamp: str, where: str) -> date:
    try:
        return date.fromisoformat(stamp[:10])
    except ValueError:
        raise LayoutChanged(f"{stamp!r:.30} is no date at {where}") from None
