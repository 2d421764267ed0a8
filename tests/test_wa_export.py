"""wa_export: races of one name in two counties are never added up by mistake."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.wa_export import Scraper

URL = "https://results.vote.wa.gov/results/20181106/export/20181106_AllCounties.csv"
HEADER = "County,Race,Candidate,Party,Votes,PercentageOfTotalVotes,JurisdictionName"
NICHOLS = "Clallam,Prosecuting Attorney,Mark Nichols,(Prefers GOP Party),12765,58.1788,County"
BARKHUIS = (
    "Clallam,Prosecuting Attorney,Selinda Barkhuis,(States No Party Preference),9176,42,County"
)


def read(*rows: str, county: str = "") -> Report:
    """Read an export of these rows."""
    return parse("".join(f"{line}\n" for line in (HEADER, *rows)).encode(), county=county)


def parse(body: bytes, county: str = "") -> Report:
    """Read an export of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=date(2018, 11, 6), settings={"county": county}).parse((page,))


def test_the_date_alone_reaches_the_export() -> None:
    assert Scraper.settings_needed() == frozenset()
    assert next(Scraper(date=date(2018, 11, 6), settings={}).visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"date": "2018-11-06"}),
        ("https://results.vote.wa.gov/results/20241105/king/", {"date": "2024-11-05"}),
        ("https://results.vote.wa.gov/results/current/Export.html", {}),
        ("https://results.votewa.gov/results/public/washington", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_one_name_in_two_counties_is_two_contests() -> None:
    stevens = NICHOLS.replace("Clallam", "Stevens")
    both = read(NICHOLS, BARKHUIS, stevens).contests
    assert [(one.key, one.title) for one in both] == [
        ("Clallam|Prosecuting Attorney", "Clallam: Prosecuting Attorney"),
        ("Stevens|Prosecuting Attorney", "Stevens: Prosecuting Attorney"),
    ]
    assert [line.votes for line in both[0].selections] == [12_765, 9_176]


def test_one_county_keeps_its_key() -> None:
    """The name of the county may be written in any case."""
    rows = (NICHOLS, BARKHUIS, NICHOLS.replace("Clallam", "Stevens"))
    (alone,) = read(*rows, county="CLALLAM").contests
    assert alone.key == "Clallam|Prosecuting Attorney"
    with pytest.raises(LayoutChanged, match=r"no county 'clalam' at .* it has Clallam, Stevens"):
        read(*rows, county="Clalam")


def test_a_preference_is_a_party_where_it_is_plainly_one() -> None:
    (contest,) = read(NICHOLS, BARKHUIS).contests
    assert [line.party for line in contest.selections] == ["REP", ""]


def test_entities_of_html_are_read() -> None:
    (contest,) = read(NICHOLS.replace("Prosecuting Attorney", "Fire &amp; Rescue")).contests
    assert contest.title == "Clallam: Fire & Rescue"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (NICHOLS.replace("12765", "*"), "expected a whole number for Votes"),
        (NICHOLS.replace("12765", "-5"), "expected a whole number for Votes"),
        (NICHOLS.replace("Mark Nichols", ""), "an empty 'Candidate'"),
        (NICHOLS.replace("Clallam", ""), "an empty 'County'"),
        (NICHOLS.replace(",County", ","), "an empty 'JurisdictionName'"),
        (NICHOLS.replace("Mark Nichols", "Nichols, Mark"), "8 cells under 7 columns"),
        (BARKHUIS, "stands twice"),
    ],
)
def test_rows_that_are_not_understood_are_refused(row: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(row, BARKHUIS)


def test_an_export_that_ends_early_is_truncated() -> None:
    whole = f"{HEADER}\n{NICHOLS}\n{BARKHUIS}"
    with pytest.raises(Truncated, match="the last line has no end"):
        parse(whole.encode())
    with pytest.raises(Truncated, match="5 cells under 7 columns in line 3"):
        parse(whole[:-12].encode())


@pytest.mark.parametrize(
    ("body", "error"), [(b"", EmptyPage), (b"<html><body>moved to votewa", WrongFormat)]
)
def test_pages_that_are_no_export_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
