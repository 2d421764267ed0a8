"""nyc_enr on tables made of the Board's pages of 2025-07-02, written as a page again.

No page itself is stored. What is shown is that the places add up to the totals, by borough
and by assembly district, as the reader demands.
"""

from __future__ import annotations

import csv
import io
import tarfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page
from scrapers.platforms.nyc_enr import Scraper

if TYPE_CHECKING:
    from pathlib import Path


def rows(shared_data: Path, name: str) -> list[list[str]]:
    """Read one stored table: place, percent, candidate, party, votes."""
    archive = shared_data / "nyc" / "nyc_enr_2025_district_attorney.tar.gz"
    with tarfile.open(archive) as stored:
        body = stored.extractfile(f"nyc_enr_boenyc/{name}")
        assert body is not None
        return list(csv.reader(io.StringIO(body.read().decode())))[1:]


@pytest.mark.parametrize(
    "name", ["20250702_borough_district_attorney.csv", "20250702_ad_district_attorney.csv"]
)
def test_the_places_add_up_to_the_known_total(shared_data: Path, name: str) -> None:
    stored = rows(shared_data, name)
    people = list(dict.fromkeys((row[2], row[3]) for row in stored))
    places = list(dict.fromkeys((row[0], row[1]) for row in stored))
    votes = {(row[0], row[2]): row[4] for row in stored}
    lines = [
        ["", "Reported", *(name for name, _ in people)],
        ["", "", *(party for _, party in people)],
        *([*place, *(votes[place[0], name] for name, _ in people)] for place in places),
    ]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    body = f"<html><table class='underline'>{cells}</table></html>".encode()
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    (contest,) = Scraper(date=None, settings={"race": "26944"}).parse((page,)).contests
    found = {one.name: one.votes for one in contest.selections}
    assert found == {
        "Patrick John Timmins": 63_890,
        "Alvin L. Bragg Jr.": 178_095,
        "WRITE-IN": 831,
    }
    for person, counted in found.items():
        parts = [int(row[4]) for row in stored if row[2] == person and row[0] != "Total"]
        assert sum(parts) == counted
