"""What a reader of the core found by trying: reloads, restarts, lost counties, dead workers.

Every race, name and figure here is made up. Sheets are files on this machine, visited at
times of our own; each test failed before its fix.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor import app, outbox, sending
from monitor.archive import ArchiveWriter
from monitor.config_changes import changes
from monitor.deliver import Deliverer
from monitor.errors import ConfigInvalid, LayoutChanged, OutcomeUnknown, SlackFailure
from monitor.model import Page, Report, Request, UnitKind
from monitor.parsing import Parser
from monitor.schedule import next_visit
from monitor.slack import Identity, SlackPoster
from monitor.store import Store
from monitor.watch import Watch
from tests.core_examples import contest
from tests.posts import Clock, a_post, fresh, put

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence

    from monitor import chores, edits
    from monitor.night import Night
    from monitor.outbox import Row, Sent, Thread

CLOSE = datetime(2018, 11, 7, 0, 30, tzinfo=UTC)
"""7:30 PM ET on 2018-11-06."""

COLUMNS = "contest,candidate,votes,status,units_reported,units_total,units,time"
SLACK = (
    '[slack]\nops_channel = "#ops"\n[[slack.channels]]\nname = "#staff"\n'
    'organisations = ["Example Coalition"]\n'
)
ALPHA = 'candidate = "Ann Alpha"'
RESPELLED = 'candidate = "Ann B. Alpha"\naliases = ["Ann Alpha"]'


def sheet(
    ours: int, theirs: int, units: int, status: str = "unofficial-partial", time: str = "",
    rival: str = "Bo Rival",
) -> str:  # fmt: skip
    """Return a sheet with one contest, `units` of 20 precincts in."""
    rows = (
        f"District Attorney,Ann Alpha,{ours},{status},{units},20,precincts,{time}",
        f"District Attorney,{rival},{theirs},,,,,",
    )
    return "\n".join([COLUMNS, *rows, ""])


def race(name: str, ours: str, *uses: tuple[str, str]) -> str:
    """Return a race's tables; `uses` pairs a source with its county."""
    head = (
        f'[[races]]\nid = "{name}"\nelection = "now"\nname = "{name} DA"\n'
        f'office = "District Attorney"\n'
        f'[[races.endorsements]]\n{ours}\nby = ["Example Coalition"]\n'
    )
    return head + "".join(
        f'[[races.sources]]\nsource = "{source}"\ncovers = ["{county}"]\n'
        "contest = 'District Attorney'\n"
        for source, county in uses
    )


@dataclass
class Desk:
    """One night of sheets in a folder, watched by hand at minutes after the close."""

    folder: Path
    ticks: int = 1_500_000_000
    watch: Watch = field(init=False)
    store: Store = field(init=False)

    def put(self, name: str, text: str) -> None:
        """Write a sheet anew, so that it is no 304."""
        path = self.folder / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        # Two writes within one tick of the disk's clock would look the same.
        self.ticks += 1
        os.utime(path, (self.ticks, self.ticks))

    def config(self, sources: Mapping[str, str], *races: str) -> Night:
        """Write config.toml; `sources` maps ids to sheet names. Return the night it gives."""
        tables = [
            f'[sources.{one}]\nplatform = "sheet"\nelection = "now"\nurl = "{self.url(name)}"\n'
            for one, name in sources.items()
        ]
        text = "\n".join([
            '[elections.now]\ndate = 2018-11-06\nstate = "NC"\nkind = "general"\n', *tables,
            *races,
            SLACK,
        ])  # fmt: skip
        self.path.write_text(text, encoding="utf-8")
        return trusted(app.night_of(app.config_at(self.path)))

    def url(self, name: str) -> str:
        """Return a sheet's address."""
        return (self.folder / f"{name}.csv").as_uri()

    @property
    def path(self) -> Path:
        """Where config.toml is."""
        return self.folder / "config.toml"

    @property
    def texts(self) -> list[str]:
        """Every message so far."""
        return [row["text"] for row in self.store.rows('SELECT text FROM outbox ORDER BY "row"')]

    async def look(self, source: str, *at: float) -> None:
        """Visit a source at some minutes after the close, each time a fresh file."""
        for minute in at:
            name = self.watch.night.scrapers[source].link().rsplit("/", 1)[-1][:-4]
            self.put(name, (self.folder / f"{name}.csv").read_text(encoding="utf-8"))
            await self.watch.visit(source, CLOSE + timedelta(minutes=minute))

    def reload(self, night: Night, at: float) -> None:
        """Take a changed configuration, as the service does."""
        found = changes(self.watch.night.config, night.config)
        self.watch.reload(night, found, CLOSE + timedelta(minutes=at))


def trusted(night: Night) -> Night:
    """Let the sheets decide, as a county's own site would."""
    return replace(
        night,
        races={name: replace(one, hand_kept=frozenset()) for name, one in night.races.items()},
    )


@asynccontextmanager
async def watched(desk: Desk, night: Night, at: float = -10) -> AsyncIterator[None]:
    """Open the database and the archive, and take up what changed since the last time."""
    now = CLOSE + timedelta(minutes=at)
    with app.opened(desk.folder / "night.db") as store:
        store.begin(night.config, night.rules, now)
        with ArchiveWriter(desk.folder / "night.warc.gz") as archive:
            archive.start(night.config.text, night.rules.digest, now)
            async with app._live(night, store, archive) as watch:
                app._take_up(watch, store, desk.path, now)
                desk.watch, desk.store = watch, store
                yield


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    for name in ("one", "two", "new"):
        made.put(name, sheet(0, 0, 0))
    return made


def told(desk: Desk, *words: str) -> list[str]:
    """Return the messages that begin with one of these words."""
    return [text for text in desk.texts if text.startswith(words)]


# -- reload ------------------------------------------------------------------------------

ONE_COUNTY = race("first", ALPHA, ("one", "X"))
TWO_COUNTIES = race("first", ALPHA, ("one", "X"), ("two", "Y"))
ALARMS = ("HOLD OFF", "DO NOT USE", "LEAD CHANGE", "COUNTY REVISED")


@pytest.mark.parametrize("renamed", [False, True])
@pytest.mark.parametrize("units", [10, 20])
async def test_a_county_whose_source_was_changed_takes_no_votes_away(
    desk: Desk, units: int, *, renamed: bool
) -> None:
    """Else: HOLD OFF and LEAD CHANGE from the other county's votes alone."""
    async with watched(desk, desk.config({"one": "one", "two": "two"}, TWO_COUNTIES)):
        await desk.look("one", -5)
        await desk.look("two", -5)
        desk.put("one", sheet(9000, 1000, units))
        desk.put("two", sheet(1000, 3000, units))
        for minute in (10, 12, 14):
            await desk.look("one", minute)
            await desk.look("two", minute)
        desk.put("new", sheet(9000, 1000, units))
        source = "new" if renamed else "one"
        races = TWO_COUNTIES.replace('"one"', f'"{source}"')
        desk.reload(desk.config({source: "new", "two": "two"}, races), 20)
        before = desk.texts
        await desk.look("two", 21, 23, 35)
        await desk.look(source, 36, 38)
        assert desk.texts == before
        assert told(desk, *ALARMS) == []
        assert len(told(desk, "WON")) == (units == 20)


async def test_a_sum_that_lacks_a_county_says_which(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one", "two": "two"}, TWO_COUNTIES)):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20))
        await desk.look("one", 10)
        assert desk.texts[-1].endswith("20/20 precincts; Y not in yet.")


async def test_a_reload_while_a_visit_is_under_way_takes_nothing_from_the_old_source(
    desk: Desk,
) -> None:
    """Else the old page would be the new source's baseline, and every later one a decrease."""
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 1000, 10))
        parser, begun = desk.watch.visitor.parser, asyncio.Event()
        go_on = asyncio.Event()

        class Slow(Parser):
            async def parse(self, scraper: object, pages: tuple[Page, ...]) -> Report:
                begun.set()
                await go_on.wait()
                return await parser.parse(scraper, pages)  # type: ignore[arg-type]

        desk.watch.visitor.parser = Slow()
        visit = asyncio.create_task(desk.watch.visit("one", CLOSE + timedelta(minutes=10)))
        await begun.wait()
        desk.put("new", sheet(800, 700, 12))
        desk.reload(desk.config({"one": "new"}, ONE_COUNTY), 10.5)
        go_on.set()
        await visit
        assert told(desk, "FIRST", "NOW", "COUNT") == []
        await desk.look("one", 12)
        assert told(desk, "NOW WATCHING") == [
            "NOW WATCHING: Alpha leads Rival by 100, first DA. 12/20 precincts."
        ]


async def test_a_candidate_spelled_anew_is_not_told_won_again(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20, "unofficial-complete"))
        await desk.look("one", 10, 12)
        desk.reload(desk.config({"one": "one"}, race("first", RESPELLED, ("one", "X"))), 20)
        await desk.look("one", 21, 23)
        assert len(told(desk, "WON")) == 1
        rows = desk.store.rows("SELECT candidate, outcome FROM race_status")
        assert rows == [{"candidate": "Ann B. Alpha", "outcome": "won"}]


@pytest.mark.parametrize("after", [RESPELLED, 'candidate = "Bo Rival"'])
async def test_a_lead_that_was_turning_at_a_reload_silences_nothing(desk: Desk, after: str) -> None:
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 1000, 10))
        await desk.look("one", 10, 12)
        desk.put("one", sheet(1900, 1000, 11))
        await desk.look("one", 13)
        desk.reload(desk.config({"one": "one"}, race("first", after, ("one", "X"))), 14)
        await desk.look("one", 15)
        desk.put("one", sheet(2900, 1000, 12))
        await desk.look("one", 17, 19)
        assert "1,900" in desk.texts[-1]
        assert not desk.store.poll("one").wants_look


async def test_a_race_added_to_a_finished_source_is_visited(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20, "certified"))
        await desk.look("one", 10, 12)
        desk.store.save_poll("one", replace(desk.store.poll("one"), finished=True))
        second = race("second", 'candidate = "Bo Rival"', ("one", "X"))
        desk.reload(desk.config({"one": "one"}, ONE_COUNTY, second), 20)
        assert next_visit(desk.watch.night.plans["one"], desk.store.poll("one"), CLOSE) == CLOSE


# -- restart -----------------------------------------------------------------------------


async def test_a_source_changed_while_nothing_ran_is_a_new_baseline(desk: Desk) -> None:
    """Else: held for ever, because the contest "vanished" and nothing but a person ends that."""
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 1000, 10))
        await desk.look("one", 10)
    desk.put("new", sheet(1200, 1001, 12, rival="Bo R. Rival"))
    async with watched(desk, desk.config({"one": "new"}, ONE_COUNTY), at=19):
        await desk.look("one", 20, 22)
        assert told(desk, "REPORT HELD", "UNDER CHECK") == []
        assert "leads Rival by 199" in desk.texts[-1]


async def test_a_race_that_moved_to_another_election_stops_the_start(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
    desk.config({"one": "one"}, ONE_COUNTY)
    moved = desk.path.read_text(encoding="utf-8").replace("2018-11-06", "2022-11-08")
    desk.path.write_text(moved, encoding="utf-8")
    night = app.night_of(app.config_at(desk.path))
    with pytest.raises(ConfigInvalid, match="give this one a new id"):
        async with watched(desk, night):
            pass


# -- before the day ----------------------------------------------------------------------


async def test_trouble_days_before_opens_no_thread(desk: Desk) -> None:
    """Else the channel reads WATCHING twice, and only of the first race."""
    races = (ONE_COUNTY, race("second", ALPHA, ("one", "X")))
    desk.put("one", sheet(0, 0, 0).replace("Ann Alpha", "Anne Alphonse"))
    async with watched(desk, desk.config({"one": "one"}, *races)):
        await desk.look("one", -3000)
        assert told(desk, "WATCHING") == []
        assert len(told(desk, "NOT MATCHED")) == len(races)
        await desk.look("one", -60)
        assert len(told(desk, "WATCHING")) == len(races)


# -- time --------------------------------------------------------------------------------


async def test_a_time_in_the_future_orders_nothing(desk: Desk) -> None:
    """A slip in one row's time must not hold back every right one until then (G6)."""
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 1000, 10, time="2018-11-06T23:50-05:00"))
        await desk.look("one", 10)
        desk.put("one", sheet(950, 1100, 11, time="2018-11-06T19:55-05:00"))
        await desk.look("one", 30)
        assert "trails Rival by 150" in desk.texts[-1]


@pytest.mark.parametrize(
    ("figures", "said"), [((1900, 1000, 11), "LEAD CHANGE"), ((800, 1000, 10), "COUNTY REVISED")]
)
async def test_a_clock_set_back_lengthens_no_wait(
    desk: Desk, figures: tuple[int, int, int], said: str
) -> None:
    """Else a step of two hours is two hours of silence (G3)."""
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 1000, 10))
        await desk.look("one", 190)
        desk.put("one", sheet(*figures))
        await desk.look("one", 200, 80, 82, 86)
        assert len(told(desk, said)) == 1


async def test_a_clock_set_back_costs_no_outcome(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20, "unofficial-complete"))
        await desk.look("one", 190, 70, 72)
        assert len(told(desk, "WON")) == 1


@pytest.mark.parametrize("status", ["recount", "correction"])
async def test_all_units_in_ends_no_count_that_is_being_changed(desk: Desk, status: str) -> None:
    async with watched(desk, desk.config({"one": "one"}, ONE_COUNTY)):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20, status))
        await desk.look("one", 10, 12)
        assert told(desk, "WON") == []


# -- the process -------------------------------------------------------------------------


class InPool:
    """A scraper parsed in the pool."""

    source_name = county = ""
    hand_kept = unproven = needs_confirmation = False
    parse_in_pool = True
    refresh_seconds = 0

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for nothing."""
        yield from ()
        return ()

    def link(self) -> str:
        """Return nothing."""
        return ""

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Return one contest."""
        del pages
        return Report(contests=(contest({"Ann Alpha": 1}, (1, 2), UnitKind.PRECINCTS),))


async def test_a_worker_killed_while_idle_costs_one_visit() -> None:
    """Else: every page of every HTML source fails until a restart."""
    pages = (Page("http://127.0.0.1/", 200, (), b"x", CLOSE),)
    parser = Parser()
    try:
        await parser.parse(InPool(), pages)
        pool = parser._pool
        assert pool is not None
        workers = list((pool._processes or {}).values())
        for worker in workers:
            os.kill(worker.pid or 0, signal.SIGKILL)
        await until(lambda: bool(pool._broken))
        with pytest.raises(LayoutChanged):
            await parser.parse(InPool(), pages)
        assert (await parser.parse(InPool(), pages)).contests
    finally:
        parser.close()


async def until(reached: Callable[[], bool]) -> None:
    """Let the loop run until something is so."""
    async with asyncio.timeout(5):
        while not reached():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0)


@pytest.mark.parametrize("permanent", [False, True])
async def test_watching_begins_while_slack_is_away(
    monkeypatch: pytest.MonkeyPatch, *, permanent: bool
) -> None:
    error = SlackFailure("auth.test", permanent=permanent)

    async def check(_: SlackPoster) -> Identity:
        raise error

    monkeypatch.setattr(SlackPoster, "check", check)
    slack = SlackPoster("xoxb-test")
    if permanent:
        with pytest.raises(SlackFailure):
            await sending.introduce(slack)
    else:
        await sending.introduce(slack)


class Mute:
    """A Slack that loses every answer and refuses every look-up, or breaks in a new way."""

    def __init__(self, error: Exception, stop: asyncio.Event) -> None:
        self.error = error
        self.stop = stop

    def place(self, channel: str) -> str:
        """Share no limits."""
        return channel

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Raise."""
        del row, thread
        self.stop.set()
        raise self.error

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Refuse."""
        del rows, threads
        raise SlackFailure("missing_scope (channels:history)", permanent=True)

    async def is_shared(self, channel: str) -> bool:
        """Belong to one workspace."""
        del channel
        return False

    async def edit(self, one: edits.Due) -> None:
        """Refuse."""
        raise SlackFailure(f"no edit of {one.edit.key}", permanent=True)

    async def link(self, sent: Sent) -> str | None:
        """Know no address."""
        del sent
        return None

    async def pin(self, one: chores.Due) -> None:
        """Refuse."""
        raise SlackFailure(f"no pin of {one.chore.key}", permanent=True)

    async def file(self, one: chores.Due) -> None:
        """Refuse."""
        raise SlackFailure(f"no file for {one.chore.key}", permanent=True)

    async def has_file(self, one: chores.Due) -> bool:
        """Refuse."""
        raise SlackFailure(f"no file for {one.chore.key}", permanent=True)


def sender(tmp_path: Path, error: Exception) -> tuple[Deliverer, Clock, asyncio.Event, Mute]:
    """Return a sender over one waiting message."""
    db, clock, stop = fresh(tmp_path / "night.db"), Clock(CLOSE), asyncio.Event()
    put(db, a_post("one"))
    mute = Mute(error, stop)
    made = Deliverer(
        db, mute, clock, pace_seconds=0, quarantine_seconds=1, sleep=clock.sleep
    )  # fmt: skip
    return made, clock, stop, mute


async def test_a_look_up_that_is_refused_is_told(tmp_path: Path) -> None:
    """Else the whole line of that race waits for ever, and nobody hears of it."""
    deliverer, clock, _, _ = sender(tmp_path, OutcomeUnknown("no answer"))
    await deliverer.drain()
    await clock.sleep(5)
    await deliverer.drain()
    (reason,) = outbox.refusals(deliverer._db).values()
    assert "missing_scope" in reason
    deliverer._db.close()


async def test_a_fault_of_ours_does_not_end_the_sender(tmp_path: Path) -> None:
    deliverer, _, stop, _ = sender(tmp_path, RuntimeError("never seen before"))
    await deliverer.run(stop)
    deliverer._db.close()
