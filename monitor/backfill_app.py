"""Wiring of the backfill: what was given is told apart, read, and added to the history.

A precinct file goes in line by line; an archive is replayed into a temporary
database, whose history is copied; any other file or link is one page of the source
named. One instance per database: stop `watch` first, or name another database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from monitor import app, backfill, given, precincts
from monitor.backfill_archive import recorded, replayed
from monitor.backfill_notify import notify
from monitor.backfill_versions import Versioned, add_versions
from monitor.errors import NothingMatched, ScraperBroken
from monitor.fetch import OK, HttpFetcher
from monitor.model import Page, Report, Request
from monitor.parsing import Parser
from monitor.precinct_sums import Contests
from monitor.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.backfill import Backfilled
    from monitor.night import Night
    from monitor.races import Config, Race
    from monitor.store import Store


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for. `what`: a file, an archive or a link; None for a source's own history.

    `first`, `last`: election dates without `what`, else days of an archive, both
    included. `on_progress` is told how far it is, 0 to 1.
    """

    what: str | None
    config: Path
    database: Path
    race: str | None = None
    source: str | None = None
    first: date | None = None
    last: date | None = None
    notify: bool = False
    quiet: bool = False
    on_progress: Callable[[float], object] = lambda _: None


async def run(options: Options, environ: Mapping[str, str]) -> tuple[Backfilled, dict[str, str]]:
    """Backfill; return what was added, and by race what became of `--notify`."""
    config = app.config_at(options.config)
    narrow = backfill.narrowed(config, options.race, options.source)
    parser = Parser()
    try:
        with app.opened(options.database) as store:
            one = _Backfill(options, narrow, store, parser)
            done = await one.add()
            if not options.notify:
                return done, {}
            return done, await notify(
                config, store, parser, done, one.answer, options.database, environ,
                quiet=options.quiet,
            )  # fmt: skip
    finally:
        parser.close()


class _Backfill:
    """One call: what was given, and the configuration narrowed to what was asked for.

    `answer`: the page or the recorded world that a present state is told from.
    """

    def __init__(self, options: Options, config: Config, store: Store, parser: Parser) -> None:
        self._options = options
        self._config = config
        self._store = store
        self._parser = parser
        self.answer: Page | World | None = None

    async def add(self) -> Backfilled:
        """Tell what was given apart, and add it."""
        what = self._options.what
        if what is None:
            return await self._own_history()
        if "://" in what:
            page = await self._fetched(what)
            with BytesIO(page.body) as stream:
                return await self._added(stream, page.url, page)
        path = Path(what)
        with given.opened(path) as stream:
            if given.is_archive(stream, path.name):
                return await self._archive(path)
            return await self._added(stream, path.name, None)

    async def _fetched(self, url: str) -> Page:
        fetcher = HttpFetcher(self._config.fetch)
        try:
            return await fetcher.fetch(
                Request(url), known=None, now=datetime.now(UTC), unconditional=True
            )
        finally:
            await fetcher.aclose()

    async def _added(self, stream: BinaryIO, where: str, page: Page | None) -> Backfilled:
        if self._options.first or self._options.last:
            raise NothingMatched(
                f"--from and --to choose days of an archive; {where} is one report"
            )
        digest = given.digest_of(stream)
        if given.is_precincts(stream, sure=self._options.source is not None):
            return self._precincts(stream, where, digest, page)
        if self._options.source is None:
            raise NothingMatched(
                f"{where} is no precinct file and no archive; say with --source whose page it is"
            )
        one = page or await self._fetched(self._uri())
        return await self._page(one, where, digest, self._options.source)

    # -- a source's own history ----------------------------------------------------------

    async def _own_history(self) -> Backfilled:
        options = self._options
        if options.source is None:
            raise NothingMatched("say what to backfill: a file, an archive, a link, or --source")
        source = self._config.sources[0]
        held = source.election.date
        if held < (options.first or held) or held > (options.last or held):
            raise NothingMatched(
                f"the election of {source.id} was on {held}, not between "
                f"{options.first or 'ever'} and {options.last or 'ever'}"
            )
        night = app.night_of(self._config)
        if isinstance(night.scrapers[source.id], Versioned):
            return await self._versions(night, source.id)
        url = app.history_url(source)
        if url is None:
            raise NothingMatched(
                f"{source.id} keeps no history of its own; give a file, an archive or a link"
            )
        page = await self._fetched(url)
        digest = hashlib.sha256(page.body).hexdigest()
        with BytesIO(page.body) as stream:
            return self._precincts(stream, url, digest, page)

    async def _versions(self, night: Night, source: str) -> Backfilled:
        fetcher = HttpFetcher(self._config.fetch)
        try:
            return await add_versions(
                self._store, night, source, fetcher, self._parser, self._options.on_progress
            )
        finally:
            await fetcher.aclose()

    # -- precinct files ------------------------------------------------------------------

    def _precincts(
        self, stream: BinaryIO, where: str, digest: str, page: Page | None
    ) -> Backfilled:
        kind = app.precinct_format()
        stream.seek(0)
        day = next(kind.lines(stream, where)).election_date
        races = self._races_of(day, kind.state, where)
        one = precincts.begin(self._store, digest, where, datetime.now(UTC))
        added = 0
        if not one.finished:
            size = max(stream.seek(0, 2), 1)
            stream.seek(0)
            added = precincts.add_lines(
                self._store, digest, kind.lines(stream, where), where,
                lambda _: self._options.on_progress(stream.tell() / size),
            )  # fmt: skip
        contests = Contests(self._store.db, one.id, kind.party_of)
        summed = Report(contests=contests.all, election_date=day)
        source = self._options.source or kind.source
        done = backfill.add_precincts(self._store, races, contests, summed, one.at, source)
        if self._options.notify:
            self.answer = page or self._page_of(stream, one.at)
        return replace(done, what=where, lines=added)

    def _page_of(self, stream: BinaryIO, at: datetime) -> Page:
        stream.seek(0)
        return Page(self._uri(), OK, (), stream.read(), at)

    def _uri(self) -> str:
        """Return the address of the file that was given."""
        return Path(self._options.what or "").resolve().as_uri()

    def _races_of(self, day: date, state: str, where: str) -> list[Race]:
        """Return the races the file may cover; one asked for by name must be among them."""
        asked = [race for race in self._config.races if race.election.state == state]
        if self._options.race is not None or self._options.source is not None:
            backfill.refuse_other_dates(self._config.races, day, where)
        return [race for race in asked if race.election.date == day]

    # -- any other page ------------------------------------------------------------------

    async def _page(self, page: Page, where: str, digest: str, source: str) -> Backfilled:
        night = app.night_of(self._config)
        try:
            parsed = await self._parser.parse(night.scrapers[source], (page,))
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise ScraperBroken(
                f"the scraper of {source} cannot read {where} alone ({error}); "
                "give the page its figures stand on, or an archive"
            ) from error
        self.answer = page
        one = precincts.begin(self._store, digest, where, page.fetched_at)
        return backfill.add_report(self._store, night, source, parsed, one.at, where)

    # -- archives ------------------------------------------------------------------------

    async def _archive(self, path: Path) -> Backfilled:
        world = World.read(path)
        self.answer = world
        kept = recorded(self._config, world)
        rows = await replayed(world, kept, self._parser, self._options.on_progress)
        asked = [row for row in rows if self._is_asked_for(str(row["at"]))]
        return backfill.add_replayed(self._store, asked, kept.races, path.name)

    def _is_asked_for(self, at: str) -> bool:
        day = datetime.fromisoformat(at).date()
        return (self._options.first or day) <= day <= (self._options.last or day)
