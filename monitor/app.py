"""Wiring: the one place that joins configuration, scrapers, adapters and services."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import structlog

from monitor import outbox, sending, verification_store
from monitor.archive import ArchiveWriter
from monitor.beside import beside
from monitor.config import changes, load_config, read_config
from monitor.database import open_database
from monitor.desk_service import Desk
from monitor.discover import discover
from monitor.errors import ConfigInvalid, DatabaseInUse
from monitor.fetch import HttpFetcher
from monitor.night import Night, prepare
from monitor.parsing import Parser
from monitor.precincts import Line, PrecinctFormat
from monitor.replay import RecordedKeeper, Replay
from monitor.rulebook import shipped_rules
from monitor.second_way import read_ways
from monitor.service import Service
from monitor.store import Store
from monitor.terminal import TerminalPoster
from monitor.verification import verified
from monitor.watch import Watch
from monitor.world import RecordedFetcher, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from typing import BinaryIO

    from monitor.beside import Explain
    from monitor.config_changes import Change
    from monitor.errors import FetchFailure
    from monitor.model import Page
    from monitor.night import Scraper
    from monitor.people import Act
    from monitor.races import Config, SourceConfig
    from monitor.rules import RuleBook
    from scrapers.base import Platform

LAST_WORDS = 2.0
"""Seconds that what is told at the end has to be sent; else the next start sends it."""

INSTANCE_SECONDS = 30.0
"""How long `watch` waits for the instance: somebody's act on the command line may hold it."""
LOOK_EVERY = 0.2

_log = structlog.get_logger()


def scrapers() -> Mapping[str, type[Platform]]:
    """Return every scraper there is; broken modules are logged and left out."""
    found = discover()
    for name, error in found.failures.items():
        _log.error("scraper left out", scraper=name, error=str(error))
    return found.scrapers


def config_at(path: Path) -> Config:
    """Read config.toml. Raises `ConfigInvalid`."""
    return load_config(path, scrapers())


def night_of(config: Config, rules: RuleBook | None = None) -> Night:
    """Make a configuration ready with the shipped rules, or others, and the scrapers there are."""
    found = scrapers()

    def make(source: SourceConfig) -> Scraper:
        scraper = found[source.scraper]
        return scraper(date=source.election.date, settings=dict(source.settings))

    return prepare(config, rules or shipped_rules(), make)


def rules_of(store: Store) -> RuleBook:
    """Return the shipped rules with the checks laid over them that people made in a database."""
    return verified(shipped_rules(), verification_store.read(store.db))


@contextmanager
def opened(database: Path, *, flushed: bool = True) -> Iterator[Store]:
    """Open the database of this instance, and close it whatever happens; see `open_database`."""
    db = open_database(database, flushed=flushed)
    try:
        yield Store(db)
    finally:
        db.close()


@contextmanager
def temporary(database: Path | None) -> Iterator[Path]:
    """Yield the database path given, or one in a temporary folder that ends with the call."""
    if database is not None:
        yield database
        return
    with TemporaryDirectory(prefix="primary-night-") as folder:
        yield Path(folder) / "replay.db"


class LiveKeeper:
    """Keeps every answer in the WARC archive beside the database."""

    def __init__(self, archive: ArchiveWriter) -> None:
        self._archive = archive

    def keep(self, page: Page, visit_id: str) -> object:
        """Keep an answer."""
        return self._archive.keep(page, visit_id)

    def keep_failure(self, url: str, error: FetchFailure, at: datetime, visit_id: str) -> object:
        """Keep a failed exchange."""
        return self._archive.keep_failure(url, error, at, visit_id)

    def keep_act(self, act: Act, at: datetime) -> object:
        """Keep a person's act."""
        return self._archive.keep_act(act, at)

    def body(self, digest: str) -> bytes | None:
        """Return a kept body."""
        return self._archive.body_of(digest)


def archive_beside(database: Path) -> Path:
    """Return the archive that belongs to a database: same name, `.warc.gz`."""
    return database.with_suffix(".warc.gz")


async def watch(
    config_path: Path, database: Path, environ: Mapping[str, str], explain: Explain
) -> None:
    """Run the service until it is asked to stop. `explain`: what Slack's command shows."""
    config, ways = config_at(config_path), read_ways(environ)
    given = sending.access(environ, night_of(config))
    async with attending(config, config_path, database, INSTANCE_SECONDS) as (watching, store):
        night = watching.night
        async with sending.opened_poster(given, night) as poster:
            paced = not isinstance(poster, TerminalPoster)
            deliverer = sending.deliverer_of(store, poster, night, paced=paced)
            service = Service(
                watching, store, deliverer, poster, config_path,
                lambda: night_of(config_at(config_path), rules_of(store)),
            )  # fmt: skip
            desk = Desk(lambda: watching.night, store, deliverer.wake)
            others = beside(watching, store, poster, desk, service, given, ways, explain)
            await service.run(tuple(others))
            if desk.stopped(datetime.now(UTC)):
                with suppress(TimeoutError):
                    await asyncio.wait_for(deliverer.settle(final=True), LAST_WORDS)


@asynccontextmanager
async def attending(
    config: Config, config_path: Path, database: Path, patience: float = 0.0
) -> AsyncIterator[tuple[Watch, Store]]:
    """Hold the instance, ready to watch: for `watch`, or for the moment of one act.

    Raises `DatabaseInUse` when another one holds it for longer than `patience`, in seconds,
    `WrongDatabase` for a recording's.
    """
    with ExitStack() as stack:
        store = await _free(stack, database, patience)
        store.belongs_to("live")
        night = night_of(config, rules_of(store))
        now = datetime.now(UTC)
        store.begin(night.config, night.rules, now)
        with ArchiveWriter(archive_beside(database), fsync=True) as archive:
            archive.start(night.config.text, night.rules.digest, now)
            async with _live(night, store, archive) as watching:
                _take_up(watching, store, config_path, now)
                yield watching, store


async def _free(stack: ExitStack, database: Path, patience: float) -> Store:
    """Open the database, when another instance that holds it gives it free in time."""
    end, is_told = time.monotonic() + patience, False
    while True:
        try:
            return stack.enter_context(opened(database))
        except DatabaseInUse as error:
            if time.monotonic() >= end:
                raise
            if not is_told:
                is_told = True
                _log.warning("waiting", seconds=patience, why=str(error))
        await asyncio.sleep(LOOK_EVERY)


def _take_up(watching: Watch, store: Store, config_path: Path, now: datetime) -> None:
    """Take what changed in config.toml since the last run as a reload would.

    Raises `ConfigInvalid` when a race the database knows moved to another election.
    """
    night, text = watching.configured, store.last_config()
    found: tuple[Change, ...] = ()
    if text is not None and text != night.config.text:
        base = config_path.resolve().parent
        try:
            before = read_config(text, base=base, scrapers=scrapers())
            watching.use(night_of(before, night.rules))
        except ConfigInvalid as error:
            _log.warning("the last configuration cannot be read any more", error=str(error))
        else:
            found = changes(watching.night.config, night.config)
    watching.reload(night, found, now)


@asynccontextmanager
async def _live(night: Night, store: Store, archive: ArchiveWriter) -> AsyncIterator[Watch]:
    fetcher, parser = HttpFetcher(night.config.fetch), Parser()
    try:
        yield Watch(night, store, fetcher, LiveKeeper(archive), parser)
    finally:
        parser.close()
        await fetcher.aclose()


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a recording is replayed.

    `speed`: virtual seconds a second, None for as fast as possible. `quiet`: no
    message is shown. `rehearse`: messages go to Slack's rehearsal channel, marked
    TEST. `config`: another configuration than the recording's own. `sleep` waits
    between visits.
    """

    speed: float | None = None
    until: datetime | None = None
    quiet: bool = False
    rehearse: bool = False
    config: Path | None = None
    on_visit: Callable[[datetime], None] = lambda _: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


async def replay(
    recording: Path, database: Path, options: ReplayOptions, environ: Mapping[str, str]
) -> None:
    """Replay a recording into a database that is new or belongs to it."""
    world = World.read(recording)
    config = config_at(options.config) if options.config else config_in(world, recording)
    night = night_of(config)
    given = sending.Access(None, "")
    if options.rehearse:
        given = sending.rehearsal_access(environ, night)
    parser = Parser()
    try:
        # Slack remembers a rehearsal, so its records must outlast what it was told.
        with opened(database, flushed=options.rehearse) as store:
            store.belongs_to(world.archive_id)
            store.begin(night.config, night.rules, world.starts_at)
            async with sending.opened_poster(
                given, night, rehearsal=night.config.slack.rehearsal_channel, quiet=options.quiet
            ) as poster:
                outbox.after_start(store.db)
                watching = Watch(
                    night, store, RecordedFetcher(world), RecordedKeeper(world), parser
                )
                deliverer = sending.deliverer_of(store, poster, night, paced=False)
                run = Replay(
                    watching, store, deliverer, world,
                    speed=options.speed, on_visit=options.on_visit, sleep=options.sleep,
                    desk=Desk(lambda: watching.night, store, deliverer.wake),
                )  # fmt: skip
                await run.run(options.until)
    finally:
        parser.close()


def config_in(world: World, recording: Path) -> Config:
    """Read the configuration a recording was made with."""
    return read_config(world.config_text, base=recording.resolve().parent, scrapers=scrapers())


def precinct_format() -> PrecinctFormat:
    """Return how North Carolina's precinct file is read."""
    # Here, so that a platform somebody broke stops nothing but this.
    from scrapers.platforms import ncsbe_pct, ncsbe_rows  # noqa: PLC0415

    fields = attrgetter(*Line._fields)

    def lines(stream: BinaryIO, where: str) -> Iterator[Line]:
        return map(Line._make, map(fields, ncsbe_pct.read_rows(stream, where)))

    return PrecinctFormat("NC", "ncsbe_pct", lines, ncsbe_rows.contest_party)


def history_url(source: SourceConfig) -> str | None:
    """Return the precinct file of a source's election, None on a platform that has none."""
    found = scrapers()
    platforms = tuple(found[name] for name in ("ncsbe", "ncsbe_pct") if name in found)
    if not issubclass(found[source.scraper], platforms) or "ncsbe_pct" not in found:
        return None
    return next(found["ncsbe_pct"](date=source.election.date, settings={}).visit()).url
