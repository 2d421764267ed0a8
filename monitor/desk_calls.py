"""Writes what comes by the clock: roll calls, pulses and morning reports, each once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from monitor import chores
from monitor.database import moment_of, stamp
from monitor.desk import REPORTED_FOR, roll_call_at
from monitor.events import Kind
from monitor.morning import Morning, Outage, facts_of, report, report_key
from monitor.pulse import Mark, marks_of, pulse, pulse_key
from monitor.roll_call import roll_call, roll_call_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.desk import Marks
    from monitor.posts import Post
    from monitor.race_view import RaceView
    from monitor.races import Channel, SlackConfig
    from monitor.store import Store


@dataclass(frozen=True, slots=True)
class _Reported:
    """The last report of a channel: when it was, and what it said of each race."""

    at: datetime
    facts: dict[str, str]


_MARKS = TypeAdapter(tuple[Mark, ...])
_REPORTED = TypeAdapter(_Reported)


class Calls:
    """What comes by the clock, over one store; all inside the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(
        self,
        views: Sequence[RaceView],
        slack: SlackConfig,
        channel: Channel,
        marks: Marks,
        now: datetime,
    ) -> bool:
        """Write what is due in a channel; say whether anything was."""
        written = self._roll_calls(views, slack, channel, now)
        if marks.pulse is not None:
            written |= self._pulse(views, channel, marks.pulse, now)
        if marks.report is not None:
            written |= self._report(views, slack, channel, marks.report, now)
        return written

    def put(self, post: Post | None) -> bool:
        """Write a message once; say whether it is new."""
        if post is None or self._store.has_post(post.key):
            return False
        self._store.put((post,))
        return True

    def _roll_calls(
        self, views: Sequence[RaceView], slack: SlackConfig, channel: Channel, now: datetime
    ) -> bool:
        """Call the roll of each date whose hour before the channel's first close has come."""
        by_date: dict[date, list[RaceView]] = defaultdict(list)
        for view in views:
            by_date[view.watched.race.election.date].append(view)
        written = False
        for day, of_day in by_date.items():
            closes = [view.closes_at for view in of_day]
            if not roll_call_at(closes) <= now < min(closes):
                continue
            if not self._store.has_post(roll_call_key(channel.name, day)):
                written |= self.put(roll_call(of_day, slack, channel, day, now))
        return written

    def _pulse(
        self, views: Sequence[RaceView], channel: Channel, at: datetime, now: datetime
    ) -> bool:
        if self._store.has_post(pulse_key(channel.name, at)):
            return False
        key = f"desk-pulse:{channel.name}"
        before = _MARKS.validate_json(self._store.meta(key) or "[]")
        written = self.put(pulse(views, channel, before, at, now))
        if written:
            marks = marks_of(views, channel)
            self._store.set_meta(key, _MARKS.dump_json(marks).decode())
        return written

    def _report(
        self,
        views: Sequence[RaceView],
        slack: SlackConfig,
        channel: Channel,
        at: datetime,
        now: datetime,
    ) -> bool:
        if self._store.has_post(report_key(channel.name, at)):
            return False
        key = f"desk-report:{channel.name}"
        stored = self._store.meta(key)
        last = _REPORTED.validate_json(stored) if stored else _Reported(at - timedelta(days=1), {})
        sources = {one.id for view in views for one in view.sources}
        morning = Morning(
            at,
            last.facts,
            # A first report may be late by days: what nobody was reminded of stands in it.
            self._withdrawn(channel.name, last.at if stored else at - REPORTED_FOR),
            self._outages(sources, last.at),
        )
        posts, files = report(views, slack, channel, morning, now)
        for post in posts:
            self.put(post)
        for chore in files:
            chores.put(self._store.db, chore)
        if posts:
            reported = _Reported(now, facts_of(views, channel))
            self._store.set_meta(key, _REPORTED.dump_json(reported).decode())
        return bool(posts)

    def _withdrawn(self, channel: str, since: datetime) -> tuple[str, ...]:
        rows = self._store.db.execute(
            "SELECT text FROM outbox WHERE race IN (SELECT id FROM races) AND kind = ?"
            ' AND thread IS NULL AND channel = ? AND at > ? ORDER BY +"row"',
            [Kind.OUTCOME_RETRACTED.value, channel, stamp(since)],
        )
        return tuple(text for (text,) in rows)

    def _outages(self, sources: Iterable[str], since: datetime) -> tuple[Outage, ...]:
        """Return the outages ops were told of that lasted into the time since a moment."""
        rows = self._store.db.execute(
            'SELECT kind, source, at FROM events WHERE kind IN (?, ?) ORDER BY "row"',
            [Kind.SOURCE_BROKEN.value, Kind.SOURCE_RECOVERED.value],
        ).fetchall()
        found: dict[str, list[Outage]] = defaultdict(list)
        for kind, source, at in rows:
            if kind == Kind.SOURCE_BROKEN.value:
                found[source].append(Outage(source, moment_of(at), None))
            elif found[source]:
                found[source][-1] = Outage(source, found[source][-1].since, moment_of(at))
        every = [one for source in sources for one in found.get(source, ())]
        lasted = [one for one in every if one.until is None or one.until > since]
        return tuple(sorted(lasted, key=lambda one: (one.since, one.source)))
