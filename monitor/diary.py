"""The diary: every visit and what became of it, every decision that differs. SQL only.

Written inside the visit's transaction, read by `explain`, which so knows of any past
moment what it knows of the present. A visit that brings nothing new costs one narrow
row: what became of it for a race is written only where it is not what the visit before
came to, and a decision only where it or its grounds differ from the candidate's last.
Each comparison is with one row found by an index, so writing does not slow down as the
history grows. The documented views are `visit_log` and `decision_log`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from monitor.database import stamp
from monitor.grounds import Grounds
from monitor.standing import SourceStanding, Verdict, looks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlite_utils import Database

    from monitor.diff import Step

_GROUNDS = TypeAdapter(Grounds)

NOT_FOUND = "not-found"
"""What becomes of a visit on whose pages the contest or the candidate is not found."""
_KEEPS_BACK = frozenset({Verdict.HELD, Verdict.SHOWN, Verdict.IGNORED})


class Result(StrEnum):
    """What a visit brought: new pages, the same ones again, or nothing."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to a source.

    `is_look`: it proves what the source says now. `digest`: of its pages, kept where
    they are new. `error`: why it failed, by name.
    """

    source: str
    at: datetime
    result: Result
    is_look: bool = False
    digest: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a visit for one race: sanity's verdict, or that it was not found.

    `reason`: why figures are kept back, or what was printed instead of figures.
    `looks`: how many proved the accepted figures, from `first_look` to `last_look`.
    """

    race: str
    verdict: str
    reason: str = ""
    looks: int = 0
    first_look: datetime | None = None
    last_look: datetime | None = None


_TABLES = (
    """
CREATE TABLE visits (
    "row" INTEGER PRIMARY KEY, source TEXT NOT NULL, at TEXT NOT NULL,
    result TEXT NOT NULL CHECK (result IN ('fetched', 'unchanged', 'failed')),
    is_look INTEGER NOT NULL, digest TEXT, error TEXT
) STRICT
""",
    "CREATE INDEX visits_of_source ON visits (source, at)",
    """
CREATE TABLE visit_races (
    race TEXT NOT NULL, source TEXT NOT NULL, visit INTEGER NOT NULL REFERENCES visits ("row"),
    verdict TEXT NOT NULL, reason TEXT NOT NULL, looks INTEGER NOT NULL,
    first_look TEXT, last_look TEXT,
    PRIMARY KEY (race, source, visit)
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE decisions (
    "row" INTEGER PRIMARY KEY, race TEXT NOT NULL, candidate TEXT NOT NULL, at TEXT NOT NULL,
    body TEXT CHECK (body IS NULL OR json_valid(body)),
    config TEXT NOT NULL, rules TEXT NOT NULL
) STRICT
""",
    # By row, so that a clock that was set back hides no decision from the next one.
    'CREATE INDEX decisions_of_candidate ON decisions (race, candidate, "row", at)',
    """
CREATE VIEW visit_log AS SELECT visits."row", visits.source, at, result, is_look, digest, error,
    race, verdict, reason, looks, first_look, last_look
    FROM visits LEFT JOIN visit_races ON visit = visits."row" AND visit_races.source = visits.source
""",
    """
CREATE VIEW decision_log AS SELECT "row", race, candidate, at,
    json_extract(body, '$.decision.votes') AS votes,
    json_extract(body, '$.decision.total') AS total,
    json_extract(body, '$.decision.standing') AS standing,
    json_extract(body, '$.decision.margin') AS margin,
    json_extract(body, '$.decision.threshold_margin') AS threshold_margin,
    json_extract(body, '$.decision.late') AS late,
    json_extract(body, '$.decision.slack') AS slack,
    json_extract(body, '$.decision.computed') AS computed_outcome,
    json_extract(body, '$.decision.outcome') AS outcome,
    json_extract(body, '$.decision.basis') AS basis,
    coalesce(json_extract(body, '$.decision.blocks'), '[]') AS blocks,
    config, rules FROM decisions
""",
)


def create(db: Database) -> None:
    """Make the tables, their indexes and the views; part of the store's migrations."""
    for statement in _TABLES:
        db.execute(statement)


def became(race: str, source: str, step: Step) -> Became:
    """Say what became of a visit to a source for a race."""
    standing = step.state.standings.get(source, SourceStanding())
    verdict = NOT_FOUND if step.not_found else step.verdict.value
    return Became(
        race, verdict, step.not_found or _reason(step.verdict, standing), looks(standing),
        standing.first_look, standing.last_look,
    )  # fmt: skip


def _reason(verdict: Verdict, standing: SourceStanding) -> str:
    if verdict is Verdict.NOTED:
        return standing.note
    hold = standing.hold
    return f"{hold.kind.value}: {hold.reason}" if hold and verdict in _KEEPS_BACK else ""


def keep_visit(db: Database, visit: Visit, races: Iterable[Became] = ()) -> None:
    """Write a visit down, and what became of it for each race where that is new."""
    added = db.execute(
        "INSERT INTO visits (source, at, result, is_look, digest, error) VALUES (?, ?, ?, ?, ?, ?)",
        [
            visit.source, stamp(visit.at), visit.result.value, int(visit.is_look),
            visit.digest or None, visit.error or None,
        ],
    )  # fmt: skip
    for one in races:
        _keep_race(db, visit.source, int(added.lastrowid or 0), one)


def _keep_race(db: Database, source: str, visit: int, one: Became) -> None:
    last = db.execute(
        "SELECT verdict, reason, looks, first_look FROM visit_races"
        " WHERE race = ? AND source = ? ORDER BY visit DESC LIMIT 1",
        [one.race, source],
    ).fetchone()
    first = stamp(one.first_look) if one.first_look else None
    now = (one.verdict, one.reason, one.looks, first)
    if last != now:
        db.execute(
            "INSERT INTO visit_races VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [one.race, source, visit, *now, stamp(one.last_look) if one.last_look else None],
        )


def keep_decisions(
    db: Database,
    race: str,
    decided: Mapping[str, Grounds | None],
    now: datetime,
    digests: tuple[str, str],
) -> None:
    """Write down each candidate's decision where it, or what it rests on, is not the last one.

    None is a candidate of whom nothing can be decided; it is written after a decision only.
    """
    for candidate, grounds in decided.items():
        body = None if grounds is None else _body(grounds)
        last = db.execute(
            "SELECT body FROM decisions WHERE race = ? AND candidate = ?"
            ' ORDER BY "row" DESC LIMIT 1',
            [race, candidate],
        ).fetchone()
        if body != (last[0] if last else None):
            db.execute(
                "INSERT INTO decisions (race, candidate, at, body, config, rules)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [race, candidate, stamp(now), body, *digests],
            )


def _body(grounds: Grounds) -> str:
    return _GROUNDS.dump_json(grounds, exclude_defaults=True).decode()
