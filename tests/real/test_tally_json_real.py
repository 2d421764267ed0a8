"""The platform tally on re-typed excerpts of North Dakota's primary of 2026."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report, ResultsStatus
from scrapers.platforms.tally import Scraper

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {"site": "x", "page": "https://x", "cid": "north-dakota", "eid": "346"}
NAMES, RESULTS = "nd_tally_search_excerpt.json", "nd_tally_results_sw_excerpt.json"


def report(shared_data: Path, location: str) -> Report:
    """Read the two stored files."""
    fetched = datetime(2026, 1, 1, tzinfo=UTC)
    names, results = (
        Page(
            f"https://x/{name}", 200, (), (shared_data / "state_files" / name).read_bytes(), fetched
        )
        for name in (NAMES, RESULTS)
    )
    scraper = Scraper(date=None, settings={**SETTINGS, "location": location})
    return scraper.parse((names, results))


@pytest.mark.parametrize("location", ["", "38001", "38017"])
def test_every_line_and_every_sum(shared_data: Path, location: str) -> None:
    """The whole and its two counties agree with plain JSON and its own totals."""
    plain = json.loads((shared_data / "state_files" / RESULTS).read_bytes())
    part = plain["response"]["contests"]["20042DEM"]
    part = part["locations"][location] if location else part
    (contest,) = report(shared_data, location).contests
    assert {one.key: one.votes for one in contest.selections} == {
        one["choiceID"]: one["totalVotes"] for one in part["choices"]
    }
    assert sum(one.votes for one in contest.selections) == part["totalVotes"]
    assert contest.units is not None
    assert contest.units.reported == contest.units.total == part["totalPrecincts"]


def test_the_head_of_the_report(shared_data: Path) -> None:
    read = report(shared_data, "")
    assert (read.version, read.status) == (2097, ResultsStatus.CERTIFIED)
    assert read.source_time == datetime(2026, 10, 8, 18, 13, 38, 539096, tzinfo=UTC)
    (contest,) = read.contests
    assert (contest.title, contest.party) == ("Representative in Congress Democratic-NPL", "DEM")
    assert [(one.name, one.votes, one.winner_mark) for one in contest.selections] == [
        ("Trygve Hammer", 34_604, True),
        ("write-in", 69, False),
    ]
