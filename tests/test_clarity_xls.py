"""clarity_xls: a sheet for each contest, read from its total line, or a named error."""

from __future__ import annotations

import gzip
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import LayoutChanged, MonitorError, ParseFailure, Truncated, WrongFormat
from monitor.model import Page, Report, VoteType
from scrapers.platforms.clarity_xls import Scraper

EXAMPLE = Path(__file__).parent / "examples" / "clarity_xls" / "complete" / "detail.xls"
FIRST, SECOND = (f"Commonwealth's Attorney, {one} Judicial Circuit" for one in ("1st", "37th"))
URL = "https://example.org/detail.xls"


def read(body: bytes | str) -> Report:
    """Parse one file."""
    page = Page(URL, 200, (), body.encode() if isinstance(body, str) else body, datetime.now(UTC))
    return Scraper(date=None, settings={"url": URL}).parse((page,))


def votes(report: Report) -> dict[str, dict[str, int]]:
    """Return votes by title and name."""
    return {
        one.title: {line.name: line.votes for line in one.selections} for one in report.contests
    }


def text() -> str:
    """Return the example's text."""
    return EXAMPLE.read_text(encoding="utf-8")


def changed(*pairs: tuple[str, str]) -> str:
    """Return the example with texts replaced, each of which stands there."""
    body = text()
    for old, new in pairs:
        assert old in body
        body = body.replace(old, new)
    return body


def zipped(name: str = "detail.xls") -> bytes:
    """Pack the example."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, EXAMPLE.read_bytes())
    return packed.getvalue()


def test_the_total_line_is_read_and_nothing_else() -> None:
    report = read(text())
    assert votes(report) == {
        FIRST: {"Michael B. STACY": 6_988},
        SECOND: {"Brandon ISON": 7_509, "Justin CRISWELL": 7_486},
    }
    assert all(one.units is None for one in report.contests)
    assert (report.source_time, report.source_time_text) == (None, "2018-11-07T01:29:01")
    (count,) = report.contests[0].selections[0].by_type
    assert (count.type, count.votes, count.label) == (VoteType.ELECTION_DAY, 6_988, "Election Day")


@pytest.mark.parametrize(
    "body", [zipped(), gzip.compress(EXAMPLE.read_bytes()), text().removeprefix("\ufeff")]
)
def test_packed_or_not_is_the_same(body: bytes | str) -> None:
    assert read(body) == read(text())


def test_a_masked_figure_of_a_county_stops_nothing() -> None:
    assert read(changed((">2570<", ">*<"))) == read(text())


def test_two_contests_of_one_title_have_no_counts() -> None:
    report = read(changed((SECOND, FIRST)))
    assert [(one.title, one.counts_known) for one in report.contests] == [(FIRST, False)]


def test_several_types_and_a_write_in() -> None:
    """A block is as wide as its types; what each is called stands over it."""
    block = '<s:Cell s:MergeAcross="1"><s:Data s:Type="String">Michael B. STACY</s:Data></s:Cell>'
    cells = "".join(
        f'<s:Cell><s:Data s:Type="String">{one}</s:Data></s:Cell>'
        for one in ("Election Day", "Absentee", "Total Votes")
    )
    rows = "".join(
        f"<s:Row>{''.join(f'<s:Cell><s:Data>{one}</s:Data></s:Cell>' for one in row)}</s:Row>"
        for row in (("Ballard", 0, 30, 7, 37, 37), ("Total:", 0, 30, 7, 37, 37))
    )
    empty = "<s:Cell><s:Data /></s:Cell>"
    wide = block.replace('"1"', '"2"').replace("Michael B. STACY", "Write-in")
    heads = (
        f"<s:Cell><s:Data>County</s:Data></s:Cell><s:Cell><s:Data>Registered Voters</s:Data>"
        f"</s:Cell>{cells}<s:Cell><s:Data>Total</s:Data></s:Cell>"
    )
    sheet = (
        f"<s:Row><s:Cell><s:Data>{FIRST}</s:Data></s:Cell></s:Row>"
        f"<s:Row>{empty * 2}{wide}{empty}</s:Row><s:Row>{heads}</s:Row>{rows}"
    )
    before, _, rest = text().partition('<s:Worksheet s:Name="2">')
    after = rest.partition("</s:Worksheet>")[2]
    body = f'{before}<s:Worksheet s:Name="2"><s:Table>{sheet}</s:Table></s:Worksheet>{after}'
    (line,) = read(body).contests[0].selections
    assert (line.name, line.votes, line.is_write_in) == ("Write-in", 37, True)
    assert [(one.type, one.votes) for one in line.by_type] == [
        (VoteType.ELECTION_DAY, 30),
        (VoteType.ABSENTEE_MAIL, 7),
    ]


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([('"Table of Contents"', '"Contents"')], "'Table of Contents' first"),
        ([(">6988<", ">6989<"), ('<s:Data s:Type="Number">6989</s:Data></s:Cell></s:Row>',
           '<s:Data s:Type="Number">6988</s:Data></s:Cell></s:Row>')], "do not sum to the total"),
        ([(">6988<", ">6,98<")], "expected a whole number"),
        ([(">6988<", ">*<")], "expected a whole number"),
        ([("Total:", "Sum")], "no title, headings and total"),
        ([("Total Votes", "Votes")], "has no total|under no choice"),
        ([("Michael B. STACY", "")], "under no choice"),
        ([('s:MergeAcross="1"><s:Data s:Type="String">Mich', '><s:Data s:Type="String">Mich')],
         "expected area"),
        ([("office:spreadsheet", "office:paper")], "expected a workbook"),
        ([("<?mso-app", '<!DOCTYPE x [<!ENTITY e "1">]><?mso-app')], "expected a workbook"),
    ],
)  # fmt: skip
def test_another_layout_is_refused(pairs: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(LayoutChanged, match=told):
        read(changed(*pairs))


def test_a_sheet_that_is_missing_is_noticed() -> None:
    """The table of contents names two contests."""
    before, _, _ = text().partition('  <s:Worksheet s:Name="3">')
    with pytest.raises(LayoutChanged, match="1 contests are not those of the table of contents"):
        read(f"{before}</s:Workbook>")


def test_other_files_are_refused() -> None:
    for body, error in (
        (text()[:4000], Truncated),
        (zipped()[:-30], Truncated),
        (zipped("detail.xml"), LayoutChanged),
        (text().replace("</s:Row>", "</s:Ro>", 1), WrongFormat),
        (b"\xd0\xcf\x11\xe0 a workbook of Excel's own", WrongFormat),
        ("<html><body></body></html>", WrongFormat),
        ("<s:Workbook/>", ParseFailure),
        ("<Workbook/>", LayoutChanged),
    ):
        with pytest.raises(error):
            read(body)


def test_every_cut_is_a_named_error() -> None:
    """No shorter file is read as a whole one."""
    whole = text()
    for length in range(0, len(whole) - len("</s:Workbook>"), 97):
        with pytest.raises(MonitorError):
            read(whole[:length])


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://example.org/2018/detail.xls", True),
        ("https://results.enr.clarityelections.com/KY/91996/216579/reports/detailxls.zip", True),
        ("https://example.org/detail.xlsx", False),
        ("https://example.org/detailxml.zip", False),
    ],
)
def test_the_usual_name_is_recognised(url: str, *, is_ours: bool) -> None:
    assert (Scraper.recognise(url) == {"url": url}) is is_ours
