"""nv_sos: county offices of one name stay apart, and a cut number is seen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.nv_sos import Scraper

URL = "https://example.org/desk/nevada.csv"
ARABIA = 'Nye,DISTRICT ATTORNEY,"ARABIA, CHRIS",12353'
RIVAL = 'Nye,DISTRICT ATTORNEY,"DEL VECCHIO, NICHOLAS ANTHONY",4868'


def read(*rows: str) -> Report:
    """Read a table of these rows."""
    return parse("".join(f"{line}\n" for line in ("county,race,candidate,votes", *rows)).encode())


def parse(body: bytes) -> Report:
    """Read a table of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": URL}).parse((page,))


def test_the_address_is_the_one_setting_and_nothing_is_proven() -> None:
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.unproven
    scraper = Scraper(date=None, settings={"url": URL})
    assert next(scraper.visit()).url == URL
    assert scraper.link() == "https://silverstateelection.nv.gov/"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://silverstateelection.nv.gov/county-results/clark.shtml", {}),
        ("http://www.silverstateelection.com/", {}),
        ("https://www.nvsos.gov/SOSelectionPages/results/index.aspx", {}),
        (URL, None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_county_offices_stay_apart_and_races_of_the_state_are_added_up() -> None:
    senate = 'Nye,"STATE SENATE, DISTRICT 17",NONE OF THESE CANDIDATES,5'
    report = read(ARABIA, RIVAL, 'Lyon,DISTRICT ATTORNEY,"RYE, STEPHEN B. (INCUMBENT)",17886',
                  senate, senate.replace("Nye", "Lyon"))  # fmt: skip
    assert {one.key: one.title for one in report.contests} == {
        "Nye|DISTRICT ATTORNEY": "DISTRICT ATTORNEY, Nye",
        "Lyon|DISTRICT ATTORNEY": "DISTRICT ATTORNEY, Lyon",
        "STATE SENATE, DISTRICT 17": "STATE SENATE, DISTRICT 17",
    }
    lines = {line.name: line.votes for one in report.contests for line in one.selections}
    assert lines["RYE, STEPHEN B."] == 17_886
    assert lines["NONE OF THESE CANDIDATES"] == 10


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (ARABIA.replace("12353", "*"), "expected a whole number for votes"),
        (ARABIA.replace("12353", ""), "expected a whole number for votes"),
        (ARABIA.replace('"', ""), "5 cells under 4 columns"),
        (ARABIA.replace("Nye", ""), "an empty 'county'"),
        (ARABIA.replace("DISTRICT ATTORNEY", ""), "an empty 'race'"),
        (ARABIA.replace('"ARABIA, CHRIS"', ""), "an empty 'candidate'"),
        (RIVAL, "stands twice"),
        (RIVAL.replace('ANTHONY"', 'ANTHONY (INCUMBENT)"'), "stands twice"),
    ],
)
def test_rows_that_are_not_understood_are_refused(row: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(row, RIVAL)


def test_a_county_without_a_candidate_is_refused() -> None:
    one, other = "Nye,GOVERNOR,A,5", "Nye,GOVERNOR,B,5"
    with pytest.raises(LayoutChanged, match="'B' is missing in 'Lyon'"):
        read(one, other, one.replace("Nye", "Lyon"))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (b"<html><body>Incapsula", WrongFormat),
        (f"county,race,candidate,votes\n{ARABIA}".encode(), Truncated),
        (f"county,race,candidate,votes\n{ARABIA[:30]}".encode(), Truncated),
    ],
)
def test_damaged_tables_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
