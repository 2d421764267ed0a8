"""hart_tally: flags, kinds and parts are those the program knows, or the file is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units, VoteType
from scrapers.platforms.hart_tally import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "hart_tally"
LONG = (EXAMPLES / "complete" / "tally.txt").read_bytes().decode("ascii")
SHORT = (EXAMPLES / "hawaii" / "media.txt").read_bytes().decode("ascii")


def read(text: str | bytes) -> Report:
    """Read one file."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/tally.txt", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def test_types_of_votes_make_the_total() -> None:
    (contest,) = read(LONG).contests
    fleming = contest.selections[0]
    assert [(one.type, one.votes) for one in fleming.by_type] == [
        (VoteType.ABSENTEE_MAIL, 525),
        (VoteType.EARLY, 2),
        (VoteType.ELECTION_DAY, 316),
    ]
    assert fleming.votes == 843
    assert Scraper.needs_confirmation
    assert Scraper.recognise("https://example.org/tally.txt") is None


@pytest.mark.parametrize(
    ("url", "names_the_file"),
    [
        ("https://elections.hawaii.gov/wp-content/results/media.txt", True),
        ("https://elections.hawaii.gov/wp-content/results/2026%20Primary/media.txt", True),
        ("https://files.hawaii.gov/elections/files/results/2024/General/media.txt", True),
        ("https://elections.hawaii.gov/election-results/", False),
        ("https://elections.hawaii.gov/wp-content/results/2026%20Primary/summary.txt", False),
    ],
)
def test_hawaii_is_known_by_its_address(url: str, names_the_file: bool) -> None:
    """Its media file is set as it is; of its other pages only the platform is told."""
    assert Scraper.recognise(url) == ({"url": url} if names_the_file else {})


def test_hawaiis_file_since_2024_is_refused() -> None:
    """Its first line, encoding and columns, as a public reader of it records them."""
    header = '#"Precinct_Name","Split_Name","Reporting","Mail votes","In-Person votes"'
    with pytest.raises(LayoutChanged, match="no column 'Reporting'"):
        read(f"Format#1\n{header}\n".encode("utf-16"))


def test_splits_of_precincts_are_no_precincts() -> None:
    """The second part of 1CS-1 is ours."""
    text = LONG.replace('"1CS-1",""', '"1CS-1","A"').replace('"1CS-2",""', '"1CS-1","B"')
    (contest,) = read(text).contests
    assert contest.units == Units(3, 3, UnitKind.UNITS)


def test_a_named_write_in_may_have_no_line_in_a_precinct() -> None:
    """Of kind W; a candidate of kind C has one in each. The rows are ours."""
    row = next(line for line in LONG.split("\r\n") if '"U"' in line)
    named = row.replace("10000000", "77").replace("Unresolved Write-Ins", "Jo Roe")
    (contest,) = read(LONG + named.replace('"U"', '"W"') + "\r\n").contests
    assert [(one.name, one.is_write_in) for one in contest.selections][-1] == ("Jo Roe", False)
    with pytest.raises(LayoutChanged, match=r"'Jo Roe' is missing in '1CS-2\|'"):
        read(LONG + named.replace('"U"', '"C"') + "\r\n")


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ('"C",1,"",338,253', '"C",1,"",338,254', "make 253"),
        ('"C",1,"",338,253', '"C",1,"",338,*', "expected a whole number"),
        ('"C",1', '"X",1', "kind 'X'"),
        ('"1CS-1","",1', '"1CS-1","",2', "found '2'"),
        ('"1CS-1","",1', '"1CS-1","",0', r"\(1, 1\) after \(0, 1\) units of 1CS-1"),
        ('"1CS-2"', '"1CS-1"', "stands twice"),
        ('"DISTRICT ATTORNEY"', '"ASSESSOR"', "is two contests"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, seen: str) -> None:
    assert old in LONG
    with pytest.raises(LayoutChanged, match=seen):
        read(LONG.replace(old, new, 1))


def test_whole_files_that_are_none() -> None:
    with pytest.raises(EmptyPage):
        read(" ")
    with pytest.raises(EmptyPage, match="a header without rows"):
        read(SHORT.split("\n")[0] + "\n")
    with pytest.raises(WrongFormat, match="a PDF"):
        read(b"%PDF-1.4")
    with pytest.raises(Truncated):
        read(SHORT[:-3])
    with pytest.raises(Truncated):
        read(SHORT[:-1])
