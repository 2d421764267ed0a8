"""The virtual-time driver: a recorded world watched as if live, at any speed.

Same `visit`, same schedule, same store and sender as live; only the clock and the
network are the recording's. Sending is paced by the wall clock, and virtual time
waits for it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.schedule import next_visit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from monitor.deliver import Deliverer
    from monitor.errors import FetchFailure
    from monitor.model import Page
    from monitor.store import Store
    from monitor.watch import Watch
    from monitor.world import World

LONGEST_AFTER = timedelta(hours=48)
LONGEST_WAIT = 0.2
"""Seconds a paced replay waits between two visits at the most."""


class RecordedKeeper:
    """Keeps nothing: the recording already holds every answer, and its bodies."""

    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, page: Page, visit_id: str) -> None:
        """Keep nothing."""

    def keep_failure(self, url: str, error: FetchFailure, at: datetime, visit_id: str) -> None:
        """Keep nothing."""

    def body(self, digest: str) -> bytes | None:
        """Return a body of the recording."""
        return self._world.body(digest)


class Replay:
    """One run over a recorded world.

    `speed`: virtual seconds a second, None for as fast as possible. `on_visit` is
    told of each visit's virtual time, for the progress display.
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
    ) -> None:
        self._watch = watch
        self._store = store
        self._deliverer = deliverer
        self._world = world
        self._speed = speed
        self._on_visit = on_visit
        self._sleep = sleep

    async def run(self, until: datetime | None = None) -> None:
        """Watch until every record was seen and nothing waits, or until a virtual time."""
        last = self._world.ends_at + LONGEST_AFTER
        end = min(until, last) if until is not None else last
        now = self._clock()
        await self._deliverer.settle()
        while (due := self._next()) is not None and due[0] <= end:
            moment, source = max(due[0], now), due[1]
            await self._pace(moment - now)
            now = moment
            await self._watch.visit(source, now)
            await self._deliverer.settle()
            self._on_visit(now)
            if self._is_over(now):
                break

    def _clock(self) -> datetime:
        stored = self._store.meta("clock")
        return datetime.fromisoformat(stored) if stored else self._world.starts_at

    def _next(self) -> tuple[datetime, str] | None:
        start = self._world.starts_at
        plans = self._watch.night.plans
        due = (
            (next_visit(plan, self._store.poll(source), start), source)
            for source, plan in plans.items()
        )
        return min(((at, source) for at, source in due if at is not None), default=None)

    async def _pace(self, passed: timedelta) -> None:
        if self._speed is not None:
            await self._sleep(min(passed.total_seconds() / self._speed, LONGEST_WAIT))

    def _is_over(self, now: datetime) -> bool:
        """Every record was seen by each source, and no look or hold is waited for."""
        if now < self._world.ends_at:
            return False
        night = self._watch.night
        for source in night.plans:
            poll = self._store.poll(source)
            if poll.visited_at is None or poll.visited_at < self._world.ends_at:
                return poll.finished
            if poll.wants_look:
                return False
        return not any(
            standing.hold is not None
            for race in night.races
            for standing in self._store.race(race).standings.values()
        )
