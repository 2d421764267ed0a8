"""`sources FILE`: exactly one platform of report files takes a file, or each says why not."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor import app, files_told
from monitor.contest_lists import Figure, figures
from monitor.errors import LayoutChanged, NothingMatched
from monitor.model import Contest, Page, Report, Selection
from monitor.parsing import Parser
from tests.commands import run
from tests.extras import needs
from tests.now_night import sheets_served
from tests.test_electionware import pdf
from tests.test_examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.lookup import Lookup, Recognised

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "file:///inbox/report"
PLATFORMS = (
    "clarity_xls", "dominion_sovc", "electionware", "ess_el30_html", "ess_el45", "gems_text",
    "hart_tally", "plain_table",
)  # fmt: skip
FILES = sorted(
    path
    for name in PLATFORMS
    for path in (EXAMPLES / name).glob("*/*")
    if path.parent.name in {"complete", "page", "precincts", "two_columns", "wide"}
    and path.suffix != ".json"
)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    """Give all tests one pool of processes: each takes a second to start."""
    made = Parser()
    yield made
    made.close()


async def told(body: bytes, parser: Parser) -> tuple[Recognised, Lookup]:
    """Have all platforms try a file, whose name says nothing."""
    page = Page(URL, 200, (), body, NOW)
    return await files_told.told(URL, page, app.scrapers(), parser, NOW)


def stored(path: Path) -> tuple[bytes, dict[str, Any]]:
    """Return a file and its golden report."""
    golden = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))
    return path.read_bytes(), golden


def test_these_are_the_platforms_of_report_files() -> None:
    assert files_told.kinds(app.scrapers()) == PLATFORMS


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:]))
async def test_a_file_is_taken_by_its_own_platform(path: Path, parser: Parser) -> None:
    """And what it reads is the golden report of that platform."""
    body, golden = stored(path)
    link, found = await told(body, parser)
    assert link.scraper == path.parent.parent.name
    assert (link.settings, link.missing, link.also) == ((("url", URL),), (), ())
    assert [one.key for one in found.contests] == [one["key"] for one in golden["contests"]]
    assert str(found.day) == str(golden["election_date"])
    votes = [line["votes"] for one in golden["contests"] for line in one["selections"]]
    shown = [one.votes for one in figures(found.contests) if one.votes is not None]
    assert shown == votes


def test_every_platform_has_a_file_here() -> None:
    assert {path.parent.parent.name for path in FILES} == set(PLATFORMS)


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (pdf([]), r"a PDF \(.*electionware: a scan without a text layer, 1 pages"),
        (
            pdf(["Statement of Votes Cast", "DAN DOW 508"]),
            "electionware: a Dominion Statement of Votes Cast as a PDF, which is not read",
        ),
        (
            pdf(["Total Number of Voters : 4,437 of 7,271", "Cast Votes: 508"]),
            "electionware: a Hart cumulative report as a PDF, which is not read",
        ),
        (b"Dear all, the results are late.\n", "a text that begins 'Dear all, the results are"),
        (b"PK\x03\x04damaged", r"a workbook or archive \(.*plain_table: no workbook we can read"),
        (b"<html><body>Soon</body></html>", r"a page \(.*plain_table: a page without a table"),
        (b" \n", "an empty file"),
    ],
)
async def test_a_file_nobody_takes_is_described(body: bytes, seen: str, parser: Parser) -> None:
    """Each platform's reason, and once what to do."""
    for begin, package in ((b"%PDF-", "pdfplumber"), (b"PK", "openpyxl")):
        if body.startswith(begin):
            needs(package)
    with pytest.raises(NothingMatched, match=seen) as refused:
        await told(body, parser)
    said = str(refused.value)
    assert said.startswith(f"no platform reads {URL}, ")
    assert said.endswith('the sheet (platform = "sheet")')
    assert said.count("ask the county") == 1
    assert all(name in said for name in PLATFORMS)


async def test_a_sheet_is_told_where_no_program_wrote_the_file(parser: Parser) -> None:
    """A table that both could read is a program's: its outcomes then wait for a person too."""
    kept = b"contest,candidate,votes,status\nSheriff,Roe,7,unofficial-partial\n"
    link, found = await told(kept, parser)
    assert link.scraper == "sheet"
    assert [one.votes for one in figures(found.contests)] == [7]
    link, _ = await told(b"contest,candidate,votes\nSheriff,Roe,7\n", parser)
    assert link.scraper == "plain_table"


def test_two_that_take_a_file_are_both_named() -> None:
    page = Page(URL, 200, (), b"x", NOW)
    report = Report(contests=())
    tried = (("one", report), ("two", LayoutChanged("no")), ("three", report))
    with pytest.raises(NothingMatched, match="is read by one and three; write the platform"):
        files_told.chosen(tried, page)


def test_a_contest_without_counts_shows_no_zero() -> None:
    """A masked cell is not nobody's vote."""
    masked = Contest("a", "Sheriff", (), counts_known=False, note="masked")
    counted = Contest("b", "Coroner", (Selection("1", "Roe", 0, party="IND"),))
    assert list(figures((masked, counted))) == [
        Figure("Sheriff", "", "masked", None),
        Figure("Coroner", "IND", "Roe", 0),
    ]


def test_a_folder_is_told_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path as people type it; the file that was read is named, and the config is whole."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("monitor.inbox.SETTLED_AFTER", 0.0)
    folder = tmp_path / "inbox"
    folder.mkdir()
    gems = EXAMPLES / "gems_text" / "complete" / "results.txt"
    (folder / "night.txt").write_bytes(gems.read_bytes())
    ran = run("sources", "inbox", "--json")
    assert ran.code == 0, ran.err
    answer = json.loads(ran.out)
    assert answer["link"]["scraper"] == "gems_text"
    assert answer["link"]["source_name"].endswith("/inbox/night.txt")
    assert f'url = "{folder.as_uri()}"' in answer["config"]
    hadfield = {"contest": "COUNTY ATTORNEY", "party": "REP", "candidate": "HADFIELD, STEPHEN R."}
    assert {**hadfield, "votes": 11_756} in answer["figures"]


def test_what_is_no_file_here_is_a_link(tmp_path: Path) -> None:
    assert files_told.local("https://example.org/a.csv") is None
    assert files_told.local(str(tmp_path / "absent.csv")) is None
    assert files_told.local(str(tmp_path)) == tmp_path.as_uri()
    assert files_told.local("file:///a.csv") == "file:///a.csv"


def test_a_link_to_a_file_is_one_unless_a_site_knows_it() -> None:
    """A county's own page, and what is no file, are looked up by the link."""
    known = app.scrapers()

    def is_file(link: str) -> bool:
        return files_told.address(link, known) is not None

    assert is_file("https://example.org/2026/Summary.PDF?v=2")
    assert is_file("https://example.org/el45.htm")
    assert is_file("https://example.org/results.csv")
    assert not is_file("https://example.org/results")
    assert not is_file("ftp://example.org/results.csv")
    assert not is_file("https://eresults.saccounty.net/el45.htm")
    assert not is_file("https://electionresultsfiles.sos.mn.gov/20241105/ussenate.txt")


def test_a_usual_name_names_no_county() -> None:
    """Johnson County's file would else be taken for every county's EL30."""
    link = "https://example.org/EL30.htm"
    named = [name for name, one in app.scrapers().items() if one.recognise(link)]
    assert named == ["ess_el30_html"]


def test_a_file_on_the_web_is_read_too() -> None:
    """Its name is the sheet's at first sight; its bytes are a counting program's."""
    gems = (EXAMPLES / "gems_text" / "complete" / "results.txt").read_bytes()
    with sheets_served() as served:
        served.bodies["results.csv"] = gems
        served.bodies["soon.txt"] = b"Soon.\n"
        ran = run("sources", served.url("results.csv"))
        assert ran.code == 0, ran.err
        assert ran.out.startswith("gems_text: county elections office\n")
        assert "HADFIELD, STEPHEN R." in ran.out
        assert "11,756" in ran.out
        none = run("sources", served.url("soon.txt"))
        assert none.code == 5
        assert none.err.startswith("NothingMatched: no platform reads http://127.0.0.1")
        absent = run("sources", served.url("absent.pdf"))
        assert (absent.code, absent.out) == (1, "")
        assert absent.err.startswith("NotFound: not found: 404 at")
