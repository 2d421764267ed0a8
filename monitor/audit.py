"""The audit table: every act of a person and what became of it, append-only. SQL only.

An act is first put here, by whoever did it and beside the instance that watches; that
instance takes it, and answers it in the transaction of its effect. So an act takes
effect once, whoever dies when, and nothing here is ever changed or taken out: triggers
refuse it. The documented view is `act_log`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from monitor.act_json import act_json, act_of
from monitor.database import stamp
from monitor.recorded import Before, Recorded

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from monitor.people import Act

_BEFORE = TypeAdapter(Before)

NOT_GIVEN = "not given"

_TABLES = (
    """
CREATE TABLE acts (
    "row" INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, race TEXT NOT NULL, kind TEXT NOT NULL,
    who TEXT NOT NULL CHECK (who <> ''), why TEXT NOT NULL CHECK (why <> ''), at TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT
""",
    """
CREATE TABLE act_answers (
    "row" INTEGER PRIMARY KEY, act TEXT NOT NULL UNIQUE REFERENCES acts (id), at TEXT NOT NULL,
    applied INTEGER NOT NULL CHECK (applied IN (0, 1)), sentence TEXT NOT NULL,
    "before" TEXT CHECK ("before" IS NULL OR json_valid("before"))
) STRICT
""",
    """
CREATE VIEW act_log AS SELECT acts."row", acts.id, race, kind, who, why, acts.at,
    act_answers.at AS answered_at, applied, sentence, body
    FROM acts LEFT JOIN act_answers ON act = acts.id
""",
)
_LOG = """
CREATE VIEW act_log AS SELECT acts."row", acts.id, race, kind, who, why, acts.at,
    act_answers.at AS answered_at, applied, sentence, body,
    NULLIF(json_extract(body, '$.user'), '') AS slack_user
    FROM acts LEFT JOIN act_answers ON act = acts.id
"""
# A replaced row fires no trigger for its deletion, so a second row of one id is refused too.
_GUARDS = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {when}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_TWICE = {
    "acts": 'WHEN EXISTS (SELECT 1 FROM acts WHERE id = NEW.id OR "row" = NEW."row")',
    "act_answers": (
        'WHEN EXISTS (SELECT 1 FROM act_answers WHERE act = NEW.act OR "row" = NEW."row")'
    ),
}


def create(db: Database) -> None:
    """Make the tables, their guards and the view; part of the store's migrations."""
    for statement in _TABLES:
        db.execute(statement)
    for table, twice in _TWICE.items():
        for verb, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", twice)):
            db.execute(_GUARDS.format(table=table, verb=verb, when=when))


def show_slack_users(db: Database) -> None:
    """Make the view anew, with who acted in Slack; part of the store's migrations."""
    db.execute("DROP VIEW act_log")
    db.execute(_LOG)


def put(db: Database, act: Act) -> bool:
    """Write an act down, inside the caller's transaction; False when its id is there already."""
    if db.execute("SELECT 1 FROM acts WHERE id = ?", [act.id]).fetchone() is not None:
        return False
    db.execute(
        "INSERT INTO acts (id, race, kind, who, why, at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [act.id, act.race, act.kind.value, act.who, act.why, stamp(act.at), act_json(act)],
    )
    return True


def unanswered(db: Database) -> list[tuple[str, Act | None]]:
    """Return the acts that wait for their answer by id, oldest first; None cannot be read."""
    rows = db.execute(
        'SELECT id, body FROM acts WHERE id NOT IN (SELECT act FROM act_answers) ORDER BY "row"'
    )
    return [(act, _readable(body)) for act, body in rows.fetchall()]


def _readable(body: str) -> Act | None:
    try:
        return act_of(body)
    except ValueError:
        return None


def answer(db: Database, act: str, at: datetime, sentence: str, before: Before | None) -> None:
    """Write down what became of an act; `before` stands where it was applied."""
    kept = None if before is None else _BEFORE.dump_json(before).decode()
    db.execute(
        'INSERT INTO act_answers (act, at, applied, sentence, "before") VALUES (?, ?, ?, ?, ?)',
        [act, stamp(at), int(before is not None), sentence, kept],
    )


def refuse(db: Database, act: Act, at: datetime, sentence: str) -> bool:
    """Write down an act nobody was allowed, with its refusal, inside the caller's transaction.

    It has no effect, and is taken by nobody. Who or why may be missing: the member id, or
    "not given", stands in. False, and nothing written, when the id is there already.
    """
    named = replace(
        act, who=act.who.strip() or act.user or NOT_GIVEN, why=act.why.strip() or NOT_GIVEN
    )
    if not put(db, named):
        return False
    answer(db, act.id, at, sentence, None)
    return True


def answer_of(db: Database, act: str) -> tuple[bool, str] | None:
    """Return whether an act was applied and its sentence, None while it is not answered."""
    found = db.execute("SELECT applied, sentence FROM act_answers WHERE act = ?", [act]).fetchone()
    return None if found is None else (bool(found[0]), str(found[1]))


def applied(db: Database, act: str) -> Recorded | None:
    """Return an act that was applied, None for any other."""
    found = db.execute(
        'SELECT body, "before" FROM acts JOIN act_answers ON act = acts.id'
        " WHERE acts.id = ? AND applied",
        [act],
    ).fetchone()
    return None if found is None else Recorded(act_of(found[0]), _BEFORE.validate_json(found[1]))


def of_race(db: Database, race: str) -> list[dict[str, Any]]:
    """Return the rows of `act_log` for a race, oldest first."""
    return list(db.query('SELECT * FROM act_log WHERE race = ? ORDER BY "row"', [race]))
