"""The edges: stopped and killed anywhere, an older database, hostile words, what cannot be stored.

Names and figures are made up, but those of the recorded nights.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from monitor import acting, app, audit, sending, service, warc_records
from monitor.acts import MOVED_EVER
from monitor.archive import ArchiveWriter
from monitor.database import open_database, transaction
from monitor.errors import ArchiveFailure, DatabaseLocked, SlackFailure
from monitor.outbox import Sent
from monitor.people import Act, ActKind
from monitor.report import view
from monitor.store import migrations
from monitor.warc import ACT
from monitor.world import World
from tests.act_night import BEN, RACE, People, attended, prepared
from tests.commands import NIGHTS, bare_environment, run
from tests.kill import Job, launchers
from tests.kill_points import Point, Replaying, points
from tests.now_night import Watched, config, in_seconds, sheet, sheets_served
from tests.whole_nights import NAMES, TWICE, whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from monitor.outbox import Row
    from tests.kill import Launchers
    from tests.now_night import Sheets


@pytest.fixture
def sheets() -> Iterator[Sheets]:
    with sheets_served() as served:
        yield served


@pytest.fixture
def people(tmp_path: Path, sheets: Sheets) -> People:
    """Return a night whose race waits for a person."""
    return prepared(tmp_path, sheets)


def act(name: str, kind: ActKind, why: str = "a reason", **parts: Any) -> Act:
    """Make an act of now."""
    race = parts.pop("race", RACE)
    return Act(name, kind, race, "Ben Ortiz", why, datetime.now(UTC), **parts)


# -- stopped anywhere ----------------------------------------------------------------------

TABLES = ("visit_log", "decision_log", "event_log", "race_history", "race_status", "source_status")
STOPS = 3


def everything(database: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all that a database knows of a night."""
    found = {name: view(database, name) for name in TABLES}
    with closing(sqlite3.connect(database)) as db:
        acts = db.execute("SELECT id, answered_at, applied, sentence FROM act_log")
        found["act_log"] = [
            dict(zip(("id", "at", "applied", "said"), row, strict=True)) for row in acts
        ]
    return found


def stops(database: Path, night: str) -> list[str]:
    """Draw moments of a night: exactly when something was told, decided or done, and between."""
    random = Random(f"{night}-20180508")  # noqa: S311 - the same moments for ever
    known = everything(database)
    visits = {row["at"] for row in known["visit_log"]}
    exact = {row["at"] for name in ("event_log", "decision_log") for row in known[name]}
    exact |= {row["at"] for row in known["act_log"]}
    ticks = sorted(exact - visits)
    drawn = {random.choice(sorted(exact)) for _ in range(STOPS)}
    drawn |= set(random.sample(ticks, min(2, len(ticks))))
    first, last = (datetime.fromisoformat(at) for at in (min(exact), max(exact)))
    between = first + (last - first) * random.random()
    moments = (between, *map(datetime.fromisoformat, drawn))
    return sorted({moment.isoformat(timespec="seconds") for moment in moments})


@pytest.mark.parametrize("night", [name for name in NAMES if name not in TWICE])
def test_a_night_stopped_again_and_again_equals_one_run(night: str, tmp_path: Path) -> None:
    """Exactly at ticks, acts and messages too: everything stored is the same, not posts alone."""
    args = ("replay", NIGHTS / f"{night}.warc.gz", "--json", "--database")
    expected, parts = whole(night), tmp_path / "parts.db"
    moments = stops(expected.database, night)
    assert len(moments) > 2
    for moment in moments:
        assert run(*args, parts, "--until", moment).code == 0
    assert run(*args, parts).out == expected.printed
    assert everything(parts) == everything(expected.database)


# -- killed anywhere -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting(Replaying):
    """The command under test, with a caller: outcomes wait three minutes for a stop."""

    recording: Path = NIGHTS

    def job(self, name: str, kind: str = "calls", at: int | None = None) -> Job:
        """Describe one run; see `Job`."""
        made = Replaying.job(self, name, kind, at)
        path = self.folder / f"{name}.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace('party = "DEM"', 'party = "DEM"\ncallers = ["Ana Ruiz"]'),
            encoding="utf-8",
        )
        old = str(NIGHTS / "durham-2018.warc.gz")
        return replace(made, args=tuple(str(self.recording) if a == old else a for a in made.args))


@pytest.mark.long
def test_a_night_with_acts_and_windows_killed_anywhere_ends_the_same(tmp_path: Path) -> None:
    """A stop, its end, and a window that runs out on a tick of its own."""
    copy = tmp_path / "durham-2018.warc.gz"
    shutil.copy(NIGHTS / copy.name, copy)
    first = datetime(2018, 5, 9, 1, 0, tzinfo=UTC)
    with ArchiveWriter(copy) as archive:
        for name, kind, at in (
            ("freeze", ActKind.FREEZE, first),
            ("unfreeze", ActKind.UNFREEZE, first + timedelta(hours=2)),
        ):
            archive.keep_act(act(name, kind, race="durham-da-2018"), at)
    night = Waiting(tmp_path, recording=copy)

    def killed(pool: Launchers, point: Point) -> int:
        return night.killed_and_finished(pool, f"point-{point.number}", point)

    with launchers(2) as pool:
        whole = pool.run(night.job("whole", at=0))
        assert whole.code == 0
        kinds = ("news-statements", "statements", "calls")
        drawn = points(whole.counts, kinds, 9, each=3)
        assert sum(pool.each(lambda one: killed(pool, one), drawn)) >= 6
    told = json.loads(night.printed("whole"))
    assert {"going-out", "race-won", "person-acted"} <= {one["kind"] for one in told}
    names = [f"point-{point.number}" for point in drawn]
    assert [name for name in names if night.printed(name) != night.printed("whole")] == []


def test_a_command_killed_anywhere_leaves_its_act_done_waiting_or_never_begun(
    people: People, tmp_path: Path
) -> None:
    """Whoever acts next takes it first; the archive then holds what the database says."""
    kept = tmp_path / "kept"
    kept.mkdir()
    for path in tmp_path.glob("night.*"):
        shutil.copy(path, kept)

    def job(name: str, kind: str = "calls", at: int | None = None) -> Job:
        folder = tmp_path / name
        if not folder.exists():
            shutil.copytree(kept, folder)
        words = ("freeze", RACE, *BEN, "--config", str(people.config))
        return Job(
            args=(*words, "--database", str(folder / "night.db")),
            out=str(folder / "out"), err=str(folder / "err"), kind=kind, at=at,
            environ=bare_environment(),
        )  # fmt: skip

    with launchers(2) as pool:
        whole = pool.run(job("whole", at=0))
        assert whole.code == 0
        drawn = points(whole.counts, ("news-statements", "statements", "calls"), 12)
        ended = pool.each(lambda one: pool.run(job(f"p{one.number}", one.kind, *one.deaths)), drawn)
    assert [one.killed for one in ended] == [True] * len(drawn)
    for point in drawn:
        here = replace(people, folder=tmp_path / f"p{point.number}")
        words = ("note", RACE, "on we go", "--who", "Ana Ruiz", "--config", people.config)
        assert run(*words, "--database", here.database).code == 0
        rows = here.acts()
        assert [row["kind"] for row in rows][-1] == "note"
        assert all(row["applied"] == 1 for row in rows), rows
        acts = [(one.kind.value, moment) for moment, one in World.read(
            app.archive_beside(here.database)).acts]  # fmt: skip
        answered = [datetime.fromisoformat(row["answered_at"]) for row in rows]
        assert [kind for kind, _ in acts] == [row["kind"] for row in rows]
        apart = [moment - at for (_, moment), at in zip(acts, answered, strict=True)]
        assert all(abs(gap) < timedelta(milliseconds=1) for gap in apart)
        told = [row["kind"] for row in view(here.database, "post_log")]
        assert told.count("person-acted") == len(rows) - 1


def test_an_act_that_could_not_be_stored_is_taken_next_time(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood in the archive already: the archive counts the time it was stored."""
    real = audit.answer
    with monkeypatch.context() as broken:
        broken.setattr(audit, "answer", _fails)
        with pytest.raises(RuntimeError, match="disk"):
            people.does("freeze", RACE, *BEN)
    assert audit.answer is real
    assert [row["applied"] for row in people.acts()] == [None]
    assert people.does("note", RACE, "on we go", "--who", "Ana Ruiz").code == 0
    row, _ = people.acts()
    assert row["applied"] == 1
    (moment, one), _ = World.read(app.archive_beside(people.database)).acts
    assert one.id == row["id"]
    assert abs(moment - datetime.fromisoformat(row["answered_at"])) < timedelta(milliseconds=1)


def _fails(*_: object) -> None:
    raise RuntimeError("disk")


# -- ticks that are owed -------------------------------------------------------------------


@pytest.fixture
def two_races(people: People, sheets: Sheets) -> People:
    """Return a night of two races, the first one visited, nobody watching."""
    add_beta(people, sheets)
    return people


def add_beta(people: People, sheets: Sheets) -> None:
    """Put a second race into the configuration."""
    sheets.bodies["beta.csv"] = sheet("Beta", 500, 400, 20)
    names = ("Alpha", "Beta")
    made = [Watched(one, one.lower(), sheets.url(f"{one.lower()}.csv")) for one in names]
    people.config.write_text(config(made), encoding="utf-8")


async def test_a_moment_that_passed_while_nobody_watched_is_not_lost_by_another_races_act(
    two_races: People,
) -> None:
    """Somebody acts in Beta, no `watch` runs; the one that starts later still owes Alpha."""
    async with attended(two_races) as (watch, store):
        moment = watch.next_tick()
        assert moment is not None
        watch.act(act("a1", ActKind.NOTE, race="beta-da"), moment + timedelta(seconds=1))
        assert watch.next_tick() == moment
        watch.use(watch.configured)  # as a restart does
        assert watch.next_tick() == moment
        watch.tick(moment + timedelta(seconds=2))
        watch.use(watch.configured)
        after = watch.next_tick()
        assert after is None or after > moment + timedelta(seconds=2)
        assert store.meta("done_until") == store.meta("clock")


async def test_a_tick_that_fails_stops_no_other_races(
    two_races: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with attended(two_races) as (watch, store):
        await watch.visit("beta", in_seconds(-100))
        save = store.save_race

        def poisoned(race: str, *rest: Any) -> None:
            if race == RACE:
                raise KeyError(race)
            save(race, *rest)

        later = in_seconds(3600)
        with monkeypatch.context() as broken:
            broken.setattr(store, "save_race", poisoned)
            with pytest.raises(KeyError, match=RACE):
                watch.tick(later)
        assert set(watch._moments._agenda.due(later)) == {RACE}
        with monkeypatch.context() as broken:
            broken.setattr(store, "save_race", _locked)
            with pytest.raises(DatabaseLocked):
                watch.tick(later)
        watch.tick(later)
        assert watch._moments._agenda.due(later) == []


def _locked(*_: object) -> None:
    raise DatabaseLocked("locked")


# -- a configuration that could not be taken -----------------------------------------------


async def test_a_configuration_that_could_not_be_stored_is_not_in_force(
    people: People, sheets: Sheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next look would find it in force, and its new races were never visited."""
    async with attended(people) as (watch, store):
        before = watch.night
        add_beta(people, sheets)
        changed = app.config_at(people.config)
        with monkeypatch.context() as broken:
            broken.setattr(store, "set_meta", _locked)
            with pytest.raises(DatabaseLocked):
                watch.reload(app.night_of(changed), (), datetime.now(UTC))
        assert watch.night.digests == before.digests
        assert set(watch.night.races) == {RACE}
        watch.reload(app.night_of(changed), (), datetime.now(UTC))
        assert set(watch.night.races) == {RACE, "beta-da"}


async def test_an_act_on_a_race_taken_out_of_the_configuration_is_refused(
    two_races: People, sheets: Sheets
) -> None:
    async with attended(two_races) as (watch, store):
        with store.transaction():
            audit.put(store.db, act("gone", ActKind.FREEZE, race="beta-da"))
            audit.put(store.db, act("here", ActKind.FREEZE))
        alone = [Watched("Alpha", "alpha", sheets.url("alpha.csv"))]
        two_races.config.write_text(config(alone), encoding="utf-8")
        watch.reload(app.night_of(app.config_at(two_races.config)), (), datetime.now(UTC))
        assert watch.take_acts(datetime.now(UTC)) == {RACE, "beta-da"}
        assert audit.answer_of(store.db, "gone") == (
            False, "No race 'beta-da' is watched; `status` lists them."
        )  # fmt: skip
        assert (audit.answer_of(store.db, "here") or (False, ""))[0]


# -- acts where no `watch` runs ------------------------------------------------------------


def test_what_was_written_down_earlier_is_taken_first(people: People) -> None:
    """A freeze that a dead `watch` never took stops the confirmation that comes after it."""
    with closing(open_database(people.database)) as db, transaction(db):
        audit.put(db, act("a1", ActKind.FREEZE, why="a wrong precinct"))
    seen = json.loads(people.does("confirm", RACE, *BEN, "--json").out)["seen"]
    ran = people.does("confirm", RACE, *BEN, "--seen", seen)
    assert ran.code == 1
    assert "Ben Ortiz froze this race (a wrong precinct)" in " ".join(ran.out.split())
    first = people.acts()[0]
    assert (first["id"], first["applied"]) == ("a1", 1)
    assert "race-won" not in [row["kind"] for row in view(people.database, "post_log")]


@pytest.mark.parametrize("slack", ["refuses", "is silent"])
def test_an_act_stands_though_slack_takes_no_message(
    people: People, monkeypatch: pytest.MonkeyPatch, slack: str
) -> None:
    """The sentence says both, and nobody waits for ever holding the instance."""

    @asynccontextmanager
    async def sender(*_: object, **__: object) -> AsyncIterator[Any]:
        if slack == "refuses":
            raise SlackFailure("the token is revoked", permanent=True)
        yield Silent()

    monkeypatch.setattr(sending, "sender", sender)
    monkeypatch.setattr(acting, "SENDING", 0.05)
    ran = people.does("freeze", RACE, *BEN)
    assert ran.code == 0
    assert "No outcome of this race goes out until `unfreeze`. Messages not sent yet: " in ran.out
    assert ("the token is revoked" in ran.out) == (slack == "refuses")
    assert people.acts()[0]["applied"] == 1


class Silent:
    """A sender that is never done."""

    async def settle(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()


# -- a database of the version before ------------------------------------------------------


@pytest.fixture
def earlier(tmp_path: Path, people: People) -> People:
    """Return the night with a database that only the first migration has made."""
    old = replace(people, folder=tmp_path / "old")
    old.folder.mkdir()
    shutil.copy(people.config, old.config)
    with closing(open_database(old.database)) as db:
        migrations.apply(db, stop_before="people_and_diary")
        assert "acts" not in db.table_names()
    return old


READERS = (
    ("status",), ("acts", RACE), ("explain", RACE), ("export", "event_log"), ("rules", "NC"),
)  # fmt: skip


@pytest.mark.parametrize("words", READERS)
def test_reading_a_database_of_an_earlier_version_says_what_to_do(
    earlier: People, words: tuple[str, ...]
) -> None:
    ran = run(*words, "--database", earlier.database)
    assert ran.code == 6
    assert "was written by an earlier version of this program; start `watch` anew" in ran.err


def test_acting_beside_a_watch_of_an_earlier_version_says_what_to_do(earlier: People) -> None:
    """The program was updated while its `watch` ran on: no act can reach that one."""
    with closing(open_database(earlier.database)):
        ran = earlier.does("freeze", RACE, *BEN)
        checked = run(
            *("rules", "verify", "NC", "--who", "Ana Ruiz", "--source", "https://example.org/law"),
            *("--database", earlier.database),
        )
    for one in (ran, checked):
        assert one.code == 6
        assert "start `watch` anew" in one.err


def test_a_database_of_an_earlier_version_is_brought_up_to_date(earlier: People) -> None:
    assert earlier.does("freeze", RACE, *BEN).code == 0
    assert run("status", "--database", earlier.database).code == 0
    assert [row["applied"] for row in earlier.acts()] == [1]


# -- hostile words and numbers -------------------------------------------------------------

EVIL = "<!channel> <@U12345678> &amp; *bold* `x`\r\n> q \x1b[31mred\x07\u202e 🎉 \udcff"


def test_hostile_words_are_shown_harmless(people: People) -> None:
    ran = [
        people.does("note", RACE, EVIL, "--who", "Ben <!here>"),
        people.does("freeze", RACE, "--who", "Ben", "--why", EVIL),
        people.does(
            *("enter", RACE, "--votes", "Ann Alpha=800", "--votes", "Bo Rival=300"),
            *("--link", EVIL, "--who", "Ben", "--why", EVIL),
        ),
    ]
    assert [one.code for one in ran] == [0, 0, 0], [one.out for one in ran]
    posts = view(people.database, "post_log")
    told = "".join(row["text"] + json.dumps(row["blocks"], ensure_ascii=False) for row in posts)
    assert "🎉" in told
    for bad in ("<!", "<@", "\x1b", "\\u001b", "\x07", "\u202e", "\udcff"):
        assert bad not in told
    assert all("\x1b" not in one.out and "\u202e" not in one.out for one in ran)


@pytest.mark.parametrize(
    "words",
    [
        ("note", RACE, "z" * 401, "--who", "Ben"),
        ("note", RACE, "\x07 \x1b", "--who", "Ben"),
        ("freeze", RACE, "--who", "Ben", "--why", " \n "),
        ("freeze", RACE, "--who", "", "--why", "w"),
        ("freeze", RACE, "--who", "Ben\x1b", "--why", "w"),
        ("freeze", RACE, "--who", "B" * 10_000, "--why", "w"),
        ("freeze", RACE, "--who", "Ben\udcff", "--why", "w"),
        ("enter", RACE, "--votes", "Ann Alpha=,", *BEN),
        ("enter", RACE, "--votes", f"Ann Alpha={'9' * 5_000}", *BEN),
        ("enter", RACE, "--votes", "Ann Alpha=9", "--units", ",/,", *BEN),
    ],
)
def test_what_no_message_could_say_is_refused_before_it_is_written(
    people: People, words: tuple[str, ...]
) -> None:
    ran = people.does(*words)
    assert ran.code == 2, (ran.out, ran.err)
    assert people.acts() == []


@pytest.mark.parametrize(
    "words",
    [
        ("enter", RACE, "--votes", "Ann Alpha=99999999999999", "--link", "x", *BEN),
        ("enter", RACE, "--votes", "Ann Alpha=900", "--units", "1/99999999999999", "--link", "x",
         *BEN),
        ("enter", RACE, "--outstanding", "9" * 30, "--link", "x", *BEN),
        ("close", RACE, "0001-01-01T00:00", *BEN),
        ("close", RACE, "9999-12-31T23:59-12:00", *BEN),
    ],
)  # fmt: skip
def test_numbers_and_days_that_nothing_can_hold_are_refused(
    people: People, words: tuple[str, ...]
) -> None:
    """Written down they would stop every later start: a refusal even against OVERRIDE."""
    override = ("--override", "OVERRIDE")
    ran = people.does(*words, *override)
    assert ran.code == 1, (ran.out, ran.err)
    assert [row["applied"] for row in people.acts()] == [0]
    assert people.does("note", RACE, "still here", "--who", "Ben").code == 0


def test_a_close_may_still_be_moved_by_days_with_override(people: People) -> None:
    assert timedelta(days=7) < MOVED_EVER
    day = (datetime.now(UTC) + timedelta(days=7)).isoformat(timespec="minutes")
    assert people.does("close", RACE, day, *BEN).code == 1
    assert people.does("close", RACE, day, *BEN, "--override", "OVERRIDE").code == 0


BODIES = (
    b"{}", b"[]", b'{"kind": "crown"}', b'{"id": 3, "kind": "freeze", "race": null}',
)  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_an_act_in_an_archive_that_cannot_be_read_stops_the_replay_and_no_watch(
    people: People, body: bytes
) -> None:
    """An act left out would replay another night; the pen goes on behind it."""
    path = app.archive_beside(people.database)
    now = datetime.now(UTC)
    with path.open("ab") as file:
        content = json.loads(body)
        file.write(warc_records.metadata(content, now, path.stat().st_size, url=f"{ACT}x"))
    with pytest.raises(ArchiveFailure, match="an act that this version cannot read"):
        World.read(path)
    ran = run("replay", path)
    assert (ran.code, len(ran.err.splitlines())) == (7, 1)
    assert people.does("freeze", RACE, *BEN).code == 0


async def test_taking_back_an_act_of_another_version_is_refused(people: People) -> None:
    async with attended(people) as (watch, store):
        with store.transaction():
            audit.put(store.db, act("old", ActKind.FREEZE))
            store.db.execute(
                'INSERT INTO act_answers (act, at, applied, sentence, "before")'
                " VALUES ('old', '2018', 1, 'Done.', '{\"people\": {\"frozen\": 7}}')"
            )
        undo = watch.act(act("u1", ActKind.UNDO, undoes="old"), datetime.now(UTC))
        assert not undo.applied
        assert "another version" in undo.sentence


# -- the service ---------------------------------------------------------------------------


class Heard:
    """A poster and a sender that only keep what is posted."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def post(self, row: Row, thread: object) -> Sent:
        """Keep the text."""
        del thread
        self.texts.append(row.text)
        return Sent("C1", "1")

    def wake(self) -> None:
        """Do nothing."""


async def test_a_reload_that_could_not_be_stored_is_tried_again(
    people: People, sheets: Sheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither is the file called refused, nor does the service end."""
    monkeypatch.setattr(service, "LOOK_AT_CONFIG", 50)
    heard: Any = Heard()
    async with attended(people) as (watch, store):
        reload, tries = watch.reload, [DatabaseLocked("locked"), KeyError("ours")]

        def fails_twice(*args: Any) -> None:
            if tries:
                raise tries.pop()
            reload(*args)

        monkeypatch.setattr(watch, "reload", fails_twice)
        running = service.Service(
            watch, store, heard, heard, people.config,
            lambda: app.night_of(app.config_at(people.config)),
        )  # fmt: skip
        add_beta(people, sheets)
        task = asyncio.create_task(running._reloads())
        async with asyncio.timeout(30):
            while "beta-da" not in watch.night.races:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.02)
        running._stop.set()
        await task
    assert len(heard.texts) == 1
    assert heard.texts[0].startswith("BOT TROUBLE: config.toml could not be taken, the old one")


async def test_half_a_file_is_not_taken(
    people: People, sheets: Sheets, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor that writes in pieces: what stands there on the way is no configuration."""
    monkeypatch.setattr(service, "LOOK_AT_CONFIG", 50)
    monkeypatch.setattr(service, "SETTLED", 0.5)
    heard: Any = Heard()
    async with attended(people) as (watch, store):
        running = service.Service(
            watch, store, heard, heard, people.config,
            lambda: app.night_of(app.config_at(people.config)),
        )  # fmt: skip
        add_beta(people, sheets)
        whole = people.config.read_text(encoding="utf-8")
        people.config.write_text("", encoding="utf-8")
        task = asyncio.create_task(running._reloads())
        for end in range(0, len(whole), len(whole) // 10):
            people.config.write_text(whole[:end], encoding="utf-8")
            await asyncio.sleep(0.05)
        people.config.write_text(whole, encoding="utf-8")
        async with asyncio.timeout(30):
            while "beta-da" not in watch.night.races:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.02)
        running._stop.set()
        await task
    assert heard.texts == []


async def test_a_file_that_never_stands_still_is_read_as_it_is(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something writes it again and again: ops must not wait for ever, nor a stop."""
    looks = iter(range(1_000))
    monkeypatch.setattr(service, "SETTLED", 0)
    monkeypatch.setattr(service, "_digest", lambda _: str(next(looks)))
    heard: Any = Heard()
    async with attended(people) as (watch, store):
        running = service.Service(watch, store, heard, heard, people.config, lambda: watch.night)
        async with asyncio.timeout(10):
            assert await running._settled() == str(service.MOST_LOOKS)
            running._stop.set()
            assert await running._settled() == str(service.MOST_LOOKS + 1)
