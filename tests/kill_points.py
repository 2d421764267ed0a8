"""Seeded points at which a replay dies, and the run that is started again after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.commands import NIGHTS, bare_environment
from tests.kill import Job, Launchers

if TYPE_CHECKING:
    from collections.abc import Sequence

SEED = 20180508
NIGHT = "durham-2018"


@dataclass(frozen=True, slots=True)
class Point:
    """Where runs of one night die, each so far behind the one before; the next runs to its end."""

    number: int
    kind: str
    deaths: tuple[int, ...]


def points(
    counts: Mapping[str, int], kinds: Sequence[str], number: int, *, each: int = 1
) -> list[Point]:
    """Draw points over what a whole run counted, kinds in turn, `each` of them for one night.

    They stay well inside the count: some calls depend on how Slack's answers arrive. A run that
    goes on counts less than the whole one behind its point, so the last of several may not come.
    """
    random = Random(SEED)  # noqa: S311 - chosen once, for ever
    drawn = []
    for place in range(number // each):
        kind = kinds[place % len(kinds)]
        at = sorted(random.sample(range(1, counts[kind] * 95 // 100), each))
        drawn.append(Point(place, kind, tuple(b - a for a, b in pairwise([0, *at]))))
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
                *(
                    "replay",
                    str(NIGHTS / f"{NIGHT}.warc.gz"),
                    "--speed",
                    "max",
                    "--json",
                    "--edits",
                ),
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

    def killed_and_finished(self, pool: Launchers, name: str, point: Point) -> int:
        """Kill runs one after the other and let the next one end; return how many died."""
        killed = 0
        for at in point.deaths:
            killed += pool.run(self.job(name, point.kind, at)).killed
        last = pool.run(self.job(name))
        assert last.code == 0, Path(self.job(name).err).read_text(encoding="utf-8")
        return killed
