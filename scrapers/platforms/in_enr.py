"""Indiana Election Division: JSON of its election-night site, one file for each category.

How to recognise it: links to enr.indianavoters.in.gov. `category` is the number in
`OffCatC_1005_A.json` (1005 is U.S. Representative); `sources` lists all of them.

Source: `/site/data/settings.json` names the election and which of two copies of the files
is the current one; `OffCatC_{category}_{copy}.json` has every contest of the category.
Quirk: one element stands without its list. Winners are "T" in the summary, "1" below.
Quirk: both parties of a primary stand in one race with two winners; each is a contest here.
Quirk: a category without a summary is added up from its counties.
Quirk: one election at a time: the date in the settings says which one it is.
Quirk: no units, so the count is complete only once it is certified. The time has no zone.
Quirk: the summary has no ids of candidates: their keys are name and party.
Unproven: the settings, the list of categories and the prosecutors' category were not seen;
the stored category is an excerpt somebody typed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import ElectionListing, Report, Request, ResultsStatus
from scrapers.base import Platform, json_of
from scrapers.fields import fields_of, need, one_or_many, text
from scrapers.lines import contests_of
from scrapers.moments import day_of
from scrapers.platforms.in_enr_races import listed_in, race_lines

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import date

    from monitor.model import Page

_FILE = re.compile(r"/OffCatC_(\d+)_\w+\.json")


class Scraper(Platform):
    """One category of offices of the election the site is showing."""

    source_name = "Indiana Election Division"
    state = "IN"
    refresh_seconds = 120
    unproven: ClassVar[bool] = True
    on_the_way: ClassVar[frozenset[str]] = frozenset({"copy"})
    settings_url = "https://enr.indianavoters.in.gov/site/data/settings.json"
    list_url = "https://enr.indianavoters.in.gov/site/data/statewideElectionsC_{copy}.json"
    results_url = "https://enr.indianavoters.in.gov/site/data/OffCatC_{category}_{copy}.json"
    public_url = "https://enr.indianavoters.in.gov/site/index.html"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `category` where the link is one of the files."""
        parts = urlsplit(url)
        if parts.hostname != "enr.indianavoters.in.gov" or parts.path.endswith(".csv"):
            return None
        found = _FILE.search(parts.path)
        return {"category": found.group(1)} if found else {}

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the categories of the election that the site is showing."""
        page = yield Request(self.settings_url)
        settings = _root(page)
        offices = yield Request(self.fill(self.list_url, copy=_copy(settings, page.url)))
        where = offices.url
        return tuple(
            ElectionListing(
                text(item, "OFFICE_CATEGORY_NAME", where),
                day_of(text(settings, "CurrentElection", page.url)),
                (("category", text(item, "OFFICECATEGORYID", where)),),
            )
            for group in one_or_many(need(_root(offices), "List", where), where)
            for item in listed_in(group, "Items", "Item", where)
        )

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the settings first: counts are then never older than what they say."""
        settings = yield Request(self.settings_url)
        copy = _copy(_root(settings), settings.url)
        return settings, (yield Request(self.fill(self.results_url, copy=copy)))

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest of the category."""
        first, page = pages
        settings, root = _root(first), _root(page)
        is_primary = text(settings, "ElectionType", first.url) == "P"
        is_certified = text(settings, "Certified", first.url) == "T"
        return Report(
            contests=contests_of(race_lines(root, page.url, is_primary=is_primary)),
            source_time_text=text(root, "WriteTime", page.url),
            election_date=_day(settings, first.url),
            status=ResultsStatus.CERTIFIED if is_certified else None,
            status_text="certified" if is_certified else "unofficial",
        )


def _root(page: Page) -> dict[str, Any]:
    found = fields_of(json_of(page), page.url)
    return fields_of(found.get("Root", found), page.url)


def _copy(settings: dict[str, Any], where: str) -> str:
    copy = text(settings, "VersionType", where)
    if not copy.isalnum():
        raise LayoutChanged(f"expected a VersionType such as A, found {copy!r:.20} at {where}")
    return copy


def _day(settings: dict[str, Any], where: str) -> date:
    words = text(settings, "CurrentElection", where)
    day = day_of(words)
    if day is None:
        raise LayoutChanged(f"CurrentElection {words!r:.30} is no date at {where}")
    return day
