"""A warm launcher that runs the command line and kills it at a counted point.

    python -m tests.kill

It imports the program once and forks a child per job, so that a run costs what its night
costs. Jobs come as JSON lines on stdin, answers go out on stdout. The child counts what it
does with `sys.setprofile`; at the n-th event of the job's kind it sends itself SIGKILL, as
the kernel does when memory is short. Nothing in the program knows of this.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from monitor import app, ledger, watch
from monitor.cli import main
from tests.commands import ROOT, bare_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import CodeType, FrameType

KINDS = ("calls", "statements", "news-calls", "news-statements")
"""What is counted: every function of the program, every SQL statement (before and after it),
and both of them while there is news: from the writing of a message to the next visit, which
is when it is stored, sent and recorded."""
_PROGRAM = ("monitor", "scrapers", "slack_sdk", "aiohttp")
_STATEMENTS = frozenset({"execute", "commit", "rollback"})

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Job:
    """One run: its arguments, and where it dies (`at` None: nowhere, `at` 0: only counted).

    `out` and `err` are the files its output goes to.
    """

    args: tuple[str, ...]
    out: str
    err: str
    kind: str = "calls"
    at: int | None = None
    environ: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: killed, or with an exit code and what it had counted."""

    killed: bool
    code: int
    counts: dict[str, int]


# -- in the launcher ----------------------------------------------------------------------


class Counting:
    """Counts a run's events, and ends the process at one of them."""

    def __init__(self, kind: str, at: int) -> None:
        self.counts = dict.fromkeys(KINDS, 0)
        self._kind = kind
        self._at = at
        self._ours: dict[CodeType, bool] = {}
        self._is_news = False

    def begin(self) -> None:
        """Wrap where news begins and ends; count from here on, unless only news is asked for."""
        writing: Any = ledger
        visiting: Any = watch.Watch
        compose, visit = writing.posts, visiting.visit

        def composed(*args: Any) -> Any:
            self._is_news = True
            self._look()
            return compose(*args)

        async def visited(*args: Any) -> None:
            self._is_news = False
            if self._at and self._kind.startswith("news"):
                self.end()
            await visit(*args)

        writing.posts, visiting.visit = composed, visited
        if not self._kind.startswith("news"):
            self._look()

    def end(self) -> None:
        """Count no more."""
        sys.settrace(None)
        sys.setprofile(None)

    def _look(self) -> None:
        """Have the interpreter tell us no more than is asked for: every event costs time."""
        if self._at == 0 or self._kind.endswith("calls"):
            sys.settrace(self._called)
        if self._at == 0 or self._kind.endswith("statements"):
            sys.setprofile(self._profiled)

    def _called(self, frame: FrameType, event: str, arg: Any) -> None:
        """Take a Python call into account; a trace function that returns None sees no more."""
        del event, arg
        code = frame.f_code
        if code not in self._ours:
            self._ours[code] = str(frame.f_globals.get("__name__")).startswith(_PROGRAM)
        if self._ours[code]:
            self._count("calls")

    def _profiled(self, frame: FrameType, event: str, arg: Any) -> None:
        """Take a call into C and its return into account."""
        del frame
        if event.startswith("c_") and arg.__name__ in _STATEMENTS and _is_sql(arg):
            self._count("statements")

    def _count(self, kind: str) -> None:
        for each in (kind, f"news-{kind}") if self._is_news else (kind,):
            self.counts[each] += 1
            if each == self._kind and self.counts[each] == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


def _is_sql(function: Any) -> bool:
    return isinstance(getattr(function, "__self__", None), sqlite3.Connection)


def _serve() -> None:
    """Answer jobs until stdin ends."""
    app.scrapers()
    for line in sys.stdin:
        values = json.loads(line)
        ended = _run(Job(**{**values, "args": tuple(values["args"])}))
        sys.stdout.write(json.dumps(asdict(ended)) + "\n")
        sys.stdout.flush()


def _run(job: Job) -> Ended:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(job, writing)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:  # noqa: PTH123 - a pipe has no path
        counts = pipe.read()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return Ended(killed, os.waitstatus_to_exitcode(status), json.loads(counts or "{}"))


def _child(job: Job, writing: int) -> None:
    """Run the command line in the forked child; never returns."""
    code = 1
    try:
        for path, number in ((job.out, 1), (job.err, 2)):
            os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.environ.clear()
        os.environ.update(job.environ)
        counting = Counting(job.kind, job.at or 0)
        code = _command_line(job, counting)
        os.write(writing, json.dumps(counting.counts).encode())
    except BaseException:  # noqa: BLE001 - a forked child must not go on as its parent
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _command_line(job: Job, counting: Counting) -> int:
    if job.at is not None:
        counting.begin()
    try:
        main(list(job.args))
    except SystemExit as done:
        return int(done.code or 0)
    finally:
        counting.end()
        sys.stdout.flush()
    return 0


# -- in the test --------------------------------------------------------------------------


class Launchers:
    """Some warm launchers; `run` may be called from as many threads."""

    def __init__(self, number: int) -> None:
        self._all = [_launcher() for _ in range(number)]
        self._free: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()
        for launcher in self._all:
            self._free.put(launcher)

    def run(self, job: Job) -> Ended:
        """Run one job in a launcher that is free."""
        launcher = self._free.get()
        try:
            assert launcher.stdin is not None
            assert launcher.stdout is not None
            launcher.stdin.write(json.dumps(asdict(job)) + "\n")
            launcher.stdin.flush()
            return Ended(**json.loads(launcher.stdout.readline()))
        finally:
            self._free.put(launcher)

    def each(self, work: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """Do the work for every item, as many at a time as there are launchers."""
        with ThreadPoolExecutor(len(self._all)) as pool:
            return list(pool.map(work, items))

    def close(self) -> None:
        """End every launcher."""
        for launcher in self._all:
            launcher.communicate()


@contextmanager
def launchers(number: int = 4) -> Iterator[Launchers]:
    """Start launchers and end them; more than cores, for runs also wait."""
    pool = Launchers(number)
    try:
        yield pool
    finally:
        pool.close()


def _launcher() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.kill"],
        cwd=ROOT,
        env=bare_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    _serve()
