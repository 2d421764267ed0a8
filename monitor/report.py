"""Reading a database for the command line: the documented views, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitor.database import open_reader

if TYPE_CHECKING:
    from pathlib import Path

VIEWS = ("race_status", "race_history", "source_status", "event_log", "post_log")


def view(database: Path, name: str) -> list[dict[str, Any]]:
    """Return every row of one of the documented views."""
    if name not in VIEWS:
        raise ValueError(f"no view {name!r}")
    order = {"race_status": "race, candidate", "source_status": "source"}.get(name, '"row"')
    db = open_reader(database)
    try:
        rows = list(db.query(f"SELECT * FROM {name} ORDER BY {order}"))  # noqa: S608 - checked
    finally:
        db.close()
    return [{key: _decoded(key, value) for key, value in row.items()} for row in rows]


_JSON_COLUMNS = frozenset({"caveats", "blocks", "by_type"})


def _decoded(key: str, value: Any) -> Any:
    return json.loads(value) if key in _JSON_COLUMNS and isinstance(value, str) else value


def post_log_json(database: Path) -> str:
    """Return `post_log` in order of (at, row), as the stable JSON of `replay --json`."""
    rows = view(database, "post_log")
    rows.sort(key=lambda row: (row["at"], row["row"]))
    kept = ("at", "race", "kind", "channel", "thread", "text", "blocks", "key")
    return json.dumps([{name: row[name] for name in kept} for row in rows], indent=1,
                      ensure_ascii=False)  # fmt: skip
