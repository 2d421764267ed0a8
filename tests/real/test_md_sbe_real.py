"""md_sbe on the board's file of Allegany County, 2024-11-05 (cut to the U.S. Senate)."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.model import Page
from scrapers.platforms.md_sbe import Scraper

if TYPE_CHECKING:
    from pathlib import Path


def test_every_total_is_the_boards_own(shared_data: Path) -> None:
    """Each line has the total of its row, and the five vote types sum to it."""
    body = (shared_data / "state_files" / "md_county01.csv").read_bytes()
    rows = list(csv.DictReader(body.decode().splitlines()))
    page = Page("https://example.org/md.csv", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    settings = {"cycle": "PG24", "cid": "01"}
    (contest,) = Scraper(date=date(2024, 11, 5), settings=settings).parse((page,)).contests
    assert {one.name: one.votes for one in contest.selections} == {
        row["Candidate Name"]: int(row["Total Votes"]) for row in rows
    }
    assert sum(one.votes for one in contest.selections) == 31_411
    for one in contest.selections:
        assert one.votes == sum(part.votes for part in one.by_type)
    assert [one.name for one in contest.selections if one.winner_mark] == ["Angela Alsobrooks"]
    assert [one.name for one in contest.selections if one.is_write_in] == ["Other Write-Ins"]
