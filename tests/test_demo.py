"""The demonstration: four real nights, as they really ended, in under a minute."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from monitor import app, demo
from monitor.errors import NothingMatched
from tests.commands import run

if TYPE_CHECKING:
    from pathlib import Path

ENDS = [
    ("durham-da-2018", "Satana Deberry", "won", "complete", 15_281, 12_696),
    ("pitt-da-2018", "Faris Dixon", "won", "complete", 31_045, 28_273),
    ("dallas-da-2018", "Elizabeth Davis Frizell", "lost", "certified", 56_056, 56_645),
    ("allegheny-da-2023", "Matt Dugan", "won", "complete", 94_974, 75_575),
]


@pytest.mark.long
def test_the_four_nights_end_as_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """All four play without network, and a token in the environment is not even read."""
    monkeypatch.setenv("PRIMARY_NIGHT_SLACK_TOKEN", "no token at all")
    ran = run("demo", "--speed", "max", "--json")
    assert ran.code == 0, ran.err
    rows = json.loads(ran.out)
    seen = [
        (row["race"], row["candidate"], row["outcome"], row["basis"], row["votes"],
         row["rival_votes"])
        for row in rows
    ]  # fmt: skip
    assert seen == ENDS
    assert all(row["messages"] > 0 for row in rows)


def test_messages_on_stdout_progress_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    """Staff's words come as they would see them, the table last; stderr is one clean line."""
    monkeypatch.setenv("COLUMNS", "200")
    ran = run("demo", "--speed", "max", "--night", "durham-2018")
    assert ran.code == 0
    assert "WON (unofficial): Deberry, Durham DA, DEM nomination. 48.8%, +2,559." in ran.out
    assert "in thread: WATCHING: Deberry" in ran.out
    last = ran.out.splitlines()[-1].split()
    assert last[:4] == ["durham-da-2018", "Deberry", "WON", "(unofficial)"]
    assert ran.err.splitlines() == [ran.err.rstrip("\n")]
    assert "1 recorded night played" in ran.err


def test_at_the_default_speed_it_takes_under_a_minute() -> None:
    """The waits of all four nights at the default speed add up to half a minute or so."""
    speed = demo.SPEED
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(min(seconds, demo.LONGEST_WAIT / speed))
        await asyncio.sleep(0)

    for path in demo.recordings(demo.NIGHTS, None).values():
        options = app.ReplayOptions(speed=speed, quiet=True, sleep=note)
        with app.temporary(None) as database:
            asyncio.run(app.replay(path, database, options, {}))
    assert 15 < sum(waits) < 40


def test_no_nights_beside_an_installed_package(tmp_path: Path) -> None:
    with pytest.raises(NothingMatched, match="they come with the repository"):
        demo.recordings(tmp_path / "tests" / "nights", None)


def test_an_unknown_night_is_answered_with_the_nearest() -> None:
    ran = run("demo", "--night", "durham-2081")
    assert ran.code == 5
    assert "did you mean durham-2018?" in ran.err
    with pytest.raises(NothingMatched, match="There are"):
        demo.recordings(demo.NIGHTS, "x")
