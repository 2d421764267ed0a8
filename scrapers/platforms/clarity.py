"""Clarity ENR (SOE Software, Scytl, since 2024 COMITIA MSA): some 330 counties and 4 states.

Only `current_ver.txt` is asked again and again; what lies under a version number
never changes. A fresh `current_ver.txt` that names the same version is a look.
The version orders reports, never the time: that is the upload's.

Settings: `jurisdiction` ("PA/Allegheny", or "CO" for a state's own site), `eid`
(the election's number in the link), and optionally `host` and `detail = "xml"`
(anything but ""), which adds votes by type from detailxml.zip. Where a version
has no JSON that file is read anyway.

`county = "Denver"` on a state's site reads the county's own file, under the state's
contest keys (see `clarity_county`). A district of several counties needs none of it:
the state's file has its sum.

On a state site units are counties, on a county or city site precincts.
Keys: contests by `K`; choices by name, because JSON gives them no id and their
order changes during the night (Allegheny, 2023-05-16, at 21:36).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from monitor.errors import NotFound
from monitor.model import Request, UnitKind
from scrapers.base import Platform
from scrapers.platforms.clarity_county import own_election, under_state
from scrapers.platforms.clarity_links import DEFAULT_HOST, listings, settings_of_link
from scrapers.platforms.clarity_packed import peel
from scrapers.platforms.clarity_report import read_files
from scrapers.platforms.clarity_version import read_version, versions_in

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.model import ElectionListing, Page, Report


class Scraper(Platform):
    """Any Clarity site, from its jurisdiction and election number alone."""

    source_name = "Clarity election results"
    on_the_way = frozenset({"version"})
    optional_settings: ClassVar = {"host": DEFAULT_HOST, "detail": "", "county": ""}
    parse_in_pool = True
    jurisdiction: ClassVar[str] = ""

    public_url = "{host}/{jurisdiction}/{eid}/"
    elections_url = "{host}/{jurisdiction}/elections.json"
    version_url = "{host}/{jurisdiction}/{eid}/current_ver.txt"
    folder_url = "{host}/{jurisdiction}/{eid}/"
    sum_url = "{host}/{jurisdiction}/{eid}/{version}/json/sum.json"
    summary_url = "{host}/{jurisdiction}/{eid}/{version}/json/en/summary.json"
    settings_url = "{host}/{jurisdiction}/{eid}/{version}/json/en/electionsettings.json"
    old_settings_url = "{host}/{jurisdiction}/{eid}/{version}/json/electionsettings.json"
    detail_url = "{host}/{jurisdiction}/{eid}/{version}/reports/detailxml.zip"
    _contests = (sum_url, summary_url)
    _settings = (settings_url, old_settings_url)

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
        place = {} if self.jurisdiction else {"jurisdiction": self.settings["jurisdiction"]}
        if self.settings["host"] != DEFAULT_HOST:
            place["host"] = self.settings["host"]
        return listings(peel(page), place)

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the version, then for its files; of a county, for the state's before."""
        site, above = yield from self._site()
        current = yield Request(self.fill(self.version_url, **site))
        files = yield from self._files({**site, "version": read_version(current)})
        return (*above, current, *files)

    def versions(self) -> Generator[Request, Page, tuple[int, ...]]:
        """Ask which versions there have been, in order and without the ones to come."""
        site, _ = yield from self._site()
        version = read_version((yield Request(self.fill(self.version_url, **site))))
        settings = yield from self._first({**site, "version": version}, self._settings)
        return () if settings is None else versions_in(peel(settings), int(version))

    def visit_version(self, version: int) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the files of one version, as `visit` does for the current one's."""
        site, above = yield from self._site()
        files = yield from self._files({**site, "version": str(version)})
        return (*above, *files)

    def _site(self) -> Generator[Request, Page, tuple[dict[str, str], tuple[Page, ...]]]:
        """Return whose files are read, and the pages of the state that led to a county."""
        own = {name: self.fill(f"{{{name}}}") for name in ("jurisdiction", "eid")}
        if not self.settings["county"]:
            return own, ()
        current = yield Request(self.fill(self.version_url, **own))
        state = {**own, "version": read_version(current)}
        settings = yield from self._first(state, self._settings)
        contests = yield from self._first(state, self._contests)
        if settings is None or contests is None:
            raise NotFound(
                f"version {state['version']} of the state lacks its settings or its contests "
                f"under {self.link()}; wait for the next, or give the county's own link"
            )
        name, own["eid"] = own_election(peel(settings), self.settings["county"])
        own["jurisdiction"] += f"/{name}"
        return own, (contests, settings)

    def _files(self, place: Mapping[str, str]) -> Generator[Request, Page, tuple[Page, ...]]:
        """Raises `NotFound` when the version has neither JSON nor XML."""
        contests = yield from self._first(place, self._contests)
        settings = yield from self._first(place, self._settings)
        detail = None
        if contests is None or self.settings["detail"]:
            detail = yield from self._first(place, (self.detail_url,))
        if contests is None and detail is None:
            raise NotFound(
                f"version {place['version']} has neither sum.json, summary.json nor detailxml.zip "
                f"under {self.fill(self.folder_url, **place)}; open it, and wait for the next "
                "version or use the sheet"
            )
        return tuple(page for page in (contests, settings, detail) if page is not None)

    def _first(
        self, place: Mapping[str, str], templates: tuple[str, ...]
    ) -> Generator[Request, Page, Page | None]:
        for template in templates:
            page = yield Request(self.fill(template, **place), immutable=True, optional=True)
            if page.status == HTTPStatus.OK:
                return page
        return None

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest, from JSON where it is there; XML then adds votes by type."""
        where = self.link()
        if not self.settings["county"]:
            is_county = "/" in self.fill("{jurisdiction}")
            kind = UnitKind.PRECINCTS if is_county else UnitKind.COUNTIES
            return read_files(pages, kind, where)
        folder = self.fill(self.folder_url)
        above = tuple(page for page in pages if page.url.startswith(folder))
        own = tuple(page for page in pages if page not in above)
        state = read_files(above, UnitKind.COUNTIES, where)
        county = read_files(own, UnitKind.PRECINCTS, where)
        return under_state(state, county, self.settings["county"], where)
