"""Wiring of `backfill --notify`: the present state goes through the live path, once."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor import app, present, sending
from monitor.archive import ArchiveWriter
from monitor.errors import NothingMatched
from monitor.replay import RecordedKeeper
from monitor.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from monitor.backfill import Backfilled
    from monitor.model import Page
    from monitor.night import Night
    from monitor.parsing import Parser
    from monitor.races import Config
    from monitor.store import Store
    from monitor.visiting import Keeper


async def notify(
    config: Config,
    store: Store,
    parser: Parser,
    done: Backfilled,
    answer: Page | World | None,
    database: Path,
    environ: Mapping[str, str],
    *,
    quiet: bool,
) -> dict[str, str]:
    """Tell the present state of each race once; return what became of it, by race."""
    _refuse_foreign(config, done)
    chosen = present.untold(store, done.newest)
    if not chosen.newest or answer is None:
        return chosen.known
    now = datetime.now(UTC)
    races = tuple(race for race in config.races if race.id in chosen.newest)
    night = app.night_of(replace(config, races=races), app.rules_of(store))
    store.belongs_to("live")
    store.begin(night.config, night.rules, now)
    sources = sorted({one.source for one in chosen.newest.values()})
    with _kept(database, night, answer, now) as keeper:
        async with sending.sender(night, store, environ, quiet=quiet) as deliverer:
            await present.tell(night, sources, store, keeper, parser, now, answer)
            await deliverer.settle()
    return chosen.known | present.outcome(store, chosen.newest, now)


@contextmanager
def _kept(database: Path, night: Night, answer: Page | World, now: datetime) -> Iterator[Keeper]:
    """Keep a page in the live archive; what a recording holds, no site has said now."""
    if isinstance(answer, World):
        yield RecordedKeeper(answer)
        return
    with ArchiveWriter(app.archive_beside(database), fsync=True) as archive:
        archive.start(night.config.text, night.rules.digest, now)
        yield app.LiveKeeper(archive)


def _refuse_foreign(config: Config, done: Backfilled) -> None:
    """Raise when a file's rows belong to no configured source: there is no live path for it."""
    ids = {source.id for source in config.sources}
    foreign = {one.source for one in done.newest.values()} - ids
    if foreign:
        raise NothingMatched(
            f"the history is added, but --notify has no live path for {', '.join(foreign)}; "
            "name a configured source with --source"
        )
