"""When a source is visited next. Pure: the plan and the stored poll state decide.

Quiet before the polls close, fast in the window, slower as the hours pass, daily
until certification. Visits stand on fixed phases, so that many sources spread
out evenly and a restart keeps their rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.polls import PollState

LOOK_WAIT = timedelta(seconds=60)
BACKOFF_CAP = timedelta(minutes=15)
BACKOFF_CAP_IN_WINDOW = timedelta(minutes=4)
GIVE_UP = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Plan:
    """One source's races: when the first and the last of their polls close.

    `refresh`: how often the source changes at most; no poll but a second look is faster.
    """

    source: str
    first_close: datetime
    last_close: datetime
    refresh: timedelta


_BEFORE = (
    (timedelta(minutes=15), timedelta(minutes=1)),
    (timedelta(hours=12), timedelta(minutes=15)),
    (timedelta(days=2), timedelta(hours=1)),
)
"""Time left until the first close, and the interval then; earlier: every six hours."""
_AFTER = (
    (timedelta(hours=6), timedelta(minutes=1)),
    (timedelta(hours=16), timedelta(minutes=5)),
    (timedelta(days=4), timedelta(minutes=30)),
)
"""Time passed since the last close, and the interval then; later: daily."""


def interval(plan: Plan, at: datetime) -> timedelta:
    """Return the interval between visits at a moment, before failures are counted."""
    chosen = timedelta(days=1)
    if at < plan.first_close:
        left = plan.first_close - at
        chosen = next((step for limit, step in _BEFORE if left <= limit), timedelta(hours=6))
    else:
        passed = at - plan.last_close
        chosen = next((step for limit, step in _AFTER if passed <= limit), chosen)
    return max(chosen, plan.refresh)


def in_window(plan: Plan, at: datetime) -> bool:
    """Say whether votes are being counted: from the first close through the night."""
    return plan.first_close <= at <= plan.last_close + _AFTER[1][0]


def next_visit(plan: Plan, poll: PollState, start: datetime) -> datetime | None:
    """Return when the source is due, or None when nothing more is expected of it.

    `start`: when watching began, for a source that was never visited.
    """
    last = poll.visited_at
    if last is None:
        return start
    if poll.finished or last > plan.last_close + GIVE_UP:
        return None
    if poll.failures:
        return last + _backoff(plan, poll, last)
    if poll.wants_look:
        return last + LOOK_WAIT
    step = interval(plan, last)
    # Half, so that a visit a little behind its moment does not miss the next one.
    due = _next_slot(plan.source, last, step, max(LOOK_WAIT, plan.refresh) / 2)
    if due > plan.first_close - _BEFORE[0][0] > last:
        return plan.first_close - _BEFORE[0][0]
    return due


def _next_slot(source: str, last: datetime, step: timedelta, apart: timedelta) -> datetime:
    """Return the next moment on the source's own phase of `step`, `apart` or more from the last.

    A second look or a failure leaves `last` off the phase: the next moment on it could
    be a second away.
    """
    seconds = int(step.total_seconds())
    phase = int(sha256(source.encode()).hexdigest(), 16) % seconds
    passed = int(last.timestamp())
    behind = (passed - phase) % seconds
    wait = seconds - behind
    if wait < apart.total_seconds():
        wait += seconds
    return datetime.fromtimestamp(passed + wait, tz=last.tzinfo)


def _backoff(plan: Plan, poll: PollState, last: datetime) -> timedelta:
    asked = timedelta(seconds=poll.retry_after)
    if poll.wants_look:
        return max(LOOK_WAIT, asked)
    step = interval(plan, last)
    cap = max(step, BACKOFF_CAP_IN_WINDOW if in_window(plan, last) else BACKOFF_CAP)
    grown = min(step * (1 << min(poll.failures - 1, 6)), cap)
    return max(grown, asked)
