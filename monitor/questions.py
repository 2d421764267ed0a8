"""Messages that still have buttons, and the edits that take them out. SQL only.

Buttons go in the transaction of what answers their question, whoever answered it: a
button, the command line, or the count itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import edits
from monitor.after_press import Asking, over, pressed_edit, without_buttons
from monitor.database import moment_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from monitor.people import Act
    from monitor.state import RaceState

# Few messages have buttons: the index holds those alone, and no question reads the history.
_INDEX = """
CREATE INDEX outbox_asking ON outbox (race) WHERE instr(blocks, '"acts:')
"""
_ASKING = """
SELECT o.key, o.channel, o.kind, coalesce(e.text, o.text) AS text,
    coalesce(e.blocks, o.blocks) AS blocks, o.at
FROM outbox AS o LEFT JOIN edits AS e ON e.key = o.key
WHERE o.race = ? AND instr(o.blocks, '"acts:') AND instr(coalesce(e.blocks, o.blocks), '"acts:')
"""


def create(db: Database) -> None:
    """Make the index; part of the store's migrations."""
    db.execute(_INDEX)


def asking(db: Database, race: str) -> list[Asking]:
    """Return the messages of a race that have buttons, as they are to stand in Slack now."""
    return [Asking(**{**row, "at": moment_of(row["at"])}) for row in db.query(_ASKING, [race])]


def end(db: Database, race: str, state: RaceState, desk: str, now: datetime) -> None:
    """Take the buttons out of messages whose question is answered, in the caller's transaction.

    `state`: the race's, as it is now. `desk`: the zone staff live in.
    """
    for edit in over(asking(db, race), state, desk, now):
        edits.put(db, edit)


def close(db: Database, race: str, line: str, now: datetime) -> None:
    """Take the buttons out of every message of a race, in the caller's transaction."""
    for message in asking(db, race):
        edits.put(db, without_buttons(message, line, now))


def answer(db: Database, key: str, act: Act, desk: str, now: datetime) -> None:
    """Say in a message what its button did, in the caller's transaction.

    A message whose buttons are gone already says who did it.
    """
    for message in asking(db, act.race):
        if message.key == key:
            edits.put(db, pressed_edit(message, act, desk, now))
