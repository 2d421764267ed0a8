"""A race taken out of config.toml while `watch` runs, and put back: who is told, and of what."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import acts, app
from monitor.config_changes import changes
from monitor.decision import Basis, Outcome
from monitor.people import Act, ActKind
from monitor.questions import asking
from tests.act_night import RACE, People, attended, visited
from tests.now_night import Watched, config, in_seconds, sheet, sheets_served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.store import Store
    from monitor.watch import Watch

OURS = "Ann Alpha"


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """Return two races; Alpha's outcome was seen twice, and its callers are asked."""
    with sheets_served() as sheets:
        names = ("Alpha", "Beta")
        made = [Watched(one, one.lower(), sheets.url(f"{one.lower()}.csv")) for one in names]
        for one in names:
            sheets.bodies[f"{one.lower()}.csv"] = sheet(one, 700, 300, 20)
        asked = '"District Attorney"\ncallers = ["Ana Ruiz"]'
        early = '"#ops"\nheads_up = ["U0000000001"]\nrelease_after = { won = 15 }'
        found = People(tmp_path)
        text = config(made).replace('"District Attorney"', asked).replace('"#ops"', early)
        found.config.write_text(text, encoding="utf-8")
        asyncio.run(visited(found, [in_seconds(-150), in_seconds(-60)]))
        yield found


def without_alpha(text: str) -> str:
    """Return config.toml without the first race and its source."""
    alpha, beta = text.index("[sources.alpha]"), text.index("[sources.beta]")
    return text[:alpha] + text[beta:]


def reload(people: People, watch: Watch, text: str, now: datetime) -> None:
    """Save another config.toml, and take it as the service does."""
    people.config.write_text(text, encoding="utf-8")
    night = app.night_of(app.config_at(people.config))
    watch.reload(night, changes(watch.night.config, night.config), now)


def told(store: Store, since: int) -> list[tuple[str, str, str]]:
    """Return kind, channel and text of what was put into the outbox after a row."""
    rows = store.db.execute(
        'SELECT kind, channel, text FROM outbox WHERE "row" > ? ORDER BY "row"', [since]
    )
    return [(kind, channel, text.partition(".")[0]) for kind, channel, text in rows]


def last(store: Store) -> int:
    """Return the newest row of the outbox."""
    return int(store.db.execute('SELECT max("row") FROM outbox').fetchone()[0])


async def test_taken_out_while_an_outcome_waits_and_put_back(people: People) -> None:
    """Thread, callers and ops hear of it; nothing goes out meanwhile, and all begins anew."""
    text, now = people.config.read_text(encoding="utf-8"), datetime.now(UTC)
    async with attended(people) as (watch, store):
        assert store.race(RACE).told[OURS].asked is not None
        row = last(store)
        reload(people, watch, without_alpha(text), now)
        assert told(store, row) == [
            ("race-removed", "#ops", "NOT WATCHED: Alpha, Alpha DA"),
            ("race-removed", "#primary-night", "NOT WATCHED: Alpha, Alpha DA"),
            ("config-taken", "#ops", "CONFIG TAKEN: alpha is not visited any more; 1 more"),
        ]
        (asked,) = store.db.execute(
            "SELECT e.blocks FROM edits AS e JOIN outbox AS o USING (key)"
            " WHERE o.kind = 'ready-to-call'"
        )
        assert '"actions"' not in asked[0]

        row = last(store)
        watch.tick(now + timedelta(minutes=30))
        assert told(store, row) == []

        later = now + timedelta(minutes=31)
        reload(people, watch, text, later)
        assert [kind for kind, _, _ in told(store, row)] == ["race-restored", "config-taken"]
        assert store.race(RACE).told[OURS].asked is None
        for seconds in (0, 70):
            await watch.visit("alpha", later + timedelta(seconds=seconds))
        assert told(store, row)[-1][0] == "ready-to-call"
        blocks = store.db.execute("SELECT blocks FROM outbox WHERE kind = 'config-taken'")
        assert all(json.loads(one[0]) for one in blocks)


def confirm(watch: Watch, store: Store, now: datetime) -> None:
    """Have a person confirm what Alpha's callers are asked."""
    act = Act("confirmed", ActKind.CONFIRM, RACE, "Ben Ortiz", "sure", now)
    seen = acts.seen_now(watch.night.races[RACE], store.race(RACE), act, now)
    assert watch.act(replace(act, seen=seen), now).applied


async def test_those_of_the_heads_up_hear_that_it_does_not_go_out(people: People) -> None:
    """And a word that was given for it is asked for again."""
    text, now = people.config.read_text(encoding="utf-8"), datetime.now(UTC)
    async with attended(people) as (watch, store):
        confirm(watch, store, now)
        row = last(store)
        reload(people, watch, without_alpha(text), now + timedelta(minutes=2))
        assert told(store, row)[:2] == [
            ("heads-up", "U0000000001", "NOT GOING OUT: Alpha, Alpha DA"),
            ("heads-up", "#ops", "NOT GOING OUT: Alpha, Alpha DA"),
        ]
        later = now + timedelta(hours=1)
        reload(people, watch, text, later)
        row = last(store)
        watch.tick(later + timedelta(seconds=1))
        await watch.visit("alpha", later + timedelta(seconds=2))
        watch.tick(later + timedelta(minutes=20))
        kinds = {kind for kind, _, _ in told(store, row)}
        assert "ready-to-call" in kinds
        assert kinds.isdisjoint({"race-won", "heads-up"})


async def test_what_was_told_stays_told_under_another_spelling(people: People) -> None:
    """Released and out; the same person with a middle initial is no second outcome."""
    text, now = people.config.read_text(encoding="utf-8"), datetime.now(UTC)
    async with attended(people) as (watch, store):
        confirm(watch, store, now)
        watch.tick(now + timedelta(minutes=16))
        reload(people, watch, without_alpha(text), now + timedelta(minutes=17))
        spelt = 'candidate = "Ann B. Alpha"\naliases = ["Ann Alpha"]'
        other = text.replace(f'candidate = "{OURS}"', spelt)
        reload(people, watch, other, now + timedelta(minutes=18))
        for minute in (19, 21, 23):
            await watch.visit("alpha", now + timedelta(minutes=minute))
        assert [kind for kind, _, _ in told(store, 0)].count("race-won") == 1
        rows = store.db.execute("SELECT candidate, outcome FROM race_status WHERE race = ?", [RACE])
        assert [tuple(one) for one in rows] == [("Ann B. Alpha", "won")]


async def test_an_outcome_in_doubt_is_said_to_be(people: People) -> None:
    """Staff must not go on with it, and no button is left that would be refused."""
    text, now = people.config.read_text(encoding="utf-8"), datetime.now(UTC)
    async with attended(people) as (watch, store):
        confirm(watch, store, now)
        watch.tick(now + timedelta(minutes=16))
        state = store.race(RACE)
        doubted = replace(state.told[OURS], doubt_since=now, paged=True)
        with store.transaction():
            doubtful = replace(state, told={OURS: doubted})
            store.save_race(RACE, doubtful, watch.night.digests)
        row = last(store)
        reload(people, watch, without_alpha(text), now + timedelta(minutes=20))
        rows = store.db.execute(
            "SELECT text FROM outbox WHERE \"row\" > ? AND kind = 'race-removed'", [row]
        )
        texts = [one[0] for one in rows]
        assert len(texts) == 2
        assert all("in doubt; do not repeat it" in one for one in texts)
        assert asking(store.db, RACE) == []


async def test_a_certified_race_ends_without_a_word(people: People) -> None:
    """Last month's races are cleared away for the next ones: their threads stay as they are."""
    text, now = people.config.read_text(encoding="utf-8"), datetime.now(UTC)
    async with attended(people) as (watch, store):
        state = store.race(RACE)
        certified = replace(
            state.told[OURS], outcome=Outcome.WON, basis=Basis.CERTIFIED, asked=None
        )
        with store.transaction():
            store.save_race(RACE, replace(state, told={OURS: certified}), watch.night.digests)
        row = last(store)
        reload(people, watch, without_alpha(text), now)
        assert [kind for kind, _, _ in told(store, row)] == ["config-taken"]
        reload(people, watch, text, now + timedelta(minutes=1))
        assert {kind for kind, _, _ in told(store, row)} == {"config-taken"}


async def test_put_back_with_another_contest_no_old_figure_is_told(people: People) -> None:
    """It was read from the wrong contest; what that gave is not added to anything."""
    text, now = people.config.read_text(encoding="utf-8"), datetime.now(UTC)
    async with attended(people) as (watch, store):
        reload(people, watch, without_alpha(text), now)
        reload(people, watch, text.replace("contest = 'District", "contest = 'Dist.*rict"), now)
        assert store.race(RACE).standings == {}
        assert store.race(RACE).counted


async def test_taken_out_between_two_runs(people: People) -> None:
    """A start takes what changed since the last run as a reload does."""
    text = people.config.read_text(encoding="utf-8")
    async with attended(people):
        people.config.write_text(without_alpha(text), encoding="utf-8")
    async with attended(people) as (_, store):
        kinds = [kind for kind, _, _ in told(store, 0)]
    assert kinds[-3:] == ["race-removed", "race-removed", "config-taken"]


async def test_a_change_is_told_once(people: People) -> None:
    """The same file again is no change, after a restart neither."""
    text = people.config.read_text(encoding="utf-8").replace("Ana Ruiz", "Ben Ortiz")
    async with attended(people) as (watch, store):
        row = last(store)
        reload(people, watch, text, datetime.now(UTC))
        assert told(store, row) == [
            ("config-taken", "#ops", "CONFIG TAKEN: Alpha DA is decided anew (callers); 1 more"),
        ]
        reload(people, watch, text, datetime.now(UTC))
        row = last(store)
    async with attended(people) as (_, store):
        assert told(store, row) == []
