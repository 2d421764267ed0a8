"""results_sw: rows wider than their header, shifted rows, places in titles, links."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, VoteCount, VoteType
from scrapers.platforms.results_sw import Scraper

URL = "https://electionresults.sos.nm.gov/resultsCSV.aspx?text=All&type=&map=&eid="
HEAD = (
    "RaceID,RaceName,PartyCode,AreaNum,CandidateID,CandidateName,VoteFor,CandidateVotes,"
    "CandidatePercentage,PrecinctsReporting,CandidateAbsenteeVotes,CandidateElectionDayVotes,"
    "CandidateEarlyVotes"
)
ROW = '10144,"MAYOR","","ALBUQUERQUE",18272,"TIMOTHY M KELLER",1,47911,0.65,611/611,,,,'
RIVAL = '10144,"MAYOR","","ALBUQUERQUE",18014,"DARREN  WHITE ",1,25213,0.35,611/611,,,,'
GOLDEN = Path(__file__).parent / "examples" / "results_sw" / "complete" / "results.csv"


def parse(body: bytes) -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"site": "electionresults.sos.nm.gov"}).parse((page,))


def read(*rows: str) -> Report:
    """Read a file of these rows."""
    return parse("".join(f"{row}\r\n" for row in (HEAD, *rows)).encode())


def test_the_host_alone_reaches_every_contest() -> None:
    assert Scraper.settings_needed() == {"site"}
    scraper = Scraper(date=None, settings={"site": "electionresults.sos.nm.gov"})
    assert next(scraper.visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            "https://philadelphiaresults.azurewebsites.us/ResultsSW.aspx?type=JDR&map=CTY",
            {"site": "philadelphiaresults.azurewebsites.us", "type": "JDR", "map": "CTY"},
        ),
        (
            "https://electionresults.sd.gov/resultssw.aspx?type=CTYALL&map=CTY&eid=",
            {"site": "electionresults.sd.gov", "type": "CTYALL", "map": "CTY"},
        ),
        (
            "https://electionresults.nebraska.gov/resultsCSV.aspx?text=All&type=&map=&eid=12",
            {"site": "electionresults.nebraska.gov", "eid": "12"},
        ),
        ("https://example.org/ResultsExport.aspx", {"site": "example.org"}),
        ("https://results.oregonvotes.gov/ResultsSW.aspx?type=CTYALL&map=CTY", None),
        ("https://electionresults.sd.gov/", None),
    ],
)
def test_links_of_the_sites_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_rows_with_more_cells_than_the_header() -> None:
    """Thirteen columns, fourteen cells: the last ones are empty and nothing is shifted."""
    (contest,) = read(ROW, RIVAL).contests
    assert (contest.key, contest.title) == ("10144", "MAYOR, ALBUQUERQUE")
    assert [(one.key, one.name, one.votes) for one in contest.selections] == [
        ("18272", "TIMOTHY M KELLER", 47_911),
        ("18014", "DARREN WHITE", 25_213),
    ]


def test_types_of_votes_are_kept_where_they_stand() -> None:
    (contest,) = read(ROW.replace("611/611,,,,", "611/611,7911,30000,10000,")).contests
    assert contest.selections[0].by_type == (
        VoteCount(VoteType.ABSENTEE_MAIL, 7911, "Absentee"),
        VoteCount(VoteType.ELECTION_DAY, 30_000, "Election Day"),
        VoteCount(VoteType.EARLY, 10_000, "Early"),
    )


def test_one_name_in_two_places_is_two_contests() -> None:
    other = ROW.replace("10144", "10396").replace('"ALBUQUERQUE"', '"MAGDALENA "')
    assert [one.title for one in read(ROW, other).contests] == [
        "MAYOR, ALBUQUERQUE",
        "MAYOR, MAGDALENA",
    ]


def test_a_place_that_the_title_names_is_not_added() -> None:
    row = ROW.replace('"MAYOR"', '"Mayor of Albuquerque"')
    assert read(row).contests[0].title == "Mayor of Albuquerque"


def test_tiny_shares_are_shares() -> None:
    assert read(ROW.replace("0.65", "9.5E-05")).contests[0].selections[0].votes == 47_911


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",1,47911,", ",47911,", "expected a share of 1, found '611/611'"),
        (",1,47911,", ",1,1,47911,", "expected a share of 1, found '47911'"),
        ("47911", "*", "whole number for CandidateVotes in line 2"),
        ("47911", "-5", "whole number for CandidateVotes"),
        ("47911", "", "whole number for CandidateVotes"),
        ("611/611", "611", "expected precincts as 611/611"),
        ("0.65", "65", "expected a share of 1, found '65'"),
        ("611/611,,,,", "611/611,*,,,", "whole number for CandidateAbsenteeVotes"),
        ("611/611,,,,", "611/611,,,,9", "14 cells under 13 columns in line 2"),
        ("10144", "", "no RaceID"),
        ('"MAYOR"', '""', "no RaceName"),
        ("18272", "", "an empty 'CandidateID'"),
        ('"TIMOTHY M KELLER"', '""', "an empty 'CandidateName'"),
    ],
)
def test_a_row_that_is_not_understood_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(ROW.replace(old, new), RIVAL)


def test_a_doubled_row_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="'TIMOTHY M KELLER' stands twice"):
        read(ROW, RIVAL, ROW)


def test_one_id_for_two_contests_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="is two contests"):
        read(ROW, RIVAL.replace("ALBUQUERQUE", "MAGDALENA"))


def test_two_counts_of_precincts_in_one_contest_are_refused() -> None:
    with pytest.raises(LayoutChanged, match="units"):
        read(ROW, RIVAL.replace("611/611", "610/611"))


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_file_that_ends_early_is_truncated(cut: int) -> None:
    """The last number may be cut in two, so a last line has to have its end."""
    with pytest.raises(Truncated):
        parse(GOLDEN.read_bytes()[:-cut])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (f"{HEAD}\r\n".encode(), EmptyPage),
        (b"<!DOCTYPE html><html><h1>An error has occurred</h1></html>", EmptyPage),
        (b"<!DOCTYPE html><html><h1>Unofficial Results</h1></html>", WrongFormat),
    ],
)
def test_pages_that_are_no_file_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
