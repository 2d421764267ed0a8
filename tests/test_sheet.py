"""sheet: rows may move, words may be wrong, and no number is ever guessed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Blocked, LayoutChanged, ParseFailure, Truncated, WrongFormat
from monitor.model import Contest, Page, Report, ResultsStatus, UnitKind, Units, VoteType
from scrapers.base import clean
from scrapers.platforms.sheet import Scraper

URL = "https://example.org/night.csv"
HEADER = "contest,party,candidate,votes,status,note"
DALLAS = ("Dallas DA,DEM,John Creuzot,56612,,", "Dallas DA,DEM,Elizabeth Davis Frizell,56000,,")


def read(*lines: str, header: str = HEADER) -> Report:
    """Read a sheet of these rows."""
    return parse("\n".join((header, *lines)).encode())


def parse(body: bytes, **headers: str) -> Report:
    """Read a sheet of these bytes."""
    page = Page(URL, 200, tuple(headers.items()), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": URL}).parse((page,))


def only(report: Report) -> Contest:
    """Return a report's one contest."""
    (contest,) = report.contests
    return contest


def test_people_keep_it_and_one_setting_reaches_it() -> None:
    assert Scraper.hand_kept
    assert Scraper.settings_needed() == {"url"}
    scraper = Scraper(date=None, settings={"url": "file:///desk/night.csv"})
    assert next(scraper.visit()).url == scraper.link() == "file:///desk/night.csv"


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://docs.google.com/spreadsheets/d/e/x/pub?gid=0&single=true&output=csv", True),
        ("https://docs.google.com/spreadsheets/d/x/export?format=csv&gid=0", True),
        ("https://example.org/night.CSV", True),
        ("file:///desk/night.csv", True),
        ("https://docs.google.com/spreadsheets/d/x/edit#gid=0", False),
        ("https://example.org/night.html", False),
    ],
)
def test_a_link_to_csv_is_recognised(url: str, is_ours: bool) -> None:
    assert Scraper.recognise(url) == ({"url": url} if is_ours else None)


def test_one_contest_per_title_and_party() -> None:
    report = read(*DALLAS, "Dallas DA,REP,Faith Johnson,55834,,")
    assert [(one.key, one.party) for one in report.contests] == [
        ("dallas da|dem", "DEM"),
        ("dallas da|rep", "REP"),
    ]


@given(
    st.permutations(
        [*DALLAS, "Dallas DA,REP,Faith Johnson,55834,certified,x", "dallas  da,Dem,Other,1,,n"]
    )
)
def test_the_order_of_rows_never_matters(lines: list[str]) -> None:
    """Whatever the order, the whole report is equal: titles, candidates, notes, status."""
    expected = read(
        *DALLAS, "Dallas DA,REP,Faith Johnson,55834,certified,x", "dallas  da,Dem,Other,1,,n"
    )
    assert read(*lines) == expected
    assert len(expected.contests) == 2


@given(st.permutations(range(6)))
def test_the_order_of_columns_never_matters(order: list[int]) -> None:
    def moved(line: str) -> str:
        cells = line.split(",")
        return ",".join(cells[place] for place in order)

    assert read(*map(moved, DALLAS), header=moved(HEADER)) == read(*DALLAS)


@given(st.text(max_size=12))
def test_a_cell_of_votes_is_a_whole_number_or_a_named_error(cell: str) -> None:
    """No text becomes votes unless it is plainly that number."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(["Dallas DA", "DEM", "Frizell", cell, "", ""])
    try:
        votes = only(parse(f"{HEADER}\n{buffer.getvalue()}".encode())).selections[0].votes
    except ParseFailure:
        return
    assert votes == int(clean(cell).replace(",", "") or 0)


@given(st.integers(0, 200), st.sampled_from('",;\n#x0'))
def test_a_damaged_byte_is_a_named_error_or_shows(place: int, junk: str) -> None:
    """One changed character gives a named error, or a report that differs only where it stands."""
    text = "\n".join((HEADER, *DALLAS))
    place %= len(text)
    damaged = text[:place] + junk + text[place + 1 :]
    try:
        report = parse(damaged.encode())
    except ParseFailure:
        return
    seen = {one.votes for contest in report.contests for one in contest.selections}
    assert seen <= {0, *_numbers(damaged)}


def _numbers(text: str) -> list[int]:
    """Return every run of digits that stands between separators."""
    cells = text.replace("\n", ",").replace(";", ",").replace('"', "").split(",")
    return [int(cell) for cell in cells if cell.strip().isdecimal()]


@pytest.mark.parametrize(
    "votes", ["-1", "1.5", "56.612", "56 612", "1e3", "n/a", "5.", "9999999999"]
)
def test_votes_are_strict(votes: str) -> None:
    with pytest.raises(LayoutChanged, match="Frizell in line 2"):
        read(f"Dallas DA,DEM,Frizell,{votes},,")


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#NAME?", "#DIV/0!", "Loading..."])
@pytest.mark.parametrize("column", range(4))
def test_a_failed_formula_is_no_comment_and_no_name(cell: str, column: int) -> None:
    cells = ["Dallas DA", "DEM", "Frizell", "5", "", ""]
    cells[column] = cell
    with pytest.raises(LayoutChanged):
        read(",".join(cells))


def test_comments_and_blank_lines_are_passed_over() -> None:
    text = f"# by the desk; not official\n\n{HEADER}\n#x,,,,,\n,,,,,\n" + "\n".join(DALLAS)
    assert parse(text.encode()) == read(*DALLAS)


def test_no_votes_before_the_count_are_zeros() -> None:
    for status in ("", "pre-election"):
        contest = only(read(f"Dallas DA,DEM,A,,{status},", "Dallas DA,DEM,B,,,"))
        assert [one.votes for one in contest.selections] == [0, 0]
        assert contest.counts_known


def test_a_note_without_votes_is_counts_not_known() -> None:
    """The margin of 516 reported on 7 March is a note, never votes."""
    contest = only(read("Dallas DA,DEM,,,unofficial-complete,margin of 516"))
    assert (contest.counts_known, contest.selections, contest.note) == (False, (), "margin of 516")
    assert contest.status is ResultsStatus.UNOFFICIAL_COMPLETE


@pytest.mark.parametrize(
    ("lines", "seen"),
    [
        (("Dallas DA,DEM,A,,certified,",), "line 2 has neither votes nor a note"),
        (("Dallas DA,DEM,A,1,,", "Dallas DA,DEM,B,,,"), "line 3 has no votes"),
        (("Dallas DA,DEM,A,1,,", "Dallas DA,DEM,a,1,,"), "lines 2 and 3 give one candidate"),
        (("Dallas DA,DEM,A,1,,x", "Dallas DA,DEM,B,1,,y"), "lines 2 and 3 of one contest have"),
        (("Dallas DA,DEM,,7,,",), "line 2 has votes and no candidate"),
        ((",DEM,A,7,,",), "line 2 names no contest"),
        (("Dallas DA,DEM,A,7,complete,",), "did you mean unofficial-complete"),
        (("Dallas DA,DEM,A,7,zzz,",), "did you mean pre-election, unofficial-partial"),
        (("Dallas DA,DEM,A,7", "Dallas DA,DEM,B,8,,"), "4 cells under 6 columns in line 2"),
        (("Dallas DA,DEM,A,7,,,x",), "7 cells under 6 columns in line 2"),
        (('Dallas DA,DEM,"A" B,7,,',), "line 2 is no CSV"),
    ],
)
def test_what_contradicts_itself_is_refused_with_its_line(
    lines: tuple[str, ...], seen: str
) -> None:
    with pytest.raises(LayoutChanged, match=seen):
        read(*lines)


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("contest,party,name,votes", "no column 'candidate'"),
        ("contest,party,candidate,vote", "no column 'votes'.*rename 'vote'"),
        ("contest,candidate,votes,Votes", "two columns 'votes'"),
    ],
)
def test_the_header_is_checked(header: str, seen: str) -> None:
    with pytest.raises(LayoutChanged, match=seen):
        read("a,b,c,1", header=header)


def test_an_open_quote_and_a_short_last_row_are_truncation() -> None:
    with pytest.raises(Truncated, match="a quote is still open"):
        read('Dallas DA,DEM,"Elizabeth Davis')
    with pytest.raises(Truncated, match="line 3"):
        read(DALLAS[0], "Dallas DA,DEM,Eliz")


def test_types_units_seats_and_time_are_read() -> None:
    """Figures and counts are ours."""
    contest = only(
        report := read(
            "DA,A,10,4,3,2,1,12,57,Precincts,2,2018-03-08T17:00-06:00",
            "DA,Write-in,1,,,,,,,,,",
            header="contest,candidate,votes,early,election day,mail,provisional,units_reported,"
            "units_total,units,seats,time",
        )
    )
    assert contest.units == Units(12, 57, UnitKind.PRECINCTS)
    assert (contest.votes_allowed, contest.number_elected) == (2, 2)
    assert [(count.type, count.votes) for count in contest.selections[0].by_type] == [
        (VoteType.EARLY, 4),
        (VoteType.ELECTION_DAY, 3),
        (VoteType.ABSENTEE_MAIL, 2),
        (VoteType.PROVISIONAL, 1),
    ]
    assert contest.selections[1].is_write_in
    assert report.source_time == datetime(2018, 3, 8, 23, tzinfo=UTC)
    assert report.source_time_text == "2018-03-08T17:00-06:00"


def test_the_newest_time_is_the_reports() -> None:
    """By the clock, not by the text: 18:00 Central is later than 18:30 Eastern."""
    report = read(
        "DA,A,1,2018-03-08T18:30-05:00",
        "Clerk,B,1,2018-03-08T18:00-06:00",
        header="contest,candidate,votes,time",
    )
    assert report.source_time == datetime(2018, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("column", "cell", "seen"),
    [
        ("time", "2018-03-08T17:00", "has no zone"),
        ("time", "8 March", "is no time like"),
        ("time", "0001-01-01T00:00+14:00", "is no time like"),
        ("seats", "0", "no possible count"),
        ("units_total", "57", "expected a whole number for units_reported"),
        ("units", "precinct", ""),
        ("early", "8", "parts are more than the 7 votes"),
    ],
)
def test_a_wrong_detail_is_refused(column: str, cell: str, seen: str) -> None:
    if column == "units":
        header, row = (
            "contest,candidate,votes,units_reported,units_total,units",
            f"DA,A,7,1,2,{cell}",
        )
        seen = "did you mean precincts"
    else:
        header, row = f"contest,candidate,votes,{column}", f"DA,A,7,{cell}"
    with pytest.raises(LayoutChanged, match=seen):
        read(row, header=header)


def test_more_units_than_there_are_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="58 of 57 units"):
        read("DA,A,7,58,57", header="contest,candidate,votes,units_reported,units_total")


def test_a_number_typed_with_a_comma_and_no_quotes_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="over two columns in line 2"):
        read("DA,A,56,612", header="contest,candidate,votes,note")
    assert (
        only(read('DA,A,"56,612",', header="contest,candidate,votes,note")).selections[0].votes
        == 56612
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_of_spreadsheets(encoding: str, delimiter: str) -> None:
    text = f"{HEADER}\r\nDallas DA,DEM,Muñoz Hopkins,5,,"
    contest = only(parse(text.replace(",", delimiter).encode(encoding)))
    assert [(one.name, one.votes) for one in contest.selections] == [("Muñoz Hopkins", 5)]


def test_what_is_no_sheet_is_named() -> None:
    with pytest.raises(WrongFormat, match="publish the sheet as CSV"):
        parse(b"<!doctype html><html><body>Sign in to continue to Sheets</body></html>")
    with pytest.raises(Blocked):
        parse(b"<html><body>Access denied</body></html>")
    with pytest.raises(LayoutChanged, match="no header line found"):
        parse(b"# nothing yet\n")
    with pytest.raises(WrongFormat, match="broken UTF-8"):
        parse(b"\xef\xbb\xbfcontest,candidate,votes\nDA,\xff,1\n")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_report_or_a_named_error(body: bytes) -> None:
    try:
        report = parse(body)
    except (ParseFailure, Blocked):
        return
    assert isinstance(report, Report)
