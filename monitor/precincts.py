"""Precinct files in the database: imported line by line in flat memory, each once.

A file is known by the SHA-256 of its bytes. Its lines go in by whole batches, one
transaction each, so an import that was killed goes on where it was. When the end
is reached the table's sums are checked against the lines read; only then does
`precinct_votes` show the file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from monitor.database import moment_of, stamp
from monitor.errors import LayoutChanged, StoreFailure
from monitor.precinct_sums import totals

if TYPE_CHECKING:
    from datetime import date

    from sqlite_utils import Database

    from monitor.store import Store

BATCH = 10_000
"""Lines in one transaction: some 1 MB, and a few dozen waits for the disk in all."""


class Line(NamedTuple):
    """One line of a precinct file; `total` is the sum of the four types."""

    county: str
    precinct: str
    contest_key: str
    contest: str
    vote_for: int
    choice: str
    party: str
    election_day: int
    early: int
    absentee_mail: int
    provisional: int
    total: int
    is_real_precinct: bool | None
    election_date: date


@dataclass(frozen=True, slots=True)
class PrecinctFormat:
    """How a state's precinct file is read.

    `lines` reads a seekable stream, named for errors; `party_of` reads a contest's
    party from its title and its choices' parties. `source` names history rows of it.
    """

    state: str
    source: str
    lines: Callable[[BinaryIO, str], Iterator[Line]]
    party_of: Callable[[str, Iterable[str]], str]


@dataclass(frozen=True, slots=True)
class Import:
    """What the database knows of a file: `rows` stored, since its first import `at`."""

    id: int
    rows: int
    at: datetime
    finished: bool


Who = tuple[str, str, str, str]
"""Contest key, contest, choice and party: what votes are summed by."""


def begin(store: Store, digest: str, name: str, now: datetime) -> Import:
    """Register a file by its digest, or find what is known of it."""
    with store.transaction():
        store.db.execute(
            "INSERT OR IGNORE INTO imports (digest, name, rows, at, finished)"
            " VALUES (?, ?, 0, ?, 0)",
            [digest, name, stamp(now)],
        )
        return _import(store.db, digest)


def _import(db: Database, digest: str) -> Import:
    found = db.execute(
        "SELECT id, rows, at, finished FROM imports WHERE digest = ?", [digest]
    ).fetchone()
    return Import(found[0], found[1], moment_of(found[2]), bool(found[3]))


def finish(store: Store, digest: str) -> None:
    """Mark a file as imported whole."""
    with store.transaction():
        store.db.execute("UPDATE imports SET finished = 1 WHERE digest = ?", [digest])


def add_lines(
    store: Store,
    digest: str,
    lines: Iterator[Line],
    where: str,
    on_batch: Callable[[int], object] = lambda _: None,
) -> int:
    """Store the lines of a registered file that are not stored yet; return how many.

    `on_batch` is told how many lines have been read. Raises what reading raises,
    with every whole batch before it stored, `LayoutChanged` for two dates or a line
    that stands twice, and `StoreFailure` when the table does not sum to the file.
    """
    known = _import(store.db, digest)
    sums: dict[Who, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    read, day = 0, None
    while batch := list(islice(lines, BATCH)):
        day = day or batch[0].election_date
        _refuse_other_dates(batch, day, where)
        _add_up(sums, batch)
        fresh = batch[max(0, known.rows - read) :]
        read += len(batch)
        if fresh:
            _store(store, known.id, fresh, read)
        on_batch(read)
    if not read:
        raise LayoutChanged(f"no line after the heading of {where}")
    _check(store.db, known.id, sums, where)
    finish(store, digest)
    return read - known.rows


def _refuse_other_dates(batch: list[Line], day: date, where: str) -> None:
    other = next((line.election_date for line in batch if line.election_date != day), None)
    if other is not None:
        raise LayoutChanged(f"two election dates, {day} and {other}, in {where}")


def _add_up(sums: dict[Who, list[int]], batch: Iterable[Line]) -> None:
    for line in batch:
        counts = sums[line.contest_key, line.contest, line.choice, line.party]
        counts[0] += line.election_day
        counts[1] += line.early
        counts[2] += line.absentee_mail
        counts[3] += line.provisional
        counts[4] += line.total


def _store(store: Store, number: int, fresh: list[Line], read: int) -> None:
    first = read - len(fresh) + 2
    day = fresh[0].election_date.isoformat()
    with store.transaction():
        store.db.conn.executemany(
            "INSERT INTO precinct_lines (import, line, county, precinct, contest_key, contest,"
            " vote_for, choice, party, election_day, early, absentee_mail, provisional, votes,"
            " is_real_precinct, election_date)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((number, place, *line[:-1], day) for place, line in enumerate(fresh, first)),
        )
        store.db.execute("UPDATE imports SET rows = ? WHERE id = ?", [read, number])


def _check(db: Database, number: int, sums: dict[Who, list[int]], where: str) -> None:
    """Compare the table's sums with the lines read, and refuse a line that stands twice."""
    stored = {row[:4]: row[5:10] for row in totals(db, number)}
    read = {who: tuple(counts) for who, counts in sums.items()}
    wrong = next((who for who in read | stored if read.get(who) != stored.get(who)), None)
    if wrong is not None:
        raise StoreFailure(
            f"{wrong} sums to {stored.get(wrong)} in the database, to {read.get(wrong)} in "
            f"{where}; nothing was used of it, restore the database from a backup"
        )
    twice = db.execute(
        "SELECT county, precinct, contest, choice, party, min(line), max(line)"
        " FROM precinct_lines WHERE import = ?"
        " GROUP BY contest_key, contest, choice, party, county, precinct HAVING count(*) > 1",
        [number],
    ).fetchone()
    if twice is not None:
        *line, one, other = twice
        raise LayoutChanged(f"lines {one} and {other} of {where} are one line twice: {line}")
