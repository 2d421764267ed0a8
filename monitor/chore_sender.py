"""Does what is done to messages beside sending them: pins, and files in threads.

A pin may be made twice and is one. A file may not: after a first try the thread is looked
up before there is a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import structlog

from monitor import chores
from monitor.errors import SlackFailure
from monitor.posts import ChoreKind
from monitor.silence import backoff
from monitor.slack_answers import AuthTrouble

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from datetime import datetime

    from sqlite_utils import Database

    from monitor.silence import Silence

_log = structlog.get_logger()


class Handy(Protocol):
    """Where messages stand."""

    async def pin(self, one: chores.Due) -> None:
        """Pin a message; raises `SlackFailure`."""

    async def file(self, one: chores.Due) -> None:
        """Put a file into a message's thread; raises `SlackFailure`."""

    async def has_file(self, one: chores.Due) -> bool:
        """Say whether the file stands in the thread; raises `SlackFailure`."""


class ChoreSender:
    """Does the chores of one database."""

    def __init__(
        self, db: Database, poster: Handy, clock: Callable[[], datetime], silence: Silence
    ) -> None:
        self._db = db
        self._poster = poster
        self._clock = clock
        self._silence = silence

    async def do_due(self, stop: asyncio.Event | None = None) -> int:
        """Do the chores that can be done now; return how many are done."""
        finished = 0
        for one in chores.due(self._db, self._clock()):
            if not self._silence.is_over or (stop is not None and stop.is_set()):
                break
            finished += await self._do(one)
        return finished

    def is_waiting(self) -> bool:
        """Say whether time alone brings another chore."""
        return chores.is_waiting(self._db)

    async def _do(self, one: chores.Due) -> bool:
        chores.begin(self._db, one)
        try:
            if one.chore.kind is ChoreKind.PIN:
                await self._poster.pin(one)
            elif one.attempts == 0 or not await self._poster.has_file(one):
                await self._poster.file(one)
        except SlackFailure as error:
            self._failed(one, error)
            return False
        self._silence.end()
        chores.done(self._db, one)
        return True

    def _failed(self, one: chores.Due, error: SlackFailure) -> None:
        _log.warning(
            f"{one.chore.kind.value} not done",
            key=one.chore.key, channel=one.channel, error=str(error),
        )  # fmt: skip
        if isinstance(error, AuthTrouble):
            self._silence.begin(error)
            return
        if error.permanent:
            chores.given_up(self._db, one, str(error))
            return
        again = self._clock() + backoff(one.attempts + 1, error.retry_after)
        chores.delayed(self._db, one, str(error), again)
