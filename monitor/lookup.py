"""`sources` and `add`: what a results link is, and what its site has.

Nothing is stored, and nothing is guessed: what the link does not say is left for a
person to write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from monitor.asking import ask, fresh, report_of
from monitor.directory import shipped_directory, state_of, state_site
from monitor.errors import NothingMatched, SourceFailure
from monitor.model import Contest, ElectionListing
from monitor.night import Scraper
from monitor.scraper_class import ScraperClass

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from monitor.fetch import Fetcher
    from monitor.model import Page, Request
    from monitor.parsing import Parser


class Lister(Scraper, Protocol):
    """A scraper that can also list its platform's elections."""

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """Visit the platform's own list of elections."""


class Known(ScraperClass, Protocol):
    """A scraper class that can be made, to look at its site."""

    def __call__(self, *, date: date | None, settings: Mapping[str, str]) -> Lister:
        """Make one."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a link says by itself, without a visit.

    `scraper`: the file of scrapers/ or scrapers/platforms/; `also`: other files the
    link may mean. `settings`: what config.toml must give for it, without what the
    file says itself. `missing`: settings the link does not hold.
    """

    url: str
    scraper: str
    county: str
    state: str
    source_name: str
    day: date | None
    settings: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the site has: its elections, the contests of this one, and what went wrong.

    `is_test`: the site marks its numbers as test data.
    """

    elections: tuple[ElectionListing, ...] = ()
    contests: tuple[Contest, ...] = ()
    day: date | None = None
    failures: tuple[str, ...] = ()
    is_test: bool = False


def recognise(url: str, known: Mapping[str, Known]) -> Recognised:
    """Name the scraper of a results link: a county's own file before its platform.

    Where several county files fit, or the link is a whole state's, it does not say which
    county: then it is the platform. The front page of a known site of a whole state is read
    as its address. Raises `NothingMatched` with the list of what is known.
    """
    found = _found(url, known)
    counties = sorted(name for name in found if known[name].county)
    others = sorted(name for name in found if not known[name].county)
    # The sheet takes any CSV, so a site that is known by its address goes before it.
    others.sort(key=lambda name: known[name].hand_kept)
    is_its_own = len(counties) == 1 and _names_county(url, known[counties[0]])
    order = counties + others if is_its_own or not others else others + counties
    if not order and "//docs.google.com/" in url:
        raise NothingMatched(
            f"{url} is a sheet's page for editing; in the sheet choose File, Share, Publish to "
            'web, "Comma-separated values", and give the link shown there (it ends in output=csv)'
        )
    if not order:
        platforms = ", ".join(sorted(name for name in known if not known[name].county))
        raise NothingMatched(
            f"no platform knows {url}; is it the page with the figures (a county's own page "
            "links to it)? `run.py sources --state XX --county NAME` has known addresses. Else "
            'save its file and give that by name, keep a sheet by hand (platform = "sheet"), or '
            f"write a scraper; known are {platforms}"
        )
    return _recognised(url, order[0], known[order[0]], found[order[0]], tuple(order[1:]))


def _found(url: str, known: Mapping[str, Known]) -> dict[str, dict[str, str]]:
    """Return the settings of each scraper that knows a link, or the known site it opens."""
    site = state_site(shipped_directory(), url)
    try:
        found = _read_by(url, known)
    except NothingMatched:
        if not site:
            raise
        found = {}
    if found or not site:
        return found
    # The address may name an election of old; the front page names none.
    return {
        name: {key: value for key, value in settings.items() if key != "date"}
        for name, settings in _read_by(site, known).items()
    }


def _read_by(url: str, known: Mapping[str, Known]) -> dict[str, dict[str, str]]:
    return {
        name: settings
        for name, scraper in known.items()
        if (settings := _settings(scraper, url)) is not None
    }


def _settings(scraper: Known, url: str) -> dict[str, str] | None:
    """Return what the link gives beyond what the file says; None where they disagree."""
    found = scraper.recognise(url)
    if found is None:
        return None
    own = {key: getattr(scraper, key, "") for key in found}
    if any(own[key] and own[key] != found[key] for key in found):
        return None
    return {key: value for key, value in found.items() if not own[key]}


def _recognised(
    url: str, name: str, scraper: Known, found: dict[str, str], also: tuple[str, ...]
) -> Recognised:
    settings = {key: value for key, value in found.items() if key != "date"}
    return Recognised(
        url=url,
        scraper=name,
        county=scraper.county,
        state=scraper.state or _state(settings.get("jurisdiction", ""), url),
        source_name=scraper.source_name,
        day=date.fromisoformat(found["date"]) if "date" in found else None,
        settings=tuple(sorted(settings.items())),
        missing=tuple(sorted(scraper.settings_needed() - set(settings))),
        also=also,
    )


def _names_county(url: str, scraper: Known) -> bool:
    """Say whether a link that a county's file knows is that county's, not its state's."""
    jurisdiction = (scraper.recognise(url) or {}).get("jurisdiction", "")
    return not jurisdiction or bool(_OF_COUNTY.search(jurisdiction))


_OF_COUNTY = re.compile(r"/|-county-", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{2})(?:/.*)?|[\w-]+-County-([A-Z]{2})", re.IGNORECASE)
"""Where a site names the state in two letters: "PA/Bucks", "id", "Cochise-County-AZ"."""


def _state(jurisdiction: str, url: str) -> str:
    """Return the state a link names, or whose own site it is; "Georgia" is no "GE"."""
    found = _PLACE.fullmatch(jurisdiction)
    named = (found.group(1) or found.group(2)) if found else ""
    return named.upper() or state_of(shipped_directory(), url)


async def look_up(
    link: Recognised, known: Mapping[str, Known], fetcher: Fetcher, parser: Parser, now: datetime
) -> Lookup:
    """Ask the site for its elections and, where the link names one, for its contests.

    A failure is a line of `failures`, and the rest is asked for all the same.
    """
    make, failures = known[link.scraper], []
    elections: tuple[ElectionListing, ...] = ()
    contests: tuple[Contest, ...] = ()
    is_test = False
    lister = make(date=link.day, settings=dict(link.settings))
    if not _unlisted(link):
        try:
            elections = await ask(lister.elections(), fresh(fetcher, now))
        except SourceFailure as error:
            failures.append(f"elections: {type(error).__name__}: {error}")
    day = link.day or _day_of(link, elections)
    if not link.missing and (day or not _needs_date(make)):
        scraper = make(date=day, settings=dict(link.settings))
        try:
            report = await report_of(scraper, fetcher, parser, now)
            contests, day = report.contests, report.election_date or day
            is_test = report.is_test
        except SourceFailure as error:
            failures.append(f"contests: {type(error).__name__}: {error}")
    return Lookup(elections, contests, day, tuple(failures), is_test)


def _unlisted(link: Recognised) -> bool:
    """Say whether a list of elections could not even be asked for: its place is missing."""
    return bool(set(link.missing) - {"eid"})


def _day_of(link: Recognised, elections: tuple[ElectionListing, ...]) -> date | None:
    settings = set(link.settings)
    return next(
        (one.date for one in elections if one.settings and set(one.settings) <= settings), None
    )


def _needs_date(scraper: Known) -> bool:
    templates = (getattr(scraper, name) for name in dir(scraper) if name.endswith("_url"))
    return any("{date" in template for template in templates if isinstance(template, str))
