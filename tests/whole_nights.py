"""Each recorded night, played once in a whole test run, for every test that only reads it.

The first test that asks plays it through the command line; others wait for that, in
whichever process they run. Whoever writes takes a copy.
"""

from __future__ import annotations

import fcntl
import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.commands import NIGHTS, run

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = tuple(sorted(path.name.partition(".")[0] for path in NIGHTS.glob("*.must.toml")))
TWICE = ("allegheny-2023", "dallas-2018", "durham-2018", "pitt-2018")
"""Played a second time by tests/test_nights.py; the others, stopped again and again, by
tests/test_edges.py."""

folder = Path()
"""One for the whole run, whatever its processes; `tests/conftest.py` says where."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A night nobody disturbed: its database, and what `replay --json` printed."""

    database: Path
    printed: str

    @property
    def posts(self) -> list[dict[str, Any]]:
        """Return the messages printed."""
        found: list[dict[str, Any]] = json.loads(self.printed)
        return found


@cache
def whole(night: str) -> Whole:
    """Return a night as it was played in this run, or play it."""
    database, printed = folder / f"{night}.db", folder / f"{night}.json"
    with _alone(folder / f"{night}.lock"):
        if not printed.exists():
            database.unlink(missing_ok=True)
            recording = NIGHTS / f"{night}.warc.gz"
            done = run("replay", recording, "--speed", "max", "--json", "--database", database)
            assert done.code == 0, done.err
            printed.write_text(done.out, encoding="utf-8")
    return Whole(database, printed.read_text(encoding="utf-8"))


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only process of the run that does this."""
    with path.open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
