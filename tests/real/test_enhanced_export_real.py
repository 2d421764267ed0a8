"""enhanced_export on Georgia's re-issued file of the runoff of 2020-08-11."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from monitor.model import Page, Report
from scrapers.platforms.enhanced_export import Scraper

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from monitor.model import Contest

SETTINGS = {"site": "results.sos.ga.gov", "jurisdiction": "Georgia", "eid": "2020AugGenPri"}


def stored(shared_data: Path) -> bytes:
    """Return the stored payload."""
    return (shared_data / "enhanced_voting" / "ga_export-2020AugGenPri.json").read_bytes()


def report(body: bytes, county: str = "") -> Report:
    """Read the state's contests, or one county's."""
    page = Page("https://example.org/export.json", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={**SETTINGS, "county": county}).parse((page,))


def votes(contests: Iterable[Contest]) -> Counter[tuple[str, str]]:
    """Return the votes of a report by the ids of contest and choice."""
    return Counter({(one.key, line.key): line.votes for one in contests for line in one.selections})


def plain(items: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """Return the votes of plain JSON by the same ids, from its kinds of votes."""
    return Counter(
        {
            (item["id"], option["id"]): sum(part["voteCount"] for part in option["groupResults"])
            for item in items
            for option in item["ballotOptions"]
        }
    )


def test_the_state_s_contests(shared_data: Path) -> None:
    """28 contests with 56 lines equal the sums of their kinds of votes."""
    body = stored(shared_data)
    read = report(body)
    assert (len(read.contests), read.election_date) == (28, date(2020, 8, 11))
    assert votes(read.contests) == plain(json.loads(body)["results"]["ballotItems"])
    assert all(one.units is None for one in read.contests)


def test_the_district_attorney_of_atlanta(shared_data: Path) -> None:
    read = report(stored(shared_data))
    (contest,) = (one for one in read.contests if "District Attorney" in one.title)
    assert (contest.key, contest.title, contest.party) == (
        "83020",
        "District Attorney - Atlanta",
        "DEM",
    )
    assert [(one.name, one.votes, one.party) for one in contest.selections] == [
        ("Paul Howard", 25_543, "DEM"),
        ("Fani Willis", 64_723, "DEM"),
    ]


def test_the_counties_add_up_to_the_state(shared_data: Path) -> None:
    """Each of 65 counties is read by itself, and their sum is the state's count."""
    body = stored(shared_data)
    counties = json.loads(body)["localResults"]
    assert len(counties) == 65
    total: Counter[tuple[str, str]] = Counter()
    for county in counties:
        found = votes(report(body, county["name"]).contests)
        assert found == plain(county["ballotItems"]), county["name"]
        total += found
    assert total == votes(report(body).contests)
