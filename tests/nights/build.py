"""Build the recorded nights: `python -m tests.nights.build` rewrites every WARC here.

Four of them are whole real nights: `carolina`, `dallas`, `allegheny`. Their figures lie in
`figures/`, each file with its origin; that a site, or the sheet, fails for some minutes is ours.
The others show one trouble each; every night's module says what in it is real and what is ours.

A night holds each file as it stood at each change, nothing else: a world, not a script. Beside
it lie `<night>.config.toml`, which its first record repeats, and `<night>.must.toml`.
"""

from __future__ import annotations

from pathlib import Path

from monitor.archive import ArchiveWriter
from monitor.rulebook import shipped_rules
from tests.nights.allegheny import allegheny, confirmed
from tests.nights.capefear import cape_fear
from tests.nights.carolina import durham, pitt
from tests.nights.dallas import dallas
from tests.nights.older import older
from tests.nights.rehearsal import rehearsal
from tests.nights.revision import revision
from tests.nights.sampson import sampson
from tests.nights.uncontested import uncontested

HERE = Path(__file__).parent

NIGHTS = {
    "durham-2018": durham,
    "pitt-2018": pitt,
    "dallas-2018": dallas,
    "allegheny-2023": allegheny,
    "allegheny-2023-confirmed": confirmed,
    "cape-fear-2024": cape_fear,
    "revision-2023": revision,
    "older-2018": older,
    "rehearsal-2018": rehearsal,
    "sampson-2018": sampson,
    "uncontested-2026": uncontested,
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
            if moment.act:
                writer.keep_act(moment.act, moment.at)
            if moment.failure:
                writer.keep_failure(moment.url, moment.failure, moment.at, visit_id)
    return path


if __name__ == "__main__":
    for night in NIGHTS:
        print(write(night, HERE, shipped_rules().digest).name)  # noqa: T201 - what it wrote
