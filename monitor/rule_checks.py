"""Wiring of `rules verify`: people's checks of rule cards, read from and written to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor import app, report, verification_store
from monitor.database import open_beside, transaction
from monitor.errors import DatabaseInUse

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.verification import Verification


def kept(database: Path) -> tuple[Verification, ...]:
    """Return the checks a database holds, none where there is no such file."""
    if not database.exists():
        return ()
    with report.reading(database) as db:
        return verification_store.read(db)


def races(database: Path) -> frozenset[str]:
    """Return the ids of the races a database knows, none where there is no such file."""
    if not database.exists():
        return frozenset()
    with report.reading(database) as db:
        return frozenset(row["id"] for row in db.query("SELECT id FROM races"))


def record(database: Path, checks: tuple[Verification, ...]) -> None:
    """Write checks down, making the database if need be, or beside the instance that watches."""
    try:
        with app.opened(database) as store, store.transaction():
            verification_store.add(store.db, checks)
    except DatabaseInUse:
        db = open_beside(database)
        try:
            report.refuse_earlier(db, database)
            with transaction(db):
                verification_store.add(db, checks)
        finally:
            db.close()
