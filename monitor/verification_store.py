"""The table of people's checks of rule cards, append-only. SQL only."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from monitor.database import moment_of, stamp
from monitor.rules import ContestKind
from monitor.verification import Verification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database

_TABLE = """
CREATE TABLE verifications (
    "row" INTEGER PRIMARY KEY, state TEXT NOT NULL, contest TEXT NOT NULL,
    offices TEXT NOT NULL, effective_from TEXT NOT NULL, facts TEXT NOT NULL,
    who TEXT NOT NULL CHECK (who <> ''), source TEXT NOT NULL CHECK (source <> ''),
    at TEXT NOT NULL, seen TEXT NOT NULL
) STRICT
"""
_GUARD = """
CREATE TRIGGER verifications_no_{verb} BEFORE {verb} ON verifications
BEGIN SELECT RAISE(ABORT, 'verifications is append-only'); END
"""
_COLUMNS = "state, contest, offices, effective_from, facts, who, source, at, seen"


def create(db: Database) -> None:
    """Make the table and its guards; part of the store's migrations."""
    db.execute(_TABLE)
    for verb in ("UPDATE", "DELETE"):
        db.execute(_GUARD.format(verb=verb))


def add(db: Database, checks: Iterable[Verification]) -> None:
    """Write checks down, inside the caller's transaction."""
    for one in checks:
        db.execute(
            f"INSERT INTO verifications ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - ours
            [
                one.state, one.contest.value, json.dumps(one.offices),
                one.effective_from.isoformat(), json.dumps(one.facts), one.who, one.source,
                stamp(one.at), one.seen,
            ],
        )  # fmt: skip


def count(db: Database) -> int:
    """Return how many checks there are."""
    found: int = db.execute("SELECT count(*) FROM verifications").fetchone()[0]
    return found


def read(db: Database) -> tuple[Verification, ...]:
    """Return every check, oldest first; a database of an earlier version has none."""
    if "verifications" not in db.table_names():
        return ()
    rows = db.execute(f'SELECT {_COLUMNS} FROM verifications ORDER BY "row"')  # noqa: S608 - ours
    return tuple(
        Verification(
            state=state,
            contest=ContestKind(contest),
            offices=tuple(json.loads(offices)),
            effective_from=date.fromisoformat(effective_from),
            facts=tuple(json.loads(facts)),
            who=who,
            source=source,
            at=moment_of(at),
            seen=seen,
        )
        for state, contest, offices, effective_from, facts, who, source, at, seen in rows
    )
