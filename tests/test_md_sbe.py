"""md_sbe: votes by type have to sum to the total; a blank cell is no zero."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, VoteType
from scrapers.platforms.md_sbe import Scraper

URL = "https://elections.maryland.gov/elections/2026/election_data/GG26_02CountyResults.csv"
ARCHIVE = "https://elections.maryland.gov/elections/archive"
HEADER = (
    "Office Name,Office District,Candidate Name,Party,Winner,Write-In?,Early Votes,"
    "Early Votes Against,Election Night Votes,Election Night Votes Against,"
    "Mail-In Ballot 1 Votes,Mail-In Ballot 1 Votes Against,Provisional Votes,"
    "Provisional Votes Against,Mail-In Ballot 2 Votes,Mail-In Ballot 2 Votes Against,"
    "Total Votes,Total Votes Against"
)
ROE = "State's Attorney,,Jane Roe,DEM,,,100,,200,,50,,3,,2,,355,"
POE = "State's Attorney,,John Poe,REP,,,90,,150,,40,,2,,1,,283,"


def read(*rows: str, file: str = "CountyResults") -> Report:
    """Read a file of these rows."""
    return parse("".join(f"{line}\n" for line in (HEADER, *rows)).encode(), file=file)


def parse(body: bytes, file: str = "CountyResults") -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    settings = {"cycle": "GG26", "cid": "02", "file": file}
    return Scraper(date=date(2026, 11, 3), settings=settings).parse((page,))


def test_cycle_and_county_reach_the_file() -> None:
    assert Scraper.settings_needed() == {"cycle", "cid"}
    settings = {"cycle": "GG26", "cid": "02"}
    assert next(Scraper(date=date(2026, 11, 3), settings=settings).visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"cycle": "GG26", "cid": "02", "file": "CountyResults"}),
        (
            f"{ARCHIVE}/2024/election_data/PP24_01DemocraticResults.csv",
            {"cycle": "PP24", "cid": "01", "file": "DemocraticResults"},
        ),
        ("https://results.elections.maryland.gov/elections/2018/results/General/index.html", {}),
        ("https://www.maryland.gov/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_vote_types_keep_the_boards_words() -> None:
    (contest,) = read(ROE, POE).contests
    assert [(one.type, one.votes) for one in contest.selections[0].by_type] == [
        (VoteType.EARLY, 100), (VoteType.ELECTION_DAY, 200), (VoteType.ABSENTEE_MAIL, 50),
        (VoteType.PROVISIONAL, 3), (VoteType.ABSENTEE_MAIL, 2),
    ]  # fmt: skip
    assert contest.selections[0].by_type[4].label == "Mail-In Ballot 2 Votes"


def test_blank_cells_are_not_counted_yet() -> None:
    (contest,) = read(ROE.replace(",50,,3,,2,,355", ",,,,,,,300")).contests
    assert [one.votes for one in contest.selections[0].by_type] == [100, 200]


def test_votes_against_are_a_choice_of_their_own() -> None:
    judge = "Judge,At Large,Ann Moe,,,,10,1,20,2,5,1,0,0,0,0,35,4"
    (contest,) = read(judge).contests
    assert [(one.name, one.votes) for one in contest.selections] == [
        ("Ann Moe", 35),
        ("Ann Moe, against", 4),
    ]
    assert (contest.key, contest.title) == ("Judge|At Large", "Judge, At Large")


def test_a_primary_has_the_party_of_its_file() -> None:
    (contest,) = read(ROE, file="DemocraticResults").contests
    assert (contest.key, contest.party) == ("State's Attorney||DEM", "DEM")


def test_a_named_write_in_is_a_candidate_and_a_mark_is_shown() -> None:
    named = "State's Attorney,,Pat Loe,UNA,Y,Y,0,,1,,0,,0,,0,,1,"
    others = "State's Attorney,,Other Write-Ins,,,Y,0,,1,,0,,0,,0,,1,"
    (contest,) = read(named, others).contests
    assert [(one.is_write_in, one.winner_mark) for one in contest.selections] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ROE.replace(",355,", ",356,"), "do not sum to the total"),
        (ROE.replace(",355,", ",,"), "expected a whole number for Total Votes"),
        (ROE.replace(",200,", ",*,"), "expected a whole number for Election Night Votes"),
        (ROE.replace("Jane Roe", ""), "an empty 'Candidate Name'"),
        (ROE.replace("State's Attorney", ""), "an empty 'Office Name'"),
        (ROE.replace("DEM,,", "DEM,maybe,"), "for Winner in .*found 'maybe'"),
        (f"{ROE}9,9", "19 cells under 18 columns"),
        (POE, "stands twice"),
    ],
)
def test_rows_that_are_not_understood_are_refused(row: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(row, POE)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (b"<!DOCTYPE html><html><title>Page Not Found</title>", WrongFormat),
        (f"{HEADER}\n{ROE}\n{POE[:-8]}".encode(), Truncated),
    ],
)
def test_damaged_files_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
