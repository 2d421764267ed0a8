"""nyc_enr: fusion added up by name, totals checked, "-" as nothing, and links."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated
from monitor.model import Page, Report
from scrapers.platforms.nyc_enr import Scraper

URL = "https://enr.boenyc.gov/CD26944ADI0.html"
SETTINGS = {"race": "26944"}
GOLDEN = Path(__file__).parent / "examples" / "nyc_enr" / "complete" / "page.html"


def parse(body: bytes, **settings: str) -> Report:
    """Read a page of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={**SETTINGS, **settings}).parse((page,))


def table(*rows: str, head: str = "") -> Report:
    """Read a page of these rows, cells parted by "|"."""
    lines = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row.split('|'))}</tr>" for row in rows
    )
    return parse(f"<html>{head}<table class='underline'>{lines}</table></html>".encode())


FUSION = (
    " |Reported|Jane Roe|Jane Roe|John Doe|WRITE-IN",
    " | |(Democratic)|(Working Families)|(Republican)|&nbsp",
    "Bronx|90.00%|100|20|80|1",
    "Queens|100.00%|200|30|250|-",
    "Total| |300|50|330|1",
)


def test_the_race_alone_reaches_the_page() -> None:
    assert Scraper.settings_needed() == {"race"}
    assert Scraper.unproven
    assert next(Scraper(date=None, settings=SETTINGS).visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"race": "26944"}),
        ("https://web.enrboenyc.us/CD24306AD0.html", {"race": "24306"}),
        ("https://enr.boenyc.gov/CD26916AD650.html", {"race": "26916"}),
        ("https://enr.boenyc.gov/index.html", {}),
        ("https://vote.nyc/page/election-results-summary", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_two_parties_of_one_candidate_are_added_up() -> None:
    """Roe's 350 beat Doe's 330 although no line of hers does."""
    (contest,) = table(*FUSION).contests
    assert [(one.name, one.votes, one.party) for one in contest.selections] == [
        ("Jane Roe", 350, "DEM"),
        ("John Doe", 330, "REP"),
        ("WRITE-IN", 1, ""),
    ]
    assert (contest.title, contest.party, contest.units) == ("District Attorney", "", None)


def test_scanners_are_words_and_the_time_is_new_york_s() -> None:
    report = table(*FUSION, head="<p>Information As Of: 06/24/2025 09:25 PM</p>")
    assert report.status_text == "scanners reported: Bronx 90.00%, Queens 100.00%"
    assert report.source_time == datetime(2025, 6, 25, 1, 25, tzinfo=UTC)


def test_a_time_that_is_not_understood_is_no_time() -> None:
    report = table(*FUSION, head="<p>Information As Of: Tue 24 June 9:25 PM</p>")
    assert (report.source_time, report.source_time_text) == (None, "Tue 24 June 9:25 PM")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("|300|50|330|1", "|301|50|330|1", "300 votes by place, 301 in total of 'Jane Roe'"),
        ("|300|50|330|1", "|-|50|330|1", "300 votes by place, 0 in total"),
        ("|100|20|80|1", "|<30|20|80|1", "whole number for votes of 'Jane Roe'"),
        ("|100|20|80|1", "||20|80|1", "whole number for votes of 'Jane Roe'"),
        ("|100|20|80|1", "|100|20|80", r"rows of \[6, 6, 5, 6, 6\] cells"),
        ("Jane Roe|Jane Roe", "Jane Roe|", "column 4 has no name"),
        ("Jane Roe|Jane Roe|John Doe|WRITE-IN", "|||", "no name over any column"),
        ("Total", "Sum", "expected a Total, found 'Sum'"),
        ("Reported", "Percent", "expected 'Reported'"),
    ],
)
def test_a_table_that_is_not_understood_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        table(*(row.replace(old, new) for row in FUSION))


def test_a_cell_over_two_columns_is_refused() -> None:
    text = GOLDEN.read_text(encoding="utf-8").replace("<td>Reported", "<td colspan='2'>Reported")
    with pytest.raises(LayoutChanged, match="a cell over two columns"):
        parse(text.encode())


def test_a_table_without_a_borough_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="rows of"):
        table(*FUSION[:2], FUSION[4])


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b" ", EmptyPage),
        (b"<html><body>Request blocked</body></html>", Blocked),
        (b"<html><body>No results</body></html>", LayoutChanged),
    ],
)
def test_pages_that_are_no_race_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        parse(body)


def test_two_tables_are_refused() -> None:
    with pytest.raises(LayoutChanged, match="expected one table 'underline', found 2"):
        parse(GOLDEN.read_bytes() * 2)


@pytest.mark.parametrize("cut", [30, 120, 400])
def test_a_page_that_ends_early_is_truncated(cut: int) -> None:
    with pytest.raises(Truncated):
        parse(GOLDEN.read_bytes()[:-cut])
