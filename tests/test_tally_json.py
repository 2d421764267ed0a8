"""The platform tally: two files joined by ids, one county's part, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, Units
from scrapers.platforms.tally import Scraper

SITE = "api.resultsnd.sos.nd.gov"
SETTINGS = {
    "site": SITE,
    "page": "https://resultsnd.sos.nd.gov/",
    "cid": "north-dakota",
    "eid": "346",
}
GOLDEN = Path(__file__).parent / "examples" / "tally" / "complete"
KEY = "20042DEM"


def file(name: str) -> Any:
    """Return a golden file as JSON, to be changed."""
    return json.loads((GOLDEN / name).read_bytes())


def parse(names: bytes, results: bytes, location: str = "") -> Report:
    """Read two files of these bytes."""
    fetched = datetime(2026, 1, 1, tzinfo=UTC)
    pages = [Page(f"https://{SITE}/x", 200, (), body, fetched) for body in (names, results)]
    scraper = Scraper(date=None, settings={**SETTINGS, "location": location})
    return scraper.parse((pages[0], pages[1]))


def read(names: Any, results: Any, location: str = "") -> Report:
    """Read two files."""
    return parse(json.dumps(names).encode(), json.dumps(results).encode(), location)


def contest(answer: Any) -> Any:
    """Return the one contest of a file."""
    return answer["response"]["contests"][KEY]


def test_settings_reach_the_files_and_the_page_for_staff() -> None:
    assert Scraper.settings_needed() == set(SETTINGS)
    assert Scraper.unproven
    assert Scraper(date=None, settings=SETTINGS).link() == "https://resultsnd.sos.nd.gov/"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://resultsnd.sos.nd.gov/", {"site": SITE}),
        (
            f"https://{SITE}/Contest/GetContestResults?cId=north-dakota&electionID=346&contestType=SW",
            {"site": SITE, "cid": "north-dakota", "eid": "346", "type": "SW"},
        ),
        (
            "https://enr.totalresults.com/arkansas/12/download",
            {"site": "enr-results-api.totalresults.com", "cid": "arkansas", "eid": "12"},
        ),
    ],
)
def test_links_of_the_sites_are_recognised(url: str, found: dict[str, str]) -> None:
    assert Scraper.recognise(url) == {**found, "page": url}


@pytest.mark.parametrize(
    "url", ["https://results.sos.nd.gov/ResultsSW.aspx", "https://nottotalresults.com/"]
)
def test_other_links_are_not_its_own(url: str) -> None:
    assert Scraper.recognise(url) is None


def test_one_county_s_part() -> None:
    (found,) = read(file("names.json"), file("results.json"), "38017").contests
    assert [one.votes for one in found.selections] == [13_020, 35]
    assert found.units is not None
    assert (found.units.reported, found.units.total) == (34, 34)


def test_a_county_that_is_nowhere_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="no contest has the location '38001'"):
        read(file("names.json"), file("results.json"), "38001")


def test_without_a_precinct_there_are_no_units() -> None:
    results = file("results.json")
    contest(results).update(precinctsReporting=0, totalPrecincts=0)
    (found,) = read(file("names.json"), results).contests
    units: Units | None = found.units
    assert units is None


def test_a_general_contest_has_no_party() -> None:
    names, results = file("names.json"), file("results.json")
    contests = results["response"]["contests"]
    contests["20050"] = {**contests.pop(KEY), "contestID": "20050"}
    names["response"]["contests"]["20050"] = contest(names)
    (found,) = read(names, results).contests
    assert (found.key, found.party) == ("20050", "")


def test_another_election_is_refused() -> None:
    results = file("results.json")
    results["electionID"] = "347"
    with pytest.raises(LayoutChanged, match="election '347' instead of 346"):
        read(file("names.json"), results)


def test_a_contest_without_a_name_is_refused() -> None:
    names = file("names.json")
    del names["response"]["contests"][KEY]
    with pytest.raises(LayoutChanged, match="20042DEM"):
        read(names, file("results.json"))


def test_a_choice_without_votes_is_refused() -> None:
    results = file("results.json")
    contest(results)["choices"].pop()
    with pytest.raises(LayoutChanged, match="'9901' stands in one file only"):
        read(file("names.json"), results)


def test_a_choice_without_a_name_is_refused() -> None:
    names = file("names.json")
    del contest(names)["choices"]["35910"]
    with pytest.raises(LayoutChanged, match="'35910' stands in one file only"):
        read(names, file("results.json"))


def test_a_doubled_choice_is_refused() -> None:
    results = file("results.json")
    contest(results)["choices"] *= 2
    with pytest.raises(LayoutChanged, match="69346 votes of the choices and 34673"):
        read(file("names.json"), results)


@pytest.mark.parametrize("value", [None, "*", -1, 3.5, True])
def test_votes_that_are_no_count_are_refused(value: object) -> None:
    results = file("results.json")
    contest(results)["choices"][0]["totalVotes"] = value
    with pytest.raises(LayoutChanged, match="totalVotes"):
        read(file("names.json"), results)


def test_half_a_file_is_truncated() -> None:
    body = (GOLDEN / "results.json").read_bytes()
    with pytest.raises(Truncated):
        parse((GOLDEN / "names.json").read_bytes(), body[:400])


def test_the_site_s_page_is_no_file() -> None:
    with pytest.raises(WrongFormat):
        parse(b"<!doctype html><html></html>", b"{}")
