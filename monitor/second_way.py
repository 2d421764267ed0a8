"""A second way for outcomes while Slack is down: e-mail, SMS or Teams, by apprise.

PRIMARY_NIGHT_NOTIFY_URLS holds apprise addresses, one a line or with commas between, or
PRIMARY_NIGHT_NOTIFY_URLS_FILE names a file that does. An outcome that Slack has not taken
two minutes after the sender could have sent it goes out there as plain text, once. What
then puts that outcome in doubt, withdraws or confirms it goes the same way, Slack up or not
(desk §2.9). Only the live watch does this.

Exactly once as far as it can be: what was begun is recorded first. Of a try that ended
without an answer nobody knows; it is repeated and says so, for silence would be worse.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import structlog

from monitor import notified
from monitor.environ_secrets import secret_in
from monitor.errors import ConfigInvalid
from monitor.pauses import Pause
from monitor.plain import body_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlite_utils import Database

    from monitor.notified import Message, Tried

PLACE = "PRIMARY_NIGHT_NOTIFY_URLS"
PATIENCE = timedelta(minutes=2)
"""How long Slack has for an outcome."""
LOOK_SECONDS = 5.0
SEND_SECONDS = 60.0
LONGEST_WAIT = timedelta(minutes=15)
REPEAT = "May be a repeat: "
LATE = "Sent this way because it could not be posted in Slack yet."
FOLLOWS = "Sent this way because the outcome was."

_BETWEEN = re.compile(r"[\s,]+(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_SLACK = re.compile(r"(?:^slack(?:s)?://)|\bslack\.com\b", re.IGNORECASE)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Way:
    """One address: what ops know it by, its digest, and how a title and a text go there.

    `send` says whether it was taken.
    """

    name: str
    id: str
    send: Callable[[str, str], Awaitable[bool]]


def read_ways(environ: Mapping[str, str]) -> tuple[Way, ...]:
    """Return the second ways that are set, none where none is.

    Raises `ConfigInvalid`, which never holds an address, when apprise is missing or one of
    them is not understood or leads to Slack.
    """
    text, _ = secret_in(environ, PLACE, lambda words: ConfigInvalid((words,)))
    urls = [url for url in _BETWEEN.split(text) if url.strip(", \n\t")]
    return tuple(_way(number, url.strip(", \n\t")) for number, url in enumerate(urls, 1))


class SecondWay:
    """Watches the outbox of a database for outcomes that Slack does not take."""

    name = "second way"

    def __init__(
        self,
        db: Database,
        ways: tuple[Way, ...],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._db = db
        self._ways = ways
        self._now = now
        self._seen: dict[str, datetime] = {}
        self._failures: dict[tuple[str, str], int] = {}
        self._resting: dict[tuple[str, str], Pause] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until stopped."""
        while not stop.is_set():
            await self.look(self._now())
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_SECONDS)

    async def look(self, now: datetime) -> None:
        """Send what is due at a moment, each way by itself and in the order of the outbox."""
        unsent = notified.unsent(self._db)
        # Wall clock, and since this start: before it nobody could have sent them.
        # Later than now: our clock was set back.
        self._seen = {one.key: min(self._seen.get(one.key, now), now) for one in unsent}
        late = [one for one in unsent if now - self._seen[one.key] >= PATIENCE]
        tried = notified.tried(self._db)
        await asyncio.gather(*(self._look(way, late, tried, now) for way in self._ways))

    async def _look(self, way: Way, late: list[Message], tried: list[Tried], now: datetime) -> None:
        mine = [one for one in tried if one.way == way.id]
        states = {one.message.key: one.state for one in mine}
        said = {one.message.said for one in mine if one.state == "sent"}
        due = {one.key: (one, FOLLOWS) for one in self._following(mine)}
        due |= {one.key: (one, LATE) for one in late}
        for key, (message, why) in sorted(due.items(), key=lambda item: item[1][0].row):
            # The same words for another channel are no news to those who read here.
            resting = self._resting.get((key, way.id))
            if message.said in said or not (resting is None or resting.is_over(now)):
                continue
            if not await self._send(message, way, why, is_repeat=key in states):
                break  # one that hangs must not hold the next look up again and again
            said.add(message.said)

    def _following(self, mine: list[Tried]) -> Iterator[Message]:
        """Yield what follows the outcomes that went, or may have gone, by a way."""
        first: dict[str, int] = {}
        for one in mine:
            if one.state != "failed":
                first.setdefault(one.message.race, one.message.row)
        for race, row in first.items():
            yield from notified.following(self._db, race, row)

    async def _send(self, message: Message, way: Way, why: str, *, is_repeat: bool) -> bool:
        """Send one message by one way; say whether it was taken."""
        notified.record(self._db, message.key, way.id, "sending", self._now())
        title = (REPEAT if is_repeat else "") + " ".join(plain(message.text).split())
        body = f"{body_of(message.text, message.blocks)}\n\n{why}".strip()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                taken, error = await way.send(title, body), ""
        except Exception as trouble:  # noqa: BLE001 - whatever a service's plugin raises
            taken, error = False, type(trouble).__name__
        now, this = self._now(), (message.key, way.id)
        notified.record(self._db, message.key, way.id, "sent" if taken else "failed", now)
        if taken:
            _log.warning("sent by the second way", way=way.name, key=message.key)
            return True
        self._failures[this] = self._failures.get(this, 0) + 1
        wait = min(LONGEST_WAIT, timedelta(seconds=15) * 2 ** min(self._failures[this], 7))
        self._resting[this] = Pause(now, now + wait)
        _log.error("the second way failed", way=way.name, key=message.key, error=error)
        return False


def _way(number: int, url: str) -> Way:
    """Open one address. An address is a secret: only its scheme is ever shown."""
    try:
        import apprise  # noqa: PLC0415 - an extra: it is needed only where it is used
    except ImportError:
        raise ConfigInvalid(
            (f"{PLACE}: apprise is not installed; run: pip install 'primary-night[notify]'",)
        ) from None
    # Its log holds addresses.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    name = f"{url.partition('://')[0][:20]}, address {number}"
    if _SLACK.search(url):
        # What it helps against is Slack being down; and Slack would read mentions in it.
        raise ConfigInvalid((f"{PLACE}: address {number} leads to Slack; name another service",))
    target = apprise.Apprise()
    if not target.add(url):
        raise ConfigInvalid(
            (f"{PLACE}: {name} is not understood; write it as apprise's page of the service says",)
        )

    async def send(title: str, body: str) -> bool:
        text = apprise.NotifyFormat.TEXT
        return bool(await target.async_notify(title=title, body=body, body_format=text))

    return Way(name, sha256(url.encode()).hexdigest()[:16], send)
