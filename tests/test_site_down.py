"""A site that brings nothing while its race is counted: told once, and so is its return."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import app
from monitor.acts import apply
from monitor.archive import ArchiveWriter
from monitor.diff import miss, redecide, source_failed
from monitor.errors import (
    Blocked,
    LayoutChanged,
    NotFound,
    ScraperBroken,
    ServerTrouble,
    SourceFailure,
    Unreachable,
)
from monitor.events import Kind
from monitor.message import posts
from monitor.people import Act, ActKind
from monitor.races import SourceUse
from monitor.sites import BLOCKED, SITE_DOWN, UNREADABLE, what_is_wrong
from monitor.state import Watched
from tests.core_examples import DURHAM, Told, arrival, card, contest, minutes
from tests.now_night import Watched as Raced
from tests.now_night import config, in_seconds, sheet, sheets_served
from tests.test_message import NINE, scene_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from monitor.diff import Step
    from monitor.races import Race
    from monitor.store import Store
    from monitor.watch import Watch
    from tests.now_night import Sheets

SOURCE = "nc_durham"
STATE_SOURCE = replace(DURHAM, sources=(*DURHAM.sources, SourceUse("nc_state", ("Durham",), "16")))
TWO_COUNTIES = replace(DURHAM, sources=(*DURHAM.sources, SourceUse("nc_wake", ("Wake",), "16")))


def counting(one: Race = DURHAM, source: str = SOURCE, units: tuple[int, int] = (9, 57)) -> Told:
    """Return a race with numbers of one source, half an hour after the close."""
    told = Told(Watched(one, card(one), closes_at=minutes(0)))
    told.look(arrival(contest(NINE, units), minutes(30)), source)
    return told


def fail(told: Told, at: float, since: float, source: str = SOURCE) -> list[Kind]:
    """Take a failed visit into account."""
    step = source_failed(told.watched, told.state, source, minutes(since), SITE_DOWN, minutes(at))
    return told.take(step)


# -- down --------------------------------------------------------------------------------


def test_ten_minutes_without_an_answer_are_told_once() -> None:
    """Not nine, and not again however long it lasts."""
    told = counting()
    assert [fail(told, at, 31) for at in (31, 33, 40.9)] == [[], [], []]
    assert [fail(told, at, 31) for at in (41, 45, 600)] == [[Kind.SITE_DOWN], [], []]
    made = posts(told.last(Kind.SITE_DOWN), scene_of(told))
    assert [(post.channel, post.thread is not None) for post in made] == [
        ("#ops", False), ("#primary-night", True),
    ]  # fmt: skip
    (text,) = {post.text for post in made}
    assert text == (
        "NO FRESH NUMBERS: Deberry, Durham DA, DEM. Durham County, since 8:01 PM ET: site down. "
        "Last: Deberry 46.7%, ahead by 603."
    )


def test_the_next_outage_is_told_anew() -> None:
    """Keys are chained: the same transition again has another one."""
    told = counting()
    for begin in (31, 60):
        fail(told, begin + 11, begin)
        told.look(arrival(contest(NINE, (9, 57)), minutes(begin + 15)))
    kinds = [kind for kind in told.kinds if kind in (Kind.SITE_DOWN, Kind.SITE_BACK)]
    assert kinds == [Kind.SITE_DOWN, Kind.SITE_BACK] * 2
    assert len({event.key for event in told.events}) == len(told.events)


def test_before_the_close_and_long_after_it_only_ops_hear_of_it() -> None:
    """What failed since noon counts from the close; a day later it is no news of the night."""
    told = counting()
    assert fail(told, -5, -300) == []
    assert fail(told, 9, -300) == []
    assert fail(told, 17 * 60, 16.5 * 60) == []
    assert fail(told, 10, -300) == [Kind.SITE_DOWN]
    never = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0)))
    assert fail(never, 11, 0) == [Kind.SITE_DOWN]
    (_, post) = posts(never.last(Kind.SITE_DOWN), scene_of(never))
    assert post.text.endswith("since 7:30 PM ET: site down. No numbers yet.")


def test_a_count_that_is_complete_waits_for_nobody() -> None:
    """Nor does one that nobody contests, or a source a person set aside."""
    assert fail(counting(units=(57, 57)), 60, 31) == []
    told = counting()
    told.take(_act(told, ActKind.SUPERSEDE, at=32))
    assert fail(told, 60, 31) == []
    told.state = replace(counting().state, uncontested=True)
    assert fail(told, 60, 31) == []


def test_only_the_source_that_the_tally_needs_is_missed() -> None:
    """An alternative that stands by is not; of a county without numbers, the first one is."""
    told = counting(STATE_SOURCE)
    assert fail(told, 60, 31, "nc_state") == []
    assert fail(told, 60, 31) == [Kind.SITE_DOWN]
    wide = counting(TWO_COUNTIES)
    assert fail(wide, 60, 31, "nc_wake") == [Kind.SITE_DOWN]
    done = counting(TWO_COUNTIES, units=(57, 57))
    assert fail(done, 60, 31) == []  # Durham is complete, Wake is waited for


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Unreachable("no answer"), SITE_DOWN), (NotFound("404"), SITE_DOWN),
        (ServerTrouble("503"), SITE_DOWN), (Blocked("a challenge page"), BLOCKED),
        (LayoutChanged("no table"), UNREADABLE), (ScraperBroken("KeyError"), UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_of_its_own(error: SourceFailure, words: str) -> None:
    """A wall and a redesigned page are no fresh numbers either."""
    assert what_is_wrong(error) == words


# -- back --------------------------------------------------------------------------------


def test_the_return_says_how_long_it_lasted() -> None:
    """With the first answer that can be used."""
    told = counting()
    fail(told, 41, 31)
    assert told.look(arrival(contest(NINE, (9, 57)), minutes(54), is_look=False)) == [
        Kind.SITE_BACK
    ]
    (_, post) = posts(told.last(Kind.SITE_BACK), scene_of(told))
    assert post.text == (
        "FRESH NUMBERS AGAIN: Deberry, Durham DA, DEM. Durham County, since 8:24 PM ET; "
        "down for 23 minutes."
    )


def test_an_answer_without_usable_numbers_is_no_return() -> None:
    """Held figures, and a page on which the contest is not found, bring nothing fresh."""
    told = counting()
    fail(told, 41, 31)
    doubled = {name: 2 * votes for name, votes in NINE.items()}
    assert Kind.SITE_BACK not in told.look(arrival(contest(doubled, (9, 57)), minutes(50)))
    step = miss(told.watched, told.state, SOURCE, "no contest fits", minutes(52), alarm=True)
    assert Kind.SITE_BACK not in told.take(step)
    assert SOURCE in told.state.down


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (ActKind.SUPERSEDE, "Durham County: set aside by Ann; the site is still down."),
        (ActKind.ENTER, "Durham County: numbers entered by hand by Ann; the site is still down."),
    ],
)
def test_a_person_ends_the_waiting_and_the_thread_says_how(kind: ActKind, words: str) -> None:
    """The thread is not left with "no fresh numbers" when there are some."""
    told = counting()
    fail(told, 41, 31)
    told.take(_act(told, kind, at=45))
    (_, post) = posts(told.last(Kind.SITE_BACK), scene_of(told))
    assert post.text == f"NOT WAITED FOR: Deberry, Durham DA, DEM. {words}"
    assert told.state.down == {}
    assert fail(told, 60, 31) == []


def _act(told: Told, kind: ActKind, at: float) -> Step:
    votes = (("Satana Deberry", 7_000), ("Roger Echols", 6_000), ("Daniel Meier", 1_700))
    act = Act(
        f"{kind}-{at}", kind, "the-race", "Ann", "the clerk said so", minutes(at), source=SOURCE,
        votes=votes if kind is ActKind.ENTER else (), link="phone, clerk Bo",
        since=minutes(31) if kind is ActKind.SUPERSEDE else None, override=True,
    )  # fmt: skip
    answer = apply(told.watched, told.state, act, minutes(at))
    assert answer.step is not None, answer.sentence
    return answer.step


def test_a_source_taken_out_of_the_configuration_is_let_go() -> None:
    """With a word, as whatever else ends it."""
    told = counting(STATE_SOURCE)
    fail(told, 41, 31)
    rest = replace(told.watched.race, sources=told.watched.race.sources[1:])
    told.watched = replace(told.watched, race=rest)
    assert Kind.SITE_BACK in told.take(redecide(told.watched, told.state, minutes(50)))


# -- through the watch -------------------------------------------------------------------


@asynccontextmanager
async def attended(folder: Path, sheets: Sheets) -> AsyncIterator[tuple[Watch, Store]]:
    """Yield a watch over one sheet, as live watching has it."""
    races = [Raced("Alpha", "alpha", sheets.url("alpha.csv"))]
    (folder / "config.toml").write_text(config(races), encoding="utf-8")
    night = app.night_of(app.config_at(folder / "config.toml"))
    with app.opened(folder / "night.db") as store:
        store.belongs_to("live")
        store.begin(night.config, night.rules, in_seconds(0))
        with ArchiveWriter(app.archive_beside(folder / "night.db")) as archive:
            archive.start(night.config.text, night.rules.digest, in_seconds(0))
            async with app._live(night, store, archive) as watch:
                yield watch, store


def told_in(store: Store) -> list[tuple[str, str]]:
    """Return kind and channel of every message about a site."""
    rows = store.db.query("SELECT kind, channel FROM post_log WHERE kind LIKE 'site-%'")
    return [(row["kind"], row["channel"]) for row in rows]


async def test_an_outage_and_its_end_reach_thread_and_ops_across_a_restart(tmp_path: Path) -> None:
    """Each once, although the process that tells the end is another one."""
    start = in_seconds(0)
    with sheets_served() as sheets:
        sheets.bodies["alpha.csv"] = sheet("Alpha", 700, 300, 10)
        async with attended(tmp_path, sheets) as (watch, store):
            await _visits(watch, start, (0, 1))
            del sheets.bodies["alpha.csv"]
            await _visits(watch, start, (2, 5, 11.5))
            assert told_in(store) == []
            await _visits(watch, start, (12, 16))
            assert told_in(store) == [("site-down", "#ops"), ("site-down", "#primary-night")]
        sheets.bodies["alpha.csv"] = sheet("Alpha", 720, 310, 10)
        async with attended(tmp_path, sheets) as (watch, store):
            await _visits(watch, start, (20, 21))
            assert told_in(store)[2:] == [("site-back", "#ops"), ("site-back", "#primary-night")]


async def test_a_page_that_is_another_one_now_is_told_as_that(tmp_path: Path) -> None:
    """It answers, and brings nothing."""
    start = in_seconds(0)
    with sheets_served() as sheets:
        sheets.bodies["alpha.csv"] = sheet("Alpha", 700, 300, 10)
        async with attended(tmp_path, sheets) as (watch, store):
            await _visits(watch, start, (0, 1))
            sheets.bodies["alpha.csv"] = b"<!doctype html><title>New look</title>"
            await _visits(watch, start, (2, 7, 12))
            (row,) = store.db.query(
                "SELECT text FROM post_log WHERE kind = 'site-down' AND channel <> '#ops'"
            )
    assert ": the page cannot be read. Last: Alpha 70.0%, ahead by 400." in row["text"]


async def _visits(watch: Watch, start: datetime, at: tuple[float, ...]) -> None:
    for one in at:
        await watch.visit("alpha", start + timedelta(minutes=one))
