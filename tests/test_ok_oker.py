"""ok_oker: rows shorter than their header are read from both ends, or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.ok_oker import Scraper

URL = "https://example.org/desk/export.csv"
HEADER = (
    "elec_date,entity_description,race_number,race_description,race_party,tot_race_prec,"
    "race_prec_reporting,cand_number,cand_name,cand_party,cand_absmail_votes,"
    "cand_early_votes,cand_elecday_votes,cand_tot_votes,race_county"
)
ENTITY = '11/6/2018,"FEDERAL, STATE AND COUNTY"'
THOMAS = f'{ENTITY},10142,"FOR DISTRICT ATTORNEY",53,50,1,"DAVID THOMAS",REP,326,1390,7973,9689,'
HILL = f'{ENTITY},10142,"FOR DISTRICT ATTORNEY",53,50,2,"RANA HILL",DEM,138,432,3126,3696,'


def read(*rows: str, header: str = HEADER) -> Report:
    """Read an export of these rows."""
    return parse("".join(f"{line}\n" for line in (header, *rows)).encode())


def parse(body: bytes) -> Report:
    """Read an export of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=date(2018, 11, 6), settings={"url": URL}).parse((page,))


def test_the_address_is_the_one_setting() -> None:
    assert Scraper.settings_needed() == {"url"}
    scraper = Scraper(date=date(2018, 11, 6), settings={"url": "file:///desk/export.csv"})
    assert next(scraper.visit()).url == "file:///desk/export.csv"
    assert scraper.link() == "https://results.okelections.us/OKER/?elecDate=20181106"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://results.okelections.us/OKER/?elecDate=20181106", {}),
        ("https://results.okelections.gov/OKER/", {}),
        ("https://oklahoma.gov/elections.html", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_another_name_of_the_last_column_is_known() -> None:
    report = read(THOMAS, HILL, header=f"{HEADER}_owner")
    assert report.election_date == date(2018, 11, 6)
    assert [one.votes for one in report.contests[0].selections] == [9689, 3696]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (THOMAS.replace(",9689,", ",9688,"), "do not sum to 9688"),
        (THOMAS.replace("7973,9689", "9689,7973"), "do not sum to 7973"),
        (THOMAS.replace(",326,", ",*,"), "expected a whole number for absentee-mail votes"),
        (THOMAS.replace(",53,50,", ",50,53,"), "53 of 50 precincts"),
        (THOMAS.replace(",53,50,", ",53,,"), "expected ..precincts., .reported."),
        (THOMAS.replace('"DAVID THOMAS"', ""), "expected ..precincts., .reported."),
        (THOMAS.replace(",53,50,", ",REP,DEM,53,50,"), "16 cells under 15 columns"),
        (THOMAS.replace("REP,", "REP,,"), "expected ..precincts., .reported."),
        (THOMAS.replace("10142", ""), "a race without number or title"),
        (THOMAS.replace('"FOR DISTRICT ATTORNEY"', ""), "a race without number or title"),
        (THOMAS.replace("11/6/2018", "11/3/2020"), "rows of 2 election days"),
        (HILL, "'RANA HILL' stands twice"),
        (THOMAS.replace("ATTORNEY", "JUDGE"), "is two contests"),
        (THOMAS.replace(",53,50,", ",53,49,"), "units of the whole"),
    ],
)
def test_rows_that_are_not_understood_are_refused(row: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(row, HILL)


def test_two_counties_with_other_totals_are_refused() -> None:
    """Only rows that are alike but for the county are one and the same."""
    city = THOMAS.replace("FEDERAL, STATE AND COUNTY", "CITY OF TULSA")
    other = f"{city}TULSA".replace("7973,9689", "7974,9690")
    with pytest.raises(LayoutChanged, match="stands twice"):
        read(f"{city}ROGERS", other)


def test_a_doubled_export_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="stands twice"):
        read(f"{THOMAS}ROGERS", f"{HILL}ROGERS", f"{THOMAS}ROGERS", f"{HILL}ROGERS")


@pytest.mark.parametrize("header", [HEADER[:-12], f"{HEADER},x", HEADER.replace("cand_name", "x")])
def test_other_columns_are_refused(header: str) -> None:
    with pytest.raises(LayoutChanged, match="expected the columns of an export"):
        read(THOMAS, HILL, header=header)


def test_an_export_that_ends_early_is_refused() -> None:
    with pytest.raises(Truncated, match="8 cells under 15 columns in line 3"):
        read(THOMAS, HILL.rpartition(",DEM")[0])
    with pytest.raises(LayoutChanged, match="expected a whole number"):
        read(THOMAS, HILL[:-1])


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"", EmptyPage), (b"<!DOCTYPE html><html><body>OKER", WrongFormat)],
)
def test_pages_that_are_no_export_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
