"""One SQLite file: opened safely, written in whole transactions, errors by name.

`open_database` gives the one writing connection of an instance, `open_reader` a
read-only one beside it, `open_beside` one for a row that somebody else writes. WAL, foreign
keys on, `synchronous=FULL` but for a replay, which can be played again. What SQLite raises
comes out as a `StoreFailure` of `monitor.errors`, with the remedy.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlite_utils import Database

from monitor.errors import DatabaseInUse, DatabaseLocked, DiskFull, StoreFailure, WrongDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BUSY_SECONDS = 5.0
"""How long a write waits for another program's lock before `DatabaseLocked`."""

_LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})


class _OwnedDatabase(Database):
    """A database that holds its lock file until it is closed, and names its errors."""

    def __init__(self, connection: sqlite3.Connection, lock: sqlite3.Connection, name: str) -> None:
        self._lock = lock
        self._name = name
        super().__init__(connection)

    def execute(
        self, sql: str, parameters: Sequence[Any] | dict[str, Any] | None = None
    ) -> sqlite3.Cursor:
        """Execute a statement; reading outside a transaction can find a full disk too."""
        with translated(self._name):
            return super().execute(sql, parameters)

    def close(self) -> None:
        """Close the connection, then give the lock file free."""
        super().close()
        self._lock.close()


def stamp(moment: datetime) -> str:
    """Write a moment as the database keeps it: UTC, milliseconds, so that text order is time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def moment_of(text: str) -> datetime:
    """Read what `stamp` wrote."""
    return datetime.fromisoformat(text)


def open_database(path: Path, *, quick_check: bool = False, flushed: bool = True) -> Database:
    """Open the database for the one instance that writes it, creating the file if need be.

    `flushed`: what is committed survives a power cut; a killed process loses nothing either way.

    The instance is held by an operating system lock on `<path>.lock`, which ends
    with the process however it ends. Raises `DatabaseInUse` when another one
    holds it, `WrongDatabase` when the file is no SQLite database, `StoreFailure`
    when it cannot be opened or `quick_check` finds damage.
    """
    lock = _lock_instance(path)
    try:
        with translated(str(path)):
            database = _OwnedDatabase(_connect(path, flushed=flushed), lock, str(path))
            if quick_check:
                _refuse_damage(database, path)
    except BaseException:  # raised again; the lock would stay
        lock.close()
        raise
    return database


def open_beside(path: Path) -> Database:
    """Open a connection that may write a row beside the one instance, and hold no lock of its own.

    SQLite lets one transaction write at a time, and a short one waits for the others.
    Raises `StoreFailure` when there is no such database.
    """
    with translated(str(path)):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS
        )
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.DatabaseError:
            connection.close()
            raise
    return Database(connection)


def open_reader(path: Path) -> Database:
    """Open a second, read-only connection, which never waits for the writer.

    Raises `StoreFailure` when there is no such database.
    """
    if not path.exists():
        raise StoreFailure(
            f"unable to open {path}: there is no such file; start `watch`, or name another with "
            "--database"
        )
    with translated(str(path)):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS
        )
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError:
            connection.close()
            raise
    return Database(connection)


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Run the block as one write transaction: all of it is stored, or nothing.

    The write lock is taken at once (BEGIN IMMEDIATE): a transaction that reads
    first and then writes would otherwise fail without waiting. Transactions do
    not nest, and no `await` belongs inside one.
    """
    with translated(_name(db)):
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:  # raised again; a stop must leave no half of it
            db.rollback()
            raise


@contextmanager
def translated(name: str) -> Iterator[None]:
    """Turn SQLite's errors into the tree's; `name` is the file, for the message."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        named = _named(error, name)
        if named is None:
            raise
        raise named from error


def _named(error: sqlite3.DatabaseError, name: str) -> StoreFailure | None:
    """Return the tree's error, or None for a mistake in our own SQL."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _LOCKED:
        return DatabaseLocked(
            f"{name} is locked by another program; close it, nothing was written ({error})"
        )
    if code in _FULL:
        return DiskFull(f"no room or no write on the disk of {name}; free some space ({error})")
    if code == sqlite3.SQLITE_NOTADB:
        return WrongDatabase(f"{name} is no SQLite database; name another file with --database")
    if isinstance(error, sqlite3.IntegrityError):
        return StoreFailure(f"{name} refuses a row: {error}")
    if code in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT}:
        return StoreFailure(
            f"{name} cannot be used: {error}; check the path and its rights, or restore a backup"
        )
    return None


def _lock_instance(path: Path) -> sqlite3.Connection:
    """Take the lock beside the database: SQLite's own file lock, so it works on every system."""
    beside = path.with_name(f"{path.name}.lock")
    with translated(str(beside)):
        lock = sqlite3.connect(beside, timeout=0, isolation_level=None)
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            lock.close()
            if error.sqlite_errorcode & 0xFF in _LOCKED:
                raise DatabaseInUse(
                    f"another instance holds {path}; stop it, or name another file with --database"
                ) from None
            raise
    return lock


def _connect(path: Path, *, flushed: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute(f"PRAGMA synchronous = {'FULL' if flushed else 'NORMAL'}")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _refuse_damage(db: Database, path: Path) -> None:
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        db.close()
        raise StoreFailure(f"{path} is damaged ({found}); restore a backup")


def _name(db: Database) -> str:
    """Return the path of the database behind a connection."""
    return str(db.execute("PRAGMA database_list").fetchone()[2]) or "the database in memory"
