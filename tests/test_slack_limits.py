"""A whole night within Slack's published limits, shown by its numbers, on a virtual clock.

One message a second a channel, edits Tier 3 (fifty a minute for the whole app), and nothing
behind by more than a minute.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlite_utils import Database

from monitor import edits
from monitor.database import transaction
from monitor.deliver import Deliverer
from monitor.outbox import Sent
from monitor.posts import DeskKind, Edit, RowClass
from monitor.sending import SLACK_PACE
from tests.posts import Clock, a_post, fresh, put, states

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from monitor import chores
    from monitor.outbox import Row, Thread

RACES = 15
MINUTES = 6 * 60
CHANNELS = ("#primary-night", "#coalition")
LATENCY = 0.15
"""Seconds a call takes, longer than Slack usually needs."""


@dataclass(slots=True)
class Watched:
    """A Slack that takes everything in `LATENCY` and writes down when it was asked."""

    clock: Clock
    calls: list[tuple[datetime, str, str, str]] = field(default_factory=list)

    def _take(self, method: str, channel: str, what: str) -> None:
        self.calls.append((self.clock(), method, channel, what))
        self.clock.push(LATENCY)

    def place(self, channel: str) -> str:
        """Return the channel itself."""
        return channel

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Take a post."""
        del thread
        self._take("chat.postMessage", row.channel, row.key)
        return Sent(row.channel, str(len(self.calls)))

    async def edit(self, one: edits.Due) -> None:
        """Take an edit."""
        self._take("chat.update", one.edit.channel, f"{one.edit.key} {one.edit.text}")

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Find nothing: nothing is ever lost here."""
        del rows, threads
        return {}

    async def is_shared(self, channel: str) -> bool:
        """Share no channel."""
        del channel
        return False

    async def link(self, sent: Sent) -> str | None:
        """Know no address."""
        del sent
        return None

    async def pin(self, one: chores.Due) -> None:
        """Take a pin."""

    async def file(self, one: chores.Due) -> None:
        """Take a file."""

    async def has_file(self, one: chores.Due) -> bool:
        """Hold no file."""
        del one
        return False

    def times(self, method: str, channel: str | None = None) -> list[datetime]:
        """Return when a method was called, of one channel or of all."""
        return [at for at, m, c, _ in self.calls if m == method and channel in {c, None}]


@dataclass(slots=True)
class Desk:
    """Puts a night into the outbox minute by minute, and remembers when."""

    db: Database
    put_at: dict[str, datetime] = field(default_factory=dict)

    def begin(self, now: datetime) -> None:
        """Put the scoreboards and the roots."""
        for channel in CHANNELS:
            board = a_post(
                f"board {channel}", channel=channel, race=None, kind=DeskKind.SCOREBOARD.value
            )
            roots = [
                a_post(f"root {race} {channel}", race=str(race), channel=channel)
                for race in range(RACES)
            ]
            put(self.db, board, *roots)
            self.put_at |= {one.key: now for one in (board, *roots)}

    def minute(self, number: int, now: datetime) -> None:
        """Put an update a race, the scoreboard's new wording, and in one minute every outcome."""
        for channel in CHANNELS:
            with transaction(self.db):
                text = f"minute {number}"
                edits.put(self.db, Edit(f"board {channel}", channel, text, "[]", now))
            self.put_at[f"board {channel} {text}"] = now
            for race in range(RACES):
                is_outcome = number == MINUTES // 2
                one = a_post(
                    f"{number} {race} {channel}",
                    race=str(race),
                    channel=channel,
                    thread=None if is_outcome else f"root {race} {channel}",
                    kind="race-won" if is_outcome else "count-updated",
                    row_class=RowClass.OUTCOME if is_outcome else RowClass.UPDATE,
                    at=now,
                )
                put(self.db, one)
                self.put_at[one.key] = now


def most_in(times: Sequence[datetime], window: timedelta) -> int:
    """Return the most calls in any window of this length."""
    return max(bisect_left(times, at + window) - n for n, at in enumerate(times))


async def test_a_night_of_fifteen_races_stays_within_slacks_limits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two channels, an update a race a minute, scoreboards every minute, outcomes in a burst."""
    with closing(fresh(tmp_path / "night.db")) as db:
        # Only commits' durability costs time here, and no crash is looked at.
        db.execute("PRAGMA synchronous = OFF")
        clock = Clock(datetime(2026, 11, 4, 1, 0, tzinfo=UTC))
        slack, desk, start = Watched(clock), Desk(db), clock.now
        sender = Deliverer(
            db, slack, clock, pace_seconds=SLACK_PACE, quarantine_seconds=30, sleep=clock.sleep
        )
        desk.begin(clock())
        await sender.settle()
        for number in range(MINUTES):
            clock.now = max(clock.now, start + timedelta(minutes=number + 1))
            desk.minute(number, start + timedelta(minutes=number + 1))
            await sender.settle(final=True)
        assert set(states(db).values()) == {"sent"}
    told = Counter(method for _, method, _, _ in slack.calls)
    behind = defaultdict(list)
    for at, method, _, what in slack.calls:
        behind[method].append((at - desk.put_at[what]).total_seconds())
    posts = {channel: slack.times("chat.postMessage", channel) for channel in CHANNELS}
    gap = min((b - a).total_seconds() for times in posts.values() for a, b in pairwise(times))
    edited = slack.times("chat.update")
    with capsys.disabled():
        print(  # noqa: T201 - the numbers are what was asked for
            f"\n{RACES} races, {len(CHANNELS)} channels, {MINUTES // 60} hours: "
            f"{told['chat.postMessage']} posts, {told['chat.update']} edits\n"
            f"  posts to one channel: {gap:.2f} s apart at least (limit 1 s)\n"
            f"  edits in a minute: {most_in(edited, timedelta(minutes=1))} at most (limit 50)\n"
            f"  behind: posts {max(behind['chat.postMessage']):.1f} s, "
            f"edits {max(behind['chat.update']):.1f} s at most (limit 60 s)"
        )
    assert told["chat.postMessage"] == len(CHANNELS) * (RACES * (MINUTES + 1) + 1)
    assert all(most_in(times, timedelta(seconds=1)) == 1 for times in posts.values())
    assert most_in(edited, timedelta(minutes=1)) <= 50
    assert max(max(waits) for waits in behind.values()) < 60


@pytest.mark.parametrize("messages", [46])
async def test_as_many_messages_as_slack_allows_are_edited_within_the_minute(
    tmp_path: Path, messages: int
) -> None:
    """Outcomes and questions whose buttons all change at once: still no more than fifty."""
    with closing(fresh(tmp_path / "night.db")) as db:
        db.execute("PRAGMA synchronous = OFF")
        clock = Clock(datetime(2026, 11, 4, 1, 0, tzinfo=UTC))
        slack = Watched(clock)
        sender = Deliverer(
            db, slack, clock, pace_seconds=SLACK_PACE, quarantine_seconds=30, sleep=clock.sleep
        )
        put(db, *(a_post(f"m{number}", race=str(number)) for number in range(messages)))
        await sender.settle()
        for _ in range(3):
            start = clock.now
            with transaction(db):
                for number in range(messages):
                    edits.put(db, Edit(f"m{number}", "#da-races", str(start), "[]", start))
            await sender.settle(final=True)
            assert (slack.times("chat.update")[-1] - start).total_seconds() <= 60
            clock.now = max(clock.now, start + timedelta(minutes=1))
    edited = slack.times("chat.update")
    assert len(edited) == 3 * messages
    assert most_in(edited, timedelta(minutes=1)) <= 50
