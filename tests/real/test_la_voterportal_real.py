"""la_voterportal on Louisiana's two files of 2024-11-05 (typed by hand, complete)."""

from __future__ import annotations

import csv
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.la_voterportal import Scraper

if TYPE_CHECKING:
    from pathlib import Path

NAMES = "la_20241105_RacesCandidates_Multiparish.htm"
VOTES = "la_20241105_Votes_Multiparish.htm"


@pytest.fixture
def report(shared_data: Path) -> Report:
    """Read the stored files; the list of dates is not stored, so it is not there."""

    def page(name: str, status: int) -> Page:
        body = (shared_data / "state_files" / name).read_bytes()
        return Page(f"https://x/{name}", status, (), body, datetime(2026, 1, 1, tzinfo=UTC))

    pages = (page(NAMES, 404), page(NAMES, 200), page(VOTES, 200))
    return Scraper(date=date(2024, 11, 5), settings={}).parse(pages)


def test_every_vote_stands_under_its_name(shared_data: Path, report: Report) -> None:
    folder = shared_data / "state_files"
    names = {
        choice["ID"]: choice["Desc"]
        for race in json.loads((folder / NAMES).read_bytes())["Races"]["Race"]
        for choice in race["Choice"]
    }
    expected = {
        names[choice["ID"]].partition(" (")[0]: int(choice["VoteTotal"])
        for race in json.loads((folder / VOTES).read_bytes())["Races"]["Race"]
        for choice in race["Choice"]
    }
    found = {line.name: line.votes for one in report.contests for line in one.selections}
    assert found == expected
    assert sum(found.values()) == 357_720 + 306_248


def test_the_totals_are_the_sums_of_the_parishes(shared_data: Path, report: Report) -> None:
    """Louisiana's own file by parish gives the same totals for the 1st district."""
    text = (shared_data / "state_files" / "la_20241105_csv_ByParish_67171.csv").read_text("utf-8")
    head, *rows = csv.reader(text.strip().splitlines())
    sums = {head[at]: sum(int(row[at]) for row in rows) for at in range(2, len(head))}
    (contest,) = (one for one in report.contests if one.key == "67171")
    assert {
        f"{line.name} ({line.party or 'NOPTY'})": line.votes for line in contest.selections
    } == sums


def test_units_and_marks(report: Report) -> None:
    assert [one.units for one in report.contests] == [
        Units(538, 538, UnitKind.UNITS),
        Units(789, 789, UnitKind.UNITS),
    ]
    winners = [line.name for one in report.contests for line in one.selections if line.winner_mark]
    assert winners == ["Steve Scalise", '"Mike" Johnson']
