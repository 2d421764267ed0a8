"""A recorded night played with the desk beside it, as `replay` plays it; it can be made to die."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.console import Console

from monitor import app, outbox
from monitor.deliver import Deliverer
from monitor.desk_service import Desk
from monitor.parsing import Parser
from monitor.replay import RecordedKeeper, Replay
from monitor.report import post_log_json
from monitor.slack import SlackPoster
from monitor.terminal import TerminalPoster
from monitor.watch import Watch
from monitor.world import RecordedFetcher, World
from tests.commands import NIGHTS

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.deliver import Poster
    from monitor.store import Store


class Killed(BaseException):
    """The process died: nothing of ours may catch it."""


@dataclass
class Death:
    """Ends a run at the n-th statement of the desk, before or after it was carried out; 0: never.

    `counted`: the statements so far.
    """

    at: int = 0
    counted: int = 0
    is_on: bool = False

    def over(self, store: Store) -> None:
        """Count this store's statements."""
        carry_out = store.db.execute

        def execute(*args: Any) -> Any:
            self._count()
            found = carry_out(*args)
            self._count()
            return found

        store.db.execute = execute  # type: ignore[assignment, method-assign]

    def _count(self) -> None:
        if self.is_on:
            self.counted += 1
            if self.counted == self.at:
                raise Killed


class MortalDesk(Desk):
    """The desk, with a death that knows when it works."""

    death = Death()

    def refresh(self, now: datetime) -> bool:
        """Write what is due, while statements are counted."""
        self.death.is_on = True
        try:
            return super().refresh(now)
        finally:
            self.death.is_on = False


def play(
    name: str,
    database: Path,
    until: datetime | None = None,
    death: Death | None = None,
    poster: Poster | None = None,
) -> None:
    """Play a night into a database, from where it stands; `death` may end it with `Killed`."""
    asyncio.run(_play(name, database, until, death, poster))


async def _play(
    name: str, database: Path, until: datetime | None, death: Death | None, poster: Poster | None
) -> None:
    recording = NIGHTS / f"{name}.warc.gz"
    world = World.read(recording)
    night = app.night_of(app.config_in(world, recording))
    parser = Parser()
    try:
        with app.opened(database) as store:
            store.belongs_to(world.archive_id)
            store.begin(night.config, night.rules, world.starts_at)
            outbox.after_start(store.db)
            shown = poster or TerminalPoster(Console(quiet=True), ZoneInfo("UTC"))
            deliverer = Deliverer(
                store.db, shown, lambda: datetime.now(UTC), pace_seconds=0, quarantine_seconds=0
            )
            watch = Watch(night, store, RecordedFetcher(world), RecordedKeeper(world), parser)
            desk = MortalDesk(lambda: watch.night, store, deliverer.wake)
            if death is not None:
                desk.death = death
                death.over(store)
            await Replay(watch, store, deliverer, world, desk=desk).run(until)
    finally:
        parser.close()
        if isinstance(poster, SlackPoster):
            await poster.close()


def printed(database: Path) -> str:
    """Return every message of a database, and what each was edited to say."""
    return post_log_json(database, edits=True)
