"""When a race is looked at again though no visit brings anything new. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import callers, noise
from monitor.callers import LONG_PAUSE, LOOK_OVERDUE
from monitor.decision import Outcome
from monitor.heads_up import next_release
from monitor.holds import next_page
from monitor.outcomes import DOUBT_WAIT, UNSETTLED
from monitor.reminders import next_reminder
from monitor.standing import looks
from monitor.state import PAUSE, Told, opens_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.state import RaceState, Watched


def next_moment(watched: Watched, state: RaceState, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which time alone may change what is told."""
    moments = _moments(watched, state, now)
    return min((at for at in moments if at is not None and at > now), default=None)


def _moments(watched: Watched, state: RaceState, now: datetime) -> Iterator[datetime | None]:
    if watched.race.uncontested:
        yield None if state.uncontested else opens_at(watched)
        return
    yield next_reminder(watched, state, now)
    yield next_page(watched, state)
    yield noise.next_moment(state.pace, watched.updates_per_hour)
    told = [state.told.get(one.candidate, Told()) for one in watched.race.endorsements]
    for one in told:
        yield callers.next_moment(one)
        yield next_release(watched, one)
        if one.waiting is not None or one.heads_up is not None:
            yield from _lapses(state)
        if one.doubt_since is not None and not one.paged:
            yield one.doubt_since + DOUBT_WAIT
            yield one.doubt_since + UNSETTLED
    if any(one.outcome is Outcome.NONE for one in told):
        yield from _quiet(state)


def _lapses(state: RaceState) -> Iterator[datetime]:
    """A hold that does not pass ends a window."""
    for standing in state.standings.values():
        if standing.hold is not None:
            yield standing.hold.since + LOOK_OVERDUE


def _quiet(state: RaceState) -> Iterator[datetime]:
    """A count that does not move: a second look is overdue, then the count has paused."""
    for standing in state.standings.values():
        if standing.changed_at is not None:
            if looks(standing) <= 1:
                yield (standing.last_look or standing.changed_at) + LOOK_OVERDUE
            yield standing.changed_at + PAUSE
            yield standing.changed_at + LONG_PAUSE
