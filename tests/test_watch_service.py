"""`watch` itself, on the wall clock: APScheduler, a change, reloads, SIGTERM, a second start.

No source is asked twice within half a minute, and the schedule is not shortened for a test:
the first visits are made here, by the same code at a time one minute ago, and the sources'
ids are chosen so that their fixed phases within the minute fall where the test needs them.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import app
from monitor.archive import ArchiveWriter
from monitor.report import view
from tests.now_night import Sheets, Watched, config, in_seconds, phased, sheet, sheets_served
from tests.watch_process import BY_THE_CLOCK, integrity, told, watching

if TYPE_CHECKING:
    from pathlib import Path

RUN_SECONDS = 20.0


def raced(name: str, seconds: float, sheets: Sheets) -> Watched:
    """Return a race whose source is due again so many seconds from now."""
    path = f"{name.lower()}.csv"
    sheets.bodies[path] = sheet(name, 400, 300, 5)
    return Watched(name, phased(name.lower(), in_seconds(seconds)), sheets.url(path))


async def visit_a_minute_ago(config_path: Path, database: Path) -> None:
    """Visit every source once as `app.watch` does, and leave it to the service to tell."""
    night, then = app.night_of(app.config_at(config_path)), in_seconds(-60)
    with app.opened(database) as store:
        store.belongs_to("live")
        store.begin(night.config, night.rules, then)
        with ArchiveWriter(app.archive_beside(database)) as archive:
            archive.start(night.config.text, night.rules.digest, then)
            async with app._live(night, store, archive) as watch:
                for number, source in enumerate(night.plans):
                    await watch.visit(source, then + timedelta(seconds=number))


@pytest.mark.long
def test_watch_runs_reloads_stops_and_goes_on(tmp_path: Path) -> None:
    """Twenty seconds of the service: everything once, an invalid file refused, a clean end."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    with sheets_served() as sheets:
        # Alpha is due soon after the start, Beta when the first run has ended.
        races = [raced("Alpha", 8, sheets), raced("Beta", 24, sheets)]
        first = config(races)
        path.write_text(first, encoding="utf-8")
        asyncio.run(visit_a_minute_ago(path, database))
        sheets.bodies["alpha.csv"] = sheet("Alpha", 700, 550, 9)

        began = time.monotonic()
        with watching(tmp_path / "first", path, database) as watch:
            watch.until_told("NOW WATCHING: Alpha leads Rival by 100")
            watch.until_told("NOW WATCHING: Beta leads Rival by 100")
            path.write_text(f"polling = true\n{first}", encoding="utf-8")
            watch.until_told("BOT TROUBLE: config.toml is refused, the old one runs on: polling")
            watch.until_told("COUNT: Alpha leads Rival by 150")
            path.write_text(config([*races, raced("Gamma", 40, sheets)]), encoding="utf-8")
            watch.until_told("NOW WATCHING: Gamma leads Rival by 100")
            time.sleep(max(0.0, began + RUN_SECONDS - time.monotonic()))
            assert watch.stop() == 0, watch.log
            out, log = watch.out, watch.log

        assert integrity(database) == "ok"
        rows = view(database, "post_log")
        logged = [
            (row["race"] or "", row["kind"], row["state"])
            for row in rows
            if row["kind"] not in BY_THE_CLOCK
        ]
        assert sorted(logged) == sorted((race, kind, "sent") for race, kind in EXPECTED)
        assert told(out, "WATCHING: ") == told(out, "NOW WATCHING: ") == len(STARTED)
        assert told(out, "COUNT: ") == told(out, "BOT TROUBLE: ") == 1
        assert log.count('"config reloaded"') == log.count('"config refused') == 1
        assert "Traceback" not in log

        asked = sheets.asked.total()
        with watching(tmp_path / "second", path, database) as again:
            again.until(lambda: sheets.asked.total() > asked, "visit")
            assert again.stop() == 0, again.log
            assert again.out.strip() == ""
        assert integrity(database) == "ok"


STARTED = ("alpha-da", "beta-da", "gamma-da")
EXPECTED = [
    *((race, kind) for race in STARTED for kind in ("race-opened", "now-watching")),
    ("alpha-da", "count-updated"),
    ("", "config-taken"),
    ("", "scoreboard"),
    ("", "watch-stopped"),
]
