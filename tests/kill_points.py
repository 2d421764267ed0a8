"""Seeded points at which a replay dies, and the run that is started again after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.commands import NIGHTS, bare_environment
from tests.kill import Ended, Job, Launchers

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20180508
NIGHT = "durham-2018"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a run dies, and where the next one does; 0 = that one runs to its end."""

    number: int
    kind: str
    first: int
    second: int


def points(counts: Mapping[str, int], kinds: Sequence[str], number: int) -> list[Point]:
    """Draw points over what a whole run counted, kinds in turn; every third dies twice.

    They stay well inside the count: some calls depend on how Slack's answers arrive.
    """
    random = Random(SEED)  # noqa: S311 - chosen once, for ever
    drawn = []
    for place in range(number):
        kind = kinds[place % len(kinds)]
        most = counts[kind] * 95 // 100
        first = random.randint(1, most)
        second = random.randint(1, max(1, most - first)) if place % 3 == 0 else 0
        drawn.append(Point(place, kind, first, second))
    return drawn


@dataclass(frozen=True, slots=True)
class Replaying:
    """The command under test: Durham's night into a database of its own per name.

    What a dead process was sending rests for a second only, which is all that the
    configuration differs in.
    """

    folder: Path
    rehearsal: bool = False
    environ: Mapping[str, str] | None = None

    def job(self, name: str, kind: str = "calls", at: int | None = None) -> Job:
        """Describe one run; see `Job`."""
        config = self.folder / f"{name}.toml"
        text = (NIGHTS / f"{NIGHT}.config.toml").read_text(encoding="utf-8")
        own = "[slack]\nquarantine_seconds = 1\n"
        text = text.replace("#primary-night-rehearsal", f"#{name}")
        config.write_text(text.replace("[slack]\n", own), encoding="utf-8")
        return Job(
            args=(
                *("replay", str(NIGHTS / f"{NIGHT}.warc.gz"), "--speed", "max", "--json"),
                *("--database", str(self.folder / f"{name}.db"), "--config", str(config)),
                *(("--rehearse",) if self.rehearsal else ()),
            ),
            out=str(self.folder / f"{name}.json"),
            err=str(self.folder / f"{name}.err"),
            kind=kind,
            at=at,
            environ=bare_environment(**(self.environ or {})),
        )

    def printed(self, name: str) -> str:
        """Return what the last run of this name printed."""
        return Path(self.job(name).out).read_text(encoding="utf-8")

    def killed_and_finished(self, pool: Launchers, name: str, point: Point) -> Ended:
        """Kill one run, or two, and let the next one end; return how the first one ended."""
        first = pool.run(self.job(name, point.kind, point.first))
        if point.second:
            pool.run(self.job(name, point.kind, point.second))
        last = pool.run(self.job(name))
        assert last.code == 0, Path(self.job(name).err).read_text(encoding="utf-8")
        return first
