"""`run.py watch` as a process of its own, its output in files that a test can wait on."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.commands import ROOT, bare_environment, command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Watching:
    """A running `watch`: its config, its database, and what it has said so far."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def out(self) -> str:
        """Everything printed so far: the messages, as staff would see them."""
        return (self.folder / "out").read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        """Everything logged so far."""
        return (self.folder / "err").read_text(encoding="utf-8")

    def until(self, claim: Callable[[], bool], what: str) -> None:
        """Wait for a claim to come true; a dead process or a long wait fails the test."""
        end = time.monotonic() + PATIENCE
        while not claim():
            assert self.process.poll() is None, f"watch ended before {what}:\n{self.log}"
            assert time.monotonic() < end, f"no {what}:\n{self.out}\n{self.log}"
            time.sleep(0.05)

    def until_told(self, start: str) -> None:
        """Wait for a message that begins so."""
        self.until(lambda: told(self.out, start) > 0, f"message {start!r}")

    def stop(self) -> int:
        """Ask it to end, as systemd does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


BY_THE_CLOCK = frozenset({"pulse", "morning-report"})
"""What comes besides when a half hour of the clock, or 8 AM at the desk, falls into a test."""


def told(out: str, start: str) -> int:
    """Count the messages that begin so; in a thread's head line the words stand elsewhere."""
    return sum(line.strip().startswith(start) for line in out.splitlines())


@contextmanager
def watching(folder: Path, config: Path, database: Path, **environ: str) -> Iterator[Watching]:
    """Run `watch`; whatever happens, it is gone at the end."""
    folder.mkdir(exist_ok=True)
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        process = subprocess.Popen(
            command("watch", "--config", config, "--database", database),
            cwd=ROOT,
            env=bare_environment(**environ),
            stdout=out,
            stderr=err,
        )
    try:
        yield Watching(process, folder)
    finally:
        process.kill()
        process.wait(timeout=10)


def integrity(database: Path) -> str:
    """Return what SQLite says of the whole file: "ok"."""
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
