"""Wiring of people's acts on the command line: shown, written down, taken, answered.

An act is handed to the running `watch` through the audit table; where none runs, it is
applied here, by the same code.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console

from monitor import app, audit, outbox, report, sending
from monitor.act_taking import no_race
from monitor.database import open_beside, transaction, translated
from monitor.errors import DatabaseInUse, MonitorError, NothingMatched
from monitor.explain import known_race
from monitor.night import with_closes
from monitor.outbox import Row
from monitor.pressing import would
from monitor.store import Store
from monitor.terminal import TerminalPoster, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from monitor.modals import Seen
    from monitor.night import Night
    from monitor.people import Act
    from monitor.posts import Post
    from monitor.watch import Watch

PATIENCE = 10.0
"""Seconds we wait for a running `watch` to answer."""
LOOK_EVERY = 0.1
_MADE = " {database} is new: a `watch` that runs with another --database knows nothing of this."
SENDING = 30.0
"""Seconds we send messages where no `watch` runs; nobody else can watch meanwhile."""

_log = structlog.get_logger()


# -- looking -----------------------------------------------------------------------------


def look(config_path: Path, database: Path, act: Act) -> tuple[Seen, str]:
    """Say what an act would do now, and do nothing; also return the zone staff live in.

    What only OVERRIDE would let through is refused here. Raises `NothingMatched` without the race.
    """
    config = app.config_at(config_path)
    with report.reading(database) as db:
        store = Store(db)
        night = app.night_of(config, app.rules_of(store))
        refuse_unknown(night, act.race)
        moved = store.race(act.race).people.closes_at
        night = with_closes(night, {act.race: moved}) if moved else night
        seen = would(night, store, act, datetime.now(UTC))
    if seen.against:
        seen = replace(seen, sentence=seen.against, posts=(), refused=True)
    return seen, config.slack.desk_timezone


def refuse_unknown(night: Night, race: str) -> None:
    """Raise `NothingMatched` when a race is not watched."""
    if race not in night.races:
        raise NothingMatched(no_race(night, race))


def show_posts(posts: Iterable[Post], zone: str) -> None:
    """Show messages as the terminal shows them, without storing any. `zone`: of the times."""
    poster = TerminalPoster(Console(), ZoneInfo(zone))
    for post in posts:
        row = Row(
            **{part.name: getattr(post, part.name) for part in fields(post)},
            row=0, attempts=0, first_claimed_at=None, claimed_at=None,
        )  # fmt: skip
        asyncio.run(poster.post(row, None))


# -- doing -------------------------------------------------------------------------------


async def do(
    config_path: Path, database: Path, act: Act, environ: Mapping[str, str], *, quiet: bool
) -> tuple[bool, str]:
    """Have an act answered: by the running `watch`, or here where none runs.

    Returns whether it was applied, and the sentence for the person.
    """
    config = app.config_at(config_path)
    refuse_unknown(app.night_of(config), act.race)
    made = _made(database)
    end = time.monotonic() + PATIENCE
    while True:
        try:
            async with app.attending(config, config_path, database) as (watch, store):
                applied, sentence = await _alone(watch, store, act, environ, quiet=quiet)
                return applied, sentence + made
        except DatabaseInUse:
            answered = await _by_watch(database, act, min(end, time.monotonic() + 1))
        if answered is not None:
            return answered
        if time.monotonic() > end:
            return False, (
                f"`watch` has not answered within {PATIENCE:.0f} seconds. The act is written "
                f"down, and is taken when it does; see `acts {act.race}`."
            )


def _made(database: Path) -> str:
    """Say what is odd about acting beside no database: it was to be found, not made."""
    return "" if database.exists() else _MADE.format(database=database)


async def _alone(
    watch: Watch, store: Store, act: Act, environ: Mapping[str, str], *, quiet: bool
) -> tuple[bool, str]:
    """Take the act here, behind those that were written down earlier and still wait.

    It is written down first, as for `watch`: whatever happens then, it is taken once.
    """
    with store.transaction():
        audit.put(store.db, act)
    try:
        watch.take_acts(datetime.now(UTC))
    except Exception:  # of whatever it was: an act that is answered stands, another waits
        _log.error("an act is written down and waits", see=f"acts {act.race}")
        if audit.answer_of(store.db, act.id) is None:
            raise
    applied, sentence = audit.answer_of(store.db, act.id) or (False, "")
    return applied, sentence + await _send(watch, store, environ, quiet=quiet)


async def _send(watch: Watch, store: Store, environ: Mapping[str, str], *, quiet: bool) -> str:
    """Send what waits, and say so where something still does: the act stands all the same."""
    why = "Slack takes none now"
    try:
        async with sending.sender(watch.night, store, environ, quiet=quiet) as deliverer:
            await asyncio.wait_for(deliverer.settle(), SENDING)
    except TimeoutError:
        pass
    except MonitorError as error:
        why = str(error)
    kept, refused = outbox.kept_back(store.db), outbox.refusals(store.db)
    left = outbox.waiting(store.db) - kept
    said = f" Messages not sent yet: {left} ({why}); `watch` sends them." if left else ""
    said += f" Messages that wait for the end of the quiet hours: {kept}." if kept else ""
    return said + "".join(f" Messages to {c} are refused ({e})." for c, e in refused.items())


async def _by_watch(database: Path, act: Act, end: float) -> tuple[bool, str] | None:
    """Write the act down beside the instance that watches, and wait for its answer."""
    with closing(open_beside(database)) as db, translated(str(database)):
        report.refuse_earlier(db, database)
        with transaction(db):
            audit.put(db, act)
        while True:
            answered = audit.answer_of(db, act.id)
            if answered is not None or time.monotonic() > end:
                return answered
            await asyncio.sleep(LOOK_EVERY)


# -- reading -----------------------------------------------------------------------------


def acts_of(database: Path, race: str) -> list[dict[str, Any]]:
    """Return the acts on a race with their answers, oldest first.

    Raises `NothingMatched` where there is no such race.
    """
    with report.reading(database) as db, translated(str(database)):
        rows = audit.of_race(db, race)
        if not rows:
            known_race(Store(db), race)
        return rows


def short_rows(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Choose what of `act_log` fits a terminal; `--json` has every column."""
    return [
        {
            "id": row["id"],
            "at (UTC)": row["at"][:16].replace("T", " "),
            "act": row["kind"],
            "who": safe(row["who"]),
            "why": safe(row["why"]),
            "answer": safe(row["sentence"] or "waits for `watch`"),
        }
        for row in rows
    ]
