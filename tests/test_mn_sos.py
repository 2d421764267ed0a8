"""mn_sos: a file without a header, so every row has to prove where its columns stand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.mn_sos import Scraper

URL = "https://electionresultsfiles.sos.mn.gov/20261103/cntyRaceQuestions.txt"
ROW = "MN;27;;0394;County Attorney;;9001;Jane Doe;;;NP;400;420;300;75.00;400"
RIVAL = ROW.replace("9001;Jane Doe", "9002;John Roe").replace("300;75", "100;25")


def read(*rows: str, **settings: str) -> Report:
    """Read a file of these rows."""
    return parse("".join(f"{row}\r\n" for row in rows).encode("cp1252"), **settings)


def parse(body: bytes, **settings: str) -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings=settings).parse((page,))


def test_settings_alone_reach_the_county_attorneys() -> None:
    assert Scraper.settings_needed() == frozenset()
    day = datetime(2026, 11, 3, tzinfo=UTC).date()
    assert next(Scraper(date=day, settings={}).visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"date": "2026-11-03", "file": "cntyRaceQuestions.txt"}),
        (
            "https://electionresultsfiles.sos.state.mn.us/20181106/attorneygen.txt",
            {"date": "2018-11-06", "file": "attorneygen.txt"},
        ),
        ("https://electionresults.sos.mn.gov/Select/MediaFiles/Index?ersElectionId=170", {}),
        ("https://www.sos.mn.gov/elections-voting/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_one_county_keeps_its_plain_title() -> None:
    """`cid` keeps the key, so that a race can move from the whole file to its county."""
    (alone,) = read(ROW, RIVAL, ROW.replace(";27;", ";62;"), cid="27").contests
    there = [row.replace(";27;", ";62;") for row in (ROW, RIVAL)]
    both = read(ROW, RIVAL, *there).contests
    assert (alone.title, alone.key) == ("County Attorney", "27|0394|")
    assert [one.title for one in both] == [
        "County Attorney (county 27)",
        "County Attorney (county 62)",
    ]
    assert both[0].key == alone.key


def test_names_keep_quotes_accents_and_suffixes() -> None:
    """A quote at the begin of a name opens no quoted cell."""
    (contest,) = read(ROW.replace("Jane Doe;", '"Jané" Doe;Jr.'), RIVAL).contests
    assert contest.selections[0].name == '"Jané" Doe Jr.'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("MN;27;", "27;MN;", "expected MN, found '27'"),
        ("MN;27;;", "MN;27;0412;", "a row of one precinct"),
        ("400;420;", "421;420;", "421 reported of 420 precincts"),
        (";300;75.00;400", ";500;75.00;400", "500 votes of 400 total"),
        (";300;75.00", ";75.00;300", "expected a whole number for votes"),
        (";300;", ";*;", "expected a whole number for votes"),
        (";300;", ";-3;", "expected a whole number for votes"),
        ("Jane Doe", "", "an empty 'name'"),
        (";0394;", ";;", "an empty 'office'"),
        (";9001;", ";;", "an empty 'number'"),
        ("County Attorney", "", "an empty 'title'"),
        (";300;75.00;400", ";300;75.00", "15 cells under 16 columns in line 1"),
        (";300;75.00;400", ";300;75.00;400;9", "17 cells under 16 columns"),
        (";300;75.00;400", ";300;75.00;401", "totals 401 and 400"),
    ],
)
def test_a_row_that_is_not_understood_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(ROW.replace(old, new), RIVAL)


@pytest.mark.parametrize("rows", [(ROW,), (ROW, RIVAL.replace(";100;", ";101;"))])
def test_lines_that_do_not_make_the_total_are_refused(rows: tuple[str, ...]) -> None:
    """A lost row would make a leader of whoever is left."""
    with pytest.raises(LayoutChanged, match=r"400 is not the sum (?:300|401) of"):
        read(*rows)


def test_a_doubled_row_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="'Jane Doe' stands twice in 'County Attorney"):
        read(ROW, RIVAL, ROW)


def test_one_number_for_two_contests_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="is two contests"):
        read(ROW, RIVAL.replace("County Attorney", "County Auditor"))


def test_a_file_that_ends_early_is_truncated() -> None:
    with pytest.raises(Truncated, match="15 cells under 16 columns in line 2"):
        parse(f"{ROW}\r\n{RIVAL.rpartition(chr(59))[0]}".encode())


@pytest.mark.parametrize(
    ("body", "error"),
    [(b"", EmptyPage), (b"<!DOCTYPE html><html><p>Not found</p></html>", WrongFormat)],
)
def test_pages_that_are_no_file_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)
