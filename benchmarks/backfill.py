"""How long the backfill of a statewide precinct file takes, beside a plain insert of it.

Run from the project's root: `python -m benchmarks.backfill`. Each way reads its own
file, in its own process, so that the memory shown is its own. The peer is sqlite3's
`executemany` over the split lines, without any check.
"""
# ruff: noqa: INP001, T201 - a script that is run by hand, and prints

from __future__ import annotations

import asyncio
import resource
import sqlite3
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.results_pct import write_results_pct

ROWS = 220_000


def plain(file: Path, database: Path) -> None:
    """Insert every line as it stands."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute(f"CREATE TABLE lines ({', '.join(f'c{n}' for n in range(15))})")
    with file.open(encoding="utf-8", newline="") as text:
        rows = (line.rstrip("\r\n").split("\t") for line in islice(text, 1, None))
        connection.executemany(f"INSERT INTO lines VALUES ({', '.join('?' * 15)})", rows)  # noqa: S608
    connection.commit()
    connection.close()


def ours(file: Path, database: Path) -> None:
    """Backfill the file as the command does."""
    from monitor.backfill_app import Options, run  # noqa: PLC0415 - the peer is measured without

    asyncio.run(run(Options(str(file), Path("config.toml"), database), {}))


WAYS = {"sqlite3 executemany, plain": plain, "backfill": ours, "backfill again": ours}


def measure(name: str, file: Path, database: Path) -> None:
    """Run one way and print its time and the growth of its memory."""
    if name != "sqlite3 executemany, plain":
        import monitor.backfill_app  # noqa: F401, PLC0415 - imports are not what is measured
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    WAYS[name](file, database)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(f"{name:28} {seconds:6.2f} s  peak memory +{grown:.0f} MB (from {before / 1024:.0f})")


def main() -> None:
    """Run every way in a process of its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "results_pct_20241105.txt"
        write_results_pct(file, seed=2024, rows=ROWS)
        print(f"{ROWS:,} lines, {file.stat().st_size / 1e6:.1f} MB")
        for name in WAYS:
            database = Path(folder) / f"{name.partition(' ')[0]}.db"
            command = [sys.executable, "-m", "benchmarks.backfill", name, str(file), str(database)]
            subprocess.run(command, check=True)  # noqa: S603 - our own module


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
