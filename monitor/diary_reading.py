"""The diary read again: what visits had come to, and what was decided, at any moment. SQL only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from monitor.database import moment_of, stamp
from monitor.diary import Became, Result, Visit
from monitor.grounds import Grounds

if TYPE_CHECKING:
    from sqlite_utils import Database

_GROUNDS = TypeAdapter(Grounds)


@dataclass(frozen=True, slots=True)
class Visited:
    """What visits to a source had come to at a moment.

    `last`: the newest visit, None before the first. `answered_at` and `changed_at`: of
    the newest with an answer, and with new pages. `looked_at`: of the newest look.
    `failures`: how many failed in a row. `became`: the newest word on the race, said by
    the visit at `became_at` and by every one since.
    """

    last: Visit | None = None
    answered_at: datetime | None = None
    changed_at: datetime | None = None
    looked_at: datetime | None = None
    failures: int = 0
    became: Became | None = None
    became_at: datetime | None = None


def visited(db: Database, race: str, source: str, at: datetime) -> Visited:
    """Return what visits to a source had come to for a race at a moment."""
    found = db.execute(
        f'SELECT * FROM visits{_UP_TO} ORDER BY at DESC, "row" DESC LIMIT 1',  # noqa: S608
        [source, stamp(at)],
    ).fetchone()
    if found is None:
        return Visited()
    answered = _newest(db, source, at, "result <> 'failed'")
    word = _word(db, race, source, at)
    return Visited(
        last=Visit(
            source, moment_of(found[2]), Result(found[3]), bool(found[4]), found[5] or "",
            found[6] or "",
        ),
        answered_at=answered,
        changed_at=_newest(db, source, at, "result = 'fetched'"),
        looked_at=_newest(db, source, at, "is_look"),
        failures=_failures(db, source, at, answered),
        became=word[0] if word else None,
        became_at=word[1] if word else None,
    )  # fmt: skip


_UP_TO = " WHERE source = ? AND at <= ?"


def _newest(db: Database, source: str, at: datetime, which: str) -> datetime | None:
    found = db.execute(
        f"SELECT at FROM visits{_UP_TO} AND {which} ORDER BY at DESC LIMIT 1",  # noqa: S608 - ours
        [source, stamp(at)],
    ).fetchone()
    return moment_of(found[0]) if found else None


def _failures(db: Database, source: str, at: datetime, answered: datetime | None) -> int:
    since = stamp(answered) if answered else ""
    found = db.execute(
        f"SELECT count(*) FROM visits{_UP_TO} AND at > ?",  # noqa: S608 - ours
        [source, stamp(at), since],
    ).fetchone()
    return int(found[0])


def _word(db: Database, race: str, source: str, at: datetime) -> tuple[Became, datetime] | None:
    found = db.execute(
        "SELECT verdict, reason, looks, first_look, last_look, at FROM visit_races"
        ' JOIN visits ON visits."row" = visit WHERE race = ? AND visit_races.source = ?'
        " AND at <= ? ORDER BY visit DESC LIMIT 1",
        [race, source, stamp(at)],
    ).fetchone()
    if found is None:
        return None
    verdict, reason, looked, first, last, when = found
    said = Became(race, verdict, reason, looked, _moment(first), _moment(last))
    return said, moment_of(when)


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as the diary has it: its grounds, when it was first made, and by what."""

    grounds: Grounds
    at: datetime
    digests: tuple[str, str]


def decision(db: Database, race: str, candidate: str, at: datetime) -> Kept | None:
    """Return the decision in force for a candidate at a moment, None where there was none."""
    found = db.execute(
        "SELECT body, at, config, rules FROM decisions WHERE race = ? AND candidate = ?"
        ' AND at <= ? ORDER BY "row" DESC LIMIT 1',
        [race, candidate, stamp(at)],
    ).fetchone()
    if found is None or found[0] is None:
        return None
    return Kept(_GROUNDS.validate_json(found[0]), moment_of(found[1]), (found[2], found[3]))


def _moment(text: Any) -> datetime | None:
    return moment_of(text) if text else None
