"""Which messages went out by the second way (e-mail, SMS, Teams), and which are to. SQL only.

A way is one address, known here by a digest: addresses hold passwords.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.database import stamp, transaction
from monitor.events import OUTCOMES, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlite_utils import Database

FOLLOWING = frozenset({
    Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS, Kind.COUNT_REVISED,
    Kind.COUNT_AMENDED,
})  # fmt: skip
"""What goes where an outcome went, when it is told at top level."""

_TABLE = """
CREATE TABLE notified (
    key TEXT NOT NULL REFERENCES outbox (key), way TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'sent', 'failed')),
    at TEXT NOT NULL, PRIMARY KEY (key, way)
) STRICT
"""
_MESSAGE = """
SELECT key, "row", coalesce(race, ''), kind, at, text, blocks FROM outbox
WHERE kind IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the outbox. `row`: its place there. `at`: as stored, in text order."""

    key: str
    row: int
    race: str
    kind: str
    at: str
    text: str
    blocks: str

    @property
    def said(self) -> tuple[str, str, str, str]:
        """What it says, whichever channel it is for."""
        return self.race, self.kind, self.at, self.text


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a message on a way: "sent", "failed", or "sending" if nobody knows."""

    message: Message
    way: str
    state: str


def create(db: Database) -> None:
    """Make the table; part of the store's migrations."""
    db.execute(_TABLE)


def unsent(db: Database) -> list[Message]:
    """Return the outcomes that Slack has not taken, in order."""
    # The plus keeps SQLite to the index of what is unsent, which is nearly always empty.
    sql = _MESSAGE + " AND +thread IS NULL AND state IN ('pending', 'sending', 'refused')"
    return _messages(db, sql, OUTCOMES, ())


def following(db: Database, race: str, row: int) -> list[Message]:
    """Return what goes where an outcome of a race went that stands at a row, in order."""
    sql = _MESSAGE + " AND thread IS NULL AND race = ? AND \"row\" > ? AND state <> 'superseded'"
    return _messages(db, sql, FOLLOWING, (race, row))


def tried(db: Database) -> list[Tried]:
    """Return every try there was, in the order of the outbox."""
    rows = db.execute(
        # A cross join is read from the left: the tries are few, the messages of a night are not.
        "SELECT o.key, o.\"row\", coalesce(o.race, ''), o.kind, o.at, o.text, o.blocks, n.way,"
        " n.state FROM notified AS n CROSS JOIN outbox AS o ON o.key = n.key"
        ' ORDER BY o."row", n.way'
    )
    return [Tried(Message(*row[:7]), *row[7:]) for row in rows.fetchall()]


def record(db: Database, key: str, way: str, state: str, wall_now: datetime) -> None:
    """Record what became of a message on a way."""
    with transaction(db):
        db.execute(
            "INSERT OR REPLACE INTO notified VALUES (?, ?, ?, ?)",
            (key, way, state, stamp(wall_now)),
        )


def _messages(
    db: Database, sql: str, kinds: Iterable[Kind], more: tuple[str | int, ...]
) -> list[Message]:
    named = json.dumps(sorted(kind.value for kind in kinds))
    found = db.execute(f'{sql} ORDER BY +"row"', (named, *more))
    return [Message(*row) for row in found.fetchall()]
