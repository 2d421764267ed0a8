"""After hours in which nothing could be sent: one digest a race instead of a flood.

Only updates of a race's thread that wait since long are merged, and never across a message
that is not: outcomes, HOLD OFF, DO NOT USE, questions and roots keep their place. A digest
takes the place of the first row it stands for, in one transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import structlog

from monitor import outbox, sender_words
from monitor.database import moment_of, transaction
from monitor.events import Kind
from monitor.outbox import Row
from monitor.posts import DeskKind, Post, RowClass, post_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlite_utils import Database

MOST_UPDATES = 5
"""Unsent updates of a race in a channel that go out as they are."""
NEWEST = 3
"""How many of more than that go out as they are, behind the digest."""
LONG = timedelta(minutes=5)
"""How long the oldest must have waited: a burst is no outage."""

_MERGED = frozenset({
    Kind.FIRST_VOTES.value, Kind.COUNT_UPDATED.value, Kind.LEAD_CHANGED.value,
    Kind.COUNT_REVISED.value, Kind.COUNT_AMENDED.value, Kind.NOTE_ADDED.value,
    Kind.REPORT_HELD.value, Kind.HOLD_CLEARED.value, Kind.CLOSE_MOVED.value,
    Kind.SITE_DOWN.value, Kind.SITE_BACK.value, DeskKind.DIGEST.value,
})  # fmt: skip
_LINES = """
SELECT * FROM outbox WHERE state IN ('pending', 'sending', 'refused')
    AND race IS NOT NULL AND put_at IS NOT NULL AND (not_before IS NULL OR attempts > 0)
    AND channel IN (SELECT value FROM json_each(?)) ORDER BY channel, race, "row"
"""

_PULSES = """
SELECT key, channel, put_at FROM outbox WHERE state IN ('pending', 'sending', 'refused')
    AND state = 'pending' AND race IS NULL AND kind = ? AND put_at IS NOT NULL
    AND channel IN (SELECT value FROM json_each(?)) ORDER BY channel, +"row"
"""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An unsent row. `put_at`: when it was stored, on the wall clock."""

    row: Row
    state: str
    put_at: datetime

    @property
    def is_update(self) -> bool:
        """A reply of a kind that may be merged, and that is surely not taken by Slack."""
        row = self.row
        own = row.row_class is RowClass.UPDATE and row.thread is not None
        return own and row.kind in _MERGED and self.state == "pending"


def runs(line: Sequence[Waiting], now: datetime) -> list[tuple[Row, ...]]:
    """Return which rows of a race in a channel one digest each is to stand for. Pure."""
    updates = [one for one in line if one.is_update]
    if len(updates) <= MOST_UPDATES or now - updates[0].put_at < LONG:
        return []
    kept = {one.row.key for one in updates[-NEWEST:]}

    def mark(one: Waiting) -> str:
        return one.row.thread or "" if one.is_update and one.row.key not in kept else ""

    found = ((thread, tuple(one.row for one in rows)) for thread, rows in groupby(line, mark))
    return [rows for thread, rows in found if thread and len(rows) > 1]


def merge(db: Database, channels: Sequence[str], now: datetime, desk: str) -> int:
    """Let digests stand for what waits since long in these channels; return how many rows."""
    found = [_waiting(values) for values in db.query(_LINES, [json.dumps(channels)])]
    merged = 0
    for _, line in groupby(found, lambda one: (one.row.channel, one.row.race)):
        for rows in runs(list(line), now):
            _supersede(db, rows, desk)
            merged += len(rows)
    merged += _newest_pulse(db, channels, now)
    if merged:
        _log.warning("digests stand for what waited too long", rows=merged)
    return merged


def _newest_pulse(db: Database, channels: Sequence[str], now: datetime) -> int:
    """Let the newest pulse of a channel stand for those before it: it says how all races are."""
    given = (DeskKind.PULSE.value, json.dumps(channels))
    found = db.execute(_PULSES, given).fetchall()
    newest = {channel: key for key, channel, _ in found}
    old = [
        (newest[channel], key)
        for key, channel, put_at in found
        if key != newest[channel] and now - moment_of(put_at) >= LONG
    ]
    if old:
        with transaction(db):
            for by, key in old:
                _stand_for(db, by, key)
    return len(old)


def _supersede(db: Database, rows: tuple[Row, ...], desk: str) -> None:
    first = rows[0]
    told = list(_told(db, rows))
    text, blocks = sender_words.digest(told, desk)
    key = post_key("\x1f".join(("digest", *(row.key for row in rows))), first.channel)
    one = Post(
        key=key, row_class=RowClass.UPDATE, race=first.race, kind=DeskKind.DIGEST.value,
        channel=first.channel, thread=first.thread, text=text, blocks=blocks, at=rows[-1].at,
    )  # fmt: skip
    with transaction(db):
        # The order is the row number's: the digest takes the first one's.
        db.execute(
            'UPDATE outbox SET "row" = (SELECT max("row") + 1 FROM outbox) WHERE key = ?',
            (first.key,),
        )
        outbox.put(db, one)
        db.execute('UPDATE outbox SET "row" = ? WHERE key = ?', (first.row, key))
        for row in (*rows, *told):
            _stand_for(db, key, row.key)


def without(db: Database, digest: Row, kinds: frozenset[str], desk: str) -> Row | None:
    """Return a message for those who do not read some kinds, None where nothing is left of it.

    Of a digest, what it stands for is told without them; any other one is of such a kind.
    """
    if digest.kind != DeskKind.DIGEST.value:
        return None
    told = [row for row in _told(db, (digest,)) if row.kind not in kinds | {digest.kind}]
    if len(told) <= 1:
        return replace(digest, text=told[0].text, blocks=told[0].blocks) if told else None
    text, blocks = sender_words.digest(told, desk)
    return replace(digest, text=text, blocks=blocks)


def _stand_for(db: Database, by: str, key: str) -> None:
    """Record which row stands for another, inside a transaction."""
    db.execute(
        "UPDATE outbox SET state = 'superseded', superseded_by = ?, error = NULL WHERE key = ?",
        (by, key),
    )


def _told(db: Database, rows: Iterable[Row]) -> Iterator[Row]:
    """Return the rows that are told: of a digest that never went out, those it stood for."""
    for row in rows:
        if row.kind != DeskKind.DIGEST.value:
            yield row
            continue
        inside = db.query(
            'SELECT * FROM outbox WHERE superseded_by = ? ORDER BY at, "row"', [row.key]
        )
        yield from (outbox.row_of(values) for values in inside)


def _waiting(values: dict[str, Any]) -> Waiting:
    return Waiting(outbox.row_of(values), values["state"], moment_of(values["put_at"]))
