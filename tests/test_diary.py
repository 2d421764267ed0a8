"""The diary: one narrow row a visit, a word on a race or a decision only where it is new.

Every race, name and figure here is made up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import app, diary, diary_reading
from monitor.diary import Became, Result, Visit
from monitor.grounds import Counted, Grounds, Use
from monitor.state import Told
from tests.core_examples import DURHAM, DURHAM_NIGHT, decision_of, tally_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.store import Store

NIGHT = datetime(2018, 5, 9, 1, 0, tzinfo=UTC)
DIGESTS = ("config", "rules")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with app.opened(tmp_path / "diary.db") as made:
        yield made


def after(minutes: float) -> datetime:
    return NIGHT + timedelta(minutes=minutes)


def visit(store: Store, minute: float, *races: Became, result: Result = Result.UNCHANGED) -> None:
    with store.transaction():
        error = "Timeout: too slow" if result is Result.FAILED else ""
        is_look = result is Result.FETCHED
        digest = "d" * 64 if result is Result.FETCHED else ""
        one = Visit("nc_durham", after(minute), result, is_look, digest, error)
        diary.keep_visit(store.db, one, races)


def grounds(votes: int = 15_207, **changes: object) -> Grounds:
    """Return the grounds of one decision, with other votes of the first line or other parts."""
    figures = {**DURHAM_NIGHT, "Satana Deberry": votes}
    tally = tally_of(DURHAM, figures)
    tally = replace(tally, lines=tuple(replace(line, by_type=()) for line in tally.lines))
    used = Counted("nc_durham", ("Durham",), Use.USED, tally.total, looks=2)
    made = Grounds(decision_of(DURHAM, figures), tally, Told(), (used,))
    return replace(made, **changes)  # type: ignore[arg-type]


def keep(store: Store, minute: float, one: Grounds | None, candidate: str = "Deberry") -> None:
    with store.transaction():
        diary.keep_decisions(store.db, "durham", {candidate: one}, after(minute), DIGESTS)


def count(store: Store, table: str) -> int:
    (row,) = store.rows(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - ours
    return int(row["n"])


SAME = Became("durham", "same", looks=2, first_look=NIGHT, last_look=after(1))


# -- visits ------------------------------------------------------------------------------


def test_a_visit_without_news_costs_one_narrow_row(store: Store) -> None:
    for minute in range(100):
        visit(store, minute, replace(SAME, last_look=after(minute)))
    assert (count(store, "visits"), count(store, "visit_races")) == (100, 1)
    (row,) = store.rows('SELECT * FROM visits WHERE "row" = 99')
    assert (row["digest"], row["error"]) == (None, None)


@pytest.mark.parametrize(
    "news",
    [
        replace(SAME, verdict="accepted"),
        replace(SAME, verdict="held", reason="hard: a line stands there twice"),
        replace(SAME, looks=1),
        replace(SAME, first_look=after(5)),
    ],
)
def test_a_new_word_on_a_race_is_a_row(store: Store, news: Became) -> None:
    visit(store, 0, SAME)
    visit(store, 1, news)
    visit(store, 2, news)
    assert [row["visit"] for row in store.rows("SELECT visit FROM visit_races")] == [1, 2]


def test_each_race_of_a_source_has_its_own_word(store: Store) -> None:
    visit(store, 0, SAME, replace(SAME, race="wake"))
    visit(store, 1, SAME, replace(SAME, race="wake", verdict="held"))
    rows = store.rows("SELECT race, verdict FROM visit_log ORDER BY at, race")
    assert [(row["race"], row["verdict"]) for row in rows] == [
        ("durham", "same"), ("wake", "same"), ("wake", "held"),
    ]  # fmt: skip


def test_what_visits_had_come_to_is_known_for_any_moment(store: Store) -> None:
    visit(store, 0, replace(SAME, verdict="accepted", looks=1), result=Result.FETCHED)
    visit(store, 1, SAME)
    for minute in (2, 3):
        visit(store, minute, result=Result.FAILED)
    visit(store, 4, SAME)
    assert diary_reading.visited(store.db, "durham", "nc_durham", after(-1)).last is None
    broken = diary_reading.visited(store.db, "durham", "nc_durham", after(3.5))
    assert broken.last is not None
    assert (broken.last.result, broken.last.error) == (Result.FAILED, "Timeout: too slow")
    assert (broken.failures, broken.answered_at) == (2, after(1))
    assert (broken.changed_at, broken.looked_at) == (after(0), after(0))
    assert broken.became == SAME
    assert broken.became_at == after(1)
    back = diary_reading.visited(store.db, "durham", "nc_durham", after(9))
    assert (back.failures, back.answered_at) == (0, after(4))


def test_a_source_that_never_answered_has_only_failures(store: Store) -> None:
    for minute in (0, 1, 2):
        visit(store, minute, result=Result.FAILED)
    seen = diary_reading.visited(store.db, "durham", "nc_durham", after(5))
    assert (seen.failures, seen.answered_at, seen.became) == (3, None, None)


# -- decisions ---------------------------------------------------------------------------


def test_the_same_decision_again_is_no_row(store: Store) -> None:
    for minute in range(10):
        keep(store, minute, grounds())
    assert count(store, "decisions") == 1
    assert diary_reading.decision(store.db, "durham", "Deberry", after(5)) == diary_reading.Kept(
        grounds(), after(0), DIGESTS
    )


def test_other_figures_or_other_grounds_are_a_row(store: Store) -> None:
    keep(store, 0, grounds())
    keep(store, 1, grounds(votes=15_208))
    keep(store, 2, grounds(votes=15_208, difference="one has 5 votes, two has 6"))
    keep(store, 3, grounds())
    kept = [
        diary_reading.decision(store.db, "durham", "Deberry", after(minute + 0.5))
        for minute in range(4)
    ]
    assert [one.at for one in kept if one] == [after(minute) for minute in range(4)]
    assert [one.grounds.decision.votes for one in kept if one] == [15_207, 15_208, 15_208, 15_207]
    assert diary_reading.decision(store.db, "durham", "Deberry", after(-1)) is None


def test_a_candidate_of_whom_nothing_can_be_decided_any_more(store: Store) -> None:
    keep(store, 0, None)
    assert count(store, "decisions") == 0
    keep(store, 1, grounds())
    keep(store, 2, None)
    keep(store, 3, None)
    assert count(store, "decisions") == 2
    assert diary_reading.decision(store.db, "durham", "Deberry", after(1.5)) is not None
    assert diary_reading.decision(store.db, "durham", "Deberry", after(9)) is None


def test_a_clock_that_was_set_back_does_not_write_the_same_row_again(store: Store) -> None:
    """Else every visit until the clock has caught up would find another newest decision."""
    keep(store, 60, grounds())
    for minute in range(5):
        keep(store, minute, grounds(votes=15_300))
    assert count(store, "decisions") == 2


def test_candidates_of_one_race_have_their_own_rows(store: Store) -> None:
    keep(store, 0, grounds())
    keep(store, 0, grounds(), candidate="Echols")
    rows = store.rows("SELECT candidate, votes, outcome, blocks FROM decision_log")
    assert [row["candidate"] for row in rows] == ["Deberry", "Echols"]
    assert rows[0]["votes"] == 15_207


# -- cost --------------------------------------------------------------------------------


def steps(store: Store, minute: float) -> int:
    """Return how many steps SQLite's machine takes for one visit with news and its decision."""
    taken = 0

    def count_one() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection = store.db.conn
    assert connection is not None
    connection.set_progress_handler(count_one, 1)
    try:
        visit(store, minute, replace(SAME, first_look=after(minute)))
        keep(store, minute, grounds(votes=15_208 + int(minute)))
        diary_reading.visited(store.db, "durham", "nc_durham", after(minute))
        diary_reading.decision(store.db, "durham", "Deberry", after(minute))
    finally:
        connection.set_progress_handler(None, 0)
    return taken


def test_neither_writing_nor_reading_slows_down_as_the_history_grows(store: Store) -> None:
    """No question is answered by a scan or a sort: the same steps after 5 visits and after 500."""
    for minute in range(5):
        visit(store, minute, replace(SAME, first_look=after(minute)), result=Result.FETCHED)
        keep(store, minute, grounds(votes=15_208 + minute))
    early = steps(store, 6)
    for minute in range(10, 500):
        visit(store, minute, replace(SAME, first_look=after(minute)), result=Result.FETCHED)
        keep(store, minute, grounds(votes=15_208 + minute))
    assert steps(store, 1_000) == early
