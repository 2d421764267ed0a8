"""`record --case`: a visit kept as a golden case, and the README's five minutes on every platform.

Each platform's own golden pages are served on loopback over real HTTP; `new` writes the
county's file, the case is kept, and the machinery of test_examples reads it again.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING

import pytest
import structlog
from click.testing import CliRunner

import scrapers
from monitor import app, golden, golden_file
from monitor.check import check_race
from monitor.cli import main
from monitor.errors import Blocked
from monitor.fetch import HttpFetcher
from monitor.model import Page
from monitor.new_county import PLACE
from monitor.parsing import Parser
from monitor.secret_parts import without_secrets
from tests import test_examples
from tests.commands import Ran, run
from tests.night_server import Redirected
from tests.sheet_desk import served, write_config, write_sheet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from monitor.golden import Golden
    from monitor.model import Report
    from monitor.night import Scraper

KNOWN = app.scrapers()
NOW = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)
CONTACT = "desk@example.org"
COOKIE, TOKEN = "visitor-8a61", "c5rf-70ken-0f-one-visitor"
NOISE = (
    ("Set-Cookie", f"sid={COOKIE}"), ("X-Csrf-Token", TOKEN), ("ETag", f'"{COOKIE}"'),
    ("Server", "nginx"), ("Last-Modified", "Tue, 03 Nov 2026 23:00:00 GMT"),
)  # fmt: skip
RACE = """
[[races]]
id = "ours"
election = "day"
name = "Our DA"
office = "District Attorney"
polls_close = 20:00:00
zone = "America/New_York"

[[races.endorsements]]
candidate = "CANDIDATE"
by = ["Example Coalition"]

[[races.sources]]
source = "{source}"
covers = ["{county}"]
contest = "District Attorney"

[slack]
ops_channel = "#primary-night-ops"

[[slack.channels]]
name = "#primary-night"
organisations = ["Example Coalition"]

[fetch]
contact = "{contact}"
"""


# -- a site ------------------------------------------------------------------------------


@dataclass(slots=True)
class Site:
    """Serves pages by host and target, with headers that a case must not keep."""

    pages: dict[str, Page]
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one request of a connection."""
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        host = next(line[6:] for line in lines if line.lower().startswith("host: "))
        url = f"https://{host}{lines[0].split(' ')[1]}"
        self.asked.append(url)
        writer.write(self._answer(url))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def _answer(self, url: str) -> bytes:
        page = self.pages.get(url, Page(url, 404, (), b"not here", NOW))
        lines = [f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in (*page.headers, *NOISE)]
        lines += [f"Content-Length: {len(page.body)}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1") + page.body


@asynccontextmanager
async def site_of(pages: dict[str, Page]) -> AsyncIterator[Site]:
    """Serve until the block ends."""
    site, talks = Site(pages), list[asyncio.Task[None]]()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.ensure_future(site.converse(reader, writer)))

    listener = await asyncio.start_server(converse, "127.0.0.1", 0)
    site.port = listener.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        listener.close()
        await asyncio.gather(*talks)


class Here(Parser):
    """Parses in this process: another one does not know the county file of a test."""

    async def parse(self, scraper: Scraper, pages: tuple[Page, ...]) -> Report:
        """Read the pages at once."""
        return scraper.parse(pages)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a folder of the test's own before `scrapers/`: files go there, and are found there."""
    made = tmp_path / "scrapers"
    made.mkdir()
    before = set(sys.modules)
    monkeypatch.setattr(scrapers, "__path__", [str(made), *scrapers.__path__])
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("scrapers.") and hasattr(scrapers, name.partition(".")[2]):
            delattr(scrapers, name.partition(".")[2])
            del sys.modules[name]


async def taken(
    config: Path, source: str, pages: dict[str, Page], now: datetime = NOW
) -> tuple[Golden, Site]:
    """Take a case of a configured source from a site on loopback, as `record` does."""
    night = app.night_of(app.config_at(config))
    told = next(one for one in night.config.sources if one.id == source)
    kind = app.scrapers()[told.scraper]
    async with site_of(pages) as site:
        fetcher = HttpFetcher(night.config.fetch, Redirected(site.port))
        try:
            found = await golden.take(
                told, lambda given: kind(date=told.election.date, settings=given),
                fetcher, Here(), now, night.config.fetch.contact,
            )  # fmt: skip
        finally:
            await fetcher.aclose()
    return found, site


# -- five minutes, on every platform -----------------------------------------------------

PART = {
    "clarity": "with_types", "enhanced_export": "county", "la_voterportal": "parish",
    "mn_sos": "county", "ncsbe_pct": "early_voting_one_county", "tally": "county",
    "tx_goelect": "county", "wa_export": "county",
}  # fmt: skip
"""Platforms of a whole state: the golden case in which one county is read."""
COUNTIES = {
    "clarity": "Bacon", "enhanced_export": "Fulton", "tx_goelect": "Harris", "wa_export": "Pierce",
}  # fmt: skip
"""The counties of these cases. (Both of `ncsbe_pct`'s have files, so a setting names one.)"""
PLATFORMS = sorted(name for name, kind in KNOWN.items() if not kind.county)


def asked_of(platform: str, given: dict[str, str]) -> list[str]:
    """Return the line of `new` for the settings of a platform's case."""
    link = given.get("url") or given.get("page", "")
    line = ["new", COUNTIES.get(platform, "Doña Ana"), "--platform", platform]
    line += ["--state", KNOWN[platform].state or "GA", *(("--url", link) if link else ())]
    places = [f"{key}={value}" for key, value in given.items() if key in PLACE]
    return [*line, *(word for place in places for word in ("--set", place)), "--json"]


def config_of(folder: Path, source: str, county: str, lines: str, day: str, state: str) -> Path:
    """Write a config.toml over one source."""
    path = folder / "config.toml"
    path.write_text(
        f'[elections.day]\ndate = {day}\nstate = "{state}"\nkind = "general"\n\n'
        f'[sources.{source}]\nelection = "day"\n{lines}'
        + RACE.format(source=source, county=county, contact=CONTACT),
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_the_five_minutes_hold(
    platform: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`new`, config.toml, `record`, and a golden case that the suite reads and accepts."""
    case = test_examples.EXAMPLES / platform / PART.get(platform, "complete")
    golden_case = test_examples.read_exchange(case)
    done = run(*asked_of(platform, golden_case.settings))
    assert (done.code, done.err) == (0, "")
    source = json.loads(done.out)["scraper"]
    kind = app.scrapers()[source]
    left = {key: value for key, value in golden_case.settings.items() if key not in PLACE}
    assert kind.settings_needed() <= set(left)
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in left.items())
    day = str(golden_case.date or "2020-11-03")
    config = config_of(folder, source, kind.county, lines, day, kind.state)
    found, site = await taken(config, source, golden_case.pages)
    assert site.asked
    kept = golden_file.folder_for(folder, source, "complete", force=False)
    golden_file.write(kept, golden.files_of(found, "Ana Ruiz"))
    monkeypatch.setitem(test_examples.SCRAPERS, source, kind)
    test_examples.test_case(kept)
    test_examples.test_case_needs_the_settings_it_gives(kept)
    assert read(kept / "expected.json") == read(case / "expected.json")
    told = "".join(path.read_bytes().decode("latin-1") for path in kept.iterdir())
    assert COOKIE not in told
    assert TOKEN not in told


def read(path: Path) -> object:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


# -- what a case keeps -------------------------------------------------------------------

PAGE = f"""<!DOCTYPE html><html><head><meta name="csrf-token" content="{TOKEN}">
<script>window.state = {{"sessionId": "{COOKIE}", "electionId": "12345678"}};
var csrfToken = '{TOKEN}';</script></head><body>
<form data-session-id="{COOKIE}">
<input type="hidden" value='{TOKEN}' name="__RequestVerificationToken"></form>
<h2>District Attorney</h2><p>Seen by {CONTACT}. Secretary: <input name="secretary" value="Ann"></p>
<table><tr><th>Candidate</th><th>Votes</th></tr>
<tr><td>Ann Lee</td><td>1,204</td></tr><tr><td>Bob Roe</td><td>998</td></tr></table>
</body></html>
"""
URL = "https://example.org/results.html"


async def test_nothing_of_a_visitor_or_of_ours_is_kept(folder: Path) -> None:
    """Tokens, cookies and our address are taken out, the figures and the rest are not."""
    page = Page(URL, 200, (("content-type", "text/html"),), PAGE.encode(), NOW)
    line = f'platform = "plain_table"\nurl = "{URL}"\n'
    config = config_of(folder, "page", "Cass", line, "2026-11-03", "ND")
    found, _ = await taken(config, "page", {URL: page})
    files = golden.files_of(found, "Ana Ruiz")
    assert set(files) == {"results.html", "exchange.json", "expected.json"}
    whole = b"".join(files.values()).decode()
    for word in (TOKEN, COOKIE, CONTACT, "nginx", "primary-night", "PrimaryNight"):
        assert word not in whole, word
    assert files["results.html"].count(b"REMOVED") == 6
    assert b'"electionId": "12345678"' in files["results.html"]
    assert b'name="secretary" value="Ann"' in files["results.html"]
    told = json.loads(files["exchange.json"])
    assert told["about"] == (
        "county elections office, election of 2026-11-03: the pages as they were served on "
        "2026-11-03 at 23:30 UTC, kept by `record`. The values of tokens in the pages are "
        "removed. Ana Ruiz compared the report with the site and accepted it on 2026-11-03."
    )
    assert told["pages"][0]["headers"] == {
        "Content-Type": "text/html", "Last-Modified": "Tue, 03 Nov 2026 23:00:00 GMT",
    }  # fmt: skip
    votes = [
        one["votes"] for one in json.loads(files["expected.json"])["contests"][0]["selections"]
    ]
    assert votes == [1204, 998]


def test_a_file_that_is_no_text_is_kept_as_it_is() -> None:
    """To change a byte of a workbook would break it."""
    for begin in (b"PK\x03\x04", b"%PDF-1.7 ", b"\x1f\x8b\x08"):
        body = begin + PAGE.encode()
        assert without_secrets(body, CONTACT) == body
    assert without_secrets(b"a,b\n1,<30\n2,<30\n" * 50_000, "") == b"a,b\n1,<30\n2,<30\n" * 50_000


def test_a_token_is_known_by_its_form() -> None:
    """A script may call it anything."""
    page = b"<script>load('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP')</script>"
    assert without_secrets(page, "") == b"<script>load('REMOVED')</script>"


def test_a_page_of_one_tag_is_read_in_time() -> None:
    """It took longer than the visit, and nothing was said meanwhile."""
    body = b"<div " + b'value="x" ' * 20_000 + b">"
    started = perf_counter()
    assert without_secrets(body, "") == body
    assert perf_counter() - started < 5


async def test_an_address_with_a_token_is_refused(folder: Path) -> None:
    """It could not be kept without the token, for the test asks for the very address."""
    url = f"{URL}?access_token={TOKEN}"
    line = f'platform = "plain_table"\nurl = "{url}"\n'
    config = config_of(folder, "page", "Cass", line, "2026-11-03", "ND")
    with pytest.raises(golden.CaseRefused, match="address of page holds `access_token=`"):
        await taken(config, "page", {})


async def test_a_file_out_of_a_folder_is_kept_without_the_machines_folders(desk: Path) -> None:
    """The report says which file it was, and so does the case."""
    inbox = desk / "inbox"
    inbox.mkdir()
    (desk / "elder.txt").rename(inbox / "elder night.txt")
    text = (desk / "config.toml").read_text(encoding="utf-8").replace("elder.txt", "inbox")
    (desk / "config.toml").write_text(text, encoding="utf-8")
    later = datetime.now(UTC) + timedelta(hours=1)
    found, _ = await taken(desk / "config.toml", "elder", {}, later)
    assert found.report.source_time_text == "file elder night.txt"
    files = golden.files_of(found, "Ana Ruiz")
    assert set(files) == {"elder_night.txt", "exchange.json", "expected.json"}
    assert str(desk).encode() not in b"".join(files.values())
    case = desk / "examples" / "gems_text" / "inbox"
    golden_file.write(case, files)
    kept = test_examples.read_exchange(case)
    assert kept.settings == {"url": "file:///desk/inbox"}
    test_examples.test_case(case)


async def test_a_wall_is_no_case(folder: Path) -> None:
    """What a site says to robots holds tokens of its own, and no figures."""
    page = Page(URL, 403, (("content-type", "text/html"),), PAGE.encode(), NOW)
    line = f'platform = "plain_table"\nurl = "{URL}"\n'
    config = config_of(folder, "page", "Cass", line, "2026-11-03", "ND")
    with pytest.raises(Blocked):
        await taken(config, "page", {URL: page})


# -- the command -------------------------------------------------------------------------


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a desk: a GEMS file of a county beside config.toml, and a folder for cases."""
    (tmp_path / "examples").mkdir()
    complete = test_examples.EXAMPLES / "gems_text" / "complete"
    (tmp_path / "elder.txt").write_bytes((complete / "results.txt").read_bytes())
    line = 'platform = "gems_text"\nurl = "elder.txt"\n'
    config_of(tmp_path, "elder", "Box Elder", line, "2010-11-02", "UT")
    return tmp_path


def record(desk: Path, *args: str, answer: str | None = None) -> Ran:
    """Run `record` on the desk, with an answer typed in."""
    given = ("--config", str(desk / "config.toml"), "--examples", str(desk / "examples"))
    try:
        done = CliRunner().invoke(main, ["record", "elder", *given, *args], input=answer)
    finally:
        structlog.reset_defaults()
    assert isinstance(done.exception, SystemExit | None)
    return Ran(done.exit_code, done.stdout, done.stderr)


def test_a_person_sees_the_report_and_accepts_it(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The figures stand on stdout; what to write so that outcomes go out is said to the person."""
    done = record(desk, "--case", "live", "--who", "Ana Ruiz", answer="y\n")
    assert done.code == 0
    case = desk / "examples" / "gems_text" / "live"
    lines = done.out.splitlines()
    assert lines[0].startswith("elder: county elections office, 1 page of ")
    assert "COUNTY ATTORNEY [020010]: vote for 1, 52 of 52 precincts" in done.out
    assert "       11,756  HADFIELD, STEPHEN R. (REP)" in lines
    assert lines[-1] == f"{done.out.count('vote for')} contests"
    assert f"Ana Ruiz, does the site show these figures? Keep them as {case} [y/N]" in done.err
    assert (
        "elder was unproven, and Ana Ruiz accepted gems_text/live. For outcomes without READY TO "
        "CALL, write under [sources.elder] in config.toml: trusted = true"
    ) in done.err
    assert str(desk) not in (case / "exchange.json").read_text(encoding="utf-8")
    assert test_examples.read_exchange(case).settings == {"url": "file:///desk/elder.txt"}
    test_examples.test_case(case)
    config = desk / "config.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"gems_text"', '"gems_text"\ntrusted = true'), encoding="utf-8")
    again = record(desk, "--case", "live_2", "--who", "Ana Ruiz", "--yes")
    assert (again.code, again.out) == (0, done.out)
    assert "trusted" not in again.err


@pytest.mark.parametrize("answer", ["n\n", "\n", "yes please\nno\n", ""])
def test_nothing_is_kept_before_somebody_says_yes(desk: Path, answer: str) -> None:
    """Nor where nobody is there to answer."""
    done = record(desk, "--case", "live", "--who", "Ana Ruiz", answer=answer)
    assert done.code == 1
    assert "HADFIELD" in done.out
    assert list((desk / "examples").iterdir()) == []


def test_a_case_is_replaced_by_force_only(desk: Path) -> None:
    """And then whole: no file of the old one stays."""
    args = ("--case", "live", "--who", "Ana Ruiz", "--yes")
    assert record(desk, *args).code == 0
    case = desk / "examples" / "gems_text" / "live"
    (case / "notes.txt").write_text("of the old one", encoding="utf-8")
    before = (case / "exchange.json").read_bytes()
    refused = record(desk, *args)
    assert (refused.code, refused.out) == (1, "")
    assert f"there is a case {case} already; take another name, or --force" in refused.err
    assert (case / "exchange.json").read_bytes() == before
    assert record(desk, *args, "--force").code == 0
    assert sorted(path.name for path in case.iterdir()) == [
        "elder.txt", "exchange.json", "expected.json",
    ]  # fmt: skip
    assert [path.name for path in case.parent.iterdir()] == ["live"]


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        ((), 2, "give --output for a recording, or --case for a golden case"),
        (("--case", "live", "--output", "x.warc.gz"), 2, "give --output for a recording, or"),
        (("--case", "live"), 2, "--case takes one SOURCE, and --who with the name of a person"),
        (("other", "--case", "live", "--who", "Ana Ruiz"), 2, "--case takes one SOURCE"),
        (("--case", "live", "--who", " "), 2, "give a name, such as Ana Ruiz"),
        (("--case", "../live", "--who", "Ana Ruiz"), 1, "'../live' is no name of a case"),
        (("--case", "live", "--who", "Ana", "--examples", "no/such"), 1, "is no folder no/such"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused(args: tuple[str, ...], code: int, words: str, desk: Path) -> None:
    done = record(desk, *args)
    assert (done.code, done.out) == (code, "")
    assert words in done.err


def test_an_unknown_source_and_one_that_fails_are_named(tmp_path: Path) -> None:
    """Nothing is kept of either."""
    options = ("--case", "live", "--who", "Ana Ruiz", "--yes", "--examples", tmp_path)
    config = write_config(tmp_path, write_sheet(tmp_path))
    done = run("record", "dallas_shet", "--config", config, *options)
    assert done.code == 5
    assert "did you mean dallas_sheet?" in done.err
    with served() as server:
        config = write_config(tmp_path, server.url("challenge"))
        done = run("record", "dallas_sheet", "--config", config, *options)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Blocked: a wall: 403")
    assert not (tmp_path / "sheet").exists()


def test_check_says_what_to_do_about_an_unproven_source(desk: Path) -> None:
    """The line it names is one that `record` takes."""
    night = app.night_of(app.config_at(desk / "config.toml"))
    sentences = [
        one.sentence for one in check_race(night, night.races["ours"].race, None, NOW).findings
    ]
    told = next(one for one in sentences if "unproven" in one)
    assert told == (
        "elder: unproven, no automatic outcome; READY TO CALL instead; compare what `run.py record "
        "elder --case live --who NAME` shows with the site, then set `trusted = true` under "
        "[sources.elder]"
    )
    assert record(desk, "--case", "live", "--who", "Ana", "--yes").code == 0
