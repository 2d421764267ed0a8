"""mi_mvic: the last line counts the rows, and a primary has to be said to be one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.mi_mvic import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "mi_mvic"
WHOLE = (EXAMPLES / "complete" / "results.txt").read_bytes().decode()
SITE = "https://mvic.sos.state.mi.us"
FILE = f"{SITE}/VoteHistory/GetElectionResultFile?electionId=676"


def read(text: str | bytes, **settings: str) -> Report:
    """Read a file."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url, **settings}).parse((page,))


def edited(old: str, new: str, count: int = 1) -> str:
    """Change the example, which has to hold what is changed."""
    assert old in WHOLE
    return WHOLE.replace(old, new, count)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (FILE, {"url": FILE}),
        (f"{SITE}/votehistory/Index?type=C&electionDate=11-8-2022", {}),
        ("https://mielections.us/election/results/2018GEN_CENR.html", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_the_address_is_all_that_has_to_be_set() -> None:
    assert Scraper.settings_needed() == {"url"}
    assert next(Scraper(date=None, settings={"url": FILE}).visit()).url == FILE


def test_seats_stand_in_the_title() -> None:
    assert [(one.key, one.number_elected) for one in read(WHOLE).contests] == [
        ("04|00000|0", 1), ("10|00000|0", 2), ("90|00000|2", 1),
    ]  # fmt: skip


def test_a_byte_order_mark_and_other_line_ends_change_nothing() -> None:
    """The file of 2024 begins with one."""
    assert read(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()) == read(WHOLE)


def test_a_person_written_in_may_lack_in_a_county() -> None:
    """The mark is the file's own; the row of it here is ours."""
    first = WHOLE.splitlines()[1].split("\t")
    row = "\t".join([*first[:10], "700009", "Poe", "Ann", "", "", "7", "W", "", ""])
    lines = [WHOLE.splitlines()[0], row, *WHOLE.splitlines()[1:]]
    text = "\n".join(lines).replace("RECORDS: 34", "RECORDS: 35") + "\n"
    written_in = read(text, primary="yes").contests[0].selections[0]
    assert (written_in.name, written_in.votes, written_in.is_write_in) == ("Ann Poe", 7, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (edited("\tTom\t\t\t", "\tTom\t\t\t-"), "expected a whole number for CandidateVotes"),
        (edited("2018-11-06\t", "2018-08-07\t"), "rows of 2 election days"),
        (edited("\t\t\t\n2018", "\t\t\tX\n2018"), "for the mark of a winner in .*found 'X'"),
        (edited("(2) Positions", "(0) Positions", 99), "no seats in 'Regent"),
        (edited("\tALCONA\tAttorney General 4", "\tALCONA\tAttorney General 2"), "two contests"),
        (edited("\t518295\t", "\t518296\t"), "is missing in"),
        (edited("\tDEM\tDemocratic\t518223", "\tREP\tRepublican\t518223", 2),
         '2 REP in .*: in a primary, set primary = "yes"'),
        (edited("CandidateVotes", "Votes"), "no column 'CandidateVotes'"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(text)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (WHOLE[: WHOLE.index("RECORDS")], Truncated),
        (WHOLE[:2_000], Truncated),
        (edited("RECORDS: 34", "RECORDS: 35"), Truncated),
        (edited("RESULTS: OFFICIAL", "RESULTS: DRAFT"), Truncated),
        ("", EmptyPage),
        ("<html><body>Sorry</body></html>", WrongFormat),
        ("<html><body>Enable JavaScript and cookies to continue</body></html>", Blocked),
    ],
)
def test_damaged_answers_are_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(text)
