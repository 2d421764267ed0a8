"""in_csv: rows of counties are added up only where they are surely of one contest."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.errors import LayoutChanged, ParseFailure, Truncated
from monitor.model import Page, Report
from scrapers.platforms.in_csv import Scraper

URL = "https://enr.indianavoters.in.gov/archive/2018General/download/AllOfficeResults.csv"
HEADER = (
    '"Election","Jurisdiction Name","Reporting County Name","DataEntry Jurisdiction Name",'
    '"DataEntry Level Name","Office","Office Category","Ballot Order","Name on Ballot",'
    '"Political Party","Winner","Number of Office Seats","Total Votes"'
)


def row(**changed: str) -> str:
    """Write one row: Hillenburg in Crawford, with what a test changes."""
    cells = {
        "election": "2018 General Election", "jurisdiction": "Crawford", "county": "Crawford",
        "place": "Crawford", "level": "Locality", "office": "Prosecuting Attorney Of Crawford",
        "category": "Prosecuting Attorney", "order": "170", "name": "Cheryl J. Hillenburg",
        "party": "Democratic", "winner": "No", "seats": "1", "votes": "2021",
    }  # fmt: skip
    return ",".join(f'"{value}"' for value in {**cells, **changed}.values())


RIVAL = row(name="Nicholas W. Haverstock", party="Republican", votes="1995")


def read(*rows: str, primary: str = "") -> Report:
    """Read a file of these rows."""
    body = "".join(f"{line}\r\n" for line in (HEADER, *rows)).encode()
    return parse(body, primary=primary)


def parse(body: bytes, primary: str = "") -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": URL, "primary": primary}).parse((page,))


def test_the_address_is_the_one_setting() -> None:
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.recognise(URL) == {"url": URL}
    assert Scraper.recognise("https://enr.indianavoters.in.gov/site/index.html") is None
    assert Scraper.recognise("https://example.org/AllOfficeResults.csv") is None
    scraper = Scraper(date=None, settings={"url": URL})
    assert next(scraper.visit()).url == scraper.link() == URL


def test_precincts_of_a_county_are_added_up() -> None:
    """One county gives precincts where the others give one row."""
    (contest,) = read(
        row(place="Precinct 1", level="Precinct", votes="20"),
        row(place="Precinct 2", level="Precinct", votes="1"),
    ).contests
    assert [one.votes for one in contest.selections] == [21]


def test_townships_of_one_name_stay_apart() -> None:
    """Wabash Township lies in two counties; a prosecutor's circuit may span two."""
    office = {"category": "Township Trustee", "jurisdiction": "Wabash", "office": "Wabash Trustee"}
    townships = read(row(**office), row(**office, county="Jay", name="Jane Roe")).contests
    assert [one.key for one in townships] == [
        "Township Trustee|Wabash|Wabash Trustee|Crawford",
        "Township Trustee|Wabash|Wabash Trustee|Jay",
    ]
    (circuit,) = read(row(jurisdiction="A,b"), row(jurisdiction="A,b", county="Jay")).contests
    assert [one.votes for one in circuit.selections] == [4042]


def test_two_numbers_of_seats_leave_a_contest_without_counts() -> None:
    """One such contest stops no other."""
    board = "School Board"
    known, unknown = read(
        row(),
        RIVAL,
        row(office=board, seats="3"),
        row(office=board, name="Rachel D Witt", seats="4"),
    ).contests
    assert [one.votes for one in known.selections] == [2021, 1995]
    assert (unknown.counts_known, unknown.selections) == (False, ())
    assert unknown.note == "the file gives [3, 4] seats"


def test_parties_of_a_primary_are_contests_of_their_own() -> None:
    democrats, republicans = read(row(), RIVAL, primary="yes").contests
    assert (democrats.party, republicans.party) == ("DEM", "REP")
    assert democrats.key.endswith("|DEM")


def test_a_named_write_in_is_a_candidate() -> None:
    (contest,) = read(row(name="Jeremy Heath (W/I)", party="Pirate Party")).contests
    assert contest.selections[0].key == "Jeremy Heath (W/I)|Pirate Party"
    assert not contest.selections[0].is_write_in


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ((row(), row()), "stands twice"),
        ((row(winner="Maybe"),), "for Winner in .*found 'Maybe'"),
        ((row(votes="*"),), "expected a whole number for Total Votes"),
        ((row(votes=""),), "expected a whole number for Total Votes"),
        ((row(seats="one"),), "expected a whole number for Number of Office Seats"),
        ((row(name=""),), "an empty 'Name on Ballot'"),
        ((row(county=""),), "an empty 'Reporting County Name'"),
        ((row(), row(election="2019 Municipal Election")), "expected one election , found 2018 G"),
        ((row() + ',"9"', RIVAL), "14 cells under 13 columns"),
    ],
)
def test_rows_that_are_not_understood_are_refused(rows: tuple[str, ...], message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(*rows)


def test_a_file_of_another_year_is_refused() -> None:
    """Its year is the one sign of which election it is."""
    page = Page(URL, 200, (), f"{HEADER}\n{row()}\n".encode(), datetime(2026, 1, 1, tzinfo=UTC))
    scraper = Scraper(date=date(2026, 11, 3), settings={"url": URL})
    with pytest.raises(LayoutChanged, match="expected one election 2026, found 2018 General"):
        scraper.parse((page,))


def test_a_number_that_is_cut_is_seen_by_its_open_quote() -> None:
    with pytest.raises(Truncated, match="a quote is still open"):
        parse(f"{HEADER}\r\n{row()}"[:-2].encode())


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(ParseFailure):
        parse(b"")
