"""Export: the documented views as CSV or JSON, row by row, for people and their tools.

Columns are the views'. Names come from outside: a text that a spreadsheet would take
for a formula gets an apostrophe before it (CSV only; numbers stay numbers).
"""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from monitor.errors import DiskFull, NothingMatched, StoreFailure
from monitor.report import JSON_COLUMNS, VIEWS, reading

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPORTS = (*VIEWS, "precinct_votes")
_ORDERS = {
    "race_status": "race, candidate",
    "source_status": "source",
    "precinct_votes": "import, line",
}
_WITHOUT_RACE = frozenset({"source_status", "precinct_votes"})
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")


def export(database: Path, view: str, form: str, race: str | None, out: IO[str]) -> int:
    """Write every row of a view, or those of one race; return how many.

    `form`: csv or json. Raises `NothingMatched` for a race the view does not have.
    """
    with reading(database) as db:
        if race is not None:
            _refuse_unknown(db, view, race)
        where, values = ("", []) if race is None else (" WHERE race = ?", [race])
        order = _ORDERS.get(view, '"row"')
        rows = db.execute(f"SELECT * FROM {view}{where} ORDER BY {order}", values)  # noqa: S608 - ours
        columns = [column[0] for column in rows.description]
        write = _write_csv if form == "csv" else _write_json
        return write(columns, rows, out)


def _refuse_unknown(db: Any, view: str, race: str) -> None:
    if view in _WITHOUT_RACE:
        raise NothingMatched(f"{view} has no races; leave --race out")
    found = [row[0] for row in db.execute(f"SELECT DISTINCT race FROM {view} ORDER BY 1")]  # noqa: S608 - ours
    if race not in found:
        known = ", ".join(name for name in found if name) or "none"
        raise NothingMatched(f"no row of race {race!r} in {view}; it has {known}")


def _write_csv(columns: list[str], rows: Iterator[tuple[Any, ...]], out: IO[str]) -> int:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
        count += 1
    return count


def _harmless(value: Any) -> Any:
    """Put an apostrophe before a text that begins as a formula does (faults K13)."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _write_json(columns: list[str], rows: Iterator[tuple[Any, ...]], out: IO[str]) -> int:
    count = 0
    out.write("[")
    for row in rows:
        values = {
            name: json.loads(value) if name in JSON_COLUMNS and isinstance(value, str) else value
            for name, value in zip(columns, row, strict=True)
        }
        out.write(",\n " if count else "\n ")
        out.write(json.dumps(values, ensure_ascii=False))
        count += 1
    out.write("\n]\n" if count else "]\n")
    return count


@contextmanager
def replacing(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes the place of `path` when all is written, or leaves it alone."""
    try:
        number, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=f".{path.name}.")
        try:
            with open(number, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123 - a descriptor
                yield out
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:  # raised again; a stop, too, leaves no half file behind
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        kind = (
            DiskFull if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} else StoreFailure
        )
        raise kind(
            f"cannot write {path} ({error.strerror}); it is as it was, name another --output"
        ) from None


def _umask() -> int:
    """Return the process's umask; reading it is setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
