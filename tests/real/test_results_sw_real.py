"""results_sw on what North Dakota (2018-11-07) and New Mexico served.

The first is stored under South Dakota's name; its contests are North Dakota's.
"""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report
from scrapers.platforms.results_sw import Scraper

if TYPE_CHECKING:
    from pathlib import Path


def report(shared_data: Path, name: str) -> Report:
    """Read one stored file."""
    body = (shared_data / "state_files" / name).read_bytes()
    page = Page(f"https://example.org/{name}", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"site": "example.org"}).parse((page,))


@pytest.mark.parametrize(
    ("name", "columns", "contests"),
    [
        ("2018_south_dakota.csv", (0, 7, 11, 13), 13),
        ("nm_resultsCSV_excerpt.csv", (0, 4, 7, 9), 8),
    ],
)
def test_every_line_and_every_sum(
    shared_data: Path, name: str, columns: tuple[int, int, int, int], contests: int
) -> None:
    """Votes and precincts stand where plain columns have them, and add up to the shares."""
    race, choice, votes, units = columns
    with (shared_data / "state_files" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    read = report(shared_data, name)
    assert len(read.contests) == contests
    found = {(one.key, line.key): line.votes for one in read.contests for line in one.selections}
    assert found == {(row[race], row[choice]): int(row[votes]) for row in rows}
    assert len(found) == len(rows)
    total: Counter[str] = Counter()
    for row in rows:
        total[row[race]] += int(row[votes])
    for one in read.contests:
        assert sum(line.votes for line in one.selections) == total[one.key]
    for row in rows:
        assert float(row[votes + 1]) == pytest.approx(int(row[votes]) / total[row[race]])
        of = next(one.units for one in read.contests if one.key == row[race])
        assert of is not None
        assert f"{of.reported}/{of.total}" == row[units]


def test_known_figures_of_north_dakota(shared_data: Path) -> None:
    read = report(shared_data, "2018_south_dakota.csv")
    assert read.source_time_text == "11/7/2018 3:46:06 PM"
    (contest,) = (one for one in read.contests if one.title == "Attorney General")
    assert {one.name: (one.votes, one.is_write_in) for one in contest.selections} == {
        "David Clark Thompson": (102_407, False),
        "write-in": (714, True),
        "Wayne Stenehjem": (214_658, False),
    }


def test_places_of_new_mexico_tell_contests_apart(shared_data: Path) -> None:
    titles = [one.title for one in report(shared_data, "nm_resultsCSV_excerpt.csv").contests]
    assert len(set(titles)) == len(titles)
    assert titles[:3] == [
        "Mayor, ALAMO CITY DISTRICT- ALL",
        "MAYOR, CITY OF ALBUQUERQUE",
        "Mayor, MAGDALENA",
    ]
