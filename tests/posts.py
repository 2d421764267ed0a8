"""Posts and clocks for the tests of the outbox and of delivery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor import chores, edits, outbox, outbox_table
from monitor.database import open_database, transaction
from monitor.posts import Post, RowClass

if TYPE_CHECKING:
    from pathlib import Path

    from sqlite_utils import Database

NIGHT = datetime(2018, 5, 9, 1, 12, tzinfo=UTC)
"""A moment of Durham's night; what the posts say is ours."""

_PLAIN = Post(
    key="",
    row_class=RowClass.UPDATE,
    race="durham-da",
    kind="lead-changed",
    channel="#da-races",
    thread=None,
    text="Deberry takes the lead",
    blocks="[]",
    at=NIGHT,
)


@dataclass(slots=True)
class Clock:
    """A wall clock that moves only when somebody sleeps or pushes it."""

    now: datetime

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def push(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Let time pass at once, in the place of `asyncio.sleep`."""
        self.push(seconds)


def a_post(key: str, **changes: Any) -> Post:
    """Return a post with this key; its text is the key unless given."""
    return replace(_PLAIN, **{"key": key, "text": key, **changes})


def fresh(path: Path) -> Database:
    """Open a new database that holds nothing but what is sent from: outbox, edits, chores."""
    db = open_database(path)
    with transaction(db):
        outbox_table.create(db)
        outbox_table.extend(db)
        edits.create(db)
        chores.create(db)
    return db


def put(db: Database, *posts: Post) -> None:
    with transaction(db):
        for post in posts:
            assert outbox.put(db, post)


def states(db: Database) -> dict[str, str]:
    """Return every row's state, by key, in order."""
    return {row["key"]: row["state"] for row in db.query('SELECT * FROM outbox ORDER BY "row"')}
