"""What `watch` missed, from a source's own list of versions: version 12 to 15, and 13 and 14 too.

A visit gives one report, the newest there is, and so it is with every outcome. A platform such
as Clarity lists each version it has published and keeps their files for months: the day
after, they become history rows, oldest first, each with its own time. Nothing here is the
present: `newest` stays empty, so that no old version is ever told.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from monitor import backfill, precincts
from monitor.asking import ask, broken, fresh
from monitor.backfill import Backfilled
from monitor.errors import MonitorError, NotFound, NothingMatched, ParseFailure
from monitor.night import Scraper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from monitor.fetch import Fetcher
    from monitor.model import Contest, Page, Report, Request
    from monitor.night import Night
    from monitor.parsing import Parser
    from monitor.store import Store


@runtime_checkable
class Versioned(Scraper, Protocol):
    """A scraper whose platform lists its versions, and keeps them."""

    def versions(self) -> Generator[Request, Page, tuple[int, ...]]:
        """Ask which versions there have been, the oldest first."""

    def visit_version(self, version: int) -> Generator[Request, Page, tuple[Page, ...]]:
        """Decide what to fetch of one version."""


async def add_versions(
    store: Store,
    night: Night,
    source: str,
    fetcher: Fetcher,
    parser: Parser,
    on_progress: Callable[[float], object] = lambda _: None,
) -> Backfilled:
    """Add what each version changed to the history of the source's races, the oldest first.

    One exchange at a time. A version that was added is not asked for again while config.toml
    stays the same; one without files, or with files nobody can read, is passed over and tried
    the next time. Raises
    `NothingMatched` when no version is listed or none fits a race, and the failure of a site
    that does not answer: what was added until then stays.
    """
    scraper = night.scrapers[source]
    if not isinstance(scraper, Versioned):
        raise NothingMatched(f"{source} keeps no versions; give a file, an archive or a link")
    one = _Versions(store, night, source, scraper, fetcher, parser)
    listed = await one.listed()
    left = [place for place, version in enumerate(listed) if not one.known(version).finished]
    # The one before is read again: a version tells what it changed.
    for place in range(max(left[0] - 1, 0) if left else len(listed), len(listed)):
        await one.add(listed[place])
        on_progress((place + 1) / len(listed))
    return one.done(has_known=len(left) < len(listed))


class _Versions:
    """One run over the versions of a source."""

    def __init__(
        self,
        store: Store,
        night: Night,
        source: str,
        scraper: Versioned,
        fetcher: Fetcher,
        parser: Parser,
    ) -> None:
        self._store = store
        self._night = night
        self._source = source
        self._scraper = scraper
        self._fetcher = fetcher
        self._parser = parser
        self._pages: dict[str, Page] = {}
        self._before: tuple[Contest, ...] = ()
        self._history: dict[str, int] = {}
        self._why: dict[str, str] = {}

    async def listed(self) -> tuple[int, ...]:
        """Ask for the list; what led to it is asked for once in a run."""
        return await ask(self._scraper.versions(), self._answer(self._pages))

    def known(self, version: int) -> precincts.Import:
        """Find what was done of a version, as the configuration asks for it now."""
        name = f"{self._source}, version {version}"
        return precincts.begin(self._store, self._digest(version), name, datetime.now(UTC))

    def _digest(self, version: int) -> str:
        races = sorted(race.id for race, _ in self._night.uses[self._source])
        asked = (self._night.config.digest, self._source, races, version)
        return sha256(repr(asked).encode()).hexdigest()

    async def add(self, version: int) -> None:
        """Read one version, and add what it changed."""
        try:
            report = await self._report(version)
        except (NotFound, ParseFailure) as error:
            self._pass_over(str(error))
            return
        one = self.known(version)
        if not self._is_early(report):
            if not one.finished:
                self._add(report, one.at, f"version {version}")
            self._before = report.contests
        precincts.finish(self._store, self._digest(version))

    def _is_early(self, report: Report) -> bool:
        """Say whether a version is of the weeks before: zeros, or figures of a rehearsal."""
        race, _ = self._night.uses[self._source][0]
        zone = ZoneInfo(self._night.places[race.id].zone)
        stamped = report.source_time
        return stamped is not None and stamped.astimezone(zone).date() < race.election.date

    async def _report(self, version: int) -> Report:
        pages = await ask(self._scraper.visit_version(version), self._answer({}))
        try:
            return await self._parser.parse(self._scraper, pages)
        except MonitorError:
            raise
        except Exception as error:  # a scraper's own code can raise anything
            raise broken(error) from error

    def _answer(self, kept: dict[str, Page]) -> Callable[[Request], Awaitable[Page]]:
        """Return what answers each request; the pages that led to the list are known."""
        ask_site = fresh(self._fetcher, datetime.now(UTC))

        async def answer(request: Request) -> Page:
            if request.url in self._pages:
                return self._pages[request.url]
            kept[request.url] = page = await ask_site(request)
            return page

        return answer

    def _add(self, report: Report, at: datetime, where: str) -> None:
        try:
            added = backfill.add_report(
                self._store, self._night, self._source, report, at, where, known=self._before
            )
        except NothingMatched as error:
            self._pass_over(str(error))
            return
        for race_id, rows in added.history.items():
            self._history[race_id] = self._history.get(race_id, 0) + rows
        for race_id, why in added.passed_over.items():
            self._why.setdefault(race_id, why)

    def _pass_over(self, why: str) -> None:
        for race, _ in self._night.uses[self._source]:
            self._why.setdefault(race.id, why)

    def done(self, *, has_known: bool) -> Backfilled:
        """Return what was added. Raises `NothingMatched` where nothing was, now or before."""
        if not self._history and not has_known:
            why = next(iter(self._why.values()), "the site lists none of election day or later")
            raise NothingMatched(f"no version of {self._source} could be added: {why}")
        left = {race: why for race, why in self._why.items() if race not in self._history}
        races = (race.id for race, _ in self._night.uses[self._source] if race.id not in left)
        history = {race: self._history.get(race, 0) for race in races}
        return Backfilled(self._scraper.link(), "versions", self._source, 0, history, left)
