"""nv_sos on a newsroom's table of Nevada's counties, the morning after 2018-11-06."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report
from scrapers.platforms.nv_sos import Scraper

if TYPE_CHECKING:
    from pathlib import Path

NAME = "2018_nevada.csv"


@pytest.fixture
def report(shared_data: Path) -> Report:
    """Read the stored table."""
    body = (shared_data / "state_files" / NAME).read_bytes()
    page = Page("https://example.org/nv.csv", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


@pytest.fixture
def rows(shared_data: Path) -> list[dict[str, str]]:
    """Read the rows plainly."""
    text = (shared_data / "state_files" / NAME).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_16_district_attorneys(report: Report, rows: list[dict[str, str]]) -> None:
    """One in each county, 15 of them without a rival."""
    expected = {
        (row["county"], row["candidate"].removesuffix(" (INCUMBENT)")): int(row["votes"])
        for row in rows
        if row["race"] == "DISTRICT ATTORNEY"
    }
    found = [one for one in report.contests if one.key.endswith("|DISTRICT ATTORNEY")]
    assert len(expected) == 17
    assert {
        (one.key.partition("|")[0], line.name): line.votes
        for one in found
        for line in one.selections
    } == expected
    assert (len(found), sum(len(one.selections) == 1 for one in found)) == (16, 15)


def test_races_of_the_state_are_added_up(report: Report, rows: list[dict[str, str]]) -> None:
    assert sum(line.votes for one in report.contests for line in one.selections) == sum(
        int(row["votes"]) for row in rows
    )
    expected: Counter[str] = Counter()
    for row in rows:
        if row["race"] == "ATTORNEY GENERAL":
            expected[row["candidate"]] += int(row["votes"])
    (general,) = (one for one in report.contests if one.key == "ATTORNEY GENERAL")
    assert {line.name: line.votes for line in general.selections} == dict(expected)
