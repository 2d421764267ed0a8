"""The demonstration: recorded nights through the real polling, scrapers, SQLite and outbox.

Only the clock and the network are the recordings'. The recordings are the tests' own,
in the repository: shipped a second time inside the package, the two could differ.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor import app, report
from monitor.decision import Basis
from monitor.errors import NothingMatched
from monitor.likeness import guesses
from monitor.races import SlackConfig
from monitor.terminal import when
from monitor.words import signed, surname
from monitor.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from rich.progress import Progress, TaskID

NIGHTS = Path(__file__).resolve().parents[1] / "tests" / "nights"
ORDER = ("durham-2018", "pitt-2018", "dallas-2018", "allegheny-2023")
ENDING = ".warc.gz"
DESK = ZoneInfo(SlackConfig().desk_timezone)
SPEED = 8000.0
"""Virtual seconds a second, unless another speed is asked for."""
LONGEST_WAIT = 60.0
"""Virtual seconds a wait between two visits takes at most: quiet hours pass as a minute."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a night ended for one endorsed candidate; `messages` counts the whole night's."""

    night: str
    race: str
    candidate: str
    outcome: str
    basis: str
    votes: int
    total: int
    rival: str
    rival_votes: int
    margin: int
    units_reported: int | None
    units_total: int | None
    messages: int


def recordings(folder: Path, only: str | None) -> dict[str, Path]:
    """Return the whole nights by name, or the one asked for, which may be any recording.

    Raises `NothingMatched` when the folder holds none, as beside an installed
    package, or none of that name.
    """
    found = {path.name.removesuffix(ENDING): path for path in sorted(folder.glob(f"*{ENDING}"))}
    if not found:
        raise NothingMatched(
            f"no recorded nights in {folder}; they come with the repository, not with the "
            "installed package: run `python run.py demo` there, or `replay` a recording of yours"
        )
    if only is None:
        known = [name for name in ORDER if name in found]
        return {name: found[name] for name in known or found}
    if only not in found:
        near = guesses(only, found)
        meant = f"did you mean {near[0]}? " if near else ""
        raise NothingMatched(f"no recorded night {only!r}; {meant}There are {', '.join(found)}")
    return {only: found[only]}


def play(
    nights: dict[str, Path], speed: float | None, bar: Progress, *, quiet: bool
) -> list[Played]:
    """Play nights one after the other, each in a database of its own; return how they ended.

    `speed`: virtual seconds a second, None for as fast as possible. `quiet`: no
    message is shown.
    """
    task, rows = bar.add_task("", total=len(nights)), []
    for done, (name, path) in enumerate(nights.items()):
        shows = _shower(bar, task, done, name, World.read(path))
        options = app.ReplayOptions(speed=speed, quiet=quiet, on_visit=shows, sleep=_waiting(speed))
        with app.temporary(None) as database:
            # No token is taken from the environment: nothing leaves this machine.
            asyncio.run(app.replay(path, database, options, {}))
            rows += _played(name, database)
    played = f"{len(nights)} recorded night{'s' if len(nights) > 1 else ''} played"
    bar.update(task, description=played, completed=len(nights))
    return rows


def _shower(
    bar: Progress, task: TaskID, done: int, name: str, world: World
) -> Callable[[datetime], None]:
    """Return what moves the bar on: by records seen, as a night's hours are not alike."""

    def show(now: datetime) -> None:
        told = f"{name}  {when(now, DESK)}"
        bar.update(task, description=told, completed=done + world.share_seen(now))

    return show


def _waiting(speed: float | None) -> Callable[[float], Awaitable[None]]:
    longest = LONGEST_WAIT / speed if speed else 0.0

    async def wait(seconds: float) -> None:
        await asyncio.sleep(min(seconds, longest))

    return wait


def _played(night: str, database: Path) -> list[Played]:
    messages = len(report.view(database, "post_log"))
    names = [name for name in Played.__dataclass_fields__ if name not in ("night", "messages")]
    return [
        Played(night=night, messages=messages, **{name: row[name] for name in names})
        for row in report.view(database, "race_status")
    ]


def as_json(rows: list[Played]) -> list[dict[str, Any]]:
    """Return the summary as plain values."""
    return [asdict(row) for row in rows]


def table(rows: list[Played]) -> list[dict[str, str]]:
    """Return the summary as the lines of a table."""
    return [
        {
            "race": row.race,
            "ours": surname(row.candidate),
            "outcome": _outcome(row),
            "votes": f"{row.votes:,}",
            "rival": surname(row.rival),
            "margin": signed(row.margin),
            "units": f"{row.units_reported:,}/{row.units_total:,}"
            if row.units_reported is not None and row.units_total is not None
            else "none",
            "posts": str(row.messages),
        }
        for row in rows
    ]


def _outcome(row: Played) -> str:
    if row.outcome == "none":
        return "no outcome"
    grade = "certified" if row.basis == Basis.CERTIFIED else "unofficial"
    return f"{row.outcome.upper()} ({grade})"
