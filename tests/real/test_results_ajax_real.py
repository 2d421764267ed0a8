"""results_ajax on 170 answers for one contest of Jackson County, Oregon, 2025-05-20 to -27."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.results_ajax import Scraper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def answers(shared_data: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every stored answer in the order of its fetch."""
    with tarfile.open(shared_data / "or" / "oregon_resultsajax_2025-05_jackson.tar.gz") as stored:
        for member in sorted(stored.getmembers(), key=lambda one: one.name):
            body = stored.extractfile(member)
            if body is not None:
                yield member.name.rpartition("jacksoncand_")[2], body.read()


def report(body: bytes) -> Report:
    """Read one answer."""
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"type": "CTYALL"}).parse((page,))


def test_every_line_of_every_answer(shared_data: Path) -> None:
    """Each answer's lines are those of plain JSON; no mark of a winner is ever set."""
    seen = 0
    for name, body in answers(shared_data):
        rows = json.loads(body)["d"]
        (contest,) = report(body).contests
        found = {(contest.key, one.key): one.votes for one in contest.selections}
        wanted = {
            (str(row["RaceID"]), row["CandidateID"]): row["calcCandidateVotes"] for row in rows
        }
        assert found == wanted, name
        assert sum(found.values()) == sum(row["calcCandidateVotes"] for row in rows), name
        assert contest.units == Units(0, 50, UnitKind.PRECINCTS), name
        assert not any(one.winner_mark for one in contest.selections), name
        seen += 1
    assert seen == 170


def test_three_different_counts(shared_data: Path) -> None:
    """Zeros until the close, the first count at 20:03, the last one at midnight."""
    counts: list[tuple[str, list[int]]] = []
    for name, body in answers(shared_data):
        votes = [one.votes for one in report(body).contests[0].selections]
        if not counts or counts[-1][1] != votes:
            counts.append((name[:16], votes))
    assert counts == [
        ("2025-05-20_09-52", [0, 0, 0]),
        ("2025-05-20_20-03", [10_652, 7_668, 75]),
        ("2025-05-21_00-03", [16_082, 11_355, 103]),
    ]
