"""The sender: takes posts from the outbox to Slack or the terminal, each exactly once.

Claim, post with the key in the message, record. A lost answer leaves the row in
`sending`; after a quarantine longer than the longest late accept the key is looked
up in the channel: found is adopted, not found is sent again. Order is the outbox's.
Edits and chores come behind the posts and never hold one back. While Slack does not know
the token nothing is refused: everything waits. Times here are always the wall clock's, in a
replay too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import structlog

from monitor import outbox, outbox_digest
from monitor.chore_sender import ChoreSender, Handy
from monitor.editing import PACE as EDIT_PACE
from monitor.editing import Editable, Editing, linked
from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.events import Kind
from monitor.pauses import Pause
from monitor.posts import DeskKind
from monitor.silence import Silence, backoff
from monitor.slack_answers import AuthTrouble
from monitor.woken import Loop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sqlite_utils import Database

    from monitor.outbox import Row, Sent, Thread

IDLE_SECONDS = 1.0
"""How long the service sleeps at most, so that rows of other programs are seen."""

INTERNAL = frozenset({
    Kind.REPORT_HELD.value, Kind.HOLD_CLEARED.value, Kind.NOTE_ADDED.value, Kind.SITE_DOWN.value,
    Kind.SITE_BACK.value, Kind.PERSON_FOLLOWS.value,
})  # fmt: skip
"""Replies that people of another workspace do not read (desk §4.16)."""

_log = structlog.get_logger()


class Poster(Editable, Handy, Protocol):
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

    async def is_shared(self, channel: str) -> bool:
        """Say whether people of another workspace read a channel; raises `SlackFailure`."""


class Fate(StrEnum):
    """What became of one claim."""

    SENT = "sent"
    ADOPTED = "adopted"
    RELEASED = "released"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    LEFT_OUT = "left-out"
    EDITED = "edited"
    DONE = "done"


class Deliverer:
    """One sender over one outbox.

    `clock`: the wall clock, aware. `pace_seconds`: between two posts to one place.
    `quarantine_seconds`: from a claim to its look-up; longer than the poster's
    time limit plus the longest late accept. `edit_pace_seconds`: between two edits; where
    none is given they are paced when posts are. `desk_zone`: of the times in a digest.
    `on_auth_trouble` is told once when Slack no longer knows the token.
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
        edit_pace_seconds: float | None = None,
        desk_zone: str = "America/New_York",
        on_auth_trouble: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._db = db
        self._poster = poster
        self._clock = clock
        self._pace = timedelta(seconds=pace_seconds)
        self._quarantine = quarantine_seconds
        self._sleep = sleep
        edit_pace = EDIT_PACE if pace_seconds else 0.0
        if edit_pace_seconds is not None:
            edit_pace = edit_pace_seconds
        self._silence = Silence(clock, on_auth_trouble)
        self._editing = Editing(db, poster, clock, edit_pace, self._silence)
        self._chores = ChoreSender(db, poster, clock, self._silence)
        self._desk_zone = desk_zone
        self._posting = Loop(self._begin_and_post, self._pause, sleep)
        self._tidying = Loop(self._tidy, self._pause, sleep)
        self._held: dict[str, Pause] = {}
        self._not_looked: dict[str, Pause] = {}
        self._reached: set[str] = set()
        self._begun = False

    def wake(self) -> None:
        """Tell the service that rows were added."""
        self._posting.wake()
        self._tidying.wake()

    async def drain(self, stop: asyncio.Event | None = None) -> Counter[Fate]:
        """Do everything that can be done without waiting; return what became of it.

        Posts come first, then edits, pins and files.
        """
        counts: Counter[Fate] = Counter()
        while stop is None or not stop.is_set():
            step = await self._post(stop) + await self._tidy(stop)
            if not step:
                break
            counts += step
        return counts

    async def settle(self, *, final: bool = False) -> Counter[Fate]:
        """Drain and wait until time alone can send nothing more; refused lines stay behind.

        Edits and chores are waited for only when it is `final`. Without a valid token
        nothing is waited for.
        """
        counts = await self.drain()
        while not self._silence and (outbox.movable(self._db) or (final and self._is_untidy())):
            await self._sleep(self._pause(final=final))
            counts += await self.drain()
        return counts

    async def run(self, stop: asyncio.Event) -> None:
        """Send until stopped: refused rows get their one new chance, errors are logged.

        Posts and edits have a loop each: none waits for the other.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._posting.run(stop))
            tasks.create_task(self._tidying.run(stop))

    async def _begin_and_post(self, stop: asyncio.Event) -> Counter[Fate]:
        if not self._begun:
            outbox.after_start(self._db)
            self._begun = True
        return await self._post(stop)

    async def _post(self, stop: asyncio.Event | None) -> Counter[Fate]:
        """Send and look up everything that can be without waiting."""
        counts: Counter[Fate] = Counter()
        while stop is None or not stop.is_set():
            step = await self._look_up() + await self._send_due(stop)
            if not step:
                break
            counts += step
        return counts

    async def _tidy(self, stop: asyncio.Event | None) -> Counter[Fate]:
        """Make the edits and do the chores that can be without waiting."""
        edited, done = await self._editing.make_due(stop), await self._chores.do_due(stop)
        return +Counter({Fate.EDITED: edited, Fate.DONE: done})

    def _is_untidy(self) -> bool:
        return self._editing.is_behind() or self._chores.is_waiting()

    async def _send_due(self, stop: asyncio.Event | None) -> Counter[Fate]:
        counts: Counter[Fate] = Counter()
        for row in outbox.due(self._db, self._clock()):
            if stop is not None and stop.is_set():
                break
            if self._may_call(self._held, row) and outbox.claim(self._db, row, self._clock()):
                counts[await self._send(row)] += 1
        return counts

    async def _send(self, row: Row) -> Fate:
        """Post a claimed row and record its fate."""
        thread = outbox.thread_of(self._db, row.thread) if row.thread else None
        try:
            said = await self._for_readers(row)
            if said is None:
                outbox.left_out(self._db, row, "not for a channel shared with another workspace")
                return Fate.LEFT_OUT
            text, blocks = await linked(self._db, self._poster, said)
            sent = await self._poster.post(replace(row, text=text, blocks=blocks), thread)
        except SlackFailure as error:
            return self._failed(row, error)
        self._hold(row, self._pace)
        self._stands(row, sent)
        self._reaches(self._poster.place(row.channel))
        return Fate.SENT

    async def _for_readers(self, row: Row) -> Row | None:
        """Return a row as those of its channel read it, None where it is not for them."""
        is_digest = row.kind == DeskKind.DIGEST.value
        if not row.thread or not (is_digest or row.kind in INTERNAL):
            return row
        if not await self._poster.is_shared(row.channel):
            return row
        return outbox_digest.without(self._db, row, INTERNAL, self._desk_zone)

    def _stands(self, row: Row, sent: Sent) -> None:
        """Record where a message stands; without its root it is the new one of its thread."""
        outbox.sent(self._db, row, sent.channel_id, sent.ts)
        if row.thread and sent.is_adrift:
            outbox.hang_on(self._db, row.thread, sent.ts)

    def _reaches(self, place: str) -> None:
        """Slack takes messages: after an outage let digests stand for what waited too long."""
        self._silence.end()
        if place not in self._reached:
            outbox_digest.merge(self._db, self._channels_of(place), self._clock(), self._desk_zone)
            self._reached.add(place)

    def _channels_of(self, place: str) -> list[str]:
        return [one for one in outbox.channels(self._db) if self._poster.place(one) == place]

    def _failed(self, row: Row, error: SlackFailure) -> Fate:
        """Record a message that was not taken, or of which nobody knows."""
        wait = self._pace
        self._reached.discard(self._poster.place(row.channel))
        if isinstance(error, AuthTrouble):
            self._silence.begin(error)
            outbox.release(self._db, row, str(error), None)
            return Fate.RELEASED
        if isinstance(error, OutcomeUnknown):
            fate = Fate.UNKNOWN
            outbox.unknown(self._db, row, str(error))
        elif error.permanent:
            fate = Fate.REFUSED
            outbox.refused(self._db, row, str(error))
        else:
            fate = Fate.RELEASED
            wait = backoff(row.attempts + 1, error.retry_after)
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
        now = self._clock()
        self._held[self._poster.place(row.channel)] = Pause(now, now + wait)

    async def _look_up(self) -> Counter[Fate]:
        """Look every uncertain row up, once per place."""
        counts: Counter[Fate] = Counter()
        places: dict[str, list[Row]] = {}
        for row in outbox.uncertain(self._db, self._clock(), self._quarantine):
            if self._may_call(self._not_looked, row):
                places.setdefault(self._poster.place(row.channel), []).append(row)
        for place, rows in places.items():
            counts += await self._look_up_at(place, rows)
        return counts

    async def _look_up_at(self, place: str, rows: list[Row]) -> Counter[Fate]:
        keys = {row.thread for row in rows if row.thread}
        threads = {key: root for key in keys if (root := outbox.thread_of(self._db, key))}
        try:
            found = await self._poster.find(rows, threads)
        except AuthTrouble as error:
            self._silence.begin(error)
            return Counter()
        except SlackFailure as error:
            tries = max(row.attempts for row in rows) + 2
            now = self._clock()
            self._not_looked[place] = Pause(now, now + backoff(tries, error.retry_after))
            _log.warning("look-up failed, nothing is sent again", channel=place, error=str(error))
            if error.permanent:
                for row in rows:
                    outbox.unknown(self._db, row, f"{outbox.NO_LOOK_UP}: {error}")
            return Counter()
        return Counter(self._looked_up(row, found.get(row.key)) for row in rows)

    def _looked_up(self, row: Row, sent: Sent | None) -> Fate:
        if sent is not None:
            self._stands(row, sent)
            return Fate.ADOPTED
        again = self._clock() + backoff(row.attempts - 1) if row.attempts > 1 else None
        outbox.release(self._db, row, "answer lost, then not found in the channel", again)
        return Fate.RELEASED

    def _may_call(self, pauses: Mapping[str, Pause], row: Row) -> bool:
        pause = pauses.get(self._poster.place(row.channel))
        return self._silence.is_over and (pause is None or pause.is_over(self._clock()))

    def _pause(self, *, final: bool = True) -> float:
        """Return the seconds until something is free again, never more than `IDLE_SECONDS`."""
        now = self._clock()
        waits = [one.left(now) for one in self._held.values()]
        waits += [self._editing.busy_for()] if final else []
        soonest = min(
            (wait for one in waits if (wait := one.total_seconds())), default=IDLE_SECONDS
        )
        return min(soonest, IDLE_SECONDS)
