"""fl_election_watch: a circuit is the sum of its counties, or it is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.fl_election_watch import Scraper

URL = "https://flelectionfiles.floridados.gov/enightfilespublic/20181106_ElecResultsFL.txt"
HEADER = (
    "ElectionDate PartyCode PartyName RaceCode RaceName CountyCode CountyName Juris1num "
    "Juris2num Precincts PrecinctsReporting CanNameLast CanNameFirst CanNameMiddle CanVotes"
).replace(" ", "\t")
CELLS = {
    "date": "11/06/2018", "party": "REP", "words": "Republican Party", "code": "STA",
    "race": "State Attorney, 20th Judicial Circuit", "county": "CHA", "name": "Charlotte",
    "one": "020", "two": " ", "precincts": "67", "reported": "67", "last": "Fox",
    "first": "Amira", "middle": "", "votes": "65799",
}  # fmt: skip


def row(**changed: str) -> str:
    """Write one row: Fox in Charlotte, with what a test changes."""
    return "\t".join({**CELLS, **changed}.values())


GLADES = row(county="GLA", name="Glades", precincts="13", reported="0", votes="3098")


def read(*rows: str, primary: str = "") -> Report:
    """Read a file of these rows."""
    body = "".join(f"{line}\r\n" for line in (HEADER, *rows)).encode()
    return parse(body, primary=primary)


def parse(body: bytes, primary: str = "") -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=date(2018, 11, 6), settings={"primary": primary}).parse((page,))


def test_the_date_alone_reaches_the_file() -> None:
    assert Scraper.settings_needed() == frozenset()
    assert next(Scraper(date=date(2018, 11, 6), settings={}).visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"date": "2018-11-06"}),
        ("https://floridaelectionwatch.gov/StateOffices/StateAttorney", {}),
        ("https://www.floridaelectionwatch.gov/", {}),
        (URL.replace("ElecResultsFL", "ElecResultsFL_PipeDlm_Votes"), {}),
        ("https://dos.fl.gov/elections/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_the_counties_of_a_circuit_are_added_up() -> None:
    report = read(row(), GLADES)
    (contest,) = report.contests
    assert [one.votes for one in contest.selections] == [68_897]
    assert contest.units == Units(67, 80, UnitKind.PRECINCTS)
    assert report.election_date == date(2018, 11, 6)


def test_parties_of_a_primary_are_contests_of_their_own() -> None:
    """Both primaries have one code and one name."""
    rival = row(party="DEM", last="Roe", first="Jane")
    both = read(row(), rival, primary="yes").contests
    assert [(one.party, one.key[-4:]) for one in both] == [("REP", "|REP"), ("DEM", "|DEM")]
    (general,) = read(row(), rival).contests
    assert len(general.selections) == 2


def test_a_name_keeps_its_middle() -> None:
    (contest,) = read(row(first="Edwin", middle="S.", last="Perez")).contests
    assert contest.selections[0].name == "Edwin S. Perez"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"votes": "*"}, "expected a whole number for CanVotes"),
        ({"votes": ""}, "expected a whole number for CanVotes"),
        ({"precincts": "many"}, "expected a whole number for Precincts"),
        ({"county": ""}, "an empty 'CountyCode'"),
        ({"race": ""}, "an empty 'RaceName'"),
        ({"code": ""}, "an empty 'RaceCode'"),
        ({"date": "11/03/2020"}, "rows of 2 election days"),
        ({"county": "GLA", "precincts": "12"}, r"units of GLA"),
        ({"county": "GLA", "precincts": "13", "reported": "0"}, "stands twice in .* of GLA"),
        ({"votes": "1\t2"}, "16 cells under 15 columns"),
    ],
)
def test_rows_that_are_not_understood_are_refused(changed: dict[str, str], message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(row(**changed), GLADES)


def test_a_county_without_a_candidate_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="'Jane Roe' is missing in 'GLA'"):
        read(row(), row(last="Roe", first="Jane"), GLADES)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (b"<!DOCTYPE html><html><body>404", WrongFormat),
        (f"{HEADER}\r\n{row()}\r\n{GLADES[:60]}".encode(), Truncated),
        (f"{HEADER}\r\n{row()}\r\n{GLADES[:-2]}".encode(), Truncated),
        (b"[r|FLDOS|1|State Senator, District 14|General Election|240140]\r\n", LayoutChanged),
    ],
)
def test_damaged_files_and_others_are_refused(body: bytes, error: type[Exception]) -> None:
    """The site's files with pipes lie beside this one and hold no totals we read."""
    with pytest.raises(error):
        parse(body)
