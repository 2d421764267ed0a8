"""The virtual-time driver: a recorded world watched as if live, at any speed.

Same `visit`, `act` and `tick`, same schedule, same store and sender as live; only the clock and the
network are the recording's. Sending is paced by the wall clock, and virtual time
waits for it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from monitor import audit
from monitor.people import Act
from monitor.schedule import next_visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from monitor.deliver import Deliverer
    from monitor.errors import FetchFailure
    from monitor.model import Page
    from monitor.state import RaceState
    from monitor.store import Store
    from monitor.watch import Watch
    from monitor.world import World

LONGEST_AFTER = timedelta(hours=48)
LONGEST_WAIT = 0.2
"""Seconds a paced replay waits between two visits at the most."""


class Desk(Protocol):
    """What is written for all races together; `monitor.desk_service.Desk` is one."""

    def next_moment(self, now: datetime) -> datetime | None:
        """Return when there may be something to write."""

    def refresh(self, now: datetime) -> bool:
        """Write what is due."""

    def is_behind(self) -> bool:
        """Say whether a board may have to say something else than it does."""


@dataclass(frozen=True, slots=True)
class _Due:
    """What is done next: an act, a visit to a source, the desk's work, or else a tick."""

    at: datetime
    source: str = ""
    act: Act | None = None
    is_desk: bool = False

    @property
    def order(self) -> tuple[bool, bool, str]:
        """A person acts on what the visits of that moment have shown; the desk shows all of it."""
        return self.is_desk, self.act is not None, self.source


class RecordedKeeper:
    """Keeps nothing: the recording already holds every answer, and its bodies."""

    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, page: Page, visit_id: str) -> None:
        """Keep nothing."""

    def keep_failure(self, url: str, error: FetchFailure, at: datetime, visit_id: str) -> None:
        """Keep nothing."""

    def keep_act(self, act: Act, at: datetime) -> None:
        """Keep nothing."""

    def body(self, digest: str) -> bytes | None:
        """Return a body of the recording."""
        return self._world.body(digest)


class Replay:
    """One run over a recorded world.

    `speed`: virtual seconds a second, None for as fast as possible. `on_visit` is
    told of each visit's virtual time, for the progress display. `desk`: None where only
    the count matters.
    """

    def __init__(
        self,
        watch: Watch,
        store: Store,
        deliverer: Deliverer,
        world: World,
        *,
        speed: float | None = None,
        on_visit: Callable[[datetime], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        desk: Desk | None = None,
    ) -> None:
        self._desk = desk
        self._watch = watch
        self._store = store
        self._deliverer = deliverer
        self._world = world
        self._speed = speed
        self._on_visit = on_visit
        self._sleep = sleep

    async def run(self, until: datetime | None = None) -> None:
        """Watch until every record was seen and nothing waits, or until a virtual time.

        Then every message says what it is to say in the end.
        """
        await self._watch_all(until)
        await self._deliverer.settle(final=True)

    async def _watch_all(self, until: datetime | None) -> None:
        last = self._world.ends_at + LONGEST_AFTER
        end = min(until, last) if until is not None else last
        now = self._clock()
        await self._deliverer.settle()
        if self._store.meta("clock") and self._is_over(now):
            return  # a finished night, asked for again
        while (due := self._next(now)) is not None and due.at <= end:
            moment = max(due.at, now)
            await self._pace(moment - now)
            now = moment
            await self._do(due, now)
            await self._deliverer.settle()
            self._on_visit(now)
            if self._is_over(now):
                break

    async def _do(self, due: _Due, now: datetime) -> None:
        if due.act is not None:
            self._watch.act(due.act, now)
        elif due.is_desk and self._desk is not None:
            self._desk.refresh(now)
        elif due.source:
            await self._watch.visit(due.source, now)
        else:
            self._watch.tick(now)

    def _clock(self) -> datetime:
        stored = self._store.meta("clock")
        return datetime.fromisoformat(stored) if stored else self._world.starts_at

    def _next(self, now: datetime) -> _Due | None:
        """Return what comes next; at one moment ticks go first, visits, acts, then the desk."""
        start = self._world.starts_at
        tick = self._watch.next_tick()
        moments = [] if tick is None else [_Due(tick)]
        for source, plan in self._watch.night.plans.items():
            at = next_visit(plan, self._store.poll(source), start)
            if at is not None:
                moments.append(_Due(at, source))
        moments += [_Due(at, act=act) for at, act in self._acts_left()[:1]]
        desk = self._desk.next_moment(now) if self._desk is not None else None
        moments += [] if desk is None else [_Due(desk, is_desk=True)]
        return min(moments, key=lambda due: (due.at, due.order), default=None)

    def _acts_left(self) -> list[tuple[datetime, Act]]:
        """Return the recorded acts that are not answered yet, with their times."""
        db = self._store.db
        return [(at, act) for at, act in self._world.acts if audit.answer_of(db, act.id) is None]

    async def _pace(self, passed: timedelta) -> None:
        if self._speed is not None:
            await self._sleep(min(passed.total_seconds() / self._speed, LONGEST_WAIT))

    def _is_over(self, now: datetime) -> bool:
        """Every record was seen by each source, no look or hold is waited for, boards are right.

        What comes by the clock alone, as the next morning's report, holds no night open.
        """
        if now < self._world.ends_at or self._acts_left():
            return False
        if self._desk is not None and self._desk.is_behind():
            return False
        night = self._watch.night
        states = [self._store.race(race) for race in night.races]
        if any(_has_window(state) for state in states):
            return False
        for source in night.plans:
            poll = self._store.poll(source)
            if poll.visited_at is None or poll.visited_at < self._world.ends_at:
                return poll.finished
            if poll.wants_look:
                return False
        return not any(one.hold is not None for state in states for one in state.standings.values())


def _has_window(state: RaceState) -> bool:
    """Say whether an outcome goes out by itself after some minutes, or a count that waits."""
    waiting = [one for told in state.told.values() for one in (told.waiting, told.heads_up)]
    timed = any(one is not None and one.due is not None for one in waiting)
    return timed or state.pace.since is not None or state.pace.swings
