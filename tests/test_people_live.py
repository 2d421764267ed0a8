"""People's commands beside a running `watch`: taken within a second, and by one alone."""

from __future__ import annotations

import sqlite3
import time
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import app, audit
from monitor.act_json import act_json
from monitor.people import Act, ActKind
from monitor.watch import UNREADABLE
from tests.act_night import BEN, RACE, People, pasted, prepared
from tests.now_night import sheets_served
from tests.watch_process import integrity, told, watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from monitor.store import Store
    from monitor.watch import Watch

SECOND = 5.0
"""Seconds a running `watch` may take; loaded machines are slow to start a process."""


@pytest.mark.long
def test_a_running_watch_takes_acts_and_tells_them(tmp_path: Path) -> None:
    with sheets_served() as sheets:
        people = prepared(tmp_path, sheets)
        with watching(tmp_path / "first", people.config, people.database) as watch:
            watch.until_told("WATCHING: Alpha")
            frozen = people.apart("freeze", RACE, *BEN)
            assert frozen.code == 0, frozen.err
            assert "No outcome of this race goes out until `unfreeze`." in frozen.out
            watch.until_told("PERSON ACTED: Alpha")
            again = people.apart("freeze", RACE, *BEN)
            assert again.code == 1
            assert "frozen already, by Ben Ortiz" in again.out
            assert people.apart("unfreeze", RACE, *BEN).code == 0
            shown = people.apart("confirm", RACE, *BEN)
            assert shown.code == 0, shown.out
            done = people.apart(*pasted(shown.out))
            assert done.code == 0, done.out
            watch.until_told("WON (unofficial): Alpha")
            assert watch.stop() == 0, watch.log
            assert "Traceback" not in watch.log

        assert integrity(people.database) == "ok"
        applied = [(row["kind"], row["applied"]) for row in people.acts()]
        assert applied == [("freeze", 1), ("freeze", 0), ("unfreeze", 1), ("confirm", 1)]
        with watching(tmp_path / "second", people.config, people.database) as again_watch:
            again_watch.until(lambda: '"watching"' in again_watch.log, "start")
            time.sleep(1)
            assert again_watch.stop() == 0, again_watch.log
            assert told(again_watch.out, "WON") == 0


def test_an_act_that_waits_is_taken_when_watch_starts(tmp_path: Path) -> None:
    """It was written down while another instance held the database, which then died."""
    with sheets_served() as sheets:
        people = prepared(tmp_path, sheets)
        act = Act("a1", ActKind.NOTE, RACE, "Ben Ortiz", "Rival conceded", datetime.now(UTC))
        gone = replace(act, id="a2", race="gone-da")
        with closing(sqlite3.connect(people.database, isolation_level=None)) as other:
            for one in (act, gone):
                other.execute(
                    "INSERT INTO acts (id, race, kind, who, why, at, body)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [one.id, one.race, one.kind, one.who, one.why, "2018", act_json(one)],
                )
            other.execute(
                "INSERT INTO acts (id, race, kind, who, why, at, body)"
                " VALUES ('a3', 'alpha-da', 'crown', 'Ana', 'why not', '2018', '{}')"
            )
        with watching(tmp_path / "watch", people.config, people.database) as watch:
            watch.until(lambda: all(row["applied"] is not None for row in people.acts()), "answers")
            watch.until(lambda: "Rival conceded" in watch.out, "note")
            assert watch.stop() == 0, watch.log
        with closing(sqlite3.connect(people.database)) as db:
            answers = dict(db.execute("SELECT act, sentence FROM act_answers").fetchall())
        assert answers["a1"] == "The note stands in the race's thread."
        assert answers["a2"] == "No race 'gone-da' is watched; `status` lists them."
        assert answers["a3"] == UNREADABLE


# -- in this process -----------------------------------------------------------------------


@asynccontextmanager
async def attended(people: People) -> AsyncIterator[tuple[Watch, Store]]:
    """Hold the night as `watch` does."""
    config = app.config_at(people.config)
    async with app.attending(config, people.config, people.database) as (watch, store):
        yield watch, store


@pytest.fixture
def people(tmp_path: Path) -> People:
    with sheets_served() as sheets:
        return prepared(tmp_path, sheets)


async def test_an_act_is_applied_once_whoever_asks(people: People) -> None:
    async with attended(people) as (watch, store):
        act = Act("a1", ActKind.FREEZE, RACE, "Ben Ortiz", "a recount", datetime.now(UTC))
        first = watch.act(act, datetime.now(UTC))
        again = watch.act(act, datetime.now(UTC))
        assert (first.applied, again.applied) == (True, True)
        assert first.sentence == again.sentence
        assert again.step is None
        assert watch.take_acts(datetime.now(UTC)) == frozenset()
        assert store.race(RACE).people.undoable == ("a1",)


async def test_a_moved_close_moves_the_plan_and_comes_back_after_a_restart(people: People) -> None:
    async with attended(people) as (watch, _):
        known = watch.night.places[RACE].closes_at
        later = known.replace(microsecond=0, second=0, minute=(known.minute + 7) % 60)
        moved = Act(
            "a1", ActKind.CLOSE, RACE, "Ben Ortiz", "court order", datetime.now(UTC),
            closes_at=later.astimezone(UTC), override=True,
        )  # fmt: skip
        assert watch.act(moved, datetime.now(UTC)).applied
        assert watch.night.plans["alpha"].last_close == later
    async with attended(people) as (watch, _):
        assert watch.night.places[RACE].closes_at == later
        assert watch.night.places[RACE].closes_at.utcoffset() == known.utcoffset()
        assert watch.night.races[RACE].closes_at == later
        undo = Act(
            "a2", ActKind.UNDO, RACE, "Ben Ortiz", "appealed", datetime.now(UTC), undoes="a1"
        )
        assert watch.act(undo, datetime.now(UTC)).applied
        assert watch.night.plans["alpha"].last_close == known


async def test_a_tick_that_could_not_be_stored_comes_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with attended(people) as (watch, store):
        moment = watch.next_tick()
        assert moment is not None
        with monkeypatch.context() as broken:
            broken.setattr(store, "save_race", _fails)
            with pytest.raises(RuntimeError, match="disk"):
                watch.tick(moment)
        assert watch.next_tick() == moment
        watch.tick(moment)
        after = watch.next_tick()
        assert after is None or after > moment


def _fails(*_: object) -> None:
    raise RuntimeError("disk")


async def test_one_act_that_fails_keeps_no_other_waiting(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours is raised for ops to hear of, when the others are answered."""
    from monitor import acts  # noqa: PLC0415 - what is broken here

    async with attended(people) as (watch, store):
        now = datetime.now(UTC)
        with store.transaction():
            for name, kind in (("a1", ActKind.FREEZE), ("a2", ActKind.NOTE)):
                audit.put(store.db, Act(name, kind, RACE, "Ben Ortiz", "a reason", now))
        whole = acts.apply

        def apply(watched: object, state: object, act: Act, *rest: object) -> object:
            if act.kind is ActKind.FREEZE:
                raise KeyError(act.id)
            return whole(watched, state, act, *rest)  # type: ignore[arg-type]

        with monkeypatch.context() as broken:
            broken.setattr(acts, "apply", apply)
            with pytest.raises(KeyError, match="a1"):
                watch.take_acts(now)
        assert audit.answer_of(store.db, "a2") is not None
        assert audit.answer_of(store.db, "a1") is None
        assert watch.take_acts(now) == {RACE}
        assert audit.answer_of(store.db, "a1") == (
            True, "No outcome of this race goes out until `unfreeze`.",
        )  # fmt: skip
