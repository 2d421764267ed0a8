"""ess_el45: figures that do not belong together are refused, in one column or in two."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import EmptyPage, LayoutChanged, ParseFailure, Truncated, WrongFormat
from monitor.model import Page, Report, ResultsStatus, UnitKind, Units, VoteType
from scrapers.platforms.ess_el45 import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "ess_el45"
ONE = (EXAMPLES / "complete" / "report.html").read_bytes().decode("ascii")
TWO = (EXAMPLES / "two_columns" / "report.txt").read_bytes().decode("ascii")
ATTORNEY = (
    "          PROSECUTING ATTORNEY\r\n"
    "          (Vote For Not More Than )  1\r\n"
    "           CHRIS CHILES"
)


def read(text: str | bytes) -> Report:
    """Read one file."""
    body = text if isinstance(text, bytes) else text.encode("cp1252")
    page = Page("https://example.org/el45.txt", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def test_one_setting_reaches_it_and_people_confirm_it() -> None:
    assert Scraper.settings_needed() == {"url"}
    assert Scraper.needs_confirmation
    assert Scraper.recognise("https://example.org/2016%20EL45.txt") is not None
    assert Scraper.recognise("https://example.org/results.txt") is None


def test_the_columns_are_read_one_after_the_other() -> None:
    report = read(TWO)
    assert [one.title for one in report.contests] == [
        "CIRCUIT CLERK", "COUNTY COMMISSIONER", "PROSECUTING ATTORNEY", "SHERIFF",
        "DISTRICT 8 COUNCIL",
    ]  # fmt: skip
    attorney = report.contests[2]
    assert [(one.name, one.party, one.votes) for one in attorney.selections] == [
        ('SEAN "CORKY" HAMMERS', "DEM", 24_920),
        ("WRITE-IN", "", 130),
    ]
    assert (report.status, report.status_text) == (None, "RESULTS AFTER CANVASS")


def test_parties_have_contests_of_their_own() -> None:
    report = read(ONE)
    assert report.status is ResultsStatus.CERTIFIED
    contests = {one.key: one for one in report.contests}
    assert "PROSECUTING ATTORNEY|REP" not in contests
    assert contests["PROSECUTING ATTORNEY|DEM"].units == Units(71, 71, UnitKind.PRECINCTS)
    assert contests["COUNTY COMMISSIONER|REP"].ballots_cast == 5_057
    assert contests["CONSERVATION DISTRICT SUPERVISOR (GUYAN DISTRICT)"].ballots_cast == 13_852


def test_a_contest_may_say_its_own_precincts() -> None:
    """As other years of the report have it, above or below "Vote For"; the figures are ours."""
    title = "          PROSECUTING ATTORNEY\r\n"
    own = "          (WITH 40 OF 60 PRECINCTS COUNTED)\r\n"
    above = read(ONE.replace(ATTORNEY, ATTORNEY.replace(title, title + own)))
    below = read(ONE.replace(ATTORNEY, ATTORNEY.replace("  1\r\n", "  1\r\n" + own)))
    assert above == below
    units = {one.title: one.units for one in above.contests}
    assert units["PROSECUTING ATTORNEY"] == Units(40, 60, UnitKind.PRECINCTS)
    assert units["CONSERVATION DISTRICT SUPERVISOR (GUYAN DISTRICT)"] == Units(
        71, 71, UnitKind.PRECINCTS
    )


def test_without_its_precincts_a_report_has_no_units() -> None:
    line = next(one for one in ONE.split("\r\n") if "PRECINCTS COUNTED" in one)
    assert {one.units for one in read(ONE.replace(line + "\r\n", "")).contests} == {None}


def test_groups_of_voters_are_parts() -> None:
    """The columns are those of EL30A, put into a summary by us."""
    text = (
        "SUMMARY REPORT     A COUNTY     OFFICIAL RESULTS\n"
        "    NOVEMBER 8, 2016\n"
        "        TOTAL VOTES     %     Election Day     Absentee\n"
        "DISTRICT ATTORNEY\n"
        "(VOTE FOR) 1\n"
        " JO ROE.  .  .  .     60    60.00     40     20\n"
        " WRITE-IN.  .  .      30    30.00     30      0\n"
        " WRITE-IN.  .  .      10    10.00      9      1\n"
        " OVER VOTES.  .  .     3               3      0\n"
    )
    report = read(text)
    assert report.status is ResultsStatus.CERTIFIED
    roe, written = report.contests[0].selections
    assert [(one.type, one.votes) for one in roe.by_type] == [
        (VoteType.ELECTION_DAY, 40),
        (VoteType.ABSENTEE_MAIL, 20),
    ]
    assert (written.votes, [one.votes for one in written.by_type]) == (40, [39, 1])
    with pytest.raises(LayoutChanged, match="2 parts under 1 columns"):
        read(text.replace("     Absentee", ""))


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("3,748   ", "3,784   ", "make 7958, not 7922"),
        ("   47.31", "   47.81", "are 47.31 %, not 47.81"),
        ("C. A. ADAMS", "ED HAUN", "stands twice in 'ASSESSOR'"),
        ("          (GUYAN DISTRICT)\r\n          (V", "          (GUYAN DISTRICT)\r\n\r\n(V",
         "is no contest and no row"),
        ("          (Vote For Not More Than )  1\r\n", "", "is no contest and no row"),
        ("          PROSECUTING ATTORNEY\r\n          (Vote", "          (Vote",
         "a contest without a title"),
        ("********** (DEMOCRATIC PARTY) **********", "", "nothing tells them apart"),
        ("SUMMARY REPORT", "Some words", "expected a SUMMARY REPORT"),
        ("VOTES PERCENT", "FOR US", "no head of columns"),
        ("     0\r\n", "     5\r\n", "5 votes for 'NO CANDIDATE"),
        ("(OF 71)", "(OF 70)", "71 of 70 precincts"),
        ("           ED HAUN", "           Total .  .  .     7,513\r\n           ED HAUN",
         "stands after the total|not 7513"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(old: str, new: str, seen: str) -> None:
    assert old in ONE
    with pytest.raises(LayoutChanged, match=seen):
        read(ONE.replace(old, new, 1))


def test_two_columns_keep_apart_or_are_refused() -> None:
    with pytest.raises(LayoutChanged, match="runs from one column into the other"):
        read(TWO.replace("   51.35  ", "   51.35wd", 1))
    with pytest.raises(LayoutChanged, match="pages are of different runs"):
        read(TWO[::-1].replace("8 REBMEVON", "9 REBMEVON", 1)[::-1])


def test_whole_files_that_are_no_summary() -> None:
    with pytest.raises(EmptyPage):
        read(" \n")
    with pytest.raises(WrongFormat, match="a PDF where a report as text"):
        read(b"%PDF-1.4 ...")
    with pytest.raises(Truncated, match="end code is missing"):
        read(TWO[: len(TWO) // 2])
    with pytest.raises(Truncated, match="<pre> is not closed"):
        read(ONE[: len(ONE) // 2])
    with pytest.raises(LayoutChanged, match="a summary without a contest"):
        read(ONE[: ONE.index("     ***")] + "</PRE></HTML>")


def test_reports_travel_between_processes() -> None:
    assert pickle.loads(pickle.dumps(read(TWO))) == read(TWO)  # noqa: S301


@given(st.integers(0, TWO.count("\r\n") - 1))
def test_a_lost_line_is_never_another_figure(number: int) -> None:
    """A line cut out leaves every contest that is still there as it was, or is refused.

    A row without votes has no percentage that would miss it.
    """
    lines = TWO.split("\r\n")
    shorter = "\r\n".join(lines[:number] + lines[number + 1 :])
    try:
        report = read(shorter)
    except ParseFailure:
        return
    known = {one.key: {(s.name, s.votes) for s in one.selections} for one in read(TWO).contests}
    for one in report.contests:
        assert {(s.name, s.votes) for s in one.selections} == known[one.key]
