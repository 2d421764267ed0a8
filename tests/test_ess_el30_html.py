"""ess_el30_html: fixed text is understood line by line, or refused."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import Blocked, EmptyPage, LayoutChanged, ParseFailure, Truncated
from monitor.model import Page, Report, ResultsStatus
from scrapers.mo_johnson import Scraper
from scrapers.platforms.ess_el30_lines import Row, read_row

COMPLETE = Path(__file__).parent / "examples" / "ess_el30_html" / "complete" / "report.htm"
TEXT = COMPLETE.read_bytes().decode("ascii")
AUDITOR = "          STATE AUDITOR\r\n          (VOTE FOR)  1\r\n"


def read(text: str) -> Report:
    """Read one page."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    page = Page("https://example.org/report.htm", 200, (), text.encode("cp1252"), now)
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("           Josh Hawley.  .  .  .    235   26.98", Row("Josh Hawley", 235, ())),
        ("           Jo Crain.  .  .  .  .  .  .      0", Row("Jo Crain", 0, ())),
        (
            " JOHN H. COX.  .  .     216    35.18    74    142     0",
            Row("JOHN H. COX", 216, (74, 142, 0)),
        ),
        (
            " R. NEWMAN, II.  .  .       0           0      0     0",
            Row("R. NEWMAN, II", 0, (0, 0, 0)),
        ),
        (" A. SMITH JR. .  .  .  .   1,062", Row("A. SMITH JR.", 1062, ())),
        (' HAKAN "HAWK" MIKADO .  .  .       2      .33', Row('HAKAN "HAWK" MIKADO', 2, ())),
        (" WRITE-IN.  .  .  .       9     1.88", Row("WRITE-IN", 9, ())),
    ],
)
def test_a_row_is_read(line: str, row: Row) -> None:
    """Lines as the two sample reports print them."""
    assert read_row(line, "line 1") == row


@pytest.mark.parametrize(
    "line",
    [
        "          CIRCUIT 17 JDG DIVISION 1",
        "          (VOTE FOR)  1",
        "           Josh Hawley.  .  .  .    2E5   26.98",
        "           Josh Hawley.  .  .  .   -235   26.98",
        "           VOTER TURNOUT - TOTAL  .  .  .          29.37",
        "",
    ],
)
def test_what_is_no_row_is_none(line: str) -> None:
    assert read_row(line, "line 1") is None


def test_parts_have_to_make_the_total() -> None:
    with pytest.raises(LayoutChanged, match="COX do not make 217 in line 9"):
        read_row(" JOHN H. COX.  .  .     217    35.18    74    142     0", "line 9")


@pytest.mark.parametrize("votes", ["1,2,3", ",12", "12,34", "1" * 12])
def test_a_number_with_odd_commas_is_refused(votes: str) -> None:
    with pytest.raises(LayoutChanged):
        read_row(f" JOHN COX.  .  .     {votes}", "line 9")


def test_parties_are_three_letters_and_no_party_is_none() -> None:
    """Nonpartisan is no party, and none stands in the key."""
    report = read(TEXT)
    assert {contest.party for contest in report.contests} == {"REP", "DEM", "LIB", "GRN", "CST", ""}
    assert report.contests[-1].key == "Right To Work Question"
    other = read(TEXT.replace("(Green)", "(Progressive  Vermont)"))
    assert "Progressive Vermont" in {contest.party for contest in other.contests}


def test_ballots_are_those_of_the_party() -> None:
    report = read(TEXT)
    ballots = {contest.key: contest.ballots_cast for contest in report.contests}
    assert (ballots["REP|STATE AUDITOR"], ballots["Right To Work Question"]) == (1_414, 2_115)
    assert all(contest.registered_voters is None for contest in report.contests)


@pytest.mark.parametrize(
    ("printed", "status"),
    [
        ("Official Results", ResultsStatus.CERTIFIED),
        ("OFFICIAL RESULTS", ResultsStatus.CERTIFIED),
        ("Unofficial Results", None),
        ("Un-Official Results", None),
        ("SEMI-OFFICIAL RESULTS", None),
        ("Not Official Results", None),
        ("Official Results pending", None),
        ("Summary Results", None),
    ],
)
def test_only_official_is_certified(printed: str, status: ResultsStatus | None) -> None:
    report = read(TEXT.replace("Official Results", printed))
    assert report.status is status
    assert report.status_text == ("" if printed == "Summary Results" else printed)


def test_the_head_is_read_and_has_no_zone() -> None:
    report = read(TEXT)
    assert (report.election_date, report.source_time) == (date(2018, 8, 7), None)
    assert report.source_time_text == "08/13/18 02:21 PM"
    assert read(TEXT.replace("August 7, 2018", "Primary")).election_date is None
    with pytest.raises(LayoutChanged, match="is no day"):
        read(TEXT.replace("August 7, 2018", "August 47, 2018"))


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("          STATE AUDITOR\r\n", "", "a contest without a title"),
        (AUDITOR, AUDITOR.replace("1\r\n", "2\r\n"), "differ between precincts"),
        ("Kevin M. Roach.", "Kevin R. Moach.", "differ between precincts"),
        ("David Wasinger.", "Kevin M. Roach.", "stands twice in one contest"),
        ("          US REP DST 4\r\n", "          STATE AUDITOR\r\n", "no ids to tell them apart"),
        ("0101 Wbg SE1 / Montserrat\r\n", "", "no precinct is named up to line"),
        (" ********** (Republican) **********", "", "a party's heading is missing"),
        (" ********** (Democratic) **********", "", "a party's heading is missing"),
        ("          (VOTE FOR)  1\r\n", "", "is no contest and no row"),
        ("VOTES  PERCENT", "VOTES  PERCENT  EARLY", "0 parts under 1 columns"),
        ("<PRE>\r\n", "<PRE>\r\nsome words\r\n", "expected the head of a precinct"),
    ],
)
def test_a_line_that_is_not_understood_is_refused(old: str, new: str, seen: str) -> None:
    assert old in TEXT
    with pytest.raises(LayoutChanged, match=seen):
        read(TEXT.replace(old, new, 1))


def test_write_ins_may_stand_once_per_seat() -> None:
    """Two write-in lines of one contest are one selection. The lines are ours."""
    line = "           WRITE-IN.  .  .  .  .  .  .  .  .  .  .  .      2\r\n"
    text = TEXT.replace(AUDITOR, AUDITOR + line + line)
    contest = next(one for one in read(text).contests if one.key == "REP|STATE AUDITOR")
    written = [one for one in contest.selections if one.is_write_in]
    assert [one.votes for one in written] == [12]


def test_a_write_in_with_a_name_is_a_person() -> None:
    """Only the line of all write-ins is nobody's. The name is ours."""
    line = "           WRITE-IN ANN LEE.  .  .  .  .  .  .  .  .  .      2\r\n"
    report = read(TEXT.replace(AUDITOR, AUDITOR + line))
    contest = next(one for one in report.contests if one.key == "REP|STATE AUDITOR")
    written = [one for one in contest.selections if one.name == "WRITE-IN ANN LEE"]
    assert [one.is_write_in for one in written] == [False]


def test_whole_pages_that_are_no_report() -> None:
    with pytest.raises(EmptyPage):
        read(" \n")
    with pytest.raises(Blocked):
        read("<html><body>Access denied</body></html>")
    with pytest.raises(LayoutChanged, match="found 0"):
        read("<html><pre>\n</pre></html>")
    with pytest.raises(Truncated, match="<html> is not closed"):
        read(TEXT.replace("</HTML>", ""))


def test_a_page_split_into_two_blocks_is_one_report() -> None:
    """Some counties close and open <PRE> between precincts."""
    second = TEXT.index("0101-1111", TEXT.index("Right To Work"))
    assert read(TEXT[:second] + "</PRE><PRE>" + TEXT[second:]) == read(TEXT)


def test_errors_survive_the_process_pool() -> None:
    """Pages are parsed in another process: scraper, report and error travel by pickle."""
    scraper = Scraper(date=None, settings={"url": "https://example.org"})
    assert pickle.loads(pickle.dumps(scraper)).settings == scraper.settings  # noqa: S301
    assert pickle.loads(pickle.dumps(read(TEXT))) == read(TEXT)  # noqa: S301
    error = pickle.loads(pickle.dumps(Truncated("cut at https://example.org")))  # noqa: S301
    assert str(error) == "cut at https://example.org"


@given(st.integers(0, len(TEXT) - 1))
def test_a_lost_line_is_never_a_smaller_sum(place: int) -> None:
    """A row cut out of one precinct is a named error, not fewer votes."""
    lines = TEXT.split("\r\n")
    number = TEXT[:place].count("\r\n")
    is_vote = ".  ." in lines[number] and " - " not in lines[number]
    shorter = "\r\n".join(lines[:number] + lines[number + 1 :])
    try:
        report = read(shorter)
    except ParseFailure:
        return
    whole = {contest.key: contest.selections for contest in read(TEXT).contests}
    assert not is_vote
    assert {contest.key: contest.selections for contest in report.contests} == whole


def test_the_same_report_as_text() -> None:
    """Without the page around it; a last line that is cut may hold a smaller number."""
    text = TEXT[TEXT.index("<PRE>") + len("<PRE>") : TEXT.index("</PRE>")].lstrip("\r\n")
    assert read(text) == read(TEXT)
    with pytest.raises(Truncated, match="the last line has no end"):
        read(text.rstrip())


def test_one_setting_reaches_it_and_people_confirm_it() -> None:
    """A county's file over it is no other than its sisters."""
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.needs_confirmation
