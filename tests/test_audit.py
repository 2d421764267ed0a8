"""The audit table: append-only, whatever is tried, and every act is answered once."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import audit
from monitor.database import open_database, transaction
from monitor.decision import Outcome
from monitor.errors import StoreFailure
from monitor.people import Act, ActKind, People, Stood
from monitor.recorded import Before
from monitor.standing import SourceStanding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

AT = datetime(2018, 5, 9, 2, 15, tzinfo=UTC)
ACT = Act(
    "a1", ActKind.CALL, "durham-da-2018", "Ben Ortiz", "the clerk said so", AT,
    outcome=Outcome.WON, seen="0123abcd", override=True, link="phone, clerk Ana Ruiz",
    votes=(("Satana Deberry", 15_207),), units=(57, 57), closes_at=AT,
)  # fmt: skip
BEFORE = Before(People(frozen=Stood("Ana", "a recount", AT, "a0")), SourceStanding(seen=("x",)))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Return a database with the tables."""
    made = open_database(tmp_path / "night.db")
    audit.create(made)
    yield made
    made.close()


def put(db: Database, act: Act = ACT) -> bool:
    """Write an act down in a transaction of its own."""
    with transaction(db):
        return audit.put(db, act)


def test_an_act_waits_until_it_is_answered_and_is_read_back_whole(db: Database) -> None:
    assert put(db)
    assert audit.unanswered(db) == [("a1", ACT)]
    assert audit.answer_of(db, "a1") is None
    with transaction(db):
        audit.answer(db, "a1", AT, "Won, as Ben Ortiz says.", BEFORE)
    assert audit.unanswered(db) == []
    assert audit.answer_of(db, "a1") == (True, "Won, as Ben Ortiz says.")
    recorded = audit.applied(db, "a1")
    assert recorded is not None
    assert (recorded.act, recorded.before) == (ACT, BEFORE)


def test_a_refused_act_is_answered_and_cannot_be_taken_back(db: Database) -> None:
    put(db)
    with transaction(db):
        audit.answer(db, "a1", AT, "The count changed.", None)
    assert audit.answer_of(db, "a1") == (False, "The count changed.")
    assert audit.applied(db, "a1") is None


def test_the_same_act_is_put_once_and_answered_once(db: Database) -> None:
    assert put(db)
    assert not put(db, replace(ACT, why="another reason"))
    assert audit.unanswered(db) == [("a1", ACT)]
    with transaction(db):
        audit.answer(db, "a1", AT, "Done.", BEFORE)
    with pytest.raises(StoreFailure, match="append-only"), transaction(db):
        audit.answer(db, "a1", AT, "Done otherwise.", None)
    assert audit.answer_of(db, "a1") == (True, "Done.")


@pytest.mark.parametrize("table", ["acts", "act_answers"])
@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE {0} SET at = "2000"',
        "DELETE FROM {0}",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
        "REPLACE INTO {0} SELECT * FROM {0}",
        'INSERT INTO {0} SELECT * FROM {0} WHERE 1 ON CONFLICT DO UPDATE SET at = "2000"',
    ],
)
def test_nothing_is_ever_changed_or_taken_out(db: Database, table: str, statement: str) -> None:
    put(db)
    with transaction(db):
        audit.answer(db, "a1", AT, "Done.", BEFORE)
    before = list(db.query("SELECT * FROM act_log"))
    with pytest.raises(sqlite3.IntegrityError, match=f"{table} is append-only"):
        db.conn.execute(statement.format(table))
    db.conn.rollback()
    assert list(db.query("SELECT * FROM act_log")) == before


@pytest.mark.parametrize("act", [replace(ACT, who=""), replace(ACT, why="")])
def test_no_act_stands_there_without_who_and_why(db: Database, act: Act) -> None:
    with pytest.raises(StoreFailure, match=re.escape("CHECK constraint failed")):
        put(db, act)


def test_an_answer_needs_its_act(db: Database) -> None:
    with pytest.raises(StoreFailure, match="FOREIGN KEY"), transaction(db):
        audit.answer(db, "nobody", AT, "Done.", None)


def test_an_act_of_another_version_is_named_and_not_read(db: Database) -> None:
    put(db)
    with transaction(db):
        db.execute(
            "INSERT INTO acts (id, race, kind, who, why, at, body)"
            " VALUES ('b', 'r', 'crown', 'Ana', 'why not', '2018', '{\"kind\": \"crown\"}')"
        )
    assert audit.unanswered(db) == [("a1", ACT), ("b", None)]


def test_the_log_holds_acts_with_their_answers_oldest_first(db: Database) -> None:
    put(db)
    put(db, replace(ACT, id="a2", kind=ActKind.FREEZE))
    put(db, replace(ACT, id="a3", race="pitt-da-2018"))
    with transaction(db):
        audit.answer(db, "a1", AT, "Done.", BEFORE)
    first, second = audit.of_race(db, "durham-da-2018")
    assert (first["id"], first["applied"], first["sentence"]) == ("a1", 1, "Done.")
    assert (second["id"], second["applied"], second["sentence"]) == ("a2", None, None)
    assert list(first) == [
        "row", "id", "race", "kind", "who", "why", "at", "answered_at", "applied", "sentence",
        "body",
    ]  # fmt: skip
