"""The outbox: every message to staff, stored with its cause before anyone is told.

SQL only. The core puts posts inside its own transaction; the sender takes them by
compare-and-set and records what became of them, one committed transaction each:

    pending ─claim─► sending ─sent─► sent
       ▲                │
       │                ├─release──► pending   surely not taken, or looked up and not found
       │                ├─refused──► refused   never taken as it is; pending again at next start
       │                ├─left_out─► superseded   not for this channel, with the reason
       │                └─unknown──► sending   the answer was lost: look the key up before resending
       └── after_start

After a long outage many pending rows become `superseded` by one (`outbox_digest`).

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
    """Where a message stands: Slack's channel id and message time, its name there.

    `is_adrift`: a reply that stands in the channel, because somebody deleted its root.
    """

    channel_id: str
    ts: str
    is_adrift: bool = False


NO_LOOK_UP = "the look-up is refused"
"""How the error of a row begins that nobody can find out about until somebody acts."""

# Every question below asks for unsent rows only, so its cost does not grow with the history.
_KEPT_BACK = "p.not_before IS NOT NULL AND p.attempts = 0"
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
# The plus keeps SQLite from walking the whole table in the order that is asked for.
_IN_FLIGHT = """
SELECT * FROM outbox WHERE state IN ('pending', 'sending', 'refused') AND state = 'sending'
ORDER BY +"row"
"""


def put(db: Database, post: Post) -> bool:
    """Store a post inside the caller's transaction; False when its key is there already.

    Raises `StoreFailure` when the key is there with another body: a key names one
    message for ever.
    """
    digest = body_digest(post)
    added = db.execute(
        "INSERT INTO outbox"
        " (key, class, race, kind, channel, thread, text, blocks, at, body_digest, put_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))"
        " ON CONFLICT (key) DO NOTHING",
        (
            *(post.key, post.row_class.value, post.race, post.kind, post.channel),
            *(post.thread, post.text, post.blocks, stamp(post.at), digest),
        ),
    )
    if added.rowcount == 1:
        return True
    _refuse_other_body(db, post, digest)
    return False


def hold_back(db: Database, post: Post, until: datetime) -> None:
    """Keep a message that nobody has tried to send until a moment of the wall clock."""
    db.execute(
        "UPDATE outbox SET not_before = ? WHERE key = ? AND state = 'pending' AND attempts = 0",
        (stamp(until), post.key),
    )


def let_go(db: Database, post: Post) -> None:
    """Let everything go that was kept back before a message, so that it waits for nothing."""
    db.execute(
        "UPDATE outbox SET not_before = NULL WHERE state = 'pending' AND attempts = 0"
        " AND state IN ('pending', 'sending', 'refused')"
        " AND channel = ? AND race IS ? AND not_before IS NOT NULL",
        (post.channel, post.race),
    )


def body_digest(post: Post) -> str:
    """Return the digest of what staff would read: text and blocks."""
    body = json.dumps([post.text, post.blocks], ensure_ascii=True)
    return hashlib.sha256(body.encode()).hexdigest()


def due(db: Database, wall_now: datetime) -> list[Row]:
    """Return what may be sent now: at most one row per race and channel, oldest first."""
    ready = db.query(
        # A try later than now: the clock was set back, and a wait must not last as long as that.
        _HEADS + " AND (p.not_before IS NULL OR p.not_before <= ? OR p.claimed_at > ?)"
        ' ORDER BY p."row"',
        (stamp(wall_now), stamp(wall_now)),
    )
    return _rows(ready)


def movable(db: Database) -> bool:
    """Say whether time alone can still send something soon.

    Rows behind a refused one do not count, nor what is kept back until the morning.
    """
    heads = next(iter(db.query(_HEADS + " AND NOT (" + _KEPT_BACK + ") LIMIT 1")), None)
    return heads is not None or bool(in_flight(db))


def kept_back(db: Database) -> int:
    """Count the rows that nobody has tried to send: quiet hours hold them."""
    found = db.execute(
        "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'refused')"
        " AND state = 'pending' AND not_before IS NOT NULL AND attempts = 0"
    )
    return int(found.fetchone()[0])


def waiting(db: Database) -> int:
    """Count the rows that were neither sent, refused nor superseded."""
    found = db.execute(
        # The first condition is the index's own; the second says what is counted.
        "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending', 'refused')"
        " AND state <> 'refused'"
    )
    return int(found.fetchone()[0])


def channels(db: Database) -> list[str]:
    """Return the channels that something unsent is for."""
    found = db.execute(
        "SELECT DISTINCT channel FROM outbox WHERE state IN ('pending', 'sending', 'refused')"
    )
    return [str(channel) for (channel,) in found.fetchall()]


def in_flight(db: Database) -> list[Row]:
    """Return the claimed rows of which nothing is recorded yet, oldest first."""
    return _rows(db.query(_IN_FLIGHT))


def uncertain(db: Database, wall_now: datetime, quarantine_seconds: float) -> list[Row]:
    """Return the claimed rows that no late accept can still change: they may be looked up."""
    horizon = wall_now - timedelta(seconds=quarantine_seconds)
    claimed = in_flight(db)
    if any(row.claimed_at and row.claimed_at > wall_now for row in claimed):
        _begin_anew(db, wall_now)
    return [row for row in claimed if row.claimed_at and row.claimed_at <= horizon]


def _begin_anew(db: Database, wall_now: datetime) -> None:
    """Let the quarantine of rows begin now that were claimed before our clock was set back."""
    now = stamp(wall_now)
    with transaction(db):
        db.execute(
            # It is looked for from its first claim on, which was no later than now either.
            "UPDATE outbox SET claimed_at = ?1, first_claimed_at = min(first_claimed_at, ?1)"
            " WHERE state IN ('pending', 'sending', 'refused') AND state = 'sending'"
            " AND claimed_at > ?1",
            (now,),
        )


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
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, claimed_at = ?2,"
            " first_claimed_at = min(coalesce(first_claimed_at, ?2), ?2), not_before = NULL"
            " WHERE key = ?1 AND state = 'pending'",
            (row.key, now),
        )
    return claimed.rowcount == 1


def sent(db: Database, row: Row, channel_id: str, ts: str) -> None:
    """Record that the message stands in the channel."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'sent', channel_id = ?, ts = ?, error = NULL"
        " WHERE key = ? AND state = 'sending'",
        (channel_id, ts),
    )


def hang_on(db: Database, root: str, ts: str) -> None:
    """Let later replies to a root that is gone go below the message that came adrift."""
    with transaction(db):
        db.execute("UPDATE outbox SET ts = ? WHERE key = ? AND state = 'sent'", (ts, root))


def release(db: Database, row: Row, error: str, not_before: datetime | None) -> None:
    """Give a row back that was surely not taken; it is tried again after `not_before`."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'pending', error = ?, not_before = ?"
        " WHERE key = ? AND state = 'sending'",
        (error, stamp(not_before) if not_before else None),
    )


def unknown(db: Database, row: Row, error: str) -> None:
    """Record that the answer was lost; the row stays in `sending` until it is looked up."""
    _settle(
        db,
        row,
        "UPDATE outbox SET error = ? WHERE key = ? AND state = 'sending'",
        (error,),
    )


def refused(db: Database, row: Row, error: str) -> None:
    """Record that the message is never taken as it is; what follows it in its line waits."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'refused', error = ? WHERE key = ? AND state = 'sending'",
        (error,),
    )


def left_out(db: Database, row: Row, reason: str) -> None:
    """Record that a message is not for its channel; what follows it goes on."""
    _settle(
        db,
        row,
        "UPDATE outbox SET state = 'superseded', error = ? WHERE key = ? AND state = 'sending'",
        (reason,),
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
        changed = db.execute(sql, (*values, row.key)).rowcount
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
    return [row_of(values) for values in found]


def row_of(values: dict[str, Any]) -> Row:
    """Read a row of the table."""
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
