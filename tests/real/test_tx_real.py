"""tx_goelect on what the Texas Secretary of State served for Senate District 4, 2026-05-02."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, UnitKind, Units
from scrapers.platforms.tx_goelect import Scraper

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Report


def page(shared_data: Path, name: str) -> Page:
    """Serve one stored payload."""
    body = (shared_data / "tx" / name).read_bytes()
    return Page(f"https://example.org/{name}", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))


def report(shared_data: Path, *names: str, county: str = "") -> Report:
    """Read stored payloads at county or state level."""
    scraper = Scraper(date=None, settings={"eid": "56181", "county": county})
    return scraper.parse(tuple(page(shared_data, name) for name in names))


def test_final_state_report(shared_data: Path) -> None:
    """Version 21, after the canvass; Home's 45 of 122 precincts is not believed."""
    final = report(shared_data, "election_56181_v21_final.json")
    assert (final.version, final.election_date) == (21, date(2026, 5, 2))
    assert (final.source_time, final.source_time_text) == (None, "May 15, 2026 17:21:41")
    (contest,) = final.contests
    assert contest.title == "STATE SENATOR, DISTRICT 4 - UNEXPIRED TERM"
    assert contest.units == Units(112, 112, UnitKind.POLLING_PLACES)
    assert {one.name: one.votes for one in contest.selections} == {
        "RON C. ANGELETTI": 8700,
        "BRETT W. LIGON": 26130,
    }
    assert contest.total_votes == sum(one.votes for one in contest.selections)


def test_before_the_vote_all_is_zero(shared_data: Path) -> None:
    early = report(shared_data, "election_56181_v2_preelection.json")
    assert early.version == 2
    assert [one.votes for one in early.contests[0].selections] == [0, 0]
    assert early.contests[0].units == Units(0, 112, UnitKind.POLLING_PLACES)


@pytest.mark.parametrize(
    ("county", "precincts", "registered"),
    [
        ("Harris", 75, 221_764),
        ("MONTGOMERY", 45, 382_122),
        ("galveston", 3, 2_530),
        ("Chambers", 20, 38_329),
        ("Jefferson", 56, 62_862),
    ],
)
def test_every_county_of_the_county_file(
    shared_data: Path, county: str, precincts: int, registered: int
) -> None:
    """The race's title comes from Lookups: the county file lacks "UNEXPIRED TERM"."""
    names = ("election_56181_v2_preelection.json", "countyInfo_56181_v2_preelection.json")
    (contest,) = report(shared_data, *names, county=county).contests
    assert contest.title == "STATE SENATOR, DISTRICT 4 - UNEXPIRED TERM"
    assert contest.units == Units(0, precincts, UnitKind.PRECINCTS)
    assert contest.registered_voters == registered
    assert sorted(one.key for one in contest.selections) == ["36388", "36422"]


def test_both_levels_use_the_same_ids(shared_data: Path) -> None:
    """A race's county part and its state total have the same keys."""
    state = report(shared_data, "election_56181_v21_final.json").contests[0]
    names = ("election_56181_v2_preelection.json", "countyInfo_56181_v2_preelection.json")
    county = report(shared_data, *names, county="Harris").contests[0]
    assert state.key == county.key
    assert {one.key for one in state.selections} == {one.key for one in county.selections}


def test_our_fixtures_have_the_fields_of_the_real_feed(shared_data: Path) -> None:
    """Sections of the real answer and of ours have the same names."""
    real = json.loads((shared_data / "tx" / "election_56181_v21_final.json").read_bytes())
    assert set(real) == {
        *("Version", "Home", "Lookups", "Race", "OfficeSummary", "Federal", "StateWide"),
        *("StateWideQ", "Districted", "ReportList"),
    }
