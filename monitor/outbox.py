"""The outbox: every message to staff, stored with its cause before anyone is told.

SQL only. The core puts posts inside its own transaction; the sender takes them by
compare-and-set and records what became of them, one committed transaction each:

    pending ─claim─► sending ─sent─► sent
       ▲                │
       │                ├─release──► pending   surely not taken, or looked up and not found
       │                ├─refused──► refused   never taken as it is; pending again at next start
       │                └─unknown──► sending   the answer was lost: look the key up before resending
       └── after_start

A process may die between any two lines. A row then still in `sending` is unknown.
Posts of one race in one channel go out in the order they were stored; posts
without a race likewise. A reply waits until its root was sent.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.database import moment_of, stamp, transaction
from monitor.errors import StoreFailure
from monitor.posts import Post, RowClass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database


@dataclass(frozen=True, slots=True)
class Row(Post):
    """One message as the sender reads it.

    `attempts`: claims so far. `first_claimed_at` and `claimed_at`: wall clock of
    the first and of the last claim.
    """

    row: int
    attempts: int
    first_claimed_at: datetime | None
    claimed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Thread:
    """A root that was sent: where replies go, and its text for those who read along."""

    key: str
    channel_id: str
    ts: str
    title: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message stands: Slack's channel id and message time, its name there."""

    channel_id: str
    ts: str


NO_LOOK_UP = "the look-up is refused"
"""How the error of a row begins that nobody can find out about until somebody acts."""

_TABLE = """
CREATE TABLE outbox (
    "row" INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    class TEXT NOT NULL CHECK (class IN ('outcome', 'update')),
    race TEXT,
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread TEXT REFERENCES outbox (key),
    text TEXT NOT NULL,
    blocks TEXT NOT NULL CHECK (json_valid(blocks)),
    at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'sending', 'sent', 'refused', 'superseded')),
    attempts INTEGER NOT NULL DEFAULT 0,
    first_claimed_at TEXT,
    claimed_at TEXT,
    not_before TEXT,
    channel_id TEXT,
    ts TEXT,
    error TEXT,
    body_digest TEXT NOT NULL
) STRICT
"""
# Every question below asks for unsent rows only, so its cost does not grow with the history.
_INDEX = """
CREATE INDEX outbox_unsent ON outbox (channel, race, "row")
WHERE state IN ('pending', 'sending', 'refused')
"""
_HEADS = """
SELECT p.* FROM outbox AS p
JOIN (
    SELECT min("row") AS head FROM outbox
    WHERE state IN ('pending', 'sending', 'refused')
    GROUP BY channel, race
) ON p."row" = head
LEFT JOIN outbox AS root ON root.key = p.thread
WHERE p.state = 'pending' AND (p.thread IS NULL OR root.state = 'sent')
"""
_UNSENT = "SELECT * FROM outbox WHERE state IN ('pending', 'sending', 'refused')"


def create(db: Database) -> None:
    """Make the table and its index; part of the store's migrations."""
    db.execute(_TABLE)
    db.execute(_INDEX)


def put(db: Database, post: Post) -> bool:
    """Store a post inside the caller's transaction; False when its key is there already.

    Raises `StoreFailure` when the key is there with another body: a key names one
    message for ever.
    """
    digest = body_digest(post)
    added = db.execute(
        "INSERT INTO outbox"
        " (key, class, race, kind, channel, thread, text, blocks, at, body_digest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING",
        (
            *(post.key, post.row_class.value, post.race, post.kind, post.channel),
            *(post.thread, post.text, post.blocks, stamp(post.at), digest),
        ),
    )
    if added.rowcount == 1:
        return True
    _refuse_other_body(db, post, digest)
    return False


def body_digest(post: Post) -> str:
    """Return the digest of what staff would read: text and blocks."""
    body = json.dumps([post.text, post.blocks], ensure_ascii=True)
    return hashlib.sha256(body.encode()).hexdigest()


def due(db: Database, wall_now: datetime) -> list[Row]:
    """Return what may be sent now: at most one row per race and channel, oldest first."""
    ready = db.query(
        _HEADS + ' AND (p.not_before IS NULL OR p.not_before <= ?) ORDER BY p."row"',
        (stamp(wall_now),),
    )
    return _rows(ready)


def movable(db: Database) -> bool:
    """Say whether time alone can still send something: rows behind a refused one do not count."""
    heads = next(iter(db.query(_HEADS + " LIMIT 1")), None)
    return heads is not None or bool(in_flight(db))


def waiting(db: Database) -> int:
    """Count the rows that were neither sent, refused nor superseded."""
    found = db.execute(
        # The first condition is the index's own; the second says what is counted.
        "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'refused')"
        " AND state <> 'refused'"
    )
    return int(found.fetchone()[0])


def in_flight(db: Database) -> list[Row]:
    """Return the claimed rows of which nothing is recorded yet, oldest first."""
    return _rows(db.query(_UNSENT + " AND state = 'sending' ORDER BY \"row\""))


def uncertain(db: Database, wall_now: datetime, quarantine_seconds: float) -> list[Row]:
    """Return the claimed rows that no late accept can still change: they may be looked up."""
    horizon = wall_now - timedelta(seconds=quarantine_seconds)
    return [row for row in in_flight(db) if row.claimed_at and row.claimed_at <= horizon]


def thread_of(db: Database, key: str) -> Thread | None:
    """Return where replies to a root go, or None while it is not sent."""
    found = db.execute(
        "SELECT key, channel_id, ts, text FROM outbox WHERE key = ? AND state = 'sent'", (key,)
    ).fetchone()
    return Thread(*found) if found else None


def claim(db: Database, row: Row, wall_now: datetime) -> bool:
    """Take a pending row for sending; False when somebody else has it."""
    now = stamp(wall_now)
    with transaction(db):
        claimed = db.execute(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, claimed_at = ?,"
            " first_claimed_at = coalesce(first_claimed_at, ?), not_before = NULL"
            " WHERE \"row\" = ? AND state = 'pending'",
            (now, now, row.row),
        )
    return claimed.rowcount == 1


def sent(db: Database, row: Row, channel_id: str, ts: str) -> None:
    """Record that the message stands in the channel."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'sent', channel_id = ?, ts = ?, error = NULL"
        " WHERE \"row\" = ? AND state = 'sending'",
        (channel_id, ts),
    )


def release(db: Database, row: Row, error: str, not_before: datetime | None) -> None:
    """Give a row back that was surely not taken; it is tried again after `not_before`."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'pending', error = ?, not_before = ?"
        " WHERE \"row\" = ? AND state = 'sending'",
        (error, stamp(not_before) if not_before else None),
    )


def unknown(db: Database, row: Row, error: str) -> None:
    """Record that the answer was lost; the row stays in `sending` until it is looked up."""
    _settle(
        db,
        row,
        "UPDATE outbox SET error = ? WHERE \"row\" = ? AND state = 'sending'",
        (error,),
    )


def refused(db: Database, row: Row, error: str) -> None:
    """Record that the message is never taken as it is; what follows it in its line waits."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'refused', error = ? WHERE \"row\" = ? AND state = 'sending'",
        (error,),
    )


def refusals(db: Database) -> dict[str, str]:
    """Return, by channel, why messages were refused, or cannot be looked up, and wait there."""
    rows = db.execute(
        "SELECT channel, max(error) FROM outbox WHERE state IN ('pending', 'sending', 'refused')"
        " AND (state = 'refused' OR (state = 'sending' AND error LIKE ?)) GROUP BY channel",
        (f"{NO_LOOK_UP}%",),
    )
    return dict(rows.fetchall())


def after_start(db: Database) -> int:
    """Give refused rows one more chance, once per start; return how many.

    Rows a dead process left in `sending` need nothing here: `uncertain` finds them.
    """
    with transaction(db):
        again = db.execute(
            "UPDATE outbox SET state = 'pending', not_before = NULL"
            " WHERE state IN ('pending', 'sending', 'refused') AND state = 'refused'"
        )
    return again.rowcount


def _settle(db: Database, row: Row, sql: str, values: tuple[str | None, ...]) -> None:
    with transaction(db):
        changed = db.execute(sql, (*values, row.row)).rowcount
    if changed != 1:
        raise StoreFailure(
            f"outbox row {row.row} ({row.key}) is no longer being sent by us; "
            "does another sender use this database?"
        )


def _refuse_other_body(db: Database, post: Post, digest: str) -> None:
    (stored,) = db.execute("SELECT body_digest FROM outbox WHERE key = ?", (post.key,)).fetchone()
    if stored != digest:
        raise StoreFailure(
            f"key {post.key} ({post.kind} of {post.race}) stands in the outbox with another text; "
            "the stored one is kept"
        )


def _rows(found: Iterable[dict[str, Any]]) -> list[Row]:
    return [_row(values) for values in found]


def _row(values: dict[str, Any]) -> Row:
    return Row(
        key=values["key"],
        row_class=RowClass(values["class"]),
        race=values["race"],
        kind=values["kind"],
        channel=values["channel"],
        thread=values["thread"],
        text=values["text"],
        blocks=values["blocks"],
        at=moment_of(values["at"]),
        row=values["row"],
        attempts=values["attempts"],
        first_claimed_at=_moment(values["first_claimed_at"]),
        claimed_at=_moment(values["claimed_at"]),
    )


def _moment(text: str | None) -> datetime | None:
    return moment_of(text) if text else None
