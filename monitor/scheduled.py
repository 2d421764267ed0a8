"""The dead man's messages that Slack holds for us, each until it is surely gone. SQL only.

A channel may have more than one for a moment: the new one is recorded before the old one
is taken back, so that one that went out is always known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.database import moment_of, stamp, transaction

if TYPE_CHECKING:
    from sqlite_utils import Database

_TABLE = """
CREATE TABLE scheduled (
    channel TEXT NOT NULL, channel_id TEXT NOT NULL, id TEXT NOT NULL, post_at TEXT NOT NULL,
    is_out INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (channel, id)
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A message Slack posts at `post_at` unless it is taken back. `id` is Slack's.

    `is_out`: it was posted, and nobody was told yet that the bot is back.
    """

    channel: str
    channel_id: str
    id: str
    post_at: datetime
    is_out: bool = False


def create(db: Database) -> None:
    """Make the table; part of the store's migrations."""
    db.execute(_TABLE)


def read(db: Database) -> list[Scheduled]:
    """Return what Slack holds for us or has posted, as far as we know, soonest first."""
    rows = db.execute(
        "SELECT channel, channel_id, id, post_at, is_out FROM scheduled ORDER BY post_at, id"
    )
    return [
        Scheduled(channel, channel_id, name, moment_of(post_at), bool(is_out))
        for channel, channel_id, name, post_at, is_out in rows.fetchall()
    ]


def keep(db: Database, one: Scheduled) -> None:
    """Record a message that stands for a channel now."""
    with transaction(db):
        db.execute(
            "INSERT OR IGNORE INTO scheduled (channel, channel_id, id, post_at)"
            " VALUES (?, ?, ?, ?)",
            (one.channel, one.channel_id, one.id, stamp(one.post_at)),
        )


def went_out(db: Database, one: Scheduled) -> None:
    """Record that Slack has posted a message."""
    with transaction(db):
        db.execute(
            "UPDATE scheduled SET is_out = 1 WHERE channel = ? AND id = ?", (one.channel, one.id)
        )


def forget(db: Database, channel: str, name: str) -> None:
    """Record that a message does not stand any more."""
    with transaction(db):
        db.execute("DELETE FROM scheduled WHERE channel = ? AND id = ?", (channel, name))


def told_back(db: Database, channel: str) -> None:
    """Forget the posted messages of a channel, inside the caller's transaction."""
    db.execute("DELETE FROM scheduled WHERE channel = ? AND is_out", (channel,))
