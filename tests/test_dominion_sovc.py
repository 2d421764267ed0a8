"""dominion_sovc: rows parted by a line's end are joined, others that do not fit refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.dominion_sovc import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "dominion_sovc"
TEXT = (EXAMPLES / "complete" / "votes.txt").read_bytes().decode("ascii")
NAMED = (EXAMPLES / "named_write_in" / "votes.txt").read_bytes().decode("ascii")
DOW = "CON 102-02L,2,2043,1022,DISTRICT ATTORNEY,220,22,1,DAN DOW,123,,655,0\r\n"


def read(text: str | bytes) -> Report:
    """Read one file."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/votes.txt", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        ("SLO%20StatementOfVotesCastRPT-Final.txt", True),
        ("StatementOfVotesCast.CSV", True),
        ("StatementOfVotesCast.pdf", False),
        ("votes.csv", False),
    ],
)
def test_its_usual_name_is_recognised(name: str, is_ours: bool) -> None:
    url = f"https://example.org/{name}"
    assert Scraper.recognise(url) == ({"url": url} if is_ours else None)
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.needs_confirmation


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (DOW, "", "'DAN DOW' is missing in '2 CON 102-02L'"),
        (DOW, DOW + DOW, "'DAN DOW' stands twice"),
        (",655,", ",6S5,", "expected a whole number for VOTE_COUNT"),
        (",655,", ",-655,", "expected a whole number"),
        (",655,", ",*,", "expected a whole number"),
        (",655,0", ",655", "12 cells under 13 columns"),
        (",DAN DOW,", ",DOW, DAN,", "14 cells under 13 columns"),
        ("DISTRICT ATTORNEY,220,22,1,DAN DOW,123,,508", "ASSESSOR,220,22,1,DAN DOW,123,,508",
         "is two contests"),
        ("CONTEST_ID,", "CONTEST_FULL_NAME,", "no one column 'CONTEST_FULL_NAME'"),
        (",DAN DOW,123,,655", ",,123,,655", "an empty 'CANDIDATE_FULL_NAME'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(old: str, new: str, seen: str) -> None:
    assert old in TEXT
    with pytest.raises(LayoutChanged, match=seen):
        read(TEXT.replace(old, new, 1))


def test_more_named_votes_than_write_ins_are_refused() -> None:
    """A line that is no part of the one above would be counted wrongly."""
    with pytest.raises(LayoutChanged, match="more than all write-ins"):
        read(NAMED.replace("VALENTINO,172,,2", "VALENTINO,172,,3"))


def test_whole_files_that_are_none() -> None:
    with pytest.raises(EmptyPage):
        read("\n")
    with pytest.raises(EmptyPage, match="a header without rows"):
        read(TEXT.split("\r\n")[0] + "\r\n")
    with pytest.raises(Blocked):
        read("<html><body>Access denied</body></html>")
    with pytest.raises(WrongFormat, match="a PDF"):
        read(b"%PDF-1.4")
    with pytest.raises(WrongFormat, match="a workbook"):
        read(b"PK\x03\x04rest")


def test_cut_files_are_refused() -> None:
    with pytest.raises(Truncated, match="the last line has no end"):
        read(TEXT[:-3])
    with pytest.raises(Truncated, match="ends within its contest's name"):
        read(TEXT[: TEXT.index("\r\n,240") + 2])


def test_parties_are_read_from_titles_and_codes() -> None:
    """A partisan primary; the rows are ours."""
    rows = TEXT.split("\r\n")[0] + "\r\nP 1,1,9,9,SHERIFF - DEM,230,23,1,JO ROE,1,DEM,5,0\r\n"
    (contest,) = read(rows).contests
    assert (contest.title, contest.party) == ("SHERIFF", "DEM")
    assert contest.selections[0].party == "DEM"
