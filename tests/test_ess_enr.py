"""ess_enr: tables of XML, links of both eras, and what the reader of elements refuses."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.ess_enr import Scraper

SITE = "www.livevoterturnout.com"
SETTINGS = {"folder": "ENR/pimaazenr/6", "number": "6"}
GOLDEN = Path(__file__).parent / "examples" / "ess_enr" / "complete" / "results.xml"


def parse(body: bytes) -> Report:
    """Read a file of these bytes."""
    url = f"https://{SITE}/ENR/pimaazenr/6/summary_6.xml"
    page = Page(url, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings=SETTINGS).parse((page,))


def read(old: str = "", new: str = "") -> Report:
    """Read the golden file with one change."""
    text = GOLDEN.read_text(encoding="utf-8")
    assert old in text
    return parse(text.replace(old, new, 1).encode())


def test_settings_reach_the_file_and_the_page_for_staff() -> None:
    assert Scraper.settings_needed() == set(SETTINGS)
    assert Scraper.unproven
    scraper = Scraper(date=None, settings=SETTINGS)
    assert next(scraper.visit()).url == f"https://{SITE}/ENR/pimaazenr/6/summary_6.xml"
    assert scraper.link() == f"https://{SITE}/ENR/pimaazenr/6/en/Index_6.html"


@pytest.mark.parametrize(
    ("url", "site", "folder", "number"),
    [
        (f"https://{SITE}/ENR/pimaazenr/6/summary_6.xml", SITE, "ENR/pimaazenr/6", "6"),
        (f"https://{SITE}/ENR/pimaazenr/6/en/Index_6.html", SITE, "ENR/pimaazenr/6", "6"),
        (
            f"https://{SITE}/ENR/orangecaenr/18/en/x9_Index_18.html",
            SITE,
            "ENR/orangecaenr/18",
            "18",
        ),
        (
            "https://results.browardvotes.gov/ENR/browardflenr/236/Precincts_236.csv",
            "results.browardvotes.gov",
            "ENR/browardflenr/236",
            "236",
        ),
        (
            "http://www.livevoterturnout.com/sandiego/liveresults/summary_10.xml",
            SITE,
            "sandiego/liveresults",
            "10",
        ),
    ],
)
def test_links_of_the_sites_are_recognised(url: str, site: str, folder: str, number: str) -> None:
    assert Scraper.recognise(url) == {"site": site, "folder": folder, "number": number}


def test_links_without_an_election_or_of_others() -> None:
    assert Scraper.recognise("https://www.livevoterturnout.com/") == {}
    assert Scraper.recognise("https://www.ocvote.gov/results") is None


def test_the_marks_of_names_and_titles_are_taken_off() -> None:
    """A star is the incumbent's; the party of a primary stands in the title."""
    text = GOLDEN.read_text(encoding="utf-8")
    text = text.replace("DISTRICT ATTORNEY (Vote For 1)", "DEM - Prosecutor (Vote For 2)")
    (contest,) = parse(text.encode()).contests
    assert (contest.title, contest.party, contest.votes_allowed) == ("Prosecutor", "DEM", 2)
    assert contest.selections[0].name == "SUMMER STEPHAN"


def test_types_that_are_not_there_are_left_out() -> None:
    text = GOLDEN.read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if "Provisional" not in line]
    (contest,) = parse("\n".join(kept).encode()).contests
    assert [one.label for one in contest.selections[0].by_type] == [
        "Election Day",
        "Early",
        "Absentee",
    ]
    assert (contest.units, contest.selections[0].votes) == (None, 64_000)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("<TotalVotes>64000<", "<TotalVotes>*<", "whole number for TotalVotes"),
        ("<TotalVotes>64000<", "<TotalVotes><", "whole number for TotalVotes"),
        ("<TotalVotes>64000<", "<TotalVotes>-1<", "whole number for TotalVotes"),
        ("<TotalVotes>64000</TotalVotes>", "", "expected one TotalVotes, found 0"),
        ("<EarlyVotes>2000<", "<EarlyVotes>-<", "whole number for EarlyVotes"),
        ("<RaceID>45<", "<RaceID><", "an empty RaceID"),
        ("<ContestantID>101<", "<ContestantID>102<", "stands twice"),
        ("<RaceName>DISTRICT", "<RaceName>COUNTY", "is two contests"),
        ("SUMMER STEPHAN *", "", "an empty ContestantName"),
        ("<Party>NP</Party>", "<Party>NP</Party><Party>NP</Party>", "expected one Party, found 2"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(old, new)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (b"<NewDataSet></NewDataSet>", EmptyPage),
        (b"<html><body>Loading</body></html>", WrongFormat),
        (b"<html><body>Access denied</body></html>", Blocked),
        (b"<Results><Table/></Results>", LayoutChanged),
        (b"<!DOCTYPE x [<!ENTITY e 'x'>]><NewDataSet><Table/></NewDataSet>", LayoutChanged),
        (b"<NewDataSet><Table></NewDataSet>", WrongFormat),
        (b"64000 votes", Truncated),
    ],
)
def test_pages_that_are_no_file_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)


@pytest.mark.parametrize("cut", [3, 40, 400])
def test_a_file_that_ends_early_is_truncated(cut: int) -> None:
    with pytest.raises(Truncated):
        parse(GOLDEN.read_bytes()[:-cut])
