"""wa_export on Washington's export of the morning after 2018-11-06."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report
from scrapers.platforms.wa_export import Scraper

if TYPE_CHECKING:
    from pathlib import Path

NAME = "2018_washington_allcounties.csv"


def read(shared_data: Path, county: str = "") -> Report:
    """Read the stored export, or one county of it."""
    body = (shared_data / "state_files" / NAME).read_bytes()
    page = Page("https://example.org/wa.csv", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=date(2018, 11, 6), settings={"county": county}).parse((page,))


@pytest.fixture
def rows(shared_data: Path) -> list[dict[str, str]]:
    """Read the rows plainly."""
    text = (shared_data / "state_files" / NAME).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_39_prosecutors_in_28_styles(shared_data: Path, rows: list[dict[str, str]]) -> None:
    """Each county has one contest, whose key says the county; 28 had no rival."""
    expected = {
        (row["County"], row["Candidate"]): int(row["Votes"])
        for row in rows
        if "rosecut" in row["Race"].lower()
    }
    found = [one for one in read(shared_data).contests if "rosecut" in one.title.lower()]
    assert len(found) == len({one.key.partition("|")[0] for one in found}) == 39
    assert {
        (one.key.partition("|")[0], line.name): line.votes
        for one in found
        for line in one.selections
    } == expected
    assert sum(len(one.selections) == 1 for one in found) == 28
    assert len({one.title for one in found}) == 39


def test_races_of_the_state_are_added_up(shared_data: Path, rows: list[dict[str, str]]) -> None:
    """The whole file's votes are counted once, and a senator's over 39 counties."""
    contests = read(shared_data).contests
    assert sum(line.votes for one in contests for line in one.selections) == sum(
        int(row["Votes"]) for row in rows
    )
    senator = next(one for one in contests if one.key == "United States U.S. Senator")
    expected: Counter[str] = Counter()
    for row in rows:
        if row["Race"] == senator.key:
            expected[row["Candidate"]] += int(row["Votes"])
    assert {line.name: line.votes for line in senator.selections} == dict(expected)


def test_one_county_has_its_own_rows(shared_data: Path, rows: list[dict[str, str]]) -> None:
    contests = read(shared_data, "King").contests
    assert sum(line.votes for one in contests for line in one.selections) == sum(
        int(row["Votes"]) for row in rows if row["County"] == "King"
    )
    (prosecutor,) = (one for one in contests if "Prosecut" in one.title)
    assert [line.votes for line in prosecutor.selections] == [396_826, 153_124]
