"""ok_oker on Oklahoma's export of 2018-11-06."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report, VoteType
from scrapers.platforms.ok_oker import Scraper

if TYPE_CHECKING:
    from pathlib import Path

NAME = "2018_oklahoma.csv"


@pytest.fixture
def report(shared_data: Path) -> Report:
    """Read the stored export."""
    body = (shared_data / "state_files" / NAME).read_bytes()
    page = Page("https://example.org/ok.csv", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def test_every_candidate_has_the_total_of_the_row(shared_data: Path, report: Report) -> None:
    """A row's id, name and total stand where the rows have them, one cell before the header."""
    text = (shared_data / "state_files" / NAME).read_text(encoding="utf-8")
    _, *rows = csv.reader(text.splitlines())
    expected = {(row[2], row[6], " ".join(row[7].split())): int(row[-2]) for row in rows}
    found = {
        (one.key, line.key, line.name): line.votes
        for one in report.contests
        for line in one.selections
    }
    assert len(rows) == len(expected) + 4  # two city races in two counties
    assert found == expected
    assert report.election_date == date(2018, 11, 6)


def test_the_district_attorneys(report: Report) -> None:
    """Seven contested races; the vote types sum to the total in each line."""
    races = [one for one in report.contests if one.title.startswith("FOR DISTRICT ATTORNEY")]
    assert len(races) == 7
    tulsa = next(one for one in races if one.title.endswith("DISTRICT 14"))
    assert {line.name: line.votes for line in tulsa.selections} == {
        "STEVE KUNZWEILER": 116_331,
        "JENNY PROEHL-DAY": 82_199,
    }
    for one in report.contests:
        assert one.units is not None
        assert one.units.reported == one.units.total
        for line in one.selections:
            assert line.votes == sum(part.votes for part in line.by_type)
            assert [part.type for part in line.by_type] == [
                VoteType.ABSENTEE_MAIL, VoteType.EARLY, VoteType.ELECTION_DAY,
            ]  # fmt: skip


def test_titles_are_told_apart_by_their_county(report: Report) -> None:
    """Twelve counties elect an assessor; a judge's or a question's rows lack the party."""
    assessors = [one.title for one in report.contests if "COUNTY ASSESSOR" in one.title]
    assert len(assessors) == len(set(assessors)) == 12
    (question,) = (one for one in report.contests if one.key == "30002")
    assert [line.votes for line in question.selections] == [579_741, 585_355]
