"""The sender: takes posts from the outbox to Slack or the terminal, each exactly once.

Claim, post with the key in the message, record. A lost answer leaves the row in
`sending`; after a quarantine longer than the longest late accept the key is looked
up in the channel: found is adopted, not found is sent again. Order is the outbox's.
Times here are always the wall clock's, in a replay too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import structlog

from monitor import outbox
from monitor.errors import MonitorError, OutcomeUnknown, SlackFailure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlite_utils import Database

    from monitor.outbox import Row, Sent, Thread

IDLE_SECONDS = 1.0
"""How long the service sleeps at most, so that rows of other programs are seen."""
LONGEST_BACKOFF = 60.0
"""Seconds between tries while Slack is away."""

_log = structlog.get_logger()


class Poster(Protocol):
    """Where messages go."""

    def place(self, channel: str) -> str:
        """Return the channel that is really posted to: its limits are shared."""

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Post one message.

        Raises `OutcomeUnknown` when the answer was lost, any other `SlackFailure`
        when the message was surely not taken.
        """

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Look the keys of rows of one place up; return those that stand there.

        `threads`: the sent roots of these rows, by key. Raises `SlackFailure`.
        """


class Fate(StrEnum):
    """What became of one claim."""

    SENT = "sent"
    ADOPTED = "adopted"
    RELEASED = "released"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Deliverer:
    """One sender over one outbox.

    `clock`: the wall clock, aware. `pace_seconds`: between two posts to one place.
    `quarantine_seconds`: from a claim to its look-up; longer than the poster's
    time limit plus the longest late accept.
    """

    def __init__(
        self,
        db: Database,
        poster: Poster,
        clock: Callable[[], datetime],
        *,
        pace_seconds: float,
        quarantine_seconds: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._db = db
        self._poster = poster
        self._clock = clock
        self._pace = timedelta(seconds=pace_seconds)
        self._quarantine = quarantine_seconds
        self._sleep = sleep
        self._woken = asyncio.Event()
        self._free_at: dict[str, datetime] = {}
        self._look_at: dict[str, datetime] = {}

    def wake(self) -> None:
        """Tell the service that rows were added."""
        self._woken.set()

    async def drain(self, stop: asyncio.Event | None = None) -> Counter[Fate]:
        """Send everything that can be sent without waiting; return what became of it."""
        counts: Counter[Fate] = Counter()
        while stop is None or not stop.is_set():
            step = await self._look_up() + await self._send_due(stop)
            if not step:
                break
            counts += step
        return counts

    async def settle(self) -> Counter[Fate]:
        """Drain and wait until time alone can send nothing more; refused lines stay behind."""
        counts = await self.drain()
        while outbox.movable(self._db):
            await self._sleep(self._pause())
            counts += await self.drain()
        return counts

    async def run(self, stop: asyncio.Event) -> None:
        """Send until stopped: refused rows get their one new chance, errors are logged."""
        begun = False
        while not stop.is_set():
            try:
                if not begun:
                    outbox.after_start(self._db)
                    begun = True
                await self.drain(stop)
            except MonitorError as error:
                _log.error("delivery is delayed", error=str(error))
            except Exception:  # noqa: BLE001 - a fault of ours must not end the whole service
                _log.exception("delivery failed, it goes on")
            await self._wait(stop)

    async def _send_due(self, stop: asyncio.Event | None) -> Counter[Fate]:
        counts: Counter[Fate] = Counter()
        for row in outbox.due(self._db, self._clock()):
            if stop is not None and stop.is_set():
                break
            if self._is_free(self._free_at, row) and outbox.claim(self._db, row, self._clock()):
                counts[await self._send(row)] += 1
        return counts

    async def _send(self, row: Row) -> Fate:
        """Post a claimed row and record its fate."""
        thread = outbox.thread_of(self._db, row.thread) if row.thread else None
        try:
            sent = await self._poster.post(row, thread)
        except SlackFailure as error:
            return self._failed(row, error)
        self._hold(row, self._pace)
        outbox.sent(self._db, row, sent.channel_id, sent.ts)
        return Fate.SENT

    def _failed(self, row: Row, error: SlackFailure) -> Fate:
        """Record a message that was not taken, or of which nobody knows."""
        wait = self._pace
        if isinstance(error, OutcomeUnknown):
            fate = Fate.UNKNOWN
            outbox.unknown(self._db, row, str(error))
        elif error.permanent:
            fate = Fate.REFUSED
            outbox.refused(self._db, row, str(error))
        else:
            fate = Fate.RELEASED
            wait = _backoff(row.attempts + 1, error.retry_after)
            outbox.release(self._db, row, str(error), self._clock() + wait)
        self._hold(row, wait)
        _log.warning(
            f"post {fate.value}",
            key=row.key,
            race=row.race,
            kind=row.kind,
            channel=row.channel,
            error=str(error),
        )
        return fate

    def _hold(self, row: Row, wait: timedelta) -> None:
        """Keep the whole place free of posts for a while: pace and limits are its own."""
        self._free_at[self._poster.place(row.channel)] = self._clock() + wait

    async def _look_up(self) -> Counter[Fate]:
        """Look every uncertain row up, once per place."""
        counts: Counter[Fate] = Counter()
        places: dict[str, list[Row]] = {}
        for row in outbox.uncertain(self._db, self._clock(), self._quarantine):
            if self._is_free(self._look_at, row):
                places.setdefault(self._poster.place(row.channel), []).append(row)
        for place, rows in places.items():
            counts += await self._look_up_at(place, rows)
        return counts

    async def _look_up_at(self, place: str, rows: list[Row]) -> Counter[Fate]:
        keys = {row.thread for row in rows if row.thread}
        threads = {key: root for key in keys if (root := outbox.thread_of(self._db, key))}
        try:
            found = await self._poster.find(rows, threads)
        except SlackFailure as error:
            tries = max(row.attempts for row in rows) + 2
            self._look_at[place] = self._clock() + _backoff(tries, error.retry_after)
            _log.warning("look-up failed, nothing is sent again", channel=place, error=str(error))
            if error.permanent:
                for row in rows:
                    outbox.unknown(self._db, row, f"{outbox.NO_LOOK_UP}: {error}")
            return Counter()
        return Counter(self._looked_up(row, found.get(row.key)) for row in rows)

    def _looked_up(self, row: Row, sent: Sent | None) -> Fate:
        if sent is not None:
            outbox.sent(self._db, row, sent.channel_id, sent.ts)
            return Fate.ADOPTED
        again = self._clock() + _backoff(row.attempts - 1) if row.attempts > 1 else None
        outbox.release(self._db, row, "answer lost, then not found in the channel", again)
        return Fate.RELEASED

    def _is_free(self, places: Mapping[str, datetime], row: Row) -> bool:
        free_at = places.get(self._poster.place(row.channel))
        return free_at is None or free_at <= self._clock()

    def _pause(self) -> float:
        """Return the seconds until a place is free again, never more than `IDLE_SECONDS`."""
        now = self._clock()
        waits = ((moment - now).total_seconds() for moment in self._free_at.values())
        return min((wait for wait in waits if wait > 0), default=IDLE_SECONDS)

    async def _wait(self, stop: asyncio.Event) -> None:
        """Sleep until something can happen: new rows, a free place, or the end."""
        pause = asyncio.ensure_future(self._sleep(min(self._pause(), IDLE_SECONDS)))
        waits = {pause, *map(asyncio.ensure_future, (self._woken.wait(), stop.wait()))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self._woken.clear()


def _backoff(failures: int, retry_after: float = 0.0) -> timedelta:
    """Return the wait after so many failures: 1, 2, 4 … seconds, or longer if Slack says so."""
    own = min(LONGEST_BACKOFF, 0.5 * 2 ** min(failures, 16))
    return timedelta(seconds=max(own, retry_after))
