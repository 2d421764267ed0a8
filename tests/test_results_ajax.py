"""results_ajax: rows of many counties, one name for many races, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.results_ajax import Scraper

SERVICE = "https://orresultswebservices.azureedge.us/ResultsAjax.svc/GetMapData"
URL = f"{SERVICE}?type=CTYALL&category=CTY&raceID=0&osn=0&county=0&party=0"


def row(**changed: object) -> dict[str, Any]:
    """Write one row as the service does."""
    return {
        "AreaNum": "Jackson",
        "CandidateID": "300048489",
        "CountyID": "03",
        "CurrentDateTime": None,
        "PartyCode": "NON",
        "PrecinctsReporting": 0,
        "RaceID": 300032881,
        "RaceName": "District Attorney",
        "TotalPrecincts": 50,
        "VoteFor": 1,
        "Winner": False,
        "calcCandidate": "Marta  Tarantsey",
        "calcCandidatePercentage": 0.58,
        "calcCandidateVotes": 16082,
        **changed,
    }


def rival(**changed: object) -> dict[str, Any]:
    """Write the other candidate's row."""
    other = {"CandidateID": "9901", "calcCandidate": "Write-in", "calcCandidateVotes": 103}
    return row(**{**other, "PartyCode": "", **changed})


def parse(body: bytes) -> Report:
    """Read an answer of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"type": "CTYALL"}).parse((page,))


def read(*rows: dict[str, Any]) -> Report:
    """Read an answer of these rows."""
    return parse(json.dumps({"d": rows}).encode())


def test_the_type_alone_reaches_the_rows() -> None:
    assert Scraper.settings_needed() == {"type"}
    scraper = Scraper(date=None, settings={"type": "CTYALL"})
    assert next(scraper.visit()).url == URL
    assert scraper.link().endswith("/ResultsSW.aspx?type=CTYALL&map=CTY")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            "https://results.oregonvotes.gov/ResultsSW.aspx?type=SWPAR&map=CTY",
            {"type": "SWPAR", "map": "CTY"},
        ),
        (URL, {"type": "CTYALL", "map": "CTY"}),
        ("https://results.oregonvotes.gov/", {}),
        ("https://electionresults.sd.gov/ResultsSW.aspx?type=SW", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_votes_without_a_precinct_are_votes() -> None:
    """A county may report none of its precincts to the end."""
    (contest,) = read(row(), rival()).contests
    assert contest.units == Units(0, 50, UnitKind.PRECINCTS)
    assert [(one.name, one.votes, one.is_write_in) for one in contest.selections] == [
        ("Marta Tarantsey", 16_082, False),
        ("Write-in", 103, True),
    ]


def test_rows_of_counties_are_added_up() -> None:
    rows = [
        one(CountyID=county, AreaNum=area, TotalPrecincts=50, PrecinctsReporting=10)
        for county, area in (("01", "Josephine"), ("03", "Jackson"))
        for one in (row, rival)
    ]
    (contest,) = read(*rows).contests
    assert (contest.title, contest.units) == (
        "District Attorney",
        Units(20, 100, UnitKind.PRECINCTS),
    )
    assert [one.votes for one in contest.selections] == [32_164, 206]


def test_one_name_for_two_races_gets_their_places() -> None:
    other = {"RaceID": 300038071, "AreaNum": "Josephine", "CountyID": "01"}
    assert [one.title for one in read(row(), rival(), row(**other)).contests] == [
        "District Attorney, Jackson",
        "District Attorney, Josephine",
    ]


def test_a_mark_of_the_winner_is_kept() -> None:
    (contest,) = read(row(Winner=True), rival()).contests
    assert [one.winner_mark for one in contest.selections] == [True, False]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"calcCandidateVotes": None}, "whole number for calcCandidateVotes"),
        ({"calcCandidateVotes": "*"}, "whole number for calcCandidateVotes"),
        ({"calcCandidateVotes": -1}, "no possible count"),
        ({"calcCandidateVotes": 0.5}, "whole number for calcCandidateVotes"),
        ({"TotalPrecincts": None}, "whole number for TotalPrecincts"),
        ({"PrecinctsReporting": 3}, "units"),
        ({"CandidateID": ""}, "without a name or an id"),
        ({"CandidateID": None}, "without a name or an id"),
        ({"calcCandidate": " "}, "without a name or an id"),
        ({"RaceID": None}, "a row without 'RaceID'"),
        ({"RaceName": "Sheriff"}, "has two names"),
        ({"CandidateID": "9901"}, "stands twice"),
        ({"CountyID": "01"}, "is missing in"),
    ],
)
def test_a_row_that_is_not_understood_is_refused(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(row(**changed), rival())


@pytest.mark.parametrize("field", ["calcCandidateVotes", "RaceID", "CountyID", "Winner"])
def test_a_field_that_is_gone_is_refused(field: str) -> None:
    short = row()
    del short[field]
    with pytest.raises(LayoutChanged, match=field):
        read(short, rival())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (b'{"d": []}', EmptyPage),
        (b'{"d": null}', EmptyPage),
        (b'{"d": [{"AreaNum": "Jack', Truncated),
        (b"<!DOCTYPE html><html></html>", WrongFormat),
        (b"[]", LayoutChanged),
    ],
)
def test_answers_without_rows_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
