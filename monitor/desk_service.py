"""The desk at work: reads the store, writes boards, roll calls, pulses and reports.

Live it wakes about once a second; a replay calls `refresh` at the virtual moments that
`next_moment` gives. All it knows is in the database: what is due follows from it and from
the clock alone, and everything of one moment is written in one transaction.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.database import moment_of, stamp
from monitor.desk import Board, look_at, next_mark, passed
from monitor.desk_boards import Boards
from monitor.desk_calls import Calls
from monitor.desk_views import Views
from monitor.night import Night
from monitor.routing import channels_of
from monitor.watch_stopped import watch_stopped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.race_view import RaceView
    from monitor.store import Store

EVERY_SECONDS = 1.0
HANDLED = "desk"
"""The meta key of until when the marks of the clock were handled."""


@dataclass(frozen=True, slots=True)
class _Ground:
    """What follows from a configuration alone: its closes, and each channel's races."""

    night: Night
    closes: frozenset[datetime]
    first_closes: frozenset[datetime]
    by_channel: dict[str, tuple[str, ...]]


class Desk:
    """The scoreboard and what comes by the clock, over one store.

    `night`: the configuration in force; `wake`: tells the sender that rows were added.
    """

    name = "the scoreboard"

    def __init__(self, night: Callable[[], Night], store: Store, wake: Callable[[], None]) -> None:
        self._current = night
        self._store = store
        self._wake = wake
        self._views = Views(store)
        self._made: _Ground | None = None
        self._scoreboards = Boards(store)
        self._calls = Calls(store)
        self._looked = ""
        self._due: datetime | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Keep the desk until stopped."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
                return
            now = datetime.now(UTC)
            due = self.next_moment(now)
            if due is None or due > now:
                continue
            await self._views.warm(self._current())
            if self.refresh(datetime.now(UTC)):
                self._wake()

    # -- when ----------------------------------------------------------------------------

    def next_moment(self, now: datetime) -> datetime | None:
        """Return when there may be something to write, None before anything was watched."""
        clock = self._store.meta("clock")
        if clock is None:
            return None
        handled = self._store.meta(HANDLED)
        if handled is None:
            return datetime.fromisoformat(clock)
        moments = [self._next_mark(min(moment_of(handled), now))]
        boards = self._boards(self._ground())
        if clock != self._seen(boards):
            moments.append(look_at(boards, datetime.fromisoformat(clock), now))
        elif self._due is not None:
            moments.append(self._due)
        return min((at for at in moments if at is not None), default=None)

    def _next_mark(self, handled: datetime) -> datetime | None:
        ground = self._ground()
        zone = ground.night.config.slack.desk_timezone
        return next_mark(handled, ground.closes, ground.first_closes, zone)

    def is_behind(self) -> bool:
        """Say whether a board may have to say something else than it does."""
        clock = self._store.meta("clock")
        if clock is None:
            return False
        return clock != self._seen(self._boards(self._ground())) or self._due is not None

    def _seen(self, boards: Sequence[Board]) -> str:
        """Return the watch's clock at the last look; after a start, at the last writing."""
        if self._looked or not boards:
            return self._looked
        clocks = {board.clock for board in boards}
        return clocks.pop() if len(clocks) == 1 else ""

    # -- what ----------------------------------------------------------------------------

    def refresh(self, now: datetime) -> bool:
        """Write what is due at a moment; say whether anything was written."""
        ground = self._ground()
        slack = ground.night.config.slack
        with self._store.transaction():
            clock = self._store.meta("clock") or ""
            handled = self._store.meta(HANDLED)
            since = min(moment_of(handled), now) if handled is not None else now
            marks = passed(since, now, slack.desk_timezone)
            views = self._views.read(ground.night)
            written, dues = False, []
            for channel in slack.channels:
                mine = [views[race] for race in ground.by_channel[channel.name]]
                wrote, due = self._scoreboards.update(mine, slack, channel, clock, now)
                dues += [due] if due is not None else []
                written |= wrote
                written |= self._calls.make(mine, slack, channel, marks, now)
            for name in self._scoreboards.kept():
                if name not in ground.by_channel:
                    written |= self._scoreboards.leave(name, now)
            mark = self._next_mark(since)
            if handled is None or (mark is not None and mark <= now):
                self._store.set_meta(HANDLED, stamp(now))
        self._looked, self._due = clock, min(dues, default=None)
        return written

    def stopped(self, now: datetime) -> bool:
        """Tell ops which races stay open when watching ends; say whether there are any."""
        ground = self._ground()
        with self._store.transaction():
            views = self._views.read(ground.night).values()
            return self._calls.put(watch_stopped(views, ground.night.config.slack, now))

    def views(self) -> tuple[RaceView, ...]:
        """Return every race as it stands now; what the board has read is not read again."""
        return tuple(self._views.read(self._current()).values())

    # -- the store -----------------------------------------------------------------------

    def _ground(self) -> _Ground:
        night = self._current()
        if self._made is None or self._made.night is not night:
            self._made = _ground_of(night)
            self._scoreboards.forget()
        return self._made

    def _boards(self, ground: _Ground) -> list[Board]:
        found = (self._scoreboards.stored(name) for name in ground.by_channel)
        return [one for one in found if one is not None]


def _ground_of(night: Night) -> _Ground:
    by_channel: dict[str, list[str]] = {one.name: [] for one in night.config.slack.channels}
    by_date: dict[tuple[str, date], list[datetime]] = defaultdict(list)
    for race, place in night.places.items():
        watched = night.races[race].race
        for channel in channels_of(watched, night.config.slack):
            by_channel[channel].append(race)
            by_date[channel, watched.election.date].append(place.closes_at)
    return _Ground(
        night,
        frozenset(place.closes_at for place in night.places.values()),
        frozenset(map(min, by_date.values())),
        {name: tuple(races) for name, races in by_channel.items()},
    )
