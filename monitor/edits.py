"""What messages that stand in Slack are to say now: one row a message, newest wins. SQL only.

The row keeps what is wanted and the digest of what Slack has taken; where they differ the
sender edits. It has no history: what it said before nobody needs. `since` is when a message
began to be behind, so that one that changes often never waits for ever.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.database import moment_of, stamp, transaction
from monitor.pauses import LONGEST
from monitor.posts import DeskKind, Edit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

_TABLE = """
CREATE TABLE edits (
    key TEXT PRIMARY KEY REFERENCES outbox (key), channel TEXT NOT NULL, text TEXT NOT NULL,
    blocks TEXT NOT NULL CHECK (json_valid(blocks)), at TEXT NOT NULL, digest TEXT NOT NULL,
    since TEXT NOT NULL, sent_digest TEXT, not_before TEXT,
    is_gone INTEGER NOT NULL DEFAULT 0, error TEXT
) STRICT
"""
# A cross join is read from the left: the edits are few, the messages of a night are not.
_BEHIND = """
FROM edits AS e CROSS JOIN outbox AS o ON o.key = e.key
WHERE o.state = 'sent' AND e.is_gone = 0 AND e.digest IS NOT e.sent_digest
"""
_DUE = f"""
SELECT e.key, e.channel, e.text, e.blocks, e.at, e.digest, o.channel_id, o.ts, o.race
{_BEHIND} AND (e.not_before IS NULL OR e.not_before <= ? OR e.not_before > ?)
ORDER BY e.since, e.key
"""


@dataclass(frozen=True, slots=True)
class Due:
    """An edit that can be made now, and where its message stands."""

    edit: Edit
    digest: str
    channel_id: str
    ts: str
    race: str | None


def create(db: Database) -> None:
    """Make the table; part of the store's migrations."""
    db.execute(_TABLE)


def digest_of(text: str, blocks: str) -> str:
    """Return the digest of what a message says."""
    return hashlib.sha256(json.dumps([text, blocks]).encode()).hexdigest()


def put(db: Database, edit: Edit) -> None:
    """Say what a message is to say now, inside the caller's transaction.

    Its post must stand in the outbox already. One nobody can edit any more stays as it is.
    """
    db.execute(
        "INSERT INTO edits (key, channel, text, blocks, at, digest, since)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (key) DO UPDATE SET text = excluded.text, blocks = excluded.blocks,"
        " at = excluded.at, digest = excluded.digest, since ="
        " CASE WHEN edits.digest IS edits.sent_digest THEN excluded.since ELSE edits.since END",
        (
            *(edit.key, edit.channel, edit.text, edit.blocks, stamp(edit.at)),
            *(digest_of(edit.text, edit.blocks), stamp(edit.at)),
        ),
    )


def wanted(db: Database, key: str) -> Edit | None:
    """Return what a message is to say now, None while it was never to be edited."""
    found = db.execute(
        "SELECT key, channel, text, blocks, at FROM edits WHERE key = ?", (key,)
    ).fetchone()
    return _edit(*found) if found else None


def is_gone(db: Database, key: str) -> bool:
    """Say whether a message cannot be edited any more: what is still to be said needs another."""
    found = db.execute("SELECT is_gone FROM edits WHERE key = ?", (key,)).fetchone()
    return bool(found and found[0])


def is_behind(db: Database) -> bool:
    """Say whether a message that stands in Slack says something else than it is to say."""
    return db.execute(f"SELECT 1 {_BEHIND} LIMIT 1").fetchone() is not None


def due(db: Database, wall_now: datetime) -> list[Due]:
    """Return the edits that can be made now, those longest behind first."""
    rows = db.execute(_DUE, (stamp(wall_now), stamp(wall_now + LONGEST))).fetchall()
    return [Due(_edit(*row[:5]), *row[5:]) for row in rows]


def begin(db: Database, one: Due) -> None:
    """Record that an edit is being made: until its answer nobody knows what the message says."""
    with transaction(db):
        db.execute(
            "UPDATE edits SET sent_digest = NULL WHERE key = ? AND sent_digest IS NOT NULL",
            (one.edit.key,),
        )


def made(db: Database, one: Due) -> None:
    """Record that Slack has taken an edit."""
    with transaction(db):
        db.execute(
            "UPDATE edits SET sent_digest = ?, error = NULL, not_before = NULL, since = at"
            " WHERE key = ?",
            (one.digest, one.edit.key),
        )


def delayed(db: Database, one: Due, error: str, not_before: datetime) -> None:
    """Record that an edit was not taken; it is tried again after a while."""
    with transaction(db):
        db.execute(
            "UPDATE edits SET error = ?, not_before = ? WHERE key = ?",
            (error, stamp(not_before), one.edit.key),
        )


def refused(db: Database, one: Due, error: str) -> None:
    """Record that Slack does not take an edit as it is; what is wanted next is tried again."""
    with transaction(db):
        db.execute(
            "UPDATE edits SET sent_digest = ?, error = ?, since = at WHERE key = ?",
            (one.digest, error, one.edit.key),
        )


def gone(db: Database, one: Due, error: str) -> None:
    """Record, in the caller's transaction, that a message is not there any more."""
    db.execute("UPDATE edits SET is_gone = 1, error = ? WHERE key = ?", (error, one.edit.key))


def scoreboard_of(db: Database, channel: str) -> tuple[str, str] | None:
    """Return the channel id and time of a channel's scoreboard, None where none stands."""
    found = db.execute(
        # As above: every board is pinned, and little else.
        "SELECT o.channel_id, o.ts FROM chores AS c CROSS JOIN outbox AS o ON o.key = c.key"
        " LEFT JOIN edits AS e ON e.key = o.key WHERE c.kind = 'pin' AND o.channel = ?"
        " AND o.kind = ? AND o.state = 'sent' AND coalesce(e.is_gone, 0) = 0"
        ' ORDER BY o."row" DESC LIMIT 1',
        (channel, DeskKind.SCOREBOARD.value),
    ).fetchone()
    return (found[0], found[1]) if found else None


def thread_told(db: Database, one: Due) -> tuple[str | None, str]:
    """Return the root of the race's thread in a message's channel, and what the message said."""
    root = db.execute(
        "SELECT thread FROM outbox WHERE race = ? AND channel = ? AND thread IS NOT NULL"
        ' ORDER BY "row" DESC LIMIT 1',
        (one.race, one.edit.channel),
    ).fetchone()
    (said,) = db.execute("SELECT text FROM outbox WHERE key = ?", (one.edit.key,)).fetchone()
    return (root[0] if root else None), said


def _edit(key: str, channel: str, text: str, blocks: str, at: str) -> Edit:
    return Edit(key, channel, text, blocks, moment_of(at))
