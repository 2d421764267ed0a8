"""A night with Slack's commands and buttons: a running watch's parts, and a Slack on loopback."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from monitor import app, audit, outbox
from monitor.buttons import Button, Pressed, Verb, buttons_block
from monitor.ledger import scene_of
from monitor.posts import Post, RowClass
from monitor.pressing import DeskActs
from monitor.race_view import RaceView, SourceView
from monitor.slack_app import SlackApp
from monitor.slack_desk import Desk
from monitor.slack_records import SlackRecords
from monitor.slack_ways import Socket
from monitor.state import current
from monitor.store import Store
from monitor.watch import Watch
from tests.act_night import RACE, prepared
from tests.socket_slack import APP_TOKEN, BOT_TOKEN, SocketSlack, person, socket_slack

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from monitor.slack_ways import Way
    from tests.act_night import People
    from tests.now_night import Sheets

ANA, BEN, CY, EVE, OUT = "U0ANA0000", "U0BEN0000", "U0CY00000", "U0EVE0000", "U0OUT0000"
"""Named by id; by e-mail; a caller of the race; named nowhere; of another workspace."""
CALLERS, OPS, STAFF = "C0CALLERS", "C0OPS0000", "C0STAFF00"
GROUP = "S0CALLERS"
SLACK = f"""ops_channel = "#ops"
callers_channel = "#callers"
actors = ["{ANA}", "ben@example.org", "{GROUP}"]
"""


def populate(slack: SocketSlack) -> None:
    """Let people and channels be in the workspace."""
    known = [
        person(ANA, "Ana Ruiz", "ana@example.org"),
        person(BEN, "Ben Ortiz", "Ben@Example.org"),
        person(CY, "Cy Young"),
        person(EVE, "Eve Rival", "eve@example.org"),
        person(OUT, "Olaf Out", "ben@example.org", team="T0ELSEWHERE", is_stranger=True),
    ]
    slack.users = {one["id"]: one for one in known}
    slack.groups = {GROUP: []}
    slack.channels = {
        id_: {"id": id_, "name": name, "num_members": members, "is_member": True}
        for id_, name, members in (
            (CALLERS, "callers", 3), (OPS, "ops", 2), (STAFF, "primary-night", 41),
        )
    }  # fmt: skip


@dataclass(slots=True)
class SlackNight:
    """A watch that is under way, its database, Slack, and the app between them."""

    watch: Watch
    store: Store
    slack: SocketSlack
    app: SlackApp
    woken: list[str] = field(default_factory=list)
    explained: list[str] = field(default_factory=list)
    _messages: int = 0

    def asks(
        self, *verbs: Verb, channel: str = "#callers", channel_id: str = CALLERS, seen: str = "",
        race: str = RACE, source: str = "alpha",
    ) -> tuple[tuple[str, str], dict[str, Any], str]:  # fmt: skip
        """Put a message with buttons where the sender would; return its place, block and key."""
        self._messages += 1
        key, ts = f"asking-{self._messages}", f"1700000000.{self._messages:06d}"
        about = Pressed(race, "Ann Alpha", source, "won", seen)
        block = buttons_block(key, tuple(Button(verb, verb.value, about) for verb in verbs))
        post = Post(
            key, RowClass.UPDATE, RACE, "ready-to-call", channel, None, "READY TO CALL",
            json.dumps([block]), datetime.now(UTC),
        )  # fmt: skip
        with self.store.transaction():
            outbox.put(self.store.db, post)
            self.store.db.execute(
                "UPDATE outbox SET state = 'sent', channel_id = ?, ts = ? WHERE key = ?",
                [channel_id, ts, key],
            )
        return (channel_id, ts), block, key

    def acts(self) -> list[dict[str, Any]]:
        """Return the rows of the audit table."""
        return audit.of_race(self.store.db, RACE)

    def posts(self, kind: str) -> list[str]:
        """Return the texts of the messages of a kind in the outbox."""
        rows = self.store.db.execute("SELECT text FROM outbox WHERE kind = ?", [kind])
        return [str(text) for (text,) in rows.fetchall()]

    def edit_of(self, key: str) -> str:
        """Return what a message is to say now, "" while it stays as it was."""
        found = self.store.db.execute("SELECT blocks FROM edits WHERE key = ?", [key]).fetchone()
        return "" if found is None else str(found[0])


def views(watch: Watch, store: Store) -> tuple[RaceView, ...]:
    """Return the races as the desk sees them."""
    now, night = datetime.now(UTC), watch.night
    made = []
    for race, watched in night.races.items():
        state = store.race(race)
        tally, decisions = current(watched, state, now)
        made.append(
            RaceView(
                watched, state, tally, decisions, scene_of(night, watched.race, state),
                (SourceView("alpha", now, now, None, "", now),), night.places[race].closes_at,
            )
        )  # fmt: skip
    return tuple(made)


def _configured(folder: Path, sheets: Sheets) -> People:
    """Prepare a night whose configuration names who may act."""
    folder.mkdir(exist_ok=True)
    people = prepared(folder, sheets)
    text = people.config.read_text(encoding="utf-8").replace('ops_channel = "#ops"\n', SLACK)
    text = text.replace("[[races.endorsements]]", f'callers = ["{CY}"]\n[[races.endorsements]]')
    people.config.write_text(text, encoding="utf-8")
    return people


@asynccontextmanager
async def slack_night(
    folder: Path, sheets: Sheets, way: Way | None = None, *, answers: bool = True
) -> AsyncIterator[SlackNight]:
    """Run the app beside the parts of a watch until the test ends; it must end in time.

    `answers`: Slack does, at once.
    """
    people = await asyncio.to_thread(_configured, folder, sheets)
    config = app.config_at(people.config)
    async with (
        socket_slack() as slack,
        app.attending(config, people.config, people.database) as (watch, store),
    ):
        populate(slack)
        slack.slow = {} if answers else {"auth.test": 5.0}
        woken: list[str] = []
        explained: list[str] = []

        async def explain(race: str, at: datetime | None) -> list[str]:
            explained.append(race)
            return [f"{race} at {at}", "1. Fetched"]

        desk = Desk(
            acts=DeskActs(watch, store, woken.append),
            records=SlackRecords(store),
            config=lambda: watch.night.config,
            views=lambda: views(watch, store),
            explain=explain,
            now=lambda: datetime.now(UTC),
        )
        running = SlackApp(
            way or Socket(APP_TOKEN), lambda: BOT_TOKEN, slack.api_url, desk,
            ping_seconds=0.1, lost_seconds=1.0,
        )  # fmt: skip
        stop = asyncio.Event()
        task = asyncio.create_task(running.run(stop))
        try:
            yield SlackNight(watch, store, slack, running, woken, explained)
        finally:
            stop.set()
            await asyncio.wait_for(task, 2.0)
