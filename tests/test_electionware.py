"""electionware: figures find their labels, or the report is refused; a scan is refused."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import (
    EmptyPage,
    LayoutChanged,
    ScraperBroken,
    Truncated,
    WrongFormat,
)
from monitor.model import Page, Report, ResultsStatus, UnitKind, Units
from scrapers import pdf_text
from scrapers.platforms.electionware import Scraper
from scrapers.platforms.electionware_names import name_and_party
from tests.extras import needs

EXAMPLES = Path(__file__).parent / "examples" / "electionware"
SUMMARY = (EXAMPLES / "complete" / "summary.txt").read_text("utf-8")
PRECINCTS = (EXAMPLES / "precincts" / "precincts.txt").read_bytes().decode("cp1252")
WIDE = (EXAMPLES / "wide" / "export.csv").read_bytes().decode("ascii")
SHAPIRO = next(line for line in SUMMARY.split("\n") if "Shapiro" in line)


def read(text: str | bytes) -> Report:
    """Read one file."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/report", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def pdf(lines: list[str]) -> bytes:
    """Write a PDF of one page by hand, the lines below each other."""
    rows = " ".join(
        f"1 0 0 1 20 {760 - 11 * at} Tm ({line.replace('(', '[').replace(')', ']')}) Tj"
        for at, line in enumerate(lines)
        if line.strip()
    )
    stream = f"BT /F1 8 Tf {rows} ET" if lines else ""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        """<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R
        /Resources << /Font << /F1 5 0 R >> >> >>""",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    start = len(body)
    body += f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\n"
    return (body + f"startxref\n{start}\n%%EOF\n").encode("latin-1")


def test_one_setting_reaches_it_and_people_confirm_it() -> None:
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.needs_confirmation
    assert Scraper.parse_in_pool
    for name, is_ours in (("20220802PPR.CSV", True), ("a_EXPORT.csv", True), ("a.pdf", False)):
        url = f"https://example.org/{name}"
        assert Scraper.recognise(url) == ({"url": url} if is_ours else None)


@pytest.mark.parametrize(
    ("printed", "name", "party"),
    [
        ("REP Jo Roe", "Jo Roe", "REP"),
        ("GRE Richard L Weiss", "Richard L Weiss", "GRN"),
        ("DEM For Prosecuting Attorney", "Prosecuting Attorney", "DEM"),
        ("ROY LOVELADY", "ROY LOVELADY", ""),
        ("Write-In Totals", "Write-In Totals", ""),
    ],
)
def test_a_party_stands_in_front(printed: str, name: str, party: str) -> None:
    assert name_and_party(printed) == (name, party)


def test_units_are_the_contests_own() -> None:
    """The statistics' "Precincts Complete 0 of 50" is never read."""
    (contest,) = read(SUMMARY).contests
    assert contest.units == Units(50, 50, UnitKind.PRECINCTS)
    (contest,) = read(SUMMARY.replace("Precincts Reporting 50 of 50\n", "")).contests
    assert contest.units is None


def test_the_pages_of_a_precinct_are_put_in_order() -> None:
    """Labels and figures stand on different lines there."""
    report = read(PRECINCTS.encode("cp1252"))
    assert report.status is ResultsStatus.CERTIFIED
    attorney = report.contests[1]
    assert [(one.name, one.votes) for one in attorney.selections] == [
        ("Noelle Moeggenberg", 1_324 + 824),
        ("Write-In Totals", 34 + 6),
    ]
    assert attorney.units is None


def test_write_ins_with_a_name_are_taken_off_all_write_ins() -> None:
    """The named line is ours; "Not Assigned" is what is left."""
    named = PRECINCTS.replace(
        "     Not Assigned                                         6            5            1\n",
        "     Write-In: Jo Roe                                     4            4            0\n"
        "     Not Assigned                                         2            1            1\n",
    )
    attorney = read(named.encode("cp1252")).contests[1]
    assert [(one.name, one.votes, one.is_write_in) for one in attorney.selections[1:]] == [
        ("Write-In Totals", 34 + 2, True),
        ("Jo Roe", 4, False),
    ]
    with pytest.raises(LayoutChanged, match="do not make 'Write-In Totals'"):
        read(named.replace("4            4            0", "5            5            0").encode())


def test_two_contests_of_one_title_in_a_precinct_have_no_counts() -> None:
    """Such as a trustee for two terms: nothing tells them apart."""
    report = read(PRECINCTS.replace("Sheriff   ", "Prosecuting Attorney   ").encode("cp1252"))
    (contest,) = report.contests
    assert (contest.title, contest.counts_known) == ("Prosecuting Attorney", False)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (" 6,759 ", " 6,795 ", r"17707 is not the sum of \(6795, 10798, 150\)"),
        ("17,707", "17,770", r"17770 is not the sum"),
        (SHAPIRO, SHAPIRO + "\n" + SHAPIRO, "a label stands twice"),
        (SHAPIRO + "\n", "", "the votes make 38199, not 55906"),
        (" 65.25%", "  65.2%", "two texts"),
        (
            "Contest Totals       ",
            "Contests             ",
            "is no contest and no row, up to the page of line",
        ),
        ("Vote For 1\n", "", "is no contest and no row, up to the page of line"),
        ("Attorney General\n", "", "a contest without a title"),
        ("50 of 50\n", "51 of 50\n", "51 of 50 precincts"),
        ("REP Heather", "REP     Heather", "two texts, 'REP' and 'Heather Heidelbaugh'"),
        ("Election Summary Results Report  ", "Some Other Report  ", "expected the head of a page"),
        ("November 3, 2020", "November 4, 2020", "pages of 2 different reports"),
        ("   10,798", "    *****", "two texts"),
        ("   10,798 ", " 10,7,98 ", "expected a whole number"),
    ],
)
def test_what_does_not_fit_is_refused(old: str, new: str, seen: str) -> None:
    assert old in SUMMARY
    with pytest.raises(LayoutChanged, match=seen):
        read(SUMMARY.replace(old, new, 1))


def test_over_and_undervotes_have_to_make_the_contest() -> None:
    text = PRECINCTS.replace("2,019                                633          1,386\n\nPrec", "X")
    shifted = PRECINCTS.replace("86                            34           52", "87  34  53")
    for wrong in (text, shifted):
        with pytest.raises(LayoutChanged):
            read(wrong.encode("cp1252"))


def test_a_title_read_wrongly_in_one_precinct_is_refused() -> None:
    """Its votes would be missing from the sum."""
    at = PRECINCTS.rindex("Prosecuting Attorney")
    wrong = PRECINCTS[:at] + "Prosecutng Attorney" + PRECINCTS[at + 20 :]
    with pytest.raises(LayoutChanged, match="a title is read wrongly"):
        read(wrong.encode("cp1252"))


def test_missing_pages_are_refused() -> None:
    with pytest.raises(Truncated, match="not numbered from 1 to the last"):
        read(SUMMARY[: len(SUMMARY) // 2])
    with pytest.raises(Truncated, match="not numbered from 1 to the last"):
        read(SUMMARY.replace("Page 2 of 2", "Page 2 of 3"))
    with pytest.raises(Truncated, match="not numbered"):
        read(SUMMARY + SUMMARY)


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        (",683,449,", ",684,449,", "the precincts make 683, not 684"),
        (",471,344,", ",471,*,", "expected a whole number for 'STEPHEN J. STOCKS'"),
        (",471,344,", ",471,", "12 cells under 13 columns"),
        ("10,0002,", "10,0001,", "expected each precinct once"),
        ("10,ZZZ,", "10,0009,", "then ZZZ"),
        ("CHRISTINA SLOAN", "STEPHEN J. STOCKS", "stands twice"),
        ("CHRISTINA SLOAN", "", "lacks one of its three names"),
        ("U.S HOUSE DIST #3,COUNTY ATTORNEY,", "COUNTY ATTORNEY,U.S HOUSE DIST #3,",
         "two contests 'U.S HOUSE DIST #3'"),
        ("PRECINCT CODE", "CODE", "expected .'COUNTY NUMBER', 'PRECINCT CODE'"),
    ],
)  # fmt: skip
def test_a_wide_table_adds_up_or_is_refused(old: str, new: str, seen: str) -> None:
    assert old in WIDE
    with pytest.raises(LayoutChanged, match=seen):
        read(WIDE.replace(old, new, 1))


def test_a_cut_wide_table_is_refused() -> None:
    lines = WIDE.split("\r\n")
    with pytest.raises(Truncated, match="cells under 13 columns in line 7"):
        read(WIDE[: WIDE.rindex(",683")])
    with pytest.raises(LayoutChanged, match="then ZZZ"):
        read("\r\n".join(lines[:-1]))
    with pytest.raises(Truncated, match="no precinct and its total"):
        read("\r\n".join(lines[:4]))
    with pytest.raises(LayoutChanged, match="not 44"):
        read(WIDE[:-2] + ",")


def test_a_pdf_is_read_like_its_text() -> None:
    """The text of our PDF is that of the example, on one page."""
    needs("pdfplumber")
    page = SUMMARY[SUMMARY.rindex("Election Summary Results") :].replace(
        "Page 2 of 2", "Page 1 of 1"
    )
    lines = [" ".join(line.split()) for line in page.split("\n")]
    report = read(pdf([line.replace("\N{COPYRIGHT SIGN}", "c") for line in lines]))
    assert report == read(SUMMARY)
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301


def test_a_scan_is_refused_with_advice() -> None:
    needs("pdfplumber")
    with pytest.raises(WrongFormat, match=r"a scan without a text layer, 1 pages.*the sheet"):
        read(pdf([]))


def test_a_damaged_pdf_is_refused() -> None:
    needs("pdfplumber")
    with pytest.raises(Truncated, match="PDF's end is missing"):
        read(pdf(["x"])[:-20])
    with pytest.raises(WrongFormat, match="no PDF we can read"):
        read(b"%PDF-1.4\nnothing\n%%EOF\n")


def test_without_the_extra_a_pdf_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(pdf_text, "import_module", missing)
    with pytest.raises(ScraperBroken, match=r"pip install 'primary-night\[pdf\]'"):
        read(pdf(["x"]))


def test_whole_files_that_are_none() -> None:
    with pytest.raises(EmptyPage):
        read(" ")
    with pytest.raises(WrongFormat, match="a workbook"):
        read(b"PK\x03\x04rest")
    with pytest.raises(LayoutChanged, match="expected the head of a page"):
        read("Precinct,Votes\n1,2\n")
