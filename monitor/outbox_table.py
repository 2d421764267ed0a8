"""The table behind the outbox, as the store's migrations make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

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
# The sender asks for unsent rows only, so its cost does not grow with the history.
_INDEX = """
CREATE INDEX outbox_unsent ON outbox (channel, race, "row")
WHERE state IN ('pending', 'sending', 'refused')
"""


# What stands at top level is little beside the threads: outcomes and boards are found there.
_TOP = "CREATE INDEX outbox_top ON outbox (race, kind) WHERE thread IS NULL"
_DIGESTED = """
CREATE INDEX outbox_digested ON outbox (superseded_by) WHERE superseded_by IS NOT NULL
"""


def create(db: Database) -> None:
    """Make the table and its index; part of the store's migrations."""
    db.execute(_TABLE)
    db.execute(_INDEX)


def extend(db: Database) -> None:
    """Add what a digest needs (when a row was stored, which one stands for it), and indexes."""
    db.execute("ALTER TABLE outbox ADD COLUMN put_at TEXT")
    db.execute("ALTER TABLE outbox ADD COLUMN superseded_by TEXT")
    db.execute(_TOP)
    db.execute(_DIGESTED)
