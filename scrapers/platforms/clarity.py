"""Clarity ENR (SOE Software, Scytl, since 2024 COMITIA MSA): some 330 counties and 4 states.

Only `current_ver.txt` is asked again and again; what lies under a version number
never changes. A fresh `current_ver.txt` that names the same version is a look.
The version orders reports, never the time: that is the upload's.

Settings: `jurisdiction` ("PA/Allegheny", or "CO" for a state's own site), `eid`
(the election's number in the link), and optionally `host` and `detail = "xml"`
(anything but ""), which adds votes by type from detailxml.zip. Where a version
has no JSON that file is read anyway.

On a state site units are counties, on a county or city site precincts.
Keys: contests by `K`; choices by name, because JSON gives them no id and their
order changes during the night (Allegheny, 2023-05-16, at 21:36).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from monitor.errors import LayoutChanged, NotFound
from monitor.model import Report, Request, UnitKind
from scrapers.base import Platform, json_of
from scrapers.platforms.clarity_json import read_contests
from scrapers.platforms.clarity_links import DEFAULT_HOST, listing, settings_of_link
from scrapers.platforms.clarity_packed import peel
from scrapers.platforms.clarity_settings import Heading, read_date, read_settings, read_time
from scrapers.platforms.clarity_types import with_types
from scrapers.platforms.clarity_version import kind_of, read_version, version_of
from scrapers.platforms.clarity_xml import read_detail

if TYPE_CHECKING:
    from collections.abc import Generator

    from monitor.model import Contest, ElectionListing, Page
    from scrapers.platforms.clarity_xml import Detail


class Scraper(Platform):
    """Any Clarity site, from its jurisdiction and election number alone."""

    source_name = "Clarity election results"
    on_the_way = frozenset({"version"})
    optional_settings: ClassVar = {"host": DEFAULT_HOST, "detail": ""}
    parse_in_pool = True
    jurisdiction: ClassVar[str] = ""

    public_url = "{host}/{jurisdiction}/{eid}/"
    elections_url = "{host}/{jurisdiction}/elections.json"
    version_url = "{host}/{jurisdiction}/{eid}/current_ver.txt"
    sum_url = "{host}/{jurisdiction}/{eid}/{version}/json/sum.json"
    summary_url = "{host}/{jurisdiction}/{eid}/{version}/json/en/summary.json"
    settings_url = "{host}/{jurisdiction}/{eid}/{version}/json/en/electionsettings.json"
    old_settings_url = "{host}/{jurisdiction}/{eid}/{version}/json/electionsettings.json"
    detail_url = "{host}/{jurisdiction}/{eid}/{version}/reports/detailxml.zip"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return what a Clarity link of any era holds; a version in it is left out."""
        found = settings_of_link(url)
        if found and cls.jurisdiction and found.pop("jurisdiction") != cls.jurisdiction:
            return None
        return found

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List elections.json, which is often missing, empty or years behind: no proof of absence.

        A state's list names each election once more per county, under its own number.
        """
        page = yield Request(self.fill(self.elections_url), optional=True)
        if page.status != HTTPStatus.OK:
            return ()
        rows = json_of(peel(page))
        if not isinstance(rows, list):
            raise LayoutChanged(f"expected a list of elections at {page.url}")
        place = {} if self.jurisdiction else {"jurisdiction": self.settings["jurisdiction"]}
        if self.settings["host"] != DEFAULT_HOST:
            place["host"] = self.settings["host"]
        return tuple(listing(row, place, page.url) for row in rows)

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the version, then for its files, each of which a version may lack.

        Raises `NotFound` when the version has neither JSON nor XML.
        """
        current = yield Request(self.fill(self.version_url))
        version = read_version(current)
        contests = yield from self._first(version, self.sum_url, self.summary_url)
        settings = yield from self._first(version, self.settings_url, self.old_settings_url)
        detail = None
        if contests is None or self.settings["detail"]:
            detail = yield from self._first(version, self.detail_url)
        if contests is None and detail is None:
            raise NotFound(
                f"version {version} has neither sum.json, summary.json nor detailxml.zip under "
                f"{self.link()}; open it, and wait for the next version or use the sheet"
            )
        return tuple(page for page in (current, contests, settings, detail) if page is not None)

    def _first(self, version: str, *templates: str) -> Generator[Request, Page, Page | None]:
        for template in templates:
            url = self.fill(template, version=version)
            page = yield Request(url, immutable=True, optional=True)
            if page.status == HTTPStatus.OK:
                return page
        return None

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest, from JSON where it is there; XML then adds votes by type."""
        found = {kind: peel(page) for page in pages if (kind := kind_of(page.url))}
        detail = read_detail(found["detail"]) if "detail" in found else None
        heading = read_settings(found["settings"]) if "settings" in found else Heading()
        stamp = heading.source_time_text or (detail.timestamp if detail else "")
        return Report(
            contests=self._contests(found, detail),
            source_time=read_time(stamp),
            source_time_text=stamp,
            version=version_of(pages),
            election_date=heading.election_date
            or read_date(detail.election_date if detail else ""),
            status=heading.status,
            status_text=heading.status_text,
            is_test=heading.is_test,
        )

    def _contests(self, found: dict[str, Page], detail: Detail | None) -> tuple[Contest, ...]:
        if "contests" in found:
            is_county = "/" in self.fill("{jurisdiction}")
            kind = UnitKind.PRECINCTS if is_county else UnitKind.COUNTIES
            contests = read_contests(found["contests"], kind)
            return with_types(contests, detail.contests) if detail else contests
        if detail is None:
            raise LayoutChanged(f"neither JSON nor detail.xml among the pages of {self.link()}")
        return detail.contests
