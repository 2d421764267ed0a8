"""Wiring: the one place that joins configuration, scrapers, adapters and services."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console

from monitor import outbox
from monitor.archive import ArchiveWriter
from monitor.config import load_config, read_config
from monitor.database import open_database
from monitor.deliver import Deliverer
from monitor.discover import discover
from monitor.errors import ConfigInvalid
from monitor.fetch import HttpFetcher
from monitor.night import Night, prepare
from monitor.parsing import Parser
from monitor.replay import RecordedKeeper, Replay
from monitor.rulebook import shipped_rules
from monitor.service import Service
from monitor.slack import SlackPoster
from monitor.slack_access import read_api_url, read_token
from monitor.store import Store
from monitor.terminal import TerminalPoster
from monitor.watch import Watch
from monitor.world import RecordedFetcher, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from monitor.deliver import Poster
    from monitor.errors import FetchFailure
    from monitor.model import Page
    from monitor.night import Scraper
    from monitor.races import Config, SourceConfig
    from scrapers.base import Platform

SLACK_PACE = 1.05
"""Seconds between two posts to one channel; Slack takes one a second."""

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


def night_of(config: Config) -> Night:
    """Make a configuration ready with the shipped rules and the scrapers there are."""
    found = scrapers()

    def make(source: SourceConfig) -> Scraper:
        scraper = found[source.scraper]
        return scraper(date=source.election.date, settings=dict(source.settings))

    return prepare(config, shipped_rules(), make)


@contextmanager
def opened(database: Path) -> Iterator[Store]:
    """Open the database of this instance, and close it whatever happens."""
    db = open_database(database)
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

    def body(self, digest: str) -> bytes | None:
        """Return a kept body."""
        return self._archive.body_of(digest)


def archive_beside(database: Path) -> Path:
    """Return the archive that belongs to a database: same name, `.warc.gz`."""
    return database.with_suffix(".warc.gz")


async def watch(config_path: Path, database: Path, environ: Mapping[str, str]) -> None:
    """Run the service until it is asked to stop."""
    night = night_of(config_at(config_path))
    token = read_token(environ)
    with opened(database) as store:
        store.belongs_to("live")
        now = datetime.now(UTC)
        store.begin(night.config, night.rules, now)
        with ArchiveWriter(archive_beside(database), fsync=True) as archive:
            archive.start(night.config.text, night.rules.digest, now)
            async with (
                _live(night, store, archive) as watching,
                _poster(token, read_api_url(environ), night, None) as poster,
            ):
                deliverer = _deliverer(store, poster, night, paced=token is not None)
                await Service(
                    watching, store, deliverer, poster, config_path,
                    lambda: night_of(config_at(config_path)),
                ).run()  # fmt: skip


@asynccontextmanager
async def _live(night: Night, store: Store, archive: ArchiveWriter) -> AsyncIterator[Watch]:
    fetcher, parser = HttpFetcher(night.config.fetch), Parser()
    try:
        yield Watch(night, store, fetcher, LiveKeeper(archive), parser)
    finally:
        parser.close()
        await fetcher.aclose()


@asynccontextmanager
async def _poster(
    token: str | None, api_url: str, night: Night, rehearsal: str | None, *, quiet: bool = False
) -> AsyncIterator[Poster]:
    """Open Slack with a token, else the terminal; a rejected token stops here."""
    if token is None:
        zone = ZoneInfo(night.config.slack.desk_timezone)
        yield TerminalPoster(Console(file=sys.stderr if quiet else sys.stdout, quiet=quiet), zone)
        return
    slack = SlackPoster(token, api_url=api_url, rehearsal_channel=rehearsal)
    try:
        identity = await slack.check()
        _log.info("slack", team=identity.team, user=identity.user)
        yield slack
    finally:
        await slack.close()


def _deliverer(store: Store, poster: Poster, night: Night, *, paced: bool) -> Deliverer:
    return Deliverer(
        store.db,
        poster,
        lambda: datetime.now(UTC),
        pace_seconds=SLACK_PACE if paced else 0.0,
        quarantine_seconds=night.config.slack.quarantine_seconds,
    )


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a recording is replayed.

    `speed`: virtual seconds a second, None for as fast as possible. `quiet`: no
    message is shown. `rehearse`: messages go to Slack's rehearsal channel, marked
    TEST. `config`: the text of another configuration than the recording's own.
    """

    speed: float | None = None
    until: datetime | None = None
    quiet: bool = False
    rehearse: bool = False
    config: Path | None = None
    on_visit: Callable[[datetime], None] = lambda _: None


async def replay(
    recording: Path, database: Path, options: ReplayOptions, environ: Mapping[str, str]
) -> None:
    """Replay a recording into a database that is new or belongs to it."""
    world = World.read(recording)
    config = config_at(options.config) if options.config else config_in(world, recording)
    night = night_of(config)
    token = _rehearsal_token(environ, night) if options.rehearse else None
    parser = Parser()
    try:
        with opened(database) as store:
            store.belongs_to(world.archive_id)
            store.begin(night.config, night.rules, world.starts_at)
            fetcher, keeper = RecordedFetcher(world), RecordedKeeper(world)
            async with _poster(
                token, read_api_url(environ), night,
                night.config.slack.rehearsal_channel, quiet=options.quiet,
            ) as poster:  # fmt: skip
                outbox.after_start(store.db)
                run = Replay(
                    Watch(night, store, fetcher, keeper, parser), store,
                    _deliverer(store, poster, night, paced=False), world,
                    speed=options.speed, on_visit=options.on_visit,
                )  # fmt: skip
                await run.run(options.until)
    finally:
        parser.close()


def config_in(world: World, recording: Path) -> Config:
    """Read the configuration a recording was made with."""
    return read_config(world.config_text, base=recording.resolve().parent, scrapers=scrapers())


def _rehearsal_token(environ: Mapping[str, str], night: Night) -> str:
    token = read_token(environ)
    if token is None:
        raise ConfigInvalid(("--rehearse needs PRIMARY_NIGHT_SLACK_TOKEN",))
    if not night.config.slack.rehearsal_channel:
        raise ConfigInvalid(("slack.rehearsal_channel: --rehearse needs it",))
    return token
