"""ca_sos: lists of races, words for precincts, Pacific times, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.ca_sos import Scraper

URL = "https://api.sos.ca.gov/returns/attorney-general"
GOLDEN = Path(__file__).parent / "examples" / "ca_sos" / "partial" / "returns.json"


def race(**changed: object) -> dict[str, Any]:
    """Write one race as the site does."""
    return {
        "raceTitle": "Attorney General - Statewide Results",
        "Reporting": "95.1% (24,312 of 25,554) precincts reporting",
        "ReportingTime": "November 9, 2022, 8:05 a.m.",
        "candidates": [
            {
                "Name": "Rob Bonta",
                "Party": "Dem",
                "Votes": "3,082,098",
                "Percent": "57.2",
                "incumbent": True,
            },
            {
                "Name": "Nathan Hochman",
                "Party": "Rep",
                "Votes": "2,305,577",
                "Percent": "42.8",
                "incumbent": False,
            },
        ],
        **changed,
    }


def parse(body: bytes) -> Report:
    """Read an answer of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"contest": "attorney-general"}).parse((page,))


def read(answer: object) -> Report:
    """Read an answer."""
    return parse(json.dumps(answer).encode())


def test_the_contest_alone_reaches_the_answer() -> None:
    assert Scraper.settings_needed() == {"contest"}
    scraper = Scraper(date=None, settings={"contest": "attorney-general"})
    assert next(scraper.visit()).url == URL
    assert scraper.link() == "https://electionresults.sos.ca.gov/returns/attorney-general"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"contest": "attorney-general"}),
        (
            "https://electionresults.sos.ca.gov/returns/attorney-general/county/kern",
            {"contest": "attorney-general/county/kern"},
        ),
        (
            "https://api.sos.ca.gov/returns/us-rep/district/all?f=csv",
            {"contest": "us-rep/district/all"},
        ),
        ("https://api.sos.ca.gov/returns/status", {}),
        ('https://api.sos.ca.gov/returns/query?r=["03000000000059"]', {}),
        ("https://electionresults.sos.ca.gov/", {}),
        ("https://www.sos.ca.gov/elections", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


@pytest.mark.parametrize(
    "answer", [race(), [race()], {"races": [race()]}], ids=["one", "list", "districts"]
)
def test_three_shapes_of_one_answer(answer: object) -> None:
    (found,) = read(answer).contests
    assert found.units == Units(24_312, 25_554, UnitKind.PRECINCTS)
    assert [(one.name, one.votes, one.party) for one in found.selections] == [
        ("Rob Bonta", 3_082_098, "DEM"),
        ("Nathan Hochman", 2_305_577, "REP"),
    ]


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("100% (25,554 of 25,554) precincts reporting", Units(25_554, 25_554, UnitKind.PRECINCTS)),
        ("100.0% (524 of 524) precincts reporting", Units(524, 524, UnitKind.PRECINCTS)),
        ("0% (0 of 524) precincts partially reporting", Units(0, 524, UnitKind.PRECINCTS)),
        ("Semi-Official Results", None),
        ("", None),
    ],
)
def test_words_for_precincts(words: str, units: Units | None) -> None:
    """Other words are no units; so such a count is never complete by itself."""
    assert read(race(Reporting=words)).contests[0].units == units


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("November 9, 2022, 8:05 a.m.", datetime(2022, 11, 9, 16, 5, tzinfo=UTC)),
        ("November 8, 2022, 12:00 p.m.", datetime(2022, 11, 8, 20, 0, tzinfo=UTC)),
        ("June 7, 2022, 8:10 p.m.", datetime(2022, 6, 8, 3, 10, tzinfo=UTC)),
        ("soon", None),
    ],
)
def test_times_are_pacific(stamp: str, moment: datetime | None) -> None:
    report = read(race(ReportingTime=stamp))
    assert (report.source_time, report.source_time_text) == (moment, stamp)


def test_races_of_two_times_have_none() -> None:
    other = race(raceTitle="Governor", ReportingTime="November 9, 2022, 8:10 a.m.")
    assert read([race(), other]).source_time is None


@pytest.mark.parametrize("votes", [None, "", "*", "-", "3.082.098", "-1", 1.5, "<30"])
def test_votes_that_are_no_count_are_refused(votes: object) -> None:
    answer = race()
    answer["candidates"][0]["Votes"] = votes
    with pytest.raises(LayoutChanged, match="whole number for Votes"):
        read(answer)


def test_a_doubled_candidate_is_refused() -> None:
    answer = race()
    answer["candidates"] *= 2
    with pytest.raises(LayoutChanged, match="'Rob Bonta' stands twice"):
        read(answer)


def test_a_doubled_race_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="'Rob Bonta' stands twice"):
        read([race(), race()])


@pytest.mark.parametrize("answer", [[], {"races": []}, {}, "x", [1], {"supreme-court": []}])
def test_answers_without_a_race_are_refused(answer: object) -> None:
    """Measures and judges stand under a key of their own."""
    with pytest.raises(LayoutChanged):
        read(answer)


def test_half_an_answer_is_truncated() -> None:
    with pytest.raises(Truncated):
        parse(GOLDEN.read_bytes()[:150])


def test_the_site_s_page_is_no_answer() -> None:
    with pytest.raises(WrongFormat):
        parse(b"<!doctype html><html></html>")
