"""The command line called as people call it: inside this process, or as one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from click.testing import CliRunner

from monitor.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
NIGHTS = ROOT / "tests" / "nights"
COLUMNS = "300"
"""So wide that no message wraps: a text is then one line of the terminal."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a finished command left behind."""

    code: int
    out: str
    err: str


def run(*args: str | Path) -> Ran:
    """Run a command through the real entry point, in this process."""
    try:
        result = CliRunner().invoke(main, [str(arg) for arg in args])
    finally:
        structlog.reset_defaults()  # the command's log went to a stream that is closed by now
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout, result.stderr)


def bare_environment(**more: str) -> dict[str, str]:
    """Return this environment without any Slack token, and with a wide terminal."""
    kept = {name: value for name, value in os.environ.items() if "PRIMARY_NIGHT" not in name}
    return {**kept, "COLUMNS": COLUMNS, **more}


def spawn(*args: str | Path, environ: Mapping[str, str] | None = None) -> Ran:
    """Run `run.py` as a process of its own until it ends."""
    done = subprocess.run(
        command(*args),
        cwd=ROOT,
        env=bare_environment() if environ is None else dict(environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def command(*args: str | Path) -> list[str]:
    """Return the command line of `run.py`."""
    return [sys.executable, str(ROOT / "run.py"), *map(str, args)]
