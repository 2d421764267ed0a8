"""The history of an archive: replayed as if live into a temporary database, and read there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console

from monitor import app, warc
from monitor.deliver import Deliverer
from monitor.errors import NothingMatched
from monitor.replay import RecordedKeeper, Replay
from monitor.terminal import TerminalPoster
from monitor.watch import Watch
from monitor.world import RecordedFetcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.parsing import Parser
    from monitor.races import Config
    from monitor.world import World


async def replayed(
    world: World, config: Config, parser: Parser, on_progress: Callable[[float], object]
) -> list[dict[str, Any]]:
    """Return the history rows that live watching would have written, in order."""
    night = app.night_of(config)
    length = max((world.ends_at - world.starts_at).total_seconds(), 1.0)

    def on_visit(now: datetime) -> None:
        on_progress(min((now - world.starts_at).total_seconds() / length, 1.0))

    with (
        TemporaryDirectory(prefix="primary-night-") as folder,
        app.opened(Path(folder) / "replay.db") as store,
    ):
        store.begin(night.config, night.rules, world.starts_at)
        unseen = TerminalPoster(Console(quiet=True), ZoneInfo("UTC"))
        deliverer = Deliverer(
            store.db, unseen, lambda: datetime.now(UTC), pace_seconds=0, quarantine_seconds=0
        )
        fetcher, keeper = RecordedFetcher(world), RecordedKeeper(world)
        watch = Watch(night, store, fetcher, keeper, parser)
        await Replay(watch, store, deliverer, world, on_visit=on_visit).run()
        return store.rows('SELECT * FROM history ORDER BY "row"')


def recorded(config: Config, world: World) -> Config:
    """Leave out the sources of which an archive holds nothing, and their races.

    Raises `NothingMatched` when nothing is left.
    """
    night = app.night_of(config)
    kept = tuple(
        source
        for source in config.sources
        if warc.target(next(night.scrapers[source.id].visit()).url) in world.urls
    )
    if not kept:
        named = ", ".join(source.id for source in config.sources)
        raise NothingMatched(
            f"{world.path.name}, recorded {world.starts_at:%F} to {world.ends_at:%F}, "
            f"holds no page of {named}"
        )
    ids = {source.id for source in kept}
    races = tuple(r for r in config.races if any(use.source in ids for use in r.sources))
    return replace(config, sources=kept, races=races)
