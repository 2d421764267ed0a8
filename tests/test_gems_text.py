"""gems_text: ten cells in each line, the county's total, statistics that stand once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.gems_text import Scraper

EXAMPLE = Path(__file__).parent / "examples" / "gems_text" / "complete" / "results.txt"
TEXT = EXAMPLE.read_text("ascii")
HADFIELD = next(line for line in TEXT.splitlines() if "HADFIELD" in line) + "\n"


def read(text: str | bytes) -> Report:
    """Read one file."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/gems.txt", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def test_contests_have_their_own_precincts() -> None:
    contests = {one.title: one for one in read(TEXT).contests}
    board = contests["COUNTY SCHOOL BOARD DISTRICT 7"]
    assert board.units == Units(7, 7, UnitKind.PRECINCTS)
    assert contests["COUNTY ATTORNEY"].registered_voters == 26_663
    assert Scraper.needs_confirmation
    assert Scraper.settings_needed() == {"url"}


def test_without_both_statistics_there_are_no_units() -> None:
    lines = [line for line in TEXT.splitlines() if "Reporting" not in line]
    assert {one.units for one in read("\n".join(lines) + "\n").contests} == {None}


def test_precincts_are_passed_over() -> None:
    """The precinct's line is ours."""
    precinct = HADFIELD.replace('999999 ,"Election Total"', '101 ,"Corinne"')
    assert read(TEXT + precinct.replace('"2"', '"1"')) == read(TEXT)
    with pytest.raises(LayoutChanged, match="no line of the county's total"):
        read(precinct)


def test_parties_of_a_primary_have_contests_of_their_own() -> None:
    """The lines of the second party are ours."""
    other = HADFIELD.replace('"020010" ,"NP"', '"020010" ,"DEM"').replace("11756", "5")
    keys = {one.key: one.party for one in read(TEXT + other).contests}
    assert (keys["020010"], keys["020010|DEM"]) == ("", "DEM")


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("11756", "11,756", "expected ten cells"),
        ("11756", "-11756", "expected ten cells"),
        ("11756", '"*"', "expected a whole number"),
        (HADFIELD, HADFIELD + HADFIELD, "stands twice"),
        ('"COUNTY ATTORNEY" ,"020010" ,"NP" ,"Write', '"DA" ,"020010" ,"NP" ,"Write',
         "is two contests"),
        ('"HADFIELD, STEPHEN R."', '""', "a choice without a name"),
        ('Reporting" ,"" ,"NP" ,7', 'Reporting" ,"" ,"NP" ,8', "8 of 7 precincts"),
        ('"Number of Precincts Reporting"', '"Number of Precincts"', "stands twice"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(old: str, new: str, seen: str) -> None:
    assert old in TEXT
    with pytest.raises(LayoutChanged, match=seen):
        read(TEXT.replace(old, new, 1))


def test_whole_files_that_are_none() -> None:
    with pytest.raises(EmptyPage):
        read("\n")
    with pytest.raises(Blocked):
        read("<html><body>Access denied</body></html>")
    with pytest.raises(WrongFormat, match="a PDF"):
        read(b"%PDF-1.4")
    with pytest.raises(Truncated):
        read(TEXT[:-1])
    with pytest.raises(Truncated):
        read(TEXT[: len(TEXT) // 2])
