"""When a source is visited next: never at once, never never, and a restart changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.polls import PollState
from monitor.schedule import LOOK_WAIT, Plan, in_window, interval, next_visit
from tests.core_examples import CLOSE

MINUTE = timedelta(minutes=1)
PLAN = Plan("nc_durham", CLOSE, CLOSE, MINUTE)
STATE = TypeAdapter(PollState)

PLANS = st.builds(
    lambda name, hours, refresh: Plan(
        name, CLOSE, CLOSE + timedelta(hours=hours), timedelta(seconds=refresh)
    ),
    st.sampled_from(["nc_durham", "tx_dallas", "pa_allegheny", "x"]),
    st.integers(0, 3),
    st.sampled_from([1, 5, 60, 90, 300, 600]),
)
MOMENTS = st.integers(-20 * 24 * 3600, 70 * 24 * 3600).map(lambda s: CLOSE + timedelta(seconds=s))
POLLS = st.builds(
    PollState,
    visited_at=MOMENTS,
    failures=st.integers(0, 40),
    retry_after=st.sampled_from([0.0, 0.0, 30.0, 900.0]),
    wants_look=st.booleans(),
)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (-24 * 5, timedelta(hours=6)),
        (-24, timedelta(hours=1)),
        (-11, timedelta(minutes=15)),
        (-0.2, MINUTE),
        (0, MINUTE),
        (5.9, MINUTE),
        (7, 5 * MINUTE),
        (20, 30 * MINUTE),
        (24 * 5, timedelta(days=1)),
    ],
)
def test_the_interval_follows_the_night(hours: float, expected: timedelta) -> None:
    assert interval(PLAN, CLOSE + timedelta(hours=hours)) == expected


def test_between_two_closes_every_minute_counts() -> None:
    late = Plan("x", CLOSE, CLOSE + timedelta(hours=2), MINUTE)
    assert interval(late, CLOSE + MINUTE) == MINUTE
    assert interval(late, CLOSE + timedelta(hours=7, minutes=59)) == MINUTE
    assert in_window(late, CLOSE + timedelta(hours=17))
    assert not in_window(late, CLOSE - MINUTE)


def test_a_source_never_visited_is_due_when_watching_begins() -> None:
    assert next_visit(PLAN, PollState(), CLOSE) == CLOSE


def test_a_second_look_follows_after_sixty_seconds_whatever_the_refresh() -> None:
    slow = Plan("x", CLOSE, CLOSE, 15 * MINUTE)
    poll = PollState(visited_at=CLOSE, wants_look=True)
    assert next_visit(slow, poll, CLOSE) == CLOSE + LOOK_WAIT


def test_a_second_look_that_fails_is_tried_every_minute() -> None:
    for failures in (1, 5, 50):
        poll = PollState(visited_at=CLOSE, wants_look=True, failures=failures)
        assert next_visit(PLAN, poll, CLOSE) == CLOSE + MINUTE


def waits(plan: Plan, **poll: float) -> list[float]:
    """Return the minutes waited after 1 to 10 failures in a row, in the count window."""
    found = []
    for failures in range(1, 11):
        state = PollState(visited_at=CLOSE, failures=failures, retry_after=poll.get("asked", 0.0))
        due = next_visit(plan, state, CLOSE)
        assert due is not None
        found.append((due - CLOSE) / MINUTE)
    return found


def test_failures_back_off_to_four_minutes_in_the_window() -> None:
    assert waits(PLAN) == [1, 2, 4, 4, 4, 4, 4, 4, 4, 4]


def test_a_failing_slow_source_is_not_asked_more_often_than_it_changes() -> None:
    assert waits(Plan("x", CLOSE, CLOSE, 10 * MINUTE)) == [10] * 10


def test_retry_after_is_honoured() -> None:
    assert waits(PLAN, asked=600) == [10] * 10


def test_failures_before_the_night_back_off_to_a_quarter_of_an_hour() -> None:
    state = PollState(visited_at=CLOSE - timedelta(hours=6), failures=9)
    assert next_visit(PLAN, state, CLOSE) == CLOSE - timedelta(hours=6) + 15 * MINUTE


def test_nothing_more_is_expected_of_a_finished_or_a_forgotten_source() -> None:
    assert next_visit(PLAN, PollState(visited_at=CLOSE, finished=True), CLOSE) is None
    old = PollState(visited_at=CLOSE + timedelta(days=61))
    assert next_visit(PLAN, old, CLOSE) is None


@given(PLANS, POLLS)
def test_a_visit_is_due_later_and_not_too_soon(plan: Plan, poll: PollState) -> None:
    last = poll.visited_at
    assert last is not None
    due = next_visit(plan, poll, CLOSE)
    if due is None:
        assert last > plan.last_close + timedelta(days=60)
        return
    assert due > last
    boundary = plan.first_close - 15 * MINUTE
    if due == boundary > last:
        return
    least = MINUTE if poll.wants_look or poll.failures else max(MINUTE, plan.refresh) / 2
    assert due - last >= least - timedelta(seconds=1)
    assert due - last >= timedelta(seconds=poll.retry_after) or not poll.failures
    longest = max(interval(plan, last), 15 * MINUTE, timedelta(seconds=poll.retry_after))
    assert due - last <= longest + max(MINUTE, plan.refresh) / 2 or due <= boundary


@given(PLANS, POLLS)
def test_a_restart_changes_nothing(plan: Plan, poll: PollState) -> None:
    kept = STATE.validate_json(STATE.dump_json(poll))
    started = CLOSE + timedelta(days=3)
    assert next_visit(plan, kept, started) == next_visit(plan, poll, CLOSE)


@given(PLANS, MOMENTS)
def test_the_first_close_is_never_slept_through(plan: Plan, last: object) -> None:
    """From a quarter of an hour before the first close a source is looked at."""
    poll = PollState(visited_at=plan.first_close - timedelta(hours=9))
    boundary = plan.first_close - 15 * MINUTE
    while poll.visited_at is not None and poll.visited_at < boundary:
        poll = PollState(visited_at=next_visit(plan, poll, CLOSE))
    assert poll.visited_at == boundary or (
        poll.visited_at is not None and poll.visited_at - boundary < plan.refresh
    )


def test_sources_are_spread_over_the_minute() -> None:
    due = {
        next_visit(Plan(f"source-{n}", CLOSE, CLOSE, MINUTE), PollState(visited_at=CLOSE), CLOSE)
        for n in range(60)
    }
    assert len(due) > 30


def test_a_source_keeps_its_phase_after_a_second_look() -> None:
    poll = PollState(visited_at=CLOSE)
    phase = next_visit(PLAN, poll, CLOSE)
    assert phase is not None
    off = PollState(visited_at=phase + timedelta(seconds=59))
    back = next_visit(PLAN, off, CLOSE)
    assert back == phase + 2 * MINUTE
