"""Vermont Secretary of State: the static JSON of its election-night results.

How to recognise it: links to electionresults.vermont.gov or its host of files,
static.electionresults.vermont.gov. `eid` is the election's id, a GUID; `sources` lists them.

Source: `/elections/{eid}.json` says which file of each category is the current one; the
category has every contest, with a row for each town and one (`tid` 0) for the whole. The
categories are federal, stateWide, senate, house and county; state's attorneys are in county.
Quirk: the name of a category's file holds the second it was written, which is the version.
Quirk: `sc` is what a row has to sum to: candidates, write-ins (`wc`), blank and spoiled
ballots. Towns have to sum to the row of the whole. A town in two districts has two rows.
Quirk: a primary has each party's contests under the party, with the office's same id.
Quirk: `townsReporting` counts the towns of the whole state, so only its own contests have
units. The time has no zone. A write-in with a name stands only where it has votes.
Unproven: the stored files are trimmed and without votes; a general election and the county
offices were not seen.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import ElectionListing, Report, Request, ResultsStatus, UnitKind, Units
from scrapers.base import Platform, json_of, whole
from scrapers.fields import need, text
from scrapers.moments import day_of
from scrapers.platforms.vt_enr_races import contests

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import date

    from monitor.model import Page

_HOSTS = ("electionresults.vermont.gov", "static.electionresults.vermont.gov")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PATH = re.compile(r"elections\\([0-9a-f-]{36})-[a-z]+-(\d{14})\.json", re.IGNORECASE)
_REPORTED = re.compile(r"(\d+)/(\d+)", re.ASCII)
_WHOLE_STATE = ("federal", "stateWide")


class Scraper(Platform):
    """One category of offices of one election."""

    source_name = "Vermont Secretary of State"
    state = "VT"
    refresh_seconds = 300
    unproven: ClassVar[bool] = True
    on_the_way: ClassVar[frozenset[str]] = frozenset({"path"})
    optional_settings: ClassVar[Mapping[str, str]] = {"category": "county"}
    list_of_elections: ClassVar[str] = (
        "https://static.electionresults.vermont.gov/elections/elections.json"
    )
    index_url = "https://static.electionresults.vermont.gov/elections/{eid}.json"
    results_url = "https://static.electionresults.vermont.gov/{path}"
    public_url = "https://electionresults.vermont.gov/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `eid` where the link holds an election's id; other pages name none."""
        if urlsplit(url).hostname not in _HOSTS:
            return None
        found = _ID.search(url)
        return {"eid": found.group().lower()} if found else {}

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the elections, those of single towns too."""
        page = yield Request(self.list_of_elections)
        where, rows = page.url, json_of(page)
        if not isinstance(rows, list):
            raise LayoutChanged(f"expected a list of elections at {where}")
        return tuple(
            ElectionListing(
                text(one, "electionDateWithName", where),
                day_of(text(one, "electionDate", where)[:10]),
                (("eid", text(one, "electionGuid", where)),),
            )
            for one in rows
        )

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the index, and then for the category's file that it names."""
        index = yield Request(self.fill(self.index_url))
        path, _ = self._file(json_of(index), index.url)
        return index, (yield Request(self.fill(self.results_url, path=path.replace("\\", "/"))))

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of the category."""
        first, page = pages
        index, where = json_of(first), first.url
        details = need(index, "electionDetails", where)
        is_primary = text(details, "electionTypeCode", where).endswith("P")
        found = contests(json_of(page), page.url, is_primary=is_primary)
        if self.settings["category"] in _WHOLE_STATE:
            units = _units(text(index, "townsReporting", where), where)
            found = tuple(replace(one, units=units) for one in found)
        is_official = need(details, "isOfficial", where) is True
        return Report(
            contests=found,
            source_time_text=text(index, "lastUpdatedDate", where),
            version=self._file(index, where)[1],
            election_date=_day(details, where),
            status=ResultsStatus.CERTIFIED if is_official else None,
            status_text="official" if is_official else "unofficial",
        )

    def _file(self, index: Any, where: str) -> tuple[str, int]:
        """Return the path of the category's file, and its version."""
        category = need(index, self.settings["category"], where)
        if need(category, "isEnable", where) is not True:
            raise LayoutChanged(f"no {self.settings['category']!r:.20} in the election at {where}")
        path = text(category, "path", where)
        found = _PATH.fullmatch(path)
        if found is None or found.group(1).lower() != self.settings["eid"].lower():
            raise LayoutChanged(f"{path!r:.80} is no file of the election at {where}")
        return path, int(found.group(2))


def _units(words: str, where: str) -> Units | None:
    found = _REPORTED.fullmatch(words)
    if found is None:
        raise LayoutChanged(f"expected towns as 0/247, found {words!r:.20} at {where}")
    reported, total = (whole(part, f"towns at {where}") for part in found.groups())
    if reported > total:
        raise LayoutChanged(f"{words} towns at {where}")
    return Units(reported, total, UnitKind.UNITS) if total else None


def _day(details: Any, where: str) -> date:
    day = day_of(text(details, "electionDate", where)[:10])
    if day is None:
        raise LayoutChanged(f"an election without a date at {where}")
    return day
