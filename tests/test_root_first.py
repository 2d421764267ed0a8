"""A race's thread begins with its root, whatever is told first and at whatever hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor import acts
from monitor.people import Act, ActKind
from monitor.state import Watched, opens_at
from tests.core_examples import DURHAM, DURHAM_NIGHT, Told, arrival, card, contest, minutes
from tests.test_quiet import stored

if TYPE_CHECKING:
    from pathlib import Path

EVENING_BEFORE = minutes(-24 * 60)
NEW_YORK = ZoneInfo("America/New_York")


def watched(hour: int, minute: int = 30) -> Watched:
    """Return Durham's race with another close on its day."""
    close = datetime.combine(DURHAM.election.date, time(hour, minute), tzinfo=NEW_YORK)
    return Watched(DURHAM, card(DURHAM), closes_at=close)


def test_a_thread_opens_at_eight_or_at_an_earlier_close() -> None:
    """Whoever writes 7:30 for half past seven in the evening has a close before eight."""
    opened = [opens_at(watched(hour)) for hour in (7, 9, 19)]
    day = datetime.combine(DURHAM.election.date, time(0), tzinfo=NEW_YORK)
    assert opened == [day.replace(hour=7, minute=30), day.replace(hour=8), day.replace(hour=8)]
    moved = replace(watched(19), closes_at=day + timedelta(hours=25))
    assert opens_at(moved) == day.replace(hour=8)


def test_counts_after_a_close_in_the_small_hours_have_their_root(tmp_path: Path) -> None:
    """Two counts before eight in the morning: the root, first numbers, a reply."""
    race = watched(1)
    close = race.closes_at
    assert close is not None
    told = Told(race)
    with stored(tmp_path) as (ledger, store, night):
        early = replace(night, races={DURHAM.id: race})
        for after, reported in ((10, 9), (20, 30), (22, 30)):
            now = close + timedelta(minutes=after)
            votes = {name: votes * reported // 57 for name, votes in DURHAM_NIGHT.items()}
            look = replace(arrival(contest(votes, (reported, 57)), now), closes_at=close)
            with ledger.transaction():
                told.state = ledger.opened(early, DURHAM, now)
                told.look(look)
                ledger.save(early, DURHAM, told.steps[-1], now)
        kinds = [row[0] for row in store.db.execute('SELECT kind FROM outbox ORDER BY "row"')]
    assert kinds[:2] == ["race-opened", "now-watching"]
    assert "count-updated" in kinds


def test_what_staff_hear_the_evening_before_comes_after_the_root(tmp_path: Path) -> None:
    """A note opens the thread; the morning does not open it again."""
    with stored(tmp_path) as (ledger, store, night):
        with ledger.transaction():
            state = ledger.opened(night, DURHAM, EVENING_BEFORE)
            assert not state.opened
            note = Act("n", ActKind.NOTE, DURHAM.id, "Ben Ortiz", "rain", EVENING_BEFORE)
            step = acts.apply(night.races[DURHAM.id], state, note, EVENING_BEFORE, None).step
            assert step is not None
            ledger.save(night, DURHAM, step, EVENING_BEFORE)
        with ledger.transaction():
            assert ledger.opened(night, DURHAM, minutes(0)).opened
        rows = store.db.execute('SELECT kind, channel FROM outbox ORDER BY "row"').fetchall()
    assert [tuple(row) for row in rows if row[1] != "#ops"] == [
        ("race-opened", "#a"), ("note-added", "#a"),
    ]  # fmt: skip


def test_what_ops_alone_hear_opens_no_thread(tmp_path: Path) -> None:
    """Staff see nothing of a race before its morning."""
    with stored(tmp_path) as (ledger, store, night), ledger.transaction():
        state = ledger.opened(night, DURHAM, EVENING_BEFORE)
        freeze = Act("f", ActKind.FREEZE, DURHAM.id, "Ben Ortiz", "maintenance", EVENING_BEFORE)
        step = acts.apply(night.races[DURHAM.id], state, freeze, EVENING_BEFORE, None).step
        assert step is not None
        ledger.save(night, DURHAM, step, EVENING_BEFORE)
        rows = store.db.execute("SELECT channel FROM outbox").fetchall()
    assert {row[0] for row in rows} <= {"#ops", "#callers"}
