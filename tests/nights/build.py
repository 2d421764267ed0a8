"""Build the four recorded nights: `python tests/nights/build.py` rewrites every WARC here.

The figures are real and lie in `figures/`, each file with its origin. What no source tells is
ours, and each night's module says what that is: `carolina`, `dallas`, `allegheny`. In every
night the site, or the sheet, fails for some minutes; that is ours too.

A night holds each file as it stood at each change, nothing else: a world, not a script. Beside
it lie `<night>.config.toml`, which its first record repeats, and `<night>.must.toml`.
"""

from __future__ import annotations

from pathlib import Path

from monitor.archive import ArchiveWriter
from monitor.rulebook import shipped_rules
from tests.nights.allegheny import allegheny
from tests.nights.carolina import durham, pitt
from tests.nights.dallas import dallas

HERE = Path(__file__).parent

NIGHTS = {
    "durham-2018": durham,
    "pitt-2018": pitt,
    "dallas-2018": dallas,
    "allegheny-2023": allegheny,
}


def write(name: str, folder: Path, rules_digest: str) -> Path:
    """Write one night's WARC into `folder` and return its path; the bytes are always the same.

    `rules_digest`: of the rules the night counts as recorded with, kept in its first record.
    """
    path = folder / f"{name}.warc.gz"
    path.unlink(missing_ok=True)
    moments = NIGHTS[name]()
    config = (HERE / f"{name}.config.toml").read_text(encoding="utf-8")
    with ArchiveWriter(path) as writer:
        writer.start(config, rules_digest, moments[0].at)
        for number, moment in enumerate(moments, start=1):
            visit_id = f"{name}-{number:02}"
            for page in moment.pages:
                writer.keep(page, visit_id)
            if moment.failure:
                writer.keep_failure(moment.url, moment.failure, moment.at, visit_id)
    return path


if __name__ == "__main__":
    for night in NIGHTS:
        print(write(night, HERE, shipped_rules().digest).name)  # noqa: T201 - what it wrote
