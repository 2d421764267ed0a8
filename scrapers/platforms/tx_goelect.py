"""Texas Secretary of State, election night reporting by Civix ("GoElect"), since 2025.

How to recognise it: links to goelect.txelections.civixapps.com or to
electionresults.sos.state.tx.us. Each party's primary is an election (`eid`) of its own.

Source: `election/{eid}` holds a version ("enr/58315/70/") and sections, each base64 of
JSON; `election/countyInfo/{eid}` every race by county, 4 MB in a statewide primary.
Quirk: an election not loaded yet, like an unknown one, answers 200 with an empty Version.
Quirk: OfficeSummary alone holds county offices at state level, without candidate ids.
Quirk: before the vote the two files can name a race differently; titles come from Lookups.
Quirk: " (I)" marks an incumbent in some sections only; it is no part of a name.
Quirk: Home's PrecinctsReporting is junk (45 of 122 after a canvass), MID is no FIPS code:
neither is read. At state level the units are the polling places of the whole election,
because a county may count as reporting with its first numbers.
Quirk: times carry no zone (their text is kept), and no contest says its party, its seats
or that it is official: party "", one seat, no status.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged, NotFound
from monitor.model import ElectionListing, Report, Request
from scrapers.base import Platform, clean, json_of
from scrapers.fields import fields_of, need
from scrapers.platforms.tx_goelect_races import county_contests, state_contests
from scrapers.platforms.tx_goelect_sections import (
    election_date,
    office_titles,
    polling_places,
    section,
    upload,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page

_API = "https://goelect.txelections.civixapps.com/api-ivis-system/api/s3/enr/"
_HOSTS = ("goelect.txelections.civixapps.com", "electionresults.sos.state.tx.us")
_EID = re.compile(r"/election/(?:countyInfo/)?(\d+)")
_VERSION = re.compile(r"enr/(\d+)/(\d+)/")


class Scraper(Platform):
    """County level with a `county` (attribute or setting), else state level."""

    source_name = "Texas Secretary of State"
    state = "TX"
    optional_settings: ClassVar[Mapping[str, str]] = {"county": ""}
    election_url = _API + "election/{eid}"
    county_info_url = _API + "election/countyInfo/{eid}"
    list_url = _API + "electionConstants"
    public_url = "https://electionresults.sos.state.tx.us/results.html"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `eid` where the link holds one; the public page names none."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS:
            return None
        found = _EID.search(parts.path)
        return {"eid": found.group(1)} if found else {}

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List what electionConstants holds, newest year first; it prints no dates."""
        page = yield Request(self.fill(self.list_url))
        years = fields_of(need(upload(page), "electionInfo", page.url), page.url)
        return tuple(
            ElectionListing(clean(str(need(one, "N", page.url))), None, (("eid", eid),))
            for year in sorted(years, reverse=True)
            for _, kind in sorted(fields_of(years[year], page.url).items())
            for eid, one in sorted(fields_of(kind, page.url).items())
        )

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the version first: counts are then never older than the version they carry."""
        election = yield Request(self.fill(self.election_url))
        if not self._county() or not need(json_of(election), "Version", election.url):
            return (election,)
        counties = yield Request(self.fill(self.county_info_url))
        return election, counties

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of the county, or of the state."""
        page = pages[0]
        sections = json_of(page)
        version = self._version(sections, page)
        home = section(sections, "Home", page)
        titles = office_titles(section(sections, "Lookups", page), page.url)
        if self._county():
            contests = county_contests(pages[1], self._county(), titles)
        else:
            contests = state_contests(sections, page, polling_places(home, page.url))
        return Report(
            contests=contests,
            source_time_text=clean(str(need(home, "LastUpdatedTime", page.url))),
            version=version,
            election_date=election_date(need(home, "ElecDate", page.url), page.url),
        )

    def _county(self) -> str:
        return self.county or self.settings["county"]

    def _version(self, sections: Any, page: Page) -> int:
        """Return the upload's number, which only grows."""
        eid, text = self.settings["eid"], str(need(sections, "Version", page.url))
        if not text:
            seen = f"no election {eid} at {page.url}: not loaded yet, or a wrong eid"
            raise NotFound(f"{seen}; `run.py sources URL` lists them", page=page)
        found = _VERSION.fullmatch(text)
        if found is None or found.group(1) != eid:
            raise LayoutChanged(f"expected Version enr/{eid}/…/, found {text!r:.60} at {page.url}")
        return int(found.group(2))
