"""The outbox and the database under it: order, claims, kill points, named errors."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import chores, edits, outbox, outbox_digest
from monitor.database import open_database, open_reader, transaction, translated
from monitor.errors import DatabaseInUse, DatabaseLocked, DiskFull, StoreFailure, WrongDatabase
from monitor.outbox import Thread
from monitor.posts import RowClass
from tests.posts import NIGHT, a_post, fresh, put, states

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

LATER = NIGHT + timedelta(minutes=1)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(fresh(tmp_path / "night.db")) as database:
        yield database


def due(db: Database) -> list[str]:
    return [row.key for row in outbox.due(db, NIGHT)]


def put_twice(db: Database, key: str) -> None:
    assert outbox.put(db, a_post(key))
    outbox.put(db, a_post(key, text="another text"))


def take(db: Database, key: str) -> outbox.Row:
    """Claim a row that is due."""
    row = next(row for row in outbox.due(db, NIGHT) if row.key == key)
    assert outbox.claim(db, row, NIGHT)
    return row


def test_what_the_core_puts_the_sender_reads(db: Database) -> None:
    post = a_post("k1", blocks='[{"type":"divider"}]', row_class=RowClass.OUTCOME)
    put(db, post)
    (row,) = outbox.due(db, NIGHT)
    assert all(getattr(row, field) == getattr(post, field) for field in post.__slots__)
    assert (row.attempts, row.first_claimed_at, row.claimed_at) == (0, None, None)


def test_a_key_is_stored_once(db: Database) -> None:
    put(db, a_post("k1"))
    with transaction(db):
        assert not outbox.put(db, a_post("k1", at=LATER))
    assert states(db) == {"k1": "pending"}


def test_the_same_key_with_another_text_is_refused_and_the_first_one_stays(db: Database) -> None:
    put(db, a_post("k1", text="ahead by 312"))
    with pytest.raises(StoreFailure, match=r"k1 .* with another text"), transaction(db):
        outbox.put(db, a_post("k1", text="ahead by 313"))
    assert [row.text for row in outbox.due(db, NIGHT)] == ["ahead by 312"]


def test_a_transaction_that_fails_leaves_no_post(db: Database) -> None:
    with pytest.raises(StoreFailure), transaction(db):
        put_twice(db, "k1")
    assert states(db) == {}
    put(db, a_post("k1"))


def test_a_reply_needs_a_root_that_is_stored(db: Database) -> None:
    with pytest.raises(StoreFailure, match="FOREIGN KEY"), transaction(db):
        outbox.put(db, a_post("reply", thread="nowhere"))


def test_blocks_that_are_no_json_are_refused(db: Database) -> None:
    with pytest.raises(StoreFailure, match="json_valid"), transaction(db):
        outbox.put(db, a_post("k1", blocks="[{"))


def test_one_row_per_race_and_channel_is_due(db: Database) -> None:
    put(
        db,
        a_post("d1"),
        a_post("d2"),
        a_post("p1", race="pitt-da"),
        a_post("o1", race=None, channel="#ops"),
        a_post("o2", race=None, channel="#ops"),
        a_post("d3", channel="#leads"),
    )
    assert due(db) == ["d1", "p1", "o1", "d3"]


def test_the_next_row_of_a_race_waits_for_the_one_before(db: Database) -> None:
    put(db, a_post("d1"), a_post("d2"))
    row = take(db, "d1")
    assert due(db) == []
    outbox.sent(db, row, "C1", "1.1")
    assert due(db) == ["d2"]


def test_a_reply_waits_for_its_root_in_another_line(db: Database) -> None:
    put(db, a_post("root", race=None), a_post("reply", thread="root"))
    assert due(db) == ["root"]
    outbox.sent(db, take(db, "root"), "C1", "1.1")
    assert outbox.thread_of(db, "root") == Thread("root", "C1", "1.1", "root")
    assert due(db) == ["reply"]


def test_a_row_is_claimed_once(db: Database) -> None:
    put(db, a_post("d1"))
    (row,) = outbox.due(db, NIGHT)
    assert outbox.claim(db, row, NIGHT)
    assert not outbox.claim(db, row, NIGHT)
    assert [(r.attempts, r.claimed_at) for r in outbox.in_flight(db)] == [(1, NIGHT)]


def test_a_released_row_comes_back_after_its_wait(db: Database) -> None:
    put(db, a_post("d1"))
    outbox.release(db, take(db, "d1"), "asked to wait", LATER)
    assert due(db) == []
    assert [row.attempts for row in outbox.due(db, LATER)] == [1]


def test_an_unknown_row_is_uncertain_only_after_the_quarantine(db: Database) -> None:
    put(db, a_post("d1"))
    outbox.unknown(db, take(db, "d1"), "no answer")
    assert outbox.uncertain(db, NIGHT + timedelta(seconds=29), 30) == []
    (row,) = outbox.uncertain(db, NIGHT + timedelta(seconds=30), 30)
    assert row.key == "d1"


def test_the_first_claim_is_kept_for_the_look_up(db: Database) -> None:
    put(db, a_post("d1"))
    outbox.release(db, take(db, "d1"), "not found", None)
    (row,) = outbox.due(db, LATER)
    outbox.claim(db, row, LATER)
    (row,) = outbox.in_flight(db)
    assert (row.first_claimed_at, row.claimed_at) == (NIGHT, LATER)


def test_a_refused_row_stops_its_own_line_only(db: Database) -> None:
    put(db, a_post("d1"), a_post("d2"), a_post("p1", race="pitt-da"))
    outbox.refused(db, take(db, "d1"), "channel_not_found")
    assert due(db) == ["p1"]
    assert outbox.waiting(db) == 2
    outbox.sent(db, take(db, "p1"), "C1", "1.1")
    assert not outbox.movable(db)


def test_a_start_gives_refused_rows_one_more_chance(db: Database) -> None:
    put(db, a_post("d1"), a_post("d2"))
    outbox.refused(db, take(db, "d1"), "channel_not_found")
    assert outbox.after_start(db) == 1
    assert due(db) == ["d1"]
    assert outbox.after_start(db) == 0


def test_a_row_somebody_else_settled_is_named(db: Database) -> None:
    put(db, a_post("d1"))
    row = take(db, "d1")
    outbox.sent(db, row, "C1", "1.1")
    with pytest.raises(StoreFailure, match="no longer being sent by us"):
        outbox.refused(db, row, "late")
    assert states(db) == {"d1": "sent"}


def test_waiting_counts_what_is_not_sent(db: Database) -> None:
    put(db, a_post("d1"), a_post("d2"), a_post("d3"))
    outbox.sent(db, take(db, "d1"), "C1", "1.1")
    take(db, "d2")
    assert outbox.waiting(db) == 2
    assert outbox.movable(db)


def test_a_long_history_is_not_read(db: Database) -> None:
    """The plan of `due` walks the index of unsent rows, not the table."""
    plan = [str(step[3]) for step in db.execute(f"EXPLAIN QUERY PLAN {outbox._HEADS}")]
    assert not [step for step in plan if step.startswith("SCAN") and step.endswith("outbox")]
    assert any("outbox_unsent" in step for step in plan)


def test_what_is_asked_all_night_never_reads_the_history(db: Database) -> None:
    """The sender asks these many times a minute; none may grow with what was sent."""
    for asked in (outbox._IN_FLIGHT, outbox_digest._LINES, edits._DUE, chores._DUE):
        marks = ["[]"] * asked.count("?")
        plan = [str(step[3]) for step in db.execute(f"EXPLAIN QUERY PLAN {asked}", marks)]
        assert not [step for step in plan if step in {"SCAN o", "SCAN outbox"}], plan


def test_the_database_is_opened_for_durability(db: Database) -> None:
    assert db.journal_mode == "wal"
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_a_replay_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    """It can be played again; SQLite keeps the file whole either way."""
    db = open_database(tmp_path / "night.db", flushed=False)
    assert db.journal_mode == "wal"
    assert db.execute("PRAGMA synchronous").fetchone()[0] == 1
    db.close()


def test_a_second_instance_is_refused_until_the_first_closes(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    first = open_database(path)
    with pytest.raises(DatabaseInUse, match="another instance holds"):
        open_database(path)
    first.close()
    open_database(path, quick_check=True).close()


def test_the_lock_ends_with_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    program = (
        "import os, sys; from pathlib import Path; from monitor.database import open_database;"
        "open_database(Path(sys.argv[1])); print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    held = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert (held.stdout, held.returncode) == ("held\n", -9)
    open_database(path).close()


def test_a_reader_stands_beside_the_writer_and_writes_nothing(db: Database, tmp_path: Path) -> None:
    put(db, a_post("d1"))
    with closing(open_reader(tmp_path / "night.db")) as reader:
        assert states(reader) == {"d1": "pending"}
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader.execute("DELETE FROM outbox")


def test_no_database_to_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreFailure, match="unable to open"):
        open_reader(tmp_path / "none.db")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "night.db"
    path.write_text("county,votes\n" * 100, encoding="utf-8")
    with pytest.raises(WrongDatabase, match="no SQLite database"):
        open_database(path)
    path.unlink()
    open_database(path).close()


def test_a_database_locked_by_another_program_is_named(db: Database, tmp_path: Path) -> None:
    db.execute("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "night.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked, match=r"night\.db is locked by another program"):
        put(db, a_post("d1"))
    other.execute("ROLLBACK")
    other.close()
    put(db, a_post("d1"))


def test_a_full_disk_is_named_and_nothing_is_half_written(db: Database) -> None:
    db.execute("PRAGMA max_page_count = 8")
    with pytest.raises(DiskFull, match="free some space"):
        put(db, a_post("d1"), a_post("big", text="x" * 100_000))
    assert states(db) == {}


def test_our_own_wrong_sql_is_no_store_failure(db: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), translated("night.db"):
        db.execute("SELECT * FROM outbocks")


def test_a_transaction_holds_the_write_lock_from_its_start(db: Database, tmp_path: Path) -> None:
    """Nobody writes between what it reads and what it writes."""
    other = sqlite3.connect(tmp_path / "night.db", isolation_level=None, timeout=0)
    with (
        closing(other),
        transaction(db),
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")
