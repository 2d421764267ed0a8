"""in_csv on Indiana's file of the morning after 2018-11-06: 91 prosecutors."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report
from scrapers.platforms.in_csv import Scraper

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def body(shared_data: Path) -> bytes:
    """Return the stored file, unpacked."""
    return gzip.decompress((shared_data / "state_files" / "2018_indiana.csv.gz").read_bytes())


@pytest.fixture(scope="module")
def report(body: bytes) -> Report:
    """Read the stored file."""
    page = Page("https://example.org/in.csv", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


@pytest.fixture(scope="module")
def rows(body: bytes) -> list[dict[str, str]]:
    """Read the rows plainly."""
    return list(csv.DictReader(io.StringIO(body.decode())))


def test_every_prosecutor_has_the_sum_of_the_counties(
    report: Report, rows: list[dict[str, str]]
) -> None:
    """91 contests; 15 of them with a rival, in which no winner is marked."""
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows:
        if row["Office Category"] == "Prosecuting Attorney":
            expected[(row["Office"], row["Name on Ballot"])] += int(row["Total Votes"])
    found = [one for one in report.contests if one.key.startswith("Prosecuting Attorney|")]
    assert len(found) == 91
    assert {(one.title, line.name): line.votes for one in found for line in one.selections} == (
        dict(expected)
    )
    contested = [one for one in found if len(one.selections) > 1]
    assert len(contested) == 15
    assert not any(line.winner_mark for one in contested for line in one.selections)


def test_every_vote_is_counted_once(report: Report, rows: list[dict[str, str]]) -> None:
    """The one contest without counts, a school board, is all that the sum lacks."""
    torn = "West Lafayette School Board"
    assert [one.title for one in report.contests if not one.counts_known] == [torn]
    assert sum(line.votes for one in report.contests for line in one.selections) == sum(
        int(row["Total Votes"]) for row in rows if row["Office"] != torn
    )


def test_a_county_that_has_not_reported_and_a_near_miss(report: Report) -> None:
    by_title = {one.title: one for one in report.contests}
    porter = by_title["Prosecuting Attorney Of Porter County, 67th Judicial Circuit"]
    assert [one.votes for one in porter.selections] == [0, 0]
    crawford = by_title["Prosecuting Attorney Of Crawford County, 77th Judicial Circuit"]
    assert [one.votes for one in crawford.selections] == [2021, 1995]
    ohio = by_title["Prosecuting Attorney Of Dearborn & Ohio Counties, 7th Judicial Circuit"]
    assert [one.votes for one in ohio.selections] == [14_922 + 1_921]
