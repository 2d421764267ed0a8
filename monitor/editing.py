"""Makes the edits that are due: behind the posts, paced, the newest wording only.

An edit says the same however often it is made, so one whose answer was lost is made again.
Slack takes some fifty a minute from the whole app; a message that somebody deleted is left
deleted, and its race's thread is told once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import structlog

from monitor import edits, outbox, scoreboard_link, sender_words
from monitor.database import transaction
from monitor.errors import SlackFailure
from monitor.events import Kind
from monitor.outbox import Sent
from monitor.pauses import Pause
from monitor.posts import Post, RowClass, post_key
from monitor.silence import backoff
from monitor.slack_answers import AuthTrouble, MessageGone

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime

    from sqlite_utils import Database

    from monitor.posts import Edit
    from monitor.silence import Silence

PACE = 1.3
"""Seconds between two edits by the app: 46 a minute, of the 50 Slack promises."""
MESSAGE_PACE = 3.0
"""Seconds between two edits of one message."""
LONGEST_BACKOFF = timedelta(seconds=30)
"""Between tries while Slack is away: nothing is to be a minute behind afterwards."""

_log = structlog.get_logger()


class Editable(Protocol):
    """Where messages stand."""

    async def edit(self, one: edits.Due) -> None:
        """Let a message say something else.

        Raises `MessageGone` where it is not there any more, any other `SlackFailure`
        when it was not changed or nobody knows.
        """

    async def link(self, sent: Sent) -> str | None:
        """Return the address of a message, None where it has none or nobody knows it."""


class Editing:
    """Makes edits over one database. `pace_seconds`: between two of them, 0 for no pace."""

    def __init__(
        self,
        db: Database,
        poster: Editable,
        clock: Callable[[], datetime],
        pace_seconds: float,
        silence: Silence,
    ) -> None:
        self._db = db
        self._poster = poster
        self._clock = clock
        self._silence = silence
        self._pace = timedelta(seconds=pace_seconds)
        self._message_pace = timedelta(seconds=MESSAGE_PACE if pace_seconds else 0)
        self._held: Pause | None = None
        self._messages_held: dict[str, Pause] = {}
        self._failures = 0

    async def make_due(self, stop: asyncio.Event | None = None) -> int:
        """Make the edits that can be made without waiting; return how many Slack has taken."""
        made = 0
        for one in edits.due(self._db, self._clock()):
            if not self._is_free(self._held) or not self._silence.is_over:
                break
            if stop is not None and stop.is_set():
                break
            if self._is_free(self._messages_held.get(one.edit.key)):
                made += await self._make(one)
        return made

    def is_behind(self) -> bool:
        """Say whether time alone brings another edit."""
        return edits.is_behind(self._db)

    def busy_for(self) -> timedelta:
        """Return how long no edit can be made, or the nearest message none; nothing for at once."""
        now = self._clock()
        if self._held is not None and not self._held.is_over(now):
            return self._held.left(now)
        held = (one.left(now) for one in self._messages_held.values() if not one.is_over(now))
        return min(held, default=timedelta(0))

    def _is_free(self, pause: Pause | None) -> bool:
        return pause is None or pause.is_over(self._clock())

    async def _make(self, one: edits.Due) -> bool:
        self._wait(one, self._pace)
        edits.begin(self._db, one)
        try:
            text, blocks = await linked(self._db, self._poster, one.edit)
            said = replace(one.edit, text=text, blocks=blocks)
            await self._poster.edit(replace(one, edit=said))
        except MessageGone as error:
            self._gone(one, error)
            return False
        except SlackFailure as error:
            self._failed(one, error)
            return False
        self._failures = 0
        self._silence.end()
        edits.made(self._db, one)
        return True

    def _wait(self, one: edits.Due, pause: timedelta) -> None:
        """Hold the next edit back, of any message and of this one."""
        now = self._clock()
        held = {key: known for key, known in self._messages_held.items() if not known.is_over(now)}
        self._messages_held = held | {one.edit.key: Pause(now, now + self._message_pace)}
        self._held = Pause(now, now + pause)

    def _failed(self, one: edits.Due, error: SlackFailure) -> None:
        """Try again later; what is refused as it is, when it is to say something else."""
        if isinstance(error, AuthTrouble):
            self._silence.begin(error)
            return
        if error.permanent:
            edits.refused(self._db, one, str(error))
        else:
            self._failures += 1
            asked = timedelta(seconds=error.retry_after)
            pause = max(min(backoff(self._failures), LONGEST_BACKOFF), asked)
            self._wait(one, pause)
            edits.delayed(self._db, one, str(error), self._clock() + pause)
        _log.warning("edit not made", key=one.edit.key, channel=one.edit.channel, error=str(error))

    def _gone(self, one: edits.Due, error: MessageGone) -> None:
        thread, said = edits.thread_told(self._db, one)
        with transaction(self._db):
            edits.gone(self._db, one, str(error))
            if thread is not None and thread != one.edit.key:
                outbox.put(self._db, _note(one, thread, said))
        _log.warning("a message was deleted", key=one.edit.key, channel=one.edit.channel)


async def linked(db: Database, poster: Editable, said: Post | Edit) -> tuple[str, str]:
    """Return what a message says with the channel's scoreboard linked, where one stands.

    What is stored stays as it is.
    """
    if not scoreboard_link.is_in(said.text, said.blocks):
        return said.text, said.blocks
    board = edits.scoreboard_of(db, said.channel)
    address = await poster.link(Sent(*board)) if board else None
    return scoreboard_link.put_in(said.text, said.blocks, address)


def _note(one: edits.Due, thread: str, said: str) -> Post:
    return Post(
        key=post_key(f"gone\x1f{one.edit.key}", one.edit.channel), row_class=RowClass.UPDATE,
        race=one.race, kind=Kind.NOTE_ADDED.value, channel=one.edit.channel, thread=thread,
        text=sender_words.gone(said), blocks="[]", at=one.edit.at,
    )  # fmt: skip
