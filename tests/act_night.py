"""A small night for people to act on: one sheet on loopback, visited twice, nobody watching."""

from __future__ import annotations

import asyncio
import json
import shlex
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import app
from monitor.archive import ArchiveWriter
from tests.commands import Ran, run, spawn
from tests.now_night import Watched, config, in_seconds, sheet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from monitor.store import Store
    from monitor.watch import Watch
    from tests.now_night import Sheets

RACE = "alpha-da"
BEN = ("--who", "Ben Ortiz", "--why", "the clerk said so")


@dataclass(frozen=True, slots=True)
class People:
    """Somebody at a terminal, beside a folder with config.toml and the database."""

    folder: Path

    @property
    def config(self) -> Path:
        """Where config.toml is."""
        return self.folder / "config.toml"

    @property
    def database(self) -> Path:
        """Where the database is."""
        return self.folder / "night.db"

    @property
    def places(self) -> tuple[str, ...]:
        """The options that say where both are."""
        return ("--config", str(self.config), "--database", str(self.database))

    def does(self, *words: str) -> Ran:
        """Run a command of people in this process."""
        return run(*words, *self.places)

    def apart(self, *words: str) -> Ran:
        """Run it as a process of its own, as from another terminal."""
        return spawn(*words, *self.places)

    def acts(self) -> list[dict[str, Any]]:
        """Return the rows of the audit table."""
        rows: list[dict[str, Any]] = json.loads(
            run("acts", RACE, "--database", self.database, "--json").out
        )
        return rows


@asynccontextmanager
async def attended(people: People) -> AsyncIterator[tuple[Watch, Store]]:
    """Hold the night as `watch` does."""
    made = app.config_at(people.config)
    async with app.attending(made, people.config, people.database) as (watch, store):
        yield watch, store


def prepared(folder: Path, sheets: Sheets, precincts: int = 20) -> People:
    """Return a night whose race was seen twice, the count ours by 400 of 1,000."""
    sheets.bodies["alpha.csv"] = sheet("Alpha", 700, 300, precincts)
    people = People(folder)
    people.config.write_text(
        config([Watched("Alpha", "alpha", sheets.url("alpha.csv"))]), encoding="utf-8"
    )
    asyncio.run(visited(people, [in_seconds(-150), in_seconds(-60)]))
    return people


async def visited(people: People, moments: list[datetime]) -> None:
    """Visit as `app.watch` does, and leave it to others to tell."""
    config_ = app.config_at(people.config)
    night, then = app.night_of(config_), moments[0] - timedelta(seconds=1)
    with app.opened(people.database) as store:
        store.belongs_to("live")
        store.begin(night.config, night.rules, then)
        with ArchiveWriter(app.archive_beside(people.database)) as archive:
            archive.start(night.config.text, night.rules.digest, then)
            async with app._live(night, store, archive) as watch:
                for moment in moments:
                    await watch.visit("alpha", moment)


def pasted(out: str) -> list[str]:
    """Return the words of the command line that a look printed, without `python run.py`."""
    line = next(line for line in out.splitlines() if line.startswith("python run.py "))
    return shlex.split(line)[2:]
