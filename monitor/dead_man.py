"""The dead man's message: Slack says that the bot is silent, unless the bot keeps putting it off.

While a race is counted, each staff channel has one message scheduled ten minutes ahead,
replaced every four. What ends the bot or its way to Slack lets it go out; then one message
says that the bot is back. Only the live watch does this.

A new one is scheduled and recorded before the old one is taken back, and before each of
these Slack is asked what it holds: what a crash or a lost answer left behind is found there.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from monitor import scheduled
from monitor.decision import Outcome
from monitor.errors import SlackFailure
from monitor.pauses import Pause
from monitor.posts import DeskKind, Post, RowClass, post_key
from monitor.scheduled import Scheduled
from monitor.words import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from monitor.night import Night
    from monitor.slack import Held
    from monitor.state import RaceState, Watched
    from monitor.store import Store

AHEAD = timedelta(minutes=10)
EVERY = timedelta(minutes=4)
AGAIN = timedelta(seconds=30)
"""Until the next try when Slack took the last one badly."""
SELDOM = timedelta(days=1)
"""Until the next look for strays while none is to stand."""
LAST_MINUTE = timedelta(seconds=90)
"""Slack takes nothing back in the last minute, and its clock is not ours."""
LOOK_SECONDS = 5.0
BEFORE_CLOSE = timedelta(hours=1)
AFTER_CLOSE = timedelta(hours=24)
SILENT = "BOT SILENT"
"""How all of these messages begin: strays are known by it."""

_log = structlog.get_logger()


class Holder(Protocol):
    """A Slack that holds messages until their time. All raise `SlackFailure`."""

    async def schedule(self, channel: str, text: str, at: datetime) -> tuple[str, str]:
        """Have a text posted at a time; return the ids of the channel and of what is held."""

    async def unschedule(self, channel_id: str, held: str) -> None:
        """Take it back."""

    async def scheduled(self, channel: str) -> Sequence[Held]:
        """Return what is held of ours for a channel."""


def silent_words(since: datetime, at: datetime, zone: str) -> str:
    """Say that the bot is silent. `at`: when staff read it."""
    return f"{SILENT} since {clock(since, zone, at)}; treat the scoreboard as old"


def back_words(now: datetime, zone: str) -> str:
    """Say that the bot is back."""
    return f"BOT BACK since {clock(now, zone, now)}; the scoreboard is current again"


def is_near(watched: Watched, now: datetime) -> bool:
    """Say whether a race may be counted: from an hour before its close, for a day after it."""
    close = watched.closes_at
    if close is None or not watched.race.sources:
        return False
    return close - BEFORE_CLOSE <= now <= close + AFTER_CLOSE


def is_settled(watched: Watched, state: RaceState) -> bool:
    """Say whether every endorsed candidate has an outcome that nobody doubts."""
    told = [state.told.get(one.candidate) for one in watched.race.endorsements]
    return all(
        one is not None and one.outcome is not Outcome.NONE and one.doubt_since is None
        for one in told
    )


class DeadMan:
    """Keeps one message scheduled per staff channel while `night` is counted.

    `wake`: called when a message was put into the outbox.
    """

    name = "dead man's message"

    def __init__(
        self,
        store: Store,
        slack: Holder,
        night: Callable[[], Night],
        wake: Callable[[], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._slack = slack
        self._night = night
        self._wake = wake
        self._now = now
        self._done: dict[str, tuple[bool, Pause]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Put it off until stopped; it stays when that happens in the middle of a count."""
        while not stop.is_set():
            await self.beat(self._now())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
        if not any(self._counting(self._night(), self._now())):
            await self.beat(self._now())

    async def beat(self, now: datetime) -> None:
        """Do what is due at a moment, channel by channel; trouble with one stops no other."""
        night = self._night()
        is_wanted = any(self._counting(night, now))
        staff = [channel.name for channel in night.config.slack.channels]
        known = [one.channel for one in scheduled.read(self._store.db) if not one.is_out]
        for channel in dict.fromkeys((*staff, *known)):
            wanted = is_wanted and channel in staff
            was, pause = self._done.get(channel, (None, Pause(now, now)))
            if wanted is was and not pause.is_over(now):
                continue
            due = await self._tended(channel, night, now, wanted=wanted)
            self._done[channel] = wanted, Pause(now, due)
        self._tell_back(night, now)

    async def _tended(self, channel: str, night: Night, now: datetime, *, wanted: bool) -> datetime:
        """Replace what stands for a channel, or take it back; return when to look again."""
        try:
            await self._tend(channel, night.config.slack.desk_timezone, now, wanted=wanted)
        except SlackFailure as error:
            _log.warning("dead man's message not replaced", channel=channel, error=str(error))
            pause = EVERY if error.permanent else AGAIN
            return now + max(pause, timedelta(seconds=error.retry_after))
        rows = scheduled.read(self._store.db)
        stands = any(one.channel == channel and not one.is_out for one in rows)
        return now + (EVERY if stands else SELDOM)

    async def _tend(self, channel: str, zone: str, now: datetime, *, wanted: bool) -> None:
        db = self._store.db
        held = [
            Scheduled(channel, one.channel_id, one.id, one.post_at)
            for one in await self._slack.scheduled(channel)
            if one.text.startswith(SILENT)
        ]
        for one in held:
            scheduled.keep(db, one)
        self._note_gone(channel, {one.id for one in held}, now)
        try:
            if wanted:
                at = now + AHEAD
                new = await self._slack.schedule(channel, silent_words(now, at, zone), at)
                scheduled.keep(db, Scheduled(channel, *new, at))
        except SlackFailure as error:
            if error.permanent:  # Slack hears us, so the old one would be false
                await self._take_back(held)
            raise
        await self._take_back(held)

    def _note_gone(self, channel: str, held: set[str], now: datetime) -> None:
        """Record what Slack does not hold any more: posted by now, or taken back before."""
        for one in scheduled.read(self._store.db):
            if one.channel != channel or one.is_out or one.id in held:
                continue
            if one.post_at <= now + LAST_MINUTE:
                scheduled.went_out(self._store.db, one)
            else:
                scheduled.forget(self._store.db, channel, one.id)

    async def _take_back(self, held: Iterable[Scheduled]) -> None:
        for one in held:
            try:
                await self._slack.unschedule(one.channel_id, one.id)
            except SlackFailure as error:
                if not error.permanent:
                    raise
                # Slack is posting it, or it is gone: the next list says which.
                _log.warning("message not taken back", channel=one.channel, error=str(error))
            else:
                scheduled.forget(self._store.db, one.channel, one.id)

    def _tell_back(self, night: Night, now: datetime) -> None:
        """Say once per channel that the bot is back, when its sources were asked again."""
        out = {one.channel: one for one in scheduled.read(self._store.db) if one.is_out}
        for channel, one in out.items():
            if self._asked_since(self._counting(night, now), one.post_at):
                text = back_words(now, night.config.slack.desk_timezone)
                key = post_key(f"{DeskKind.BOT_BACK.value}\x1f{one.id}", channel)
                kind = DeskKind.BOT_BACK.value
                post = Post(key, RowClass.UPDATE, None, kind, channel, None, text, "[]", now)
                with self._store.transaction():
                    self._store.put([post])
                    scheduled.told_back(self._store.db, channel)
                self._wake()

    def _asked_since(self, counting: Iterable[Watched], moment: datetime) -> bool:
        """Say whether every source of these races was visited: nothing shown is older."""
        polls = [self._store.poll(use.source) for one in counting for use in one.race.sources]
        return all(
            poll.finished or (poll.visited_at is not None and poll.visited_at >= moment)
            for poll in polls
        )

    def _counting(self, night: Night, now: datetime) -> Iterator[Watched]:
        """Yield the races that staff wait for; the first of thousands is often enough."""
        for race, watched in night.races.items():
            if (
                is_near(watched, now)
                and not all(self._store.poll(use.source).finished for use in watched.race.sources)
                and not is_settled(watched, self._store.race(race))
            ):
                yield watched
