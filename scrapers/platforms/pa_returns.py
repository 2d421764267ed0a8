"""Pennsylvania Department of State: the JSON of its election returns, one office at a time.

How to recognise it: links to electionreturns.pa.gov. `eid` is the number of an election and
`kind` G, P or S: a general election and its primary share one number. `office` is 5, the
attorney general, where config.toml says nothing else. It has state offices only: the 67
district attorneys are on the counties' own sites.

Source: `/api/ElectionReturn/GetOfficeData`, every district of one office. The site stands
behind a wall (Imperva) that lets some programs pass at some times.
Quirk: the answer is a text in JSON that holds JSON. Counts are texts.
Quirk: a candidate's `ID` is that of the party: the key is name and party.
Quirk: the parties of a primary stand in one district; each is a contest here.
Quirk: `ShowVotesBreakdown` 1 says that the three vote types are given: they have to sum to
the votes. No units, no time and no date; only the election's year is checked.
Quirk: a judge's retention has yes and no in fields of their own, which are not read.
Unproven: the stored answer was typed from the site's, and lacks two of five candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlsplit

from monitor.model import ElectionListing, Report, Request
from scrapers.base import Platform
from scrapers.fields import listed, text
from scrapers.lines import contests_of
from scrapers.moments import day_of
from scrapers.platforms.pa_returns_races import inner, race_lines

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import Page

_HOSTS = ("www.electionreturns.pa.gov", "electionreturns.pa.gov")
_ASKED = {
    "electionid": "eid", "electiontype": "kind", "officeid": "office", "isactive": "active"
}  # fmt: skip


class Scraper(Platform):
    """One office of one election; `active = "0"` for one that is over."""

    source_name = "Pennsylvania Department of State"
    state = "PA"
    refresh_seconds = 300
    unproven: ClassVar[bool] = True
    optional_settings: ClassVar[Mapping[str, str]] = {"office": "5", "active": "1"}
    list_of_elections: ClassVar[str] = (
        "https://www.electionreturns.pa.gov/api/Reports/GetElectionList"
    )
    results_url = (
        "https://www.electionreturns.pa.gov/api/ElectionReturn/GetOfficeData?officeId={office}"
        "&methodName=GetOfficeDetails&electionid={eid}&electiontype={kind}&isactive={active}"
    )
    public_url = "https://www.electionreturns.pa.gov/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return what a link to the site's own service asks for; pages name none."""
        parts = urlsplit(url)
        if parts.hostname not in _HOSTS:
            return None
        asked = {name.casefold(): value for name, value in parse_qsl(parts.query)}
        return {
            ours: asked[theirs]
            for theirs, ours in _ASKED.items()
            if asked.get(theirs, "undefined") != "undefined"
        }

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the elections, the newest first."""
        page = yield Request(self.list_of_elections)
        where = page.url
        return tuple(
            ElectionListing(
                text(one, "ElectionName", where),
                day_of(text(one, "ElectionDate", where)),
                (
                    ("eid", text(one, "Electionid", where)),
                    ("kind", text(one, "ElectionType", where)),
                    ("active", text(one, "ISActive", where)),
                ),
            )
            for one in listed(inner(page), "Table", where)
        )

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one office."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every district of the office."""
        (page,) = pages
        lines = race_lines(
            inner(page),
            page.url,
            year=str(self.date.year) if self.date else "",
            is_primary=self.settings["kind"] == "P",
        )
        return Report(contests=contests_of(lines))
