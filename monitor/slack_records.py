"""What the database knows of presses in Slack: where a message stands, who was refused. SQL only.

Somebody who may not act is written into the audit table all the same: an act put and
answered in one transaction, so that no instance ever takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import audit
from monitor.slack_desk import Placed

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.people import Act
    from monitor.store import Store


class SlackRecords:
    """Reads and writes the database of the running watch."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def place_of(self, key: str) -> Placed | None:
        """Return where the message of an outbox key stands, None when it was not sent."""
        found = self._store.db.execute(
            "SELECT channel, channel_id, ts FROM outbox WHERE key = ? AND ts IS NOT NULL", [key]
        ).fetchone()
        return None if found is None else Placed(*(str(value) for value in found))

    def refuse(self, act: Act, sentence: str, now: datetime) -> None:
        """Write down an act that somebody was not allowed; the same one twice stands once."""
        with self._store.transaction():
            if audit.put(self._store.db, act):
                audit.answer(self._store.db, act.id, now, sentence, None)
