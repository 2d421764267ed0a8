"""A night with people's acts in its recording: done again at their time, once, whatever stops it.

The night is Durham's of 2018; who acts, when and why is made up.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.archive import ArchiveWriter
from monitor.decision import Outcome
from monitor.people import Act, ActKind
from monitor.world import World
from tests.commands import NIGHTS, run
from tests.kill import Launchers, launchers
from tests.kill_points import Point, Replaying, points

if TYPE_CHECKING:
    from tests.kill import Job

RACE = "durham-da-2018"
POINTS, EACH, KILLS = 12, 4, 10


def at(clock: str) -> datetime:
    """Return a moment of the night, UTC: 2018-05-09T00:30."""
    return datetime.fromisoformat(clock).replace(tzinfo=UTC)


def act(name: str, kind: ActKind, clock: str, **parts: Any) -> Act:
    """Make an act of the night."""
    who, why = parts.pop("who", "Ben Ortiz"), parts.pop("why", "the clerk asked us to wait")
    return Act(name, kind, RACE, who, why, at(clock), **parts)


ACTS = (
    act("note", ActKind.NOTE, "2018-05-09T00:30", why="Echols' party is at the Armory"),
    act("freeze", ActKind.FREEZE, "2018-05-09T01:00"),
    act("lost", ActKind.CALL, "2018-05-09T01:30", outcome=Outcome.LOST, seen="00000000"),
    act("unfreeze", ActKind.UNFREEZE, "2018-05-09T02:50", who="Ana Ruiz"),
    act("retract", ActKind.RETRACT, "2018-05-09T03:30", who="Ana Ruiz"),
    act("undo", ActKind.UNDO, "2018-05-09T03:40", undoes="retract"),
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the night with the acts in it."""
    copy = tmp_path_factory.mktemp("night") / "durham-2018.warc.gz"
    shutil.copy(NIGHTS / copy.name, copy)
    with ArchiveWriter(copy) as archive:
        for one in ACTS:
            archive.keep_act(one, one.at)
    return copy


def replayed(recording: Path, database: Path, *options: str) -> list[dict[str, Any]]:
    """Replay into a database, and return every message."""
    ran = run("replay", recording, "--json", "--database", database, *options)
    assert ran.code == 0, ran.err
    messages: list[dict[str, Any]] = json.loads(ran.out)
    return messages


def log(database: Path) -> list[tuple[str, str, int]]:
    """Return of every act when it was answered, and whether it was applied."""
    rows = json.loads(run("acts", RACE, "--database", database, "--json").out)
    return [(row["id"], row["answered_at"], row["applied"]) for row in rows]


def test_the_recording_knows_its_acts_in_order_of_time(recording: Path) -> None:
    world = World.read(recording)
    assert [(one.id, moment) for moment, one in world.acts] == [(a.id, a.at) for a in ACTS]
    assert [one for _, one in world.acts] == list(ACTS)
    plain = World.read(NIGHTS / recording.name)
    assert (world.archive_id, world.urls) == (plain.archive_id, plain.urls)
    assert (world.starts_at, world.ends_at) == (plain.starts_at, plain.ends_at)


def test_an_act_kept_twice_counts_once_as_of_the_second_time(tmp_path: Path) -> None:
    """A crash between archive and database: only the second one was stored."""
    path = tmp_path / "night.warc.gz"
    with ArchiveWriter(path) as archive:
        archive.start("config", "rules", at("2018-05-08T22:00"))
        archive.keep_act(ACTS[0], at("2018-05-09T00:30"))
        archive.keep_act(ACTS[0], at("2018-05-09T00:31"))
    assert World.read(path).acts == ((at("2018-05-09T00:31"), ACTS[0]),)


def test_acts_are_done_again_at_their_time(recording: Path, tmp_path: Path) -> None:
    database = tmp_path / "night.db"
    told = replayed(recording, database)
    assert log(database) == [
        (one.id, f"{one.at:%Y-%m-%dT%H:%M:%S}.000+00:00", int(one.id != "lost")) for one in ACTS
    ]
    top = [(m["at"][11:16], m["kind"]) for m in told if m["kind"] in OUTCOMES]
    assert top == [("02:50", "race-won"), ("03:30", "outcome-retracted"), ("03:40", "race-won")]
    notes = [m for m in told if m["kind"] == "note-added"]
    assert "Armory" in notes[0]["text"]
    assert notes[0]["thread"] is not None
    acted = [m for m in told if m["kind"] == "person-acted"]
    assert {m["channel"] for m in acted} == {"#primary-night-ops"}
    assert len(acted) == len(ACTS) - 2  # the note, and the call that was refused


OUTCOMES = ("race-won", "race-lost", "hold-off", "outcome-retracted", "outcome-certified")
STOPS = (
    "2018-05-09T00:29:59+00:00", "2018-05-09T00:30:00+00:00", "2018-05-09T01:00:30+00:00",
    "2018-05-09T02:50:00+00:00", "2018-05-09T03:35:00+00:00",
)  # fmt: skip


def test_a_replay_stopped_and_continued_equals_one_run(recording: Path, tmp_path: Path) -> None:
    """Stopped just before, at and after what people did, and played again when it is finished."""
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    expected = replayed(recording, whole)
    for stop in STOPS:
        replayed(recording, parts, "--until", stop)
    assert replayed(recording, parts) == expected
    assert log(parts) == log(whole)
    assert replayed(recording, parts) == expected
    assert log(parts) == log(whole)


@dataclass(frozen=True, slots=True)
class WithActs(Replaying):
    """The command under test, on the night with acts."""

    recording: Path = NIGHTS

    def job(self, name: str, kind: str = "calls", at: int | None = None) -> Job:
        """Describe one run; see `Job`."""
        made = Replaying.job(self, name, kind, at)
        old = str(NIGHTS / "durham-2018.warc.gz")
        return replace(
            made, args=tuple(str(self.recording) if arg == old else arg for arg in made.args)
        )


@pytest.mark.long
def test_a_night_with_acts_killed_anywhere_ends_the_same(recording: Path, tmp_path: Path) -> None:
    night = WithActs(tmp_path, recording=recording)

    def killed(pool: Launchers, point: Point) -> int:
        return night.killed_and_finished(pool, f"point-{point.number}", point)

    with launchers(2) as pool:
        whole = pool.run(night.job("whole", at=0))
        assert whole.code == 0
        kinds = ("news-statements", "statements", "calls")
        drawn = points(whole.counts, kinds, POINTS, each=EACH)
        kills = pool.each(lambda point: killed(pool, point), drawn)
    assert sum(kills) >= KILLS, kills
    names = [f"point-{point.number}" for point in drawn]
    assert [name for name in names if night.printed(name) != night.printed("whole")] == []
    expected = log(tmp_path / "whole.db")
    assert [name for name in names if log(tmp_path / f"{name}.db") != expected] == []


# -- time that passes ----------------------------------------------------------------------


def with_callers(folder: Path) -> Path:
    """Write the night's configuration with a caller, so that outcomes wait three minutes."""
    text = (NIGHTS / "durham-2018.config.toml").read_text(encoding="utf-8")
    path = folder / "callers.toml"
    path.write_text(
        text.replace('party = "DEM"', 'party = "DEM"\ncallers = ["Ana Ruiz"]'), encoding="utf-8"
    )
    return path


def when(told: list[dict[str, Any]], kind: str) -> datetime:
    """Return the moment of the first message of a kind."""
    return datetime.fromisoformat(next(m["at"] for m in told if m["kind"] == kind))


def test_a_policy_window_ends_on_the_minute_and_the_replay_waits_for_it(tmp_path: Path) -> None:
    """No visit falls on that moment: only a tick can tell it then."""
    config = str(with_callers(tmp_path))
    night = NIGHTS / "durham-2018.warc.gz"
    whole = replayed(night, tmp_path / "whole.db", "--config", config)
    going = when(whole, "going-out")
    assert (when(whole, "race-won") - going).total_seconds() == 180
    parts = tmp_path / "parts.db"
    replayed(night, parts, "--config", config, "--until", going.isoformat())
    assert replayed(night, parts, "--config", config) == whole


def test_a_confirmation_ends_the_window_and_one_of_another_count_does_not(tmp_path: Path) -> None:
    config = str(with_callers(tmp_path))
    copy = tmp_path / "night.warc.gz"
    shutil.copy(NIGHTS / "durham-2018.warc.gz", copy)
    going = when(replayed(copy, tmp_path / "first.db", "--config", config), "going-out")
    confirm = act("yes", ActKind.CONFIRM, "2018-05-09T00:00", seen="00000000")
    with ArchiveWriter(copy) as archive:
        archive.keep_act(confirm, going.replace(second=59))
    database = tmp_path / "second.db"
    told = replayed(copy, database, "--config", config)
    assert log(database)[0][2] == 0
    assert (when(told, "race-won") - going).total_seconds() == 180
