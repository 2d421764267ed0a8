"""Bad input, through the command line and the service: one named line, and nothing lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from monitor import app
from monitor.archive import ArchiveWriter
from monitor.database import open_database
from monitor.errors import DatabaseLocked, DiskFull
from monitor.fetch import OK, HttpFetcher
from monitor.parsing import Parser
from monitor.report import view
from monitor.watch import Watch
from tests import whole_nights
from tests.channel import told_in
from tests.commands import NIGHTS, ROOT, Ran, bare_environment, run, spawn
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.fault_server import fault_server
from tests.nights.carolina import durham, pitt
from tests.now_night import Watched, config, in_seconds, phased, sheet, sheets_served
from tests.slack_faults import fault_proxy, refusal
from tests.watch_process import BY_THE_CLOCK, integrity, told, watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from monitor.store import Store
    from tests.nights.moments import Moment

DURHAM = NIGHTS / "durham-2018.warc.gz"


def refused(ran: Ran, code: int, start: str) -> str:
    """Return the one line a command ended with; a second line or a traceback fails."""
    assert ran.code == code, ran.err
    (line,) = ran.err.splitlines()
    assert line.startswith(start), line
    return line


# -- config.toml --------------------------------------------------------------------------

TEXT = (NIGHTS / "durham-2018.config.toml").read_text(encoding="utf-8")


NO_URL = """[sources.dallas]
platform = "sheet"
election = "nc-2018-05-08"

[sources.nc_durham]"""


@pytest.mark.parametrize("command", ["watch", "replay"])
@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("[slack]\n", '[slack]\nops_chanel = "#ops"\n', 'unknown key; did you mean "ops_channel"?'),
        ("[sources.nc_durham]", NO_URL, "sources.dallas: the setting `url` is missing"),
    ],
)
def test_a_bad_configuration_is_one_line(
    command: str, before: str, after: str, says: str, tmp_path: Path
) -> None:
    """An unknown key, a missing source setting: named with the line, and nothing begun."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    path.write_text(TEXT.replace(before, after), encoding="utf-8")
    recording = [DURHAM] if command == "replay" else []
    line = refused(
        run(command, *recording, "--config", path, "--database", database), 3, "ConfigInvalid: "
    )
    assert says in line
    assert "(line " in line
    assert list(tmp_path.iterdir()) == [path]


# -- what comes back from a site ----------------------------------------------------------

DAMAGED = {
    "cut JSON": ("Truncated", durham()[2].pages[0].body[:-40]),
    "HTML where JSON was": ("WrongFormat", b"<!DOCTYPE html><html><body>New site</body></html>"),
    "a wall with status 200": ("Blocked", b"<html><body>Please solve the CAPTCHA</body></html>"),
    "empty file": ("EmptyPage", b""),
    "zeros of another format": ("LayoutChanged", b'[{"votes": 0}]'),
}
FAULTS = {
    "challenge": "Blocked",
    "endless": "TooLarge",
    "bomb": "TooLarge",
    "double-gzip": "Unreachable",
    "announces-too-much": "TooLarge",
    "cut-at-close": "Truncated",
    "busy": "ServerTrouble",
    "reset": "Unreachable",
}
"""Paths of tests/fault_server.py, and the error each is."""


@dataclass(slots=True)
class Sites(httpx.AsyncBaseTransport):
    """Every site: a path has a body, or stands at a loopback address that misbehaves."""

    bodies: dict[str, bytes] = field(default_factory=dict)
    bad: dict[str, str] = field(default_factory=dict)
    _wire: httpx.AsyncHTTPTransport = field(default_factory=httpx.AsyncHTTPTransport)

    def show(self, moment: Moment) -> None:
        """Let a site answer as it did at one moment of its night."""
        for page in moment.pages:
            self.bodies[httpx.URL(page.url).path] = page.body
            self.bad.pop(httpx.URL(page.url).path, None)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer from the bodies, or over a real connection."""
        if address := self.bad.get(request.url.path):
            request.url = httpx.URL(address)
            return await self._wire.handle_async_request(request)
        return httpx.Response(200, content=self.bodies[request.url.path])

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()


@asynccontextmanager
async def two_counties(sites: Sites, folder: Path) -> AsyncIterator[tuple[Watch, Store]]:
    """Watch Durham and Pitt as `app.watch` does, at times the test chooses."""
    night = app.night_of(app.config_at(ROOT / "config.toml"))
    fetcher, parser = HttpFetcher(night.config.fetch, sites), Parser()
    with app.opened(folder / "night.db") as store, ArchiveWriter(folder / "night.warc.gz") as warc:
        store.begin(night.config, night.rules, durham()[0].at)
        warc.start(night.config.text, night.rules.digest, durham()[0].at)
        yield Watch(night, store, fetcher, app.LiveKeeper(warc), parser), store
    parser.close()
    await fetcher.aclose()


Logged = tuple[str | None, str]


def logged(store: Store) -> list[Logged]:
    """Return race and kind of every message, in order."""
    return [
        (row["race"], row["kind"]) for row in store.rows('SELECT * FROM post_log ORDER BY "row"')
    ]


def rows(store: Store, name: str) -> list[dict[str, Any]]:
    return store.rows(f"SELECT * FROM {name}")  # noqa: S608 - a view's name


PATH = httpx.URL(durham()[0].pages[0].url).path
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("fault", [*DAMAGED, *FAULTS])
async def test_a_bad_answer_is_named_and_loses_nothing(fault: str, tmp_path: Path) -> None:
    """Three times over a real connection: figures stay, the other county goes on, ops hear once."""
    sites = Sites()
    zero, early, more = durham()[:3]
    other, other_early = pitt()[:2]
    async with fault_server() as server, two_counties(sites, tmp_path) as (watch, store):
        for moment, source in ((zero, "nc_durham"), (early, "nc_durham"), (other, "nc_pitt")):
            sites.show(moment)
            await watch.visit(source, moment.at)
        before, posts = rows(store, "race_status"), logged(store)
        assert ("durham-da-2018", "first-votes") in posts

        if fault in DAMAGED:
            name, sites.bodies[PATH] = DAMAGED[fault]
        else:
            name, sites.bad[PATH] = FAULTS[fault], server.url(fault)
        for tries in range(3):
            await watch.visit("nc_durham", early.at + MINUTE * (5 * tries + 1))
        state = next(row for row in rows(store, "source_status") if row["source"] == "nc_durham")
        assert state["failures"] == 3
        assert state["error"].startswith(f"{name}: ")
        assert "\n" not in state["error"]
        assert rows(store, "race_status") == before
        told = [("durham-da-2018", "site-down")] * 2  # the thread and ops
        assert logged(store) == [*posts, (None, "source-broken"), *told]

        sites.show(other_early)
        await watch.visit("nc_pitt", other_early.at)
        sites.show(more)
        await watch.visit("nc_durham", more.at)
        assert logged(store)[len(posts) + 3 :] == [
            ("pitt-da-2018", "first-votes"),
            ("durham-da-2018", "site-back"),
            ("durham-da-2018", "site-back"),
            ("durham-da-2018", "count-updated"),
            (None, "source-recovered"),
        ]


def test_bad_sheets_do_not_stop_a_good_one(tmp_path: Path) -> None:
    """The service itself: an HTML page, an empty file, a missing one, and the race that counts."""
    bad = {"Beta": b"<html><body>Sign in</body></html>", "Gamma": b""}
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    with sheets_served() as sheets:
        sheets.bodies.update({f"{name.lower()}.csv": body for name, body in bad.items()})
        sheets.bodies["alpha.csv"] = sheet("Alpha", 400, 300, 5)
        names = (*bad, "Delta", "Alpha")
        races = [Watched(n, n.lower(), sheets.url(f"{n.lower()}.csv")) for n in names]
        path.write_text(config(races), encoding="utf-8")
        with watching(tmp_path / "run", path, database) as watch:
            watch.until_told("NOW WATCHING: Alpha")
            watch.until(lambda: watch.log.count('"visit failed"') >= 3, "three failed visits")
            assert watch.stop() == 0
    errors = {row["source"]: row["error"] for row in view(database, "source_status")}
    names_of = {source: error.partition(":")[0] for source, error in errors.items()}
    assert names_of == {
        "alpha": "", "beta": "WrongFormat", "gamma": "EmptyPage", "delta": "NotFound"
    }  # fmt: skip
    assert "Traceback" not in watch.log
    assert integrity(database) == "ok"


# -- the disk and the database ------------------------------------------------------------


@pytest.fixture(scope="module")
def whole() -> str:
    """Return what Durham's night prints when nothing disturbs it."""
    return whole_nights.whole("durham-2018").printed


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
sys.argv = ["run.py", *sys.argv[2:]]
runpy.run_path("run.py", run_name="__main__")
"""
"""No file may grow beyond so many bytes, as on a disk without room; Python ignores SIGXFSZ."""


@pytest.mark.parametrize("limit", [20_000, 150_000, 1_500_000])
def test_a_full_disk_is_one_line_and_the_night_goes_on_later(
    limit: int, whole: str, tmp_path: Path
) -> None:
    """At the first table, in the evening, late: exit 6; with room, the same messages as ever."""
    args = ("replay", DURHAM, "--speed", "max", "--json", "--database", tmp_path / "night.db")
    full = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *map(str, args)],
        cwd=ROOT, env=bare_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    own = [line for line in full.stderr.splitlines() if not line.startswith("{")]
    assert (full.returncode, full.stdout, len(own)) == (6, "", 1), full.stderr
    assert own[0].startswith("DiskFull: no room or no write on the disk of "), own
    assert integrity(tmp_path / "night.db") == "ok"
    assert run(*args).out == whole


async def visit_each(watch: Watch, sites: Sites, store: Store, seen: list[list[Logged]]) -> None:
    """Visit Durham at every moment of the evening; `seen` is the log before each visit."""
    for moment in [each for each in durham() if each.pages[0].status == OK][1:10]:
        seen.append(logged(store))
        sites.show(moment)
        await watch.visit("nc_durham", moment.at)


async def test_a_visit_that_finds_no_room_is_done_again(tmp_path: Path) -> None:
    """The service's visit stores nothing at all, and the next one tells what there is to tell."""
    sites = Sites()
    zero, late = durham()[0], durham()[-2]
    seen: list[list[Logged]] = []
    async with two_counties(sites, tmp_path) as (watch, store):
        sites.show(zero)
        await watch.visit("nc_durham", zero.at)
        (size,) = store.db.execute("PRAGMA page_count").fetchone()
        store.db.execute(f"PRAGMA max_page_count = {size}")
        with pytest.raises(DiskFull, match="free some space"):
            await visit_each(watch, sites, store, seen)
        assert logged(store) == seen[-1]
        store.db.execute("PRAGMA max_page_count = 1000000")
        await watch.visit("nc_durham", late.at)
        assert len(logged(store)) > len(seen[-1])


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another(database: Path) -> Iterator[None]:
    """Let another process hold the database's write lock, as a forgotten SQL shell does."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate()


def test_a_locked_database_is_one_line_and_the_night_goes_on_later(
    whole: str, tmp_path: Path
) -> None:
    """Exit 6 after five seconds of waiting; once it is free, the whole night."""
    args = ("replay", DURHAM, "--json", "--database", tmp_path / "night.db")
    assert run(*args, "--until", "2018-05-08T20:00-0400").code == 0
    with held_by_another(tmp_path / "night.db"):
        line = refused(run(*args), 6, "DatabaseLocked: ")
    assert "locked by another program; close it" in line
    assert run(*args).out == whole


async def test_a_visit_that_finds_the_lock_is_done_again(tmp_path: Path) -> None:
    """The service's visit raises by name, and the next one tells what there is to tell."""
    sites = Sites()
    zero, early = durham()[:2]
    async with two_counties(sites, tmp_path) as (watch, store):
        sites.show(zero)
        await watch.visit("nc_durham", zero.at)
        before = logged(store)
        sites.show(early)
        store.db.execute("PRAGMA busy_timeout = 50")
        with held_by_another(tmp_path / "night.db"), pytest.raises(DatabaseLocked):
            await watch.visit("nc_durham", early.at)
        assert logged(store) == before
        await watch.visit("nc_durham", early.at + MINUTE)
        assert logged(store) == [*before, ("durham-da-2018", "first-votes")]


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    """One database, one writer: the second command ends at once and says why."""
    database = tmp_path / "night.db"
    with closing(open_database(database)):
        line = refused(run("replay", DURHAM, "--database", database), 6, "DatabaseInUse: ")
    assert "another instance holds" in line


def test_a_database_of_another_night_is_refused(tmp_path: Path) -> None:
    """Replay writes only to a database that belongs to its archive."""
    database = tmp_path / "night.db"
    assert run("replay", DURHAM, "--json", "--database", database).code == 0
    other = run("replay", NIGHTS / "pitt-2018.warc.gz", "--json", "--database", database)
    refused(other, 6, "WrongDatabase: ")


# -- Slack --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


def test_without_a_token_messages_go_to_the_terminal() -> None:
    """The embedded default: everything staff would see, on stdout."""
    ran = spawn("replay", DURHAM)
    assert ran.code == 0
    night, report, _ = ran.out.partition("MORNING REPORT")
    assert told(night, "WON (unofficial): Deberry, Durham DA, DEM nomination.") == 1
    assert report


def test_a_rehearsal_without_a_token_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """It never falls back to anything staff read."""
    monkeypatch.delenv("PRIMARY_NIGHT_SLACK_TOKEN", raising=False)
    line = refused(run("replay", DURHAM, "--rehearse"), 3, "ConfigInvalid: ")
    assert "PRIMARY_NIGHT_SLACK_TOKEN" in line


@pytest.mark.parametrize("token", ["xapp-1-secret", "https://hooks.slack.com/secret", "secret"])
def test_something_else_than_a_bot_token_is_named_and_not_shown(
    token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 4, one line, nothing of the token in it."""
    monkeypatch.setenv("PRIMARY_NIGHT_SLACK_TOKEN", token)
    path = tmp_path / "config.toml"
    path.write_text(TEXT, encoding="utf-8")
    ran = run("watch", "--config", path, "--database", tmp_path / "night.db")
    assert "secret" not in refused(ran, 4, "SlackFailure: ")


async def test_a_token_slack_refuses_is_one_line(slack: Emulator, tmp_path: Path) -> None:
    """Told at the start, before anybody relies on it; no site was asked."""
    path = tmp_path / "config.toml"
    with sheets_served() as sheets:
        race = Watched("Alpha", "alpha", sheets.url("alpha.csv"))
        path.write_text(config([race]), encoding="utf-8")
        async with fault_proxy(slack.api_url) as proxy:
            proxy.plan(refusal("invalid_auth"), method="auth.test")
            environ = bare_environment(
                PRIMARY_NIGHT_SLACK_TOKEN=TOKEN, PRIMARY_NIGHT_SLACK_URL=proxy.api_url
            )
            args = ("watch", "--config", path, "--database", tmp_path / "night.db")
            ran = await asyncio.to_thread(spawn, *args, environ=environ)
        assert "invalid_auth" in refused(ran, 4, "AuthTrouble: ")
        assert not sheets.asked


def test_a_wrong_channel_is_named_and_its_messages_wait(slack: Emulator, tmp_path: Path) -> None:
    """`channel_not_found` keeps the row; when the channel is there, the next start sends it."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    slack.create_channel("ops")
    environ = {"PRIMARY_NIGHT_SLACK_TOKEN": TOKEN, "PRIMARY_NIGHT_SLACK_URL": slack.api_url}
    with sheets_served() as sheets:
        sheets.bodies["alpha.csv"] = sheet("Alpha", 400, 300, 5)
        # Due again in half a minute: what the second start sends is the outbox's alone.
        race = Watched("Alpha", phased("alpha", in_seconds(30)), sheets.url("alpha.csv"))
        path.write_text(config([race], channel="#not-there"), encoding="utf-8")

        with watching(tmp_path / "first", path, database, **environ) as watch:
            watch.until(lambda: "channel_not_found" in watch.log, "refusal")
            assert watch.stop() == 0
            assert "Traceback" not in watch.log
        rows = [r for r in view(database, "post_log") if r["kind"] not in BY_THE_CLOCK]
        states = {row["kind"]: row["state"] for row in rows}
        assert states.pop("watch-stopped") == "sent", "ops have a channel"
        assert states.pop("scoreboard", "refused") == "refused"
        assert states == {"race-opened": "refused", "now-watching": "pending"}

        channel = slack.create_channel("not-there")
        with watching(tmp_path / "second", path, database, **environ) as watch:
            watch.until(lambda: all_sent(database), "messages in the channel")
            assert watch.stop() == 0
        posts = [row for row in view(database, "post_log") if row["kind"] != "watch-stopped"]
        seen = sorted(told.text for told in told_in(slack, channel))
        assert seen == sorted(post["text"] for post in posts)
        kinds = [post["kind"] for post in posts if post["kind"] not in BY_THE_CLOCK]
        assert kinds == ["race-opened", "now-watching", "scoreboard"]


def all_sent(database: Path) -> bool:
    return all(row["state"] == "sent" for row in view(database, "post_log"))
