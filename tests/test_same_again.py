"""The same report again says nothing except what waited for its second look; a third nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.diff import pass_time
from monitor.events import Kind
from monitor.state import Watched
from tests.core_examples import (
    CERTIFIED,
    COMPLETE,
    MAJORITY,
    PLURALITY,
    SHARE,
    Told,
    arrival,
    contest,
    minutes,
    race,
)

if TYPE_CHECKING:
    from monitor.model import ResultsStatus
    from monitor.rules import Rule

NAMES = ("Satana Deberry", "Roger Echols", "Daniel Meier")
COUNTS = st.tuples(*[st.integers(0, 900)] * 3)
REPORTS = st.lists(
    st.tuples(
        COUNTS,
        st.sampled_from([0, 20, 57, 57]),
        st.sampled_from([None, None, COMPLETE, CERTIFIED]),
        st.sampled_from([False] * 5 + [True]),
    ),
    min_size=1,
    max_size=6,
)
Shown = tuple[tuple[int, int, int], int, "ResultsStatus | None", bool]

WAITED = frozenset({
    Kind.FIRST_VOTES, Kind.NOW_WATCHING,
    Kind.LEAD_CHANGED, Kind.COUNT_UPDATED, Kind.COUNT_REVISED, Kind.COUNT_AMENDED,
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.RACE_TIED, Kind.TOO_CLOSE, Kind.STILL_OPEN, Kind.OUTCOME_CERTIFIED,
    Kind.HOLD_OFF, Kind.OUTCOME_QUESTIONED, Kind.HOLD_CLEARED, Kind.READY_TO_CALL,
    Kind.NOTE_ADDED, Kind.FOLLOW_UP_SET,
})  # fmt: skip
"""What a second look can release: outcomes, leads, a decrease, figures shown as being checked."""


@settings(max_examples=300)
@given(REPORTS, st.sampled_from([PLURALITY, MAJORITY, SHARE]))
def test_a_third_time_the_same_report_says_nothing(reports: list[Shown], rule: Rule) -> None:
    """Six minutes apart, so that a decrease has waited; nothing else is due by then."""
    told = Told(Watched(race(*NAMES[:2]), rule))
    at, last = 0.0, reports[-1]
    for shown in reports:
        at += 1.5
        look(told, shown, at)
    assert set(again(told, last, at + 6)) <= WAITED
    assert again(told, last, at + 12) == []
    assert again(told, last, at + 13) == []


def again(told: Told, shown: Shown, at: float) -> list[Kind]:
    """Look at a report once more, when all that the clock brings by then has been told."""
    told.take(pass_time(told.watched, told.state, minutes(at)))
    return look(told, shown, at)


def look(told: Told, shown: Shown, at: float) -> list[Kind]:
    votes, units, status, is_test = shown
    made = contest(dict(zip(NAMES, votes, strict=True)), (units, 57))
    return told.look(arrival(made, minutes(at), status, is_test=is_test))
