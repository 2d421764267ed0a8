"""A recorded night with a heads-up: through the database, stopped, killed, and reloaded."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor.archive import ArchiveWriter
from monitor.database import open_database
from monitor.people import Act, ActKind
from tests.commands import NIGHTS, run
from tests.kill import Launchers, launchers
from tests.kill_points import Point, Replaying, points

if TYPE_CHECKING:
    from pathlib import Path

    from tests.kill import Job

RACE = "durham-da-2018"
FIRST = ["U0123456789", "U9876543210"]
WAIT = 25
POINTS, EACH, KILLS = 15, 5, 12


def with_heads_up(text: str, minutes: int = WAIT) -> str:
    """Give two people every WON so many minutes before everybody else."""
    head = f"heads_up = {json.dumps(FIRST)}\nrelease_after = {{ won = {minutes} }}\n"
    return text.replace("[slack]\n", f"[slack]\n{head}", 1)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Write the night's configuration with the heads-up."""
    path = tmp_path / "heads-up.toml"
    text = (NIGHTS / "durham-2018.config.toml").read_text(encoding="utf-8")
    path.write_text(with_heads_up(text), encoding="utf-8")
    return path


def replayed(
    config: Path, database: Path, *options: str, night: Path = NIGHTS / "durham-2018.warc.gz"
) -> list[dict[str, Any]]:
    """Replay into a database, and return every message."""
    ran = run("replay", night, "--json", "--database", database, "--config", config, *options)
    assert ran.code == 0, ran.err
    messages: list[dict[str, Any]] = json.loads(ran.out)
    return messages


def when(told: list[dict[str, Any]], kind: str) -> datetime:
    """Return the moment of the first message of a kind."""
    return datetime.fromisoformat(next(m["at"] for m in told if m["kind"] == kind))


def outcome(database: Path) -> tuple[str, str, str]:
    """Return what everybody may read of the outcome."""
    with closing(open_database(database)) as db:
        rows = list(db.query("SELECT outcome, caveats, blocks FROM race_status"))
    return rows[0]["outcome"], rows[0]["caveats"], rows[0]["blocks"]


def test_everybody_gets_it_on_the_minute_and_nobody_before(config: Path, tmp_path: Path) -> None:
    """Stopped between heads-up and release, the night goes on where it was."""
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    told = replayed(config, whole)
    early, out = when(told, "heads-up"), when(told, "race-won")
    assert out - early == timedelta(minutes=WAIT)
    assert [m["channel"] for m in told if m["kind"] == "heads-up"] == [*FIRST, "#primary-night-ops"]
    for stop in (early, early + timedelta(minutes=9), out - timedelta(seconds=1)):
        replayed(config, parts, "--until", stop.isoformat())
        assert outcome(parts) == ("none", '["all in, not released"]', '["not-released"]')
    assert replayed(config, parts) == told
    assert outcome(parts)[0] == outcome(whole)[0] == "won"


def test_a_person_in_the_recording_releases_it_again(config: Path, tmp_path: Path) -> None:
    first = replayed(config, tmp_path / "first.db")
    early = when(first, "heads-up")
    with closing(open_database(tmp_path / "first.db")) as db:
        (row,) = db.query("SELECT body FROM events WHERE kind = 'heads-up'")
    seen = json.loads(row["body"])["seen"]
    copy = tmp_path / "night.warc.gz"
    shutil.copy(NIGHTS / "durham-2018.warc.gz", copy)
    with ArchiveWriter(copy) as archive:
        at = early + timedelta(minutes=2, seconds=10)
        act = Act("out", ActKind.RELEASE, RACE, "Ana Ruiz", "we are ready", at, seen=seen)
        archive.keep_act(act, at)
    told = replayed(config, tmp_path / "second.db", night=copy)
    assert when(told, "race-won") == at


@dataclass(frozen=True, slots=True)
class HeadedUp(Replaying):
    """The command under test, with the heads-up."""

    def job(self, name: str, kind: str = "calls", at: int | None = None) -> Job:
        """Describe one run; see `Job`."""
        made = Replaying.job(self, name, kind, at)
        path = self.folder / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        if "heads_up" not in text:
            path.write_text(with_heads_up(text), encoding="utf-8")
        return replace(made)


@pytest.mark.long
def test_killed_anywhere_it_is_told_once_to_each_and_in_order(tmp_path: Path) -> None:
    night = HeadedUp(tmp_path)

    def killed(pool: Launchers, point: Point) -> int:
        return night.killed_and_finished(pool, f"point-{point.number}", point)

    with launchers(2) as pool:
        whole = pool.run(night.job("whole", at=0))
        assert whole.code == 0
        counted = ("news-statements", "statements", "calls")
        drawn = points(whole.counts, counted, POINTS, each=EACH)
        assert sum(pool.each(lambda point: killed(pool, point), drawn)) >= KILLS
    kinds = [one["kind"] for one in json.loads(night.printed("whole"))]
    assert (kinds.count("heads-up"), kinds.count("race-won")) == (3, 1)
    names = [f"point-{point.number}" for point in drawn]
    assert [name for name in names if night.printed(name) != night.printed("whole")] == []
