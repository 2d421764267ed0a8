"""enhanced_export: the state or one county of it, doubled quotes, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.enhanced_export import Scraper
from scrapers.platforms.enhanced_voting import Scraper as EnhancedVoting

URL = "https://results.sos.ga.gov/cdn/results/Georgia/export-2020AugGenPri.json"
SETTINGS = {"site": "results.sos.ga.gov", "jurisdiction": "Georgia", "eid": "2020AugGenPri"}
DATA = Path(__file__).parent / "examples" / "enhanced_export" / "county" / "export.json"


def file() -> Any:
    """Return the golden file as JSON, to be changed."""
    return json.loads(DATA.read_bytes())


def parse(body: bytes, county: str = "") -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={**SETTINGS, "county": county}).parse((page,))


def read(whole_file: Any, county: str = "") -> Report:
    """Read a file."""
    return parse(json.dumps(whole_file).encode(), county)


def item(whole_file: Any) -> Any:
    """Return the state's one contest."""
    return whole_file["results"]["ballotItems"][0]


def test_settings_reach_the_file_and_the_page_for_staff() -> None:
    assert Scraper.settings_needed() == set(SETTINGS)
    scraper = Scraper(date=None, settings=SETTINGS)
    assert next(scraper.visit()).url == URL
    assert scraper.link().endswith("/results/public/Georgia/elections/2020AugGenPri")


def test_an_export_s_link_is_its_own_and_nobody_else_s() -> None:
    assert Scraper.recognise(URL) == SETTINGS
    assert EnhancedVoting.recognise(URL) is None
    page = "https://results.sos.ga.gov/results/public/Georgia/elections/2020AugGenPri"
    assert Scraper.recognise(page) is None


@pytest.mark.parametrize("county", ["Fulton", "FULTON COUNTY", "Fulton County"])
def test_a_county_is_found_by_its_name(county: str) -> None:
    (found,) = read(file(), county).contests
    assert found.units == Units(378, 378, UnitKind.PRECINCTS)
    assert {one.name: one.votes for one in found.selections} == {
        "Paul Howard": 25_543,
        "Fani Willis": 64_723,
    }


@pytest.mark.parametrize("county", ["Cobb", "Ful"])
def test_a_county_that_is_not_there_is_refused(county: str) -> None:
    with pytest.raises(LayoutChanged, match=f"0 counties '{county}' of 2"):
        read(file(), county)


def test_a_county_twice_is_refused() -> None:
    whole_file = file()
    whole_file["localResults"] *= 2
    with pytest.raises(LayoutChanged, match="2 counties 'Fulton' of 4"):
        read(whole_file, "Fulton")


def test_doubled_quotes_are_one() -> None:
    whole_file = file()
    item(whole_file)["ballotOptions"][0]["name"] = 'Kathryn ""Kathy"" Schrader (I)'
    assert read(whole_file).contests[0].selections[0].name == 'Kathryn "Kathy" Schrader'


def test_ranked_choice_has_no_figures() -> None:
    whole_file = file()
    item(whole_file)["rankedChoiceResults"] = [{"round": 1}]
    (found,) = read(whole_file).contests
    assert (found.counts_known, found.selections) == (False, ())


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("voteCount", None, "whole number"),
        ("voteCount", "<30", "whole number"),
        ("voteCount", -1, "no possible count"),
        ("id", "", "an empty id"),
        ("groupResults", 3, "expected rows"),
        ("politicalParty", [], "expected a text"),
    ],
)
def test_an_option_that_is_not_understood_is_refused(
    field: str, value: object, message: str
) -> None:
    whole_file = file()
    item(whole_file)["ballotOptions"][0][field] = value
    with pytest.raises(LayoutChanged, match=message):
        read(whole_file)


def test_a_doubled_option_is_refused() -> None:
    whole_file = file()
    item(whole_file)["ballotOptions"] *= 2
    with pytest.raises(LayoutChanged, match="'Paul Howard' stands twice"):
        read(whole_file)


def test_a_contest_without_a_line_is_refused() -> None:
    whole_file = file()
    item(whole_file)["ballotOptions"] = []
    with pytest.raises(LayoutChanged, match="no line of 'DEM - District Attorney - Atlanta'"):
        read(whole_file)


def test_a_file_without_a_date_is_refused() -> None:
    whole_file = file()
    whole_file["electionDate"] = "soon"
    with pytest.raises(LayoutChanged, match="no date"):
        read(whole_file)


def test_half_a_file_is_truncated() -> None:
    with pytest.raises(Truncated):
        parse(DATA.read_bytes()[:900])


def test_the_site_s_page_is_no_file() -> None:
    with pytest.raises(WrongFormat):
        parse(b"<!doctype html><html></html>")


def test_groups_that_make_another_number_are_refused() -> None:
    """A line without groups has nothing to be compared with."""
    changed = file()
    option = item(changed)["ballotOptions"][0]
    groups, votes = option["groupResults"], option["voteCount"]
    assert sum(one["voteCount"] for one in groups) == votes
    option["groupResults"] = []
    assert read(changed).contests[0].selections[0].votes == votes
    option["groupResults"] = groups
    groups[0]["voteCount"] += 1
    with pytest.raises(LayoutChanged, match=f"{votes} votes, but {votes + 1} in their groups"):
        read(changed)
