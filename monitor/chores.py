"""What is done to messages beside sending them: pins and files. SQL only.

Each is done after its message was sent, and once; one that Slack refuses for good is given
up, with the reason kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.database import stamp, transaction
from monitor.pauses import LONGEST
from monitor.posts import Chore, ChoreKind

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

_TABLE = """
CREATE TABLE chores (
    key TEXT NOT NULL REFERENCES outbox (key), kind TEXT NOT NULL CHECK (kind IN ('pin', 'file')),
    name TEXT NOT NULL, content TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'given-up')),
    attempts INTEGER NOT NULL DEFAULT 0, not_before TEXT, error TEXT,
    PRIMARY KEY (key, kind, name)
) STRICT
"""
# A cross join is read from the left: the chores are few, the messages of a night are not.
_DUE = """
SELECT c.kind, c.key, c.name, c.content, o.channel, o.channel_id, o.ts,
    coalesce(root.ts, o.ts), c.attempts
FROM chores AS c CROSS JOIN outbox AS o ON o.key = c.key
LEFT JOIN outbox AS root ON root.key = o.thread
WHERE c.state = 'pending' AND o.state = 'sent'
    AND (c.not_before IS NULL OR c.not_before <= ? OR c.not_before > ?)
ORDER BY o."row", c.kind, c.name
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A chore that can be done now, and where its message stands.

    `thread_ts`: of the root of its thread. `attempts`: so far; after the first one nobody
    knows without looking whether it was done.
    """

    chore: Chore
    channel: str
    channel_id: str
    ts: str
    thread_ts: str
    attempts: int


def create(db: Database) -> None:
    """Make the table; part of the store's migrations."""
    db.execute(_TABLE)


def put(db: Database, chore: Chore) -> None:
    """Store a chore inside the caller's transaction, once."""
    db.execute(
        "INSERT INTO chores (key, kind, name, content) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (chore.key, chore.kind.value, chore.name, chore.content),
    )


def due(db: Database, wall_now: datetime) -> list[Due]:
    """Return the chores that can be done now."""
    rows = db.execute(
        _DUE,
        (stamp(wall_now), stamp(wall_now + LONGEST)),
    ).fetchall()
    return [Due(Chore(ChoreKind(row[0]), *row[1:4]), *row[4:]) for row in rows]


def is_waiting(db: Database) -> bool:
    """Say whether a chore on a message that stands in Slack is not done yet."""
    found = db.execute(
        "SELECT 1 FROM chores AS c CROSS JOIN outbox AS o ON o.key = c.key"
        " WHERE c.state = 'pending' AND o.state = 'sent' LIMIT 1"
    )
    return found.fetchone() is not None


def refusals(db: Database) -> dict[str, str]:
    """Return, by channel, why a pin or a file was given up."""
    rows = db.execute(
        "SELECT o.channel, max(c.error) FROM chores AS c CROSS JOIN outbox AS o ON o.key = c.key"
        " WHERE c.state = 'given-up' GROUP BY o.channel"
    )
    return dict(rows.fetchall())


def begin(db: Database, one: Due) -> None:
    """Record that a chore is being done: a process may die before it knows."""
    with transaction(db):
        db.execute(
            "UPDATE chores SET attempts = attempts + 1 WHERE key = ? AND kind = ? AND name = ?",
            (one.chore.key, one.chore.kind.value, one.chore.name),
        )


def done(db: Database, one: Due) -> None:
    """Record that a chore is done."""
    _record(db, one, "done", "", None)


def delayed(db: Database, one: Due, error: str, not_before: datetime) -> None:
    """Record that a chore was not done; it is tried again after a while."""
    _record(db, one, "pending", error, not_before)


def given_up(db: Database, one: Due, error: str) -> None:
    """Record that a chore can never be done, and why."""
    _record(db, one, "given-up", error, None)


def _record(db: Database, one: Due, state: str, error: str, again: datetime | None) -> None:
    with transaction(db):
        db.execute(
            "UPDATE chores SET state = ?, error = ?, not_before = ?"
            " WHERE key = ? AND kind = ? AND name = ?",
            (
                *(state, error or None, stamp(again) if again else None),
                *(one.chore.key, one.chore.kind.value, one.chore.name),
            ),
        )
