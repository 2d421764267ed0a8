"""No question of the desk and the sender reads the history: their cost does not grow with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import chores, edits, ledger, notified, outbox, outbox_digest, questions
from monitor.database import open_database
from monitor.desk_calls import Calls
from monitor.slack_records import SlackRecords
from monitor.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 6, 3, tzinfo=UTC)
HISTORY = re.compile(r"^SCAN (?:outbox|o|p|events|one|other)\b(?!.* USING INDEX outbox_unsent)")
"""A step of a query plan that goes through all messages or events there ever were."""
ASKED: dict[str, Callable[[Store], object]] = {
    "due": lambda store: outbox.due(store.db, NOW),
    "movable": lambda store: outbox.movable(store.db),
    "kept back": lambda store: outbox.kept_back(store.db),
    "waiting": lambda store: outbox.waiting(store.db),
    "refusals": lambda store: outbox.refusals(store.db),
    "channels": lambda store: outbox.channels(store.db),
    "in flight": lambda store: outbox.in_flight(store.db),
    "digests": lambda store: outbox_digest.merge(store.db, ["#night"], NOW, "UTC"),
    "due edits": lambda store: edits.due(store.db, NOW),
    "edits behind": lambda store: edits.is_behind(store.db),
    "scoreboard": lambda store: edits.scoreboard_of(store.db, "#night"),
    "due chores": lambda store: chores.due(store.db, NOW),
    "chores": lambda store: chores.is_waiting(store.db),
    "chores given up": lambda store: chores.refusals(store.db),
    "late outcomes": lambda store: notified.unsent(store.db),
    "what follows": lambda store: notified.following(store.db, "durham-da", 7),
    "tried": lambda store: notified.tried(store.db),
    "buttons": lambda store: questions.asking(store.db, "durham-da"),
    "place": lambda store: SlackRecords(store).place_of("k"),
    "said": lambda store: store.said("durham-da", "k"),
    "known": lambda store: store.has_post("k"),
    "told with": lambda store: store.rows(ledger._TOLD_WITH, ["k"]),
    "withdrawn": lambda store: Calls(store)._withdrawn("#night", NOW - timedelta(days=1)),
    "outages": lambda store: Calls(store)._outages(["nc_durham"], NOW),
}


@pytest.mark.parametrize("asked", ASKED)
def test_no_question_walks_through_the_history(asked: str, tmp_path: Path) -> None:
    db = open_database(tmp_path / "night.db")
    ran: list[str] = []
    try:
        db.conn.set_trace_callback(ran.append)
        ASKED[asked](Store(db))
        db.conn.set_trace_callback(None)
        selects = [sql for sql in ran if sql.lstrip().startswith("SELECT")]
        assert selects
        plans = [db.conn.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in selects]
    finally:
        db.close()
    assert [step for plan in plans for *_, step in plan if HISTORY.match(step)] == []
