"""pa_returns on the stored answer for the U.S. Senate, 2024-11-05 (typed, three of five)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.model import Page
from scrapers.platforms.pa_returns import Scraper

if TYPE_CHECKING:
    from pathlib import Path


def test_every_line_is_the_states_own(shared_data: Path) -> None:
    """Each has its votes, and the three types sum to them."""
    body = (shared_data / "state_files" / "pa_GetOfficeData_2024_senate_excerpt.json").read_bytes()
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    settings = {"eid": "105", "kind": "G", "office": "2"}
    (contest,) = Scraper(date=date(2024, 11, 5), settings=settings).parse((page,)).contests
    district = json.loads(json.loads(body))["Election"]["United States Senator"][0]
    rows = district["Statewide$$1$$"][0]["Candidates"]
    assert {one.key: one.votes for one in contest.selections} == {
        f"{row['CandidateName']}|{row['PartyName']}": int(row["Votes"]) for row in rows
    }
    assert sum(one.votes for one in contest.selections) == 6_873_128
    for one in contest.selections:
        assert one.votes == sum(part.votes for part in one.by_type)
