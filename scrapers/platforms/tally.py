"""KNOWiNK's Tally, also TotalResults: JSON of North Dakota, Arkansas and St. Louis County.

How to recognise it: links to resultsnd.sos.nd.gov or totalresults.com, and to their APIs.

Source: two files of an API. `Contest/GetContestSearchList` has the names and
`Contest/GetContestResults` the votes of one `type` of contests (SW statewide, LEG, CTY, …).
`location = "38017"` reads one county's part of them (Cass County, by its FIPS code).
Quirk: a contest's id is a number and, in a primary, the party ("20042DEM").
Quirk: winners are marked on the whole contest only. Choice 9901 is all write-ins together.
Unproven: the addresses, and all types but SW; the stored answers are re-typed excerpts of
North Dakota's primary of 2026.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Report, Request, ResultsStatus
from scrapers.base import Platform, json_of
from scrapers.fields import count, fields_of, listed, need, text
from scrapers.labels import is_write_in, party_code, plain_name
from scrapers.lines import Line, contests_of
from scrapers.moments import moment_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from monitor.model import Page

_HOSTS = {
    "resultsnd.sos.nd.gov": "api.resultsnd.sos.nd.gov",
    "totalresults.com": "enr-results-api.totalresults.com",
}
_PATH = re.compile(r"/([a-z][a-z-]+)/(\d+)(?:/.*)?")
_PRIMARY = re.compile(r"\d+([A-Z]+)")
_VERSION = re.compile(r"v(\d{1,9})")
WRITE_INS = "9901"


class Scraper(Platform):
    """One type of contests of one election; `site` is the API's host, `page` the site's page."""

    source_name = "state or county elections office"
    refresh_seconds = 60
    unproven: ClassVar[bool] = True
    optional_settings: ClassVar[Mapping[str, str]] = {"type": "SW", "location": ""}
    names_url = "https://{site}/Contest/GetContestSearchList?cId={cid}&electionID={eid}"
    results_url = (
        "https://{site}/Contest/GetContestResults?cId={cid}&electionID={eid}&contestType={type}"
    )
    public_url = "{page}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `site`, `page` and what the link has of `cid`, `eid` and `type`."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        site = next((api for name, api in _HOSTS.items() if f".{host}".endswith(f".{name}")), "")
        if not site:
            return None
        query = {name.lower(): values[0] for name, values in parse_qs(parts.query).items()}
        named = {"cid": "cid", "electionid": "eid", "contesttype": "type"}
        found = {ours: query[theirs] for theirs, ours in named.items() if theirs in query}
        if path := _PATH.fullmatch(parts.path):
            found = {"cid": path.group(1), "eid": path.group(2), **found}
        return {"site": site, "page": url, **found}

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the names, then for the votes."""
        names = yield Request(self.fill(self.names_url))
        return names, (yield Request(self.fill(self.results_url)))

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Join the votes to the names by their ids."""
        names, results = (_answer(page, self.settings["eid"]) for page in pages)
        where = pages[1].url
        location = self.settings["location"]
        named = need(need(names, "response", pages[0].url), "contests", pages[0].url)
        lines = [
            line
            for one in listed(need(results, "response", where), "contests", where)
            for line in _lines(one, named, location, where)
        ]
        if location and not lines:
            raise LayoutChanged(f"no contest has the location {location!r:.20} at {where}")
        stamp = text(results, "lastUpdated", where)
        version = _VERSION.fullmatch(text(results, "versionID", where))
        is_official = need(results, "isOfficial", where) is True
        return Report(
            contests=contests_of(lines),
            source_time=moment_of(stamp, "UTC"),
            source_time_text=stamp,
            version=int(version.group(1)) if version else None,
            status=ResultsStatus.CERTIFIED if is_official else None,
            status_text="official" if is_official else "unofficial",
        )


def _answer(page: Page, eid: str) -> Any:
    found = json_of(page)
    if (given := text(found, "electionID", page.url)) != eid:
        raise LayoutChanged(f"election {given!r:.20} instead of {eid} at {page.url}")
    return found


def _lines(whole: Any, names: Any, location: str, where: str) -> Iterator[Line]:
    key = text(whole, "contestID", where)
    here = f"contest {key!r:.20} at {where}"
    told = need(names, key, f"the names for {where}")
    title = text(told, "contestName", here)
    part = whole
    if location:
        parts = fields_of(need(whole, "locations", here), here)
        if location not in parts:
            return
        part = parts[location]
    people = fields_of(need(told, "choices", here), here)
    _refuse_gaps(part, people, here)
    primary = _PRIMARY.fullmatch(key)
    for choice in listed(part, "choices", here):
        given = text(choice, "choiceID", here)
        name = plain_name(text(people[given], "name", here))
        yield Line(
            contest=key,
            title=title,
            choice=given,
            name=name,
            votes=count(choice, "totalVotes", here),
            where=here,
            party=party_code(text(choice, "partyID", here)),
            contest_party=party_code(primary.group(1)) if primary else "",
            reported=(count(part, "precinctsReporting", here), count(part, "totalPrecincts", here)),
            seats=count(told, "voteFor", here) or 1,
            is_write_in=is_write_in(name) or given == WRITE_INS,
            winner_mark=need(choice, "isWinner", here) is True,
        )


def _refuse_gaps(part: Any, people: dict[str, Any], where: str) -> None:
    """Refuse choices without a name, names without votes, and votes outside of the choices."""
    choices = listed(part, "choices", where)
    given = {text(one, "choiceID", where) for one in choices}
    if odd := sorted(given.symmetric_difference(people)):
        raise LayoutChanged(f"choice {odd[0]!r:.20} stands in one file only, {where}")
    votes = sum(count(one, "totalVotes", where) for one in choices)
    if (total := count(part, "totalVotes", where)) != votes:
        raise LayoutChanged(f"{votes} votes of the choices and {total} of {where}")
