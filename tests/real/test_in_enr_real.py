"""in_enr on the stored excerpt of Indiana's U.S. House primary, 2026-05-05 (typed by hand)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.model import Page, Report
from scrapers.platforms.in_enr import Scraper

if TYPE_CHECKING:
    from pathlib import Path

NAME = "in_enr_OffCatC_1005_A_excerpt.json"
SETTINGS = {
    "CurrentElection": "05/05/2026", "ElectionType": "P", "VersionType": "A", "Certified": "T",
}  # fmt: skip


@pytest.fixture
def root(shared_data: Path) -> Any:
    """Return the excerpt's content, plainly read."""
    return json.loads((shared_data / "state_files" / NAME).read_bytes())["Root"]


def read(root: Any) -> Report:
    """Read a category beside settings of ours, which are not stored."""
    bodies = ({"Root": SETTINGS}, {"Root": root})
    pages = tuple(
        Page(
            "https://example.org",
            200,
            (),
            json.dumps(one).encode(),
            datetime(2026, 1, 1, tzinfo=UTC),
        )
        for one in bodies
    )
    return Scraper(date=None, settings={"category": "1005"}).parse(pages)


def test_the_summary_is_read_by_party(root: Any) -> None:
    (race,) = root["StatewideSummary"]["Race"]
    expected = {one["NAME_ON_BALLOT"]: one["TOTAL"] for one in race["Candidates"]["Candidate"]}
    report = read(root)
    found = {line.name: line.votes for one in report.contests for line in one.selections}
    assert found == expected == {
        "Rudy Yakym": 41228, "Jamee Decio": 18142, "Shaun Michael Maeyens": 7027,
    }  # fmt: skip
    assert [(one.key, one.party) for one in report.contests] == [
        ("3354|REP", "REP"), ("3354|DEM", "DEM"),
    ]  # fmt: skip
    winners = [line.name for one in report.contests for line in one.selections if line.winner_mark]
    assert winners == ["Rudy Yakym", "Jamee Decio"]


def test_without_a_summary_the_counties_are_read(root: Any) -> None:
    """The excerpt holds one county, Miami."""
    (region,) = root["OfficeCategory"]["Regions"]["Region"]
    (race,) = region["Races"]["Race"]
    expected = {
        one["NAME_ON_BALLOT"]: one["TOTAL_VOTES"] for one in race["Candidates"]["Candidate"]
    }
    report = read({**root, "StatewideSummary": None})
    found = {line.name: line.votes for one in report.contests for line in one.selections}
    assert found == expected
    assert sum(found.values()) == 2095 + 284 + 240
