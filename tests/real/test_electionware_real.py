"""electionware on four counties' reports, beside sums made by other means."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged, ParseFailure, WrongFormat
from monitor.model import Page, Report, ResultsStatus, UnitKind, Units
from scrapers.platforms.electionware import Scraper
from tests.extras import needs

if TYPE_CHECKING:
    from pathlib import Path

GRAND_TRAVERSE = "electionware_grand_traverse_mi_2020_pct.txt.gz"
ADAMS = "electionware_summary_adams_pa_2020.pdf"
GRAND = "grand_ut_2018_export.csv"
BOONE = "boone_mo_2022_primary_ppr.csv"
SCAN = "scanned_no_text_hampshire_wv_2018.pdf"
LAYOUT_SHEET = "ess_asc_layout.pdf"


def body(shared_data: Path, name: str) -> bytes:
    """Return one file as the county served it."""
    stored = (shared_data / "vendor_reports" / name).read_bytes()
    return gzip.decompress(stored) if name.endswith(".gz") else stored


def read(content: bytes) -> Report:
    """Read one file."""
    page = Page("https://example.org/report", 200, (), content, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


@pytest.mark.parametrize(("name", "contests"), [(GRAND, 22), (BOONE, 36)])
def test_wide_tables(shared_data: Path, name: str, contests: int) -> None:
    """The precincts, without the total's row, make what is read."""
    content = body(shared_data, name)
    titles, parties, names, *rows = csv.reader(io.StringIO(content.decode("ascii")))
    expected: Counter[tuple[str, str]] = Counter()
    for at, (title, party, choice) in enumerate(zip(titles, parties, names, strict=True)):
        if party and choice != "BALLOTS CAST":
            expected[title, choice] += sum(int(row[at]) for row in rows[:-1])
    report = read(content)
    assert expected == Counter(
        {(one.key, line.key): line.votes for one in report.contests for line in one.selections}
    )
    assert len(report.contests) == contests
    assert {one.units for one in report.contests} == {None}


def test_the_prosecutors_of_the_wide_tables(shared_data: Path) -> None:
    grand = {one.title: one for one in read(body(shared_data, GRAND)).contests}
    assert {one.name: one.votes for one in grand["COUNTY ATTORNEY"].selections} == {
        "CHRISTINA SLOAN": 2_305,
        "STEPHEN J. STOCKS": 1_818,
    }
    boone = {one.key: one for one in read(body(shared_data, BOONE)).contests}
    attorney = boone["DEM For Prosecuting Attorney"]
    assert (attorney.title, attorney.party) == ("Prosecuting Attorney", "DEM")
    assert [(one.name, one.votes) for one in attorney.selections] == [("Roger Johnson", 13_171)]


def test_grand_traverse(shared_data: Path) -> None:
    """569 pages of 36 precincts; one precinct has two contests "Trustee Fife Lake"."""
    content = body(shared_data, GRAND_TRAVERSE)
    report = read(content)
    assert (report.status, report.election_date) == (ResultsStatus.CERTIFIED, date(2020, 11, 3))
    unknown = [one.title for one in report.contests if not one.counts_known]
    assert unknown == ["Trustee Fife Lake"]
    attorney = next(one for one in report.contests if one.title == "Prosecuting Attorney")
    assert {one.name: one.votes for one in attorney.selections} == {
        "Noelle Moeggenberg": 39_415,
        "Write-In Totals": 1_085,
    }
    lines = re.findall(
        r"REP Noelle Moeggenberg +([\d,]+) +[\d,]+ +[\d,]+\r?\n", content.decode("cp1252")
    )
    assert sum(int(one.replace(",", "")) for one in lines) == 39_415
    assert len(lines) == 36


@pytest.mark.parametrize(
    "label", ["DEM Joseph R. Biden", "REP John James", "DEM Dana Ferguson", "DEM Bruce Moore"]
)
def test_rows_that_stand_on_one_line_are_the_sums(shared_data: Path, label: str) -> None:
    """Where a row's figures stand beside its label in all precincts, they are added up here."""
    text = body(shared_data, GRAND_TRAVERSE).decode("cp1252")
    found = re.findall(rf"{re.escape(label)} +([\d,]+) +[\d,]+ +[\d,]+\r?\n", text)
    assert len(found) == text.count(label)
    votes = {
        line.key: line.votes
        for one in read(text.encode("cp1252")).contests
        for line in one.selections
    }
    assert votes[label] == sum(int(one.replace(",", "")) for one in found)


def test_adams(shared_data: Path) -> None:
    """A PDF; "Precincts Complete 0 of 50" in an official report says nothing."""
    needs("pdfplumber")
    report = read(body(shared_data, ADAMS))
    assert (report.status, report.election_date) == (ResultsStatus.CERTIFIED, date(2020, 11, 3))
    assert report.source_time_text == "11/12/2020 13:41 PM"
    found = {one.title: one for one in report.contests}
    assert {one.key: one.votes for one in found["Attorney General"].selections} == {
        "REP Heather Heidelbaugh": 36_476,
        "DEM Josh Shapiro": 17_707,
        "LIB Daniel Wassmer": 1_183,
        "GRE Richard L Weiss": 518,
        "Write-In Totals": 22,
    }
    sums = {title: sum(line.votes for line in one.selections) for title, one in found.items()}
    assert (sums["President"], sums["State Treasurer"]) == (56_809, 55_709)
    assert found["President"].units == Units(50, 50, UnitKind.PRECINCTS)
    assert found["Rep in Gen Assembly-193rd Dist"].units == Units(19, 19, UnitKind.PRECINCTS)


def test_other_pdfs_are_refused(shared_data: Path) -> None:
    """A scan, and a sheet of the vendor's that explains a format."""
    needs("pdfplumber")
    with pytest.raises(WrongFormat, match="a scan without a text layer, 2 pages"):
        read(body(shared_data, SCAN))
    with pytest.raises(LayoutChanged, match="expected the head of a page"):
        read(body(shared_data, LAYOUT_SHEET))


@pytest.mark.parametrize("name", [GRAND_TRAVERSE, ADAMS, GRAND, BOONE])
@pytest.mark.parametrize("part", [0.05, 0.5, 0.97])
def test_a_cut_file_is_refused(shared_data: Path, name: str, part: float) -> None:
    content = body(shared_data, name)
    with pytest.raises(ParseFailure):
        read(content[: int(len(content) * part)])


def test_a_changed_figure_is_refused(shared_data: Path) -> None:
    """Each fortieth last figure of a line in the first forty pages, one more, breaks a sum."""
    text = body(shared_data, GRAND_TRAVERSE).decode("cp1252")
    upto = text.index("Page 40 of 569")
    figures = list(re.finditer(r" (\d{1,3})(?=\r?\n)", text[:upto]))
    assert len(figures) > 500
    for one in figures[::40]:
        begin, end = one.span(1)
        line = text[text.rfind("\n", 0, begin) : end]
        if re.search(r"Precinct|Page|Vote For|Registered", line):
            continue
        changed = text[:begin] + str(int(one.group(1)) + 1) + text[end:]
        with pytest.raises(ParseFailure):
            read(changed.encode("cp1252"))
