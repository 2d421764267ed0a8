"""Reading a database for the command line: the documented views, and nothing else."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from monitor.database import open_reader, translated
from monitor.errors import StoreFailure, WrongDatabase
from monitor.sentences import Caveat
from monitor.words import signed, surname

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlite_utils import Database

VIEWS = (
    "race_status", "race_history", "source_status", "event_log", "post_log", "visit_log",
    "decision_log",
)  # fmt: skip


@contextmanager
def reading(database: Path) -> Iterator[Database]:
    """Open a database of this program for reading, beside the instance that writes it.

    Raises `StoreFailure` when there is none, and `WrongDatabase` for another
    program's.
    """
    db = open_reader(database)
    try:
        with translated(str(database)):
            if VIEWS[0] not in db.view_names():
                raise WrongDatabase(
                    f"{database} holds no races of this program; name another file with --database"
                )
            refuse_earlier(db, database)
            yield db
    finally:
        db.close()


def refuse_earlier(db: Database, database: Path) -> None:
    """Raise `StoreFailure` where an earlier version of this program wrote the database."""
    if not set(VIEWS) <= set(db.view_names()):
        raise StoreFailure(
            f"{database} was written by an earlier version of this program; start `watch` anew, "
            "which brings it up to date"
        )


def view(database: Path, name: str) -> list[dict[str, Any]]:
    """Return every row of one of the documented views."""
    if name not in VIEWS:
        raise ValueError(f"no view {name!r}")
    order = {"race_status": "race, candidate", "source_status": "source"}.get(name, '"row"')
    with reading(database) as db:
        rows = list(db.query(f"SELECT * FROM {name} ORDER BY {order}"))  # noqa: S608 - checked
    return [{key: _decoded(key, value) for key, value in row.items()} for row in rows]


JSON_COLUMNS = frozenset({"caveats", "blocks", "by_type"})


def _decoded(key: str, value: Any) -> Any:
    return json.loads(value) if key in JSON_COLUMNS and isinstance(value, str) else value


def post_log_json(database: Path, *, edits: bool = False) -> str:
    """Return `post_log` in order of (at, row), as the stable JSON of `replay --json`.

    `edits`: then what messages were edited to say in the end, as rows of kind "edit" with
    the key of their message; an edit has no history.
    """
    rows = view(database, "post_log")
    rows.sort(key=lambda row: (row["at"], row["row"]))
    rows += _edits(database) if edits else []
    kept = ("at", "race", "kind", "channel", "thread", "text", "blocks", "key")
    return json.dumps([{name: row[name] for name in kept} for row in rows], indent=1,
                      ensure_ascii=False)  # fmt: skip


def _edits(database: Path) -> list[dict[str, Any]]:
    with reading(database) as db:
        rows = list(
            db.query(
                "SELECT e.at, p.race, 'edit' AS kind, e.channel, p.thread, e.text, e.blocks, e.key"
                ' FROM edits AS e JOIN post_log AS p ON p.key = e.key ORDER BY e.at, p."row"'
            )
        )
    return [{key: _decoded(key, value) for key, value in row.items()} for row in rows]


def status_lines(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Choose what of `race_status` fits a terminal; `--json` has every column."""
    return [_status_line(row) for row in rows]


def _status_line(row: Mapping[str, Any]) -> dict[str, str]:
    outcome = row["outcome"] if row["outcome"] != "none" else row["standing"]
    basis = f" ({row['basis']})" if row["basis"] != "none" else ""
    doubt = "HOLD OFF: " if Caveat.HOLD_OFF.value in row["caveats"] else ""
    frozen = ", frozen" if Caveat.FROZEN.value in row["caveats"] else ""
    reported, known = row["units_reported"], row["units_total"]
    return {
        "race": row["race"],
        "ours": surname(row["candidate"]),
        "stands": f"{doubt}{outcome}{basis}{frozen}",
        "votes": f"{row['votes']:,}",
        "rival": surname(row["rival"]),
        "margin": signed(row["margin"]),
        "units": "" if known is None else f"{reported:,}/{known:,}",
        "checked (UTC)": row["checked_at"][:16].replace("T", " "),
    }
