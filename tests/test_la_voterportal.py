"""la_voterportal: names and votes are joined by id, or refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, ResultsStatus, UnitKind, Units
from scrapers.platforms.la_voterportal import Scraper

DATA = "https://voterportal.sos.la.gov/ElectionResults/ElectionResults/Data?blob="
DAY = date(2026, 11, 3)
NAMED = {
    "ID": "7", "SpecificTitle": "District Attorney", "NumberToBeElected": "1",
    "IsClosedParty": "0", "Choice": [{"ID": "1", "Desc": "Jane Roe (DEM)"},
                                     {"ID": "2", "Desc": "John Poe (REP)"}],
}  # fmt: skip
COUNTED = {
    "ID": "7", "PrecinctsReporting": "61", "PrecinctsExpected": "61",
    "NumAbsenteeReporting": "0", "NumAbsenteeExpected": "1", "VoterCountQualified": "90000",
    "Choice": [{"ID": "1", "VoteTotal": "300", "Outcome": ""},
               {"ID": "2", "VoteTotal": "200", "Outcome": None}],
}  # fmt: skip


def page(content: Any, status: int = 200) -> Page:
    """Serve JSON under a name that ends in htm."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Page(DATA + "x.htm", status, headers, body, datetime(2026, 1, 1, tzinfo=UTC))


def dates(official: str = "0") -> Page:
    """Serve the list of dates, with one date alone."""
    return page({"Dates": {"Date": {"ElectionDate": "11/03/2026", "ResultsOfficial": official}}})


def read(named: Any = NAMED, counted: Any = COUNTED, first: Page | None = None) -> Report:
    """Read one race of each file."""
    scraper = Scraper(date=DAY, settings={})
    pages = (page({"Races": {"Race": one}}) for one in (named, counted))
    return scraper.parse((first or dates(), *pages))


def test_the_date_alone_reaches_the_races_of_many_parishes() -> None:
    assert Scraper.settings_needed() == frozenset()
    visit = Scraper(date=DAY, settings={}).visit()
    first = next(visit)
    assert first.optional
    asked = [first.url, visit.send(dates()).url, visit.send(page({})).url]
    assert asked == [
        f"{DATA}ElectionDates.htm",
        f"{DATA}20261103/RacesCandidates_Multiparish.htm",
        f"{DATA}20261103/Votes_Multiparish.htm",
    ]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{DATA}20241105/VotesParish/Votes_36.htm", {"date": "2024-11-05", "parish": "36"}),
        (f"{DATA}20241105/Votes_Multiparish.htm", {"date": "2024-11-05"}),
        ("https://voterportal.sos.la.gov/static/2018-11-06", {"date": "2018-11-06"}),
        ("https://voterportal.sos.la.gov/graphical", {}),
        ("https://www.sos.la.gov/elections", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_the_dates_of_the_site_are_listed() -> None:
    listing = Scraper(date=None, settings={}).elections()
    next(listing)
    with pytest.raises(StopIteration) as ended:
        listing.send(dates())
    ((one,),) = (ended.value.value,)
    assert (one.name, one.date, one.settings) == ("Louisiana, 11/03/2026", DAY, ())


def test_precincts_without_the_absentee_votes_are_not_all() -> None:
    (contest,) = read().contests
    assert contest.units == Units(61, 62, UnitKind.UNITS)


def test_a_file_without_absentee_numbers_has_no_units() -> None:
    """Better none than precincts that look complete."""
    part = {name: value for name, value in COUNTED.items() if not name.startswith("NumAbs")}
    (contest,) = read(counted=part).contests
    assert contest.units is None


@pytest.mark.parametrize(
    ("outcome", "is_marked"),
    [("Elected", True), ("Advances", True), ("Runoff", False), ("Defeated", False), ("", False)],
)
def test_only_a_winner_is_marked(outcome: str, is_marked: bool) -> None:
    choices = [{**COUNTED["Choice"][0], "Outcome": outcome}, COUNTED["Choice"][1]]  # type: ignore[dict-item]
    (contest,) = read(counted={**COUNTED, "Choice": choices}).contests
    assert [one.winner_mark for one in contest.selections] == [is_marked, False]


def test_official_results_are_certified_only_when_all_units_are_in() -> None:
    full = {**COUNTED, "NumAbsenteeReporting": "1"}
    early, late = read(first=dates("1")), read(counted=full, first=dates("1"))
    assert (early.status, early.status_text) == (None, "official")
    assert (late.status, late.status_text) == (ResultsStatus.CERTIFIED, "official")
    assert read(counted=full).status is None
    missing = page(b"", status=404)
    assert read(counted=full, first=missing).status is None


def test_another_dates_official_results_are_not_ours() -> None:
    other = page({"Dates": {"Date": [{"ElectionDate": "10/11/2025", "ResultsOfficial": "1"}]}})
    full = {**COUNTED, "NumAbsenteeReporting": "1"}
    assert read(counted=full, first=other).status_text == ""


def test_a_closed_primary_is_its_partys() -> None:
    """All choices have one party; a title alone would not say so."""
    names = [{"ID": "1", "Desc": "Jane Roe (DEM)"}, {"ID": "2", "Desc": "John Poe (DEM)"}]
    named = {**NAMED, "IsClosedParty": "1", "Choice": names}
    assert [one.party for one in read(named).contests] == ["DEM"]
    assert [one.party for one in read().contests] == [""]


def test_a_race_without_votes_is_left_out() -> None:
    assert read([NAMED, {**NAMED, "ID": "8"}]).contests == read().contests
    assert read(counted=None).contests == ()


@pytest.mark.parametrize(
    ("named", "counted", "message"),
    [
        ({**NAMED, "ID": "8"}, COUNTED, "votes of race '7' without names"),
        ([NAMED, NAMED], COUNTED, "2 elements with 1 ids"),
        (NAMED, [COUNTED, COUNTED], "2 elements with 1 ids"),
        ({**NAMED, "Choice": {"ID": "1", "Desc": "Jane Roe"}}, COUNTED, "1 names and 2 counts"),
        (NAMED, {**COUNTED, "Choice": None}, "2 names and 0 counts"),
        (NAMED, {**COUNTED, "Choice": [7]}, "expected an object with fields"),
        (NAMED, {**COUNTED, "PrecinctsReporting": "63"}, "63 of 62 units"),
        (NAMED, {**COUNTED, "PrecinctsExpected": "all"}, "expected a whole number"),
        ({**NAMED, "NumberToBeElected": ""}, COUNTED, "expected a whole number"),
    ],
)
def test_files_that_do_not_fit_are_refused(named: Any, counted: Any, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(named, counted)


@pytest.mark.parametrize("votes", ["", "*", "-1", "1.5", None])
def test_votes_that_are_no_number_are_refused(votes: str | None) -> None:
    choices = [{"ID": "1", "VoteTotal": votes, "Outcome": ""}, {"ID": "2", "VoteTotal": "2"}]
    with pytest.raises(LayoutChanged, match="expected a whole number for VoteTotal of 'Jane Roe'"):
        read(counted={**COUNTED, "Choice": choices})


@pytest.mark.parametrize(
    ("body", "error"),
    [(b'{"Races": {"Race": [', Truncated), (b"<html><body>Error", WrongFormat)],
)
def test_damaged_answers_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        Scraper(date=DAY, settings={}).parse((dates(), page(body), page(body)))
