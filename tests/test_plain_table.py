"""plain_table: columns by their names, masked cells, two contests of one title, totals."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import (
    Blocked,
    EmptyPage,
    LayoutChanged,
    ScraperBroken,
    Truncated,
    WrongFormat,
)
from monitor.model import Page, Report, ResultsStatus
from scrapers import pdf_text
from scrapers.platforms.plain_table import Scraper
from tests.extras import needs

EXAMPLES = Path(__file__).parent / "examples" / "plain_table"
TEXT = (EXAMPLES / "complete" / "results.csv").read_text("ascii")
HTML = (EXAMPLES / "page" / "results.html").read_text("ascii")
HEAD = "Precinct,Contest,Candidate,Party,Votes"
ROWS = ("P1,DA,Jo Roe,DEM,5", "P1,DA,Al Poe,REP,4", "P2,DA,Jo Roe,DEM,6", "P2,DA,Al Poe,REP,1")


def read(text: str | bytes, **settings: str) -> Report:
    """Read one file."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/table", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url, **settings}).parse((page,))


def table(*rows: str, head: str = HEAD) -> str:
    """Write a CSV of these rows."""
    return "\n".join((head, *rows)) + "\n"


def votes(report: Report) -> dict[str, dict[str, int]]:
    """Return the votes by contest and name, of contests that have counts."""
    return {
        one.key: {line.name: line.votes for line in one.selections}
        for one in report.contests
        if one.counts_known
    }


def workbook(*sheets: list[list[Any]]) -> bytes:
    """Write a workbook of these rows."""
    openpyxl = needs("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {at}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_one_setting_reaches_it_and_people_confirm_it() -> None:
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.needs_confirmation


def test_a_title_that_comes_back_has_no_counts() -> None:
    """Both parties' primaries for one office stand under one title; each would be wrong."""
    contests = {one.title: one for one in read(TEXT).contests}
    director = contests["DIRECTOR OF ELECTIONS"]
    assert (director.counts_known, director.selections) == (False, ())
    assert "nothing in the file tells them apart" in director.note
    assert contests["PROSECUTING ATTORNEY"].counts_known


def test_parties_of_a_primary_are_kept_apart_on_request() -> None:
    text = table(*ROWS)
    assert votes(read(text)) == {"DA": {"Jo Roe": 11, "Al Poe": 5}}
    primary = read(text, primary="yes")
    assert votes(primary) == {"DA|DEM": {"Jo Roe": 11}, "DA|REP": {"Al Poe": 5}}
    assert [one.party for one in primary.contests] == ["DEM", "REP"]


@pytest.mark.parametrize("mask", ["*", "***", "-", "--", "<30", "< 10", "", "N/A"])
def test_a_masked_cell_hides_its_contest_alone(mask: str) -> None:
    text = table(*ROWS, f"P1,Sheriff,Bo Moe,REP,{mask}", "P2,Sheriff,Bo Moe,REP,9")
    report = read(text)
    assert votes(report) == {"DA": {"Jo Roe": 11, "Al Poe": 5}}
    assert "masked" in report.contests[1].note


def test_totals_are_checked_and_left_out() -> None:
    totals = (
        "P1,DA,Total,,9",
        "Totals,DA,Jo Roe,,11",
        "TOTAL,DA,Total Votes,,16",
        "P1,DA,Over Votes,,2",
    )
    assert votes(read(table(*ROWS, *totals))) == {"DA": {"Jo Roe": 11, "Al Poe": 5}}
    for wrong in ("P1,DA,Total,,10", "Totals,DA,Jo Roe,,12", "TOTAL,DA,Total Votes,,17"):
        with pytest.raises(LayoutChanged, match="is not the sum"):
            read(table(*ROWS, wrong))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (table(*ROWS, ROWS[0]), "stands twice"),
        (table(*ROWS[:3]), "'Al Poe' is missing in 'P2'"),
        (table(*ROWS, "P3,DA,Jo Roe,DEM,1.5"), "expected a whole number"),
        (table(*ROWS, "P3,DA,Jo Roe,1"), "4 cells under 5 columns"),
        (table(*ROWS, "P3,DA,,DEM,1"), "without a contest or a candidate"),
        (table(*ROWS, "P3,,Jo Roe,DEM,1"), "without a contest or a candidate"),
        (table(*ROWS, head="Precinct,Contest,Candidate,Votes,Total"), "two columns of votes"),
        (table(*ROWS, head="Precinct,Contest,Candidate,County,Votes"), "a column 'County'"),
        (table(*ROWS, head="a,b,c,d,e"), "no table with columns"),
        ("<html><body><p>Results</p></body></html>", "a page without a table"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, seen: str) -> None:
    with pytest.raises(LayoutChanged, match=seen):
        read(text)


def test_the_first_lines_say_what_it_is() -> None:
    for line, status in (
        ("Official Final Election Results", ResultsStatus.CERTIFIED),
        ("Official Results", ResultsStatus.CERTIFIED),
        ("Official results will be posted on November 20", None),
        ("Official Results - Not Final", None),
        ("OFFICIAL RESULTS PENDING CANVASS", None),
        ("Unofficial Results", None),
    ):
        report = read(f"{line}\n{table(*ROWS)}")
        assert (report.status, report.status_text) == (status, line)


def test_a_page_names_the_contest_over_its_table() -> None:
    """By a heading or a caption; layout tables without such columns are passed over."""
    report = read(HTML)
    assert [(one.title, one.party) for one in report.contests] == [
        ("Prosecuting Attorney", "REP"),
        ("Missouri Prop A", ""),
    ]
    captioned = HTML.replace("<h2>Missouri Prop A</h2>", "").replace(
        "<table><tr><th>Choice", "<table><caption>Prop A</caption><tr><th>Choice"
    )
    menu = "<table><tr><td>Home</td><td>Results</td></tr></table>"
    assert [one.title for one in read(captioned.replace("<h2>", menu + "<h2>")).contests] == [
        "Prosecuting Attorney",
        "Prop A",
    ]
    doubled = HTML.replace("<body>", "<body>" + HTML[HTML.index("<h2>") : HTML.index("</body>")])
    assert [one.counts_known for one in read(doubled).contests] == [False, False]
    with pytest.raises(Truncated, match="<html> is not closed"):
        read(HTML[: len(HTML) // 2])


def test_tabs_part_cells_too() -> None:
    assert votes(read(table(*ROWS).replace(",", "\t"))) == votes(read(table(*ROWS)))


def test_a_workbook_is_read_like_its_rows() -> None:
    """Sheets without such columns are passed over; 5.0 is 5."""
    rows: list[list[Any]] = [["Official Results"], HEAD.split(",")]
    rows += [[*row.split(",")[:4], float(row.split(",")[4])] for row in ROWS]
    report = read(workbook([["a note"]], rows))
    assert votes(report) == votes(read(table(*ROWS)))
    assert report.status is ResultsStatus.CERTIFIED
    with pytest.raises(WrongFormat, match="no workbook we can read"):
        read(b"PK\x03\x04 nothing")


def test_without_the_extra_a_workbook_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(pdf_text, "import_module", missing)
    with pytest.raises(ScraperBroken, match=r"pip install 'primary-night\[xlsx\]'"):
        read(b"PK\x03\x04")


def test_whole_files_that_are_none() -> None:
    with pytest.raises(EmptyPage):
        read(" \n")
    with pytest.raises(Blocked):
        read("<html><body>Access denied</body></html>")
    with pytest.raises(WrongFormat, match="a PDF"):
        read(b"%PDF-1.4")
    with pytest.raises(Truncated, match="the last line has no end"):
        read(TEXT[:-2])
    with pytest.raises(LayoutChanged, match="no table with columns"):
        read('<?xml version="1.0"?><table></table>')


@pytest.mark.parametrize("name", ["Countywide", "All Precincts", "TOTAL FOR COUNTY"])
def test_a_total_under_another_name_is_not_counted_twice(name: str) -> None:
    """The county's own sum stands as one more precinct."""
    total = (f"{name},DA,Jo Roe,DEM,11", f"{name},DA,Al Poe,REP,5")
    assert votes(read(table(*ROWS))) == {"DA": {"Jo Roe": 11, "Al Poe": 5}}
    for rows in ((*ROWS, *total), (*total, *ROWS)):
        with pytest.raises(LayoutChanged, match=f"'{name}' has the votes of all other places"):
            read(table(*rows))
    smaller = table(*ROWS, total[0], f"{name},DA,Al Poe,REP,4")
    assert votes(read(smaller)) == {"DA": {"Jo Roe": 22, "Al Poe": 9}}


def test_a_hole_in_a_file_joins_no_digits() -> None:
    """A download that stopped and went on: "4" and "6" of two rows would make 46."""
    holed = table(*ROWS).replace(",REP,4\nP2,DA,Jo Roe,DEM,6", ",REP,4" + "\0" * 22 + "6")
    with pytest.raises(WrongFormat, match="NUL from byte"):
        read(holed)
