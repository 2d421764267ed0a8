"""`watch` itself with Slack's commands and buttons, from the environment to the audit table.

One process and one Slack on loopback. Every secret of it is a canary: no log, database,
archive or message may hold one.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor import app
from monitor.archive import ArchiveWriter
from monitor.modals import VOTES
from tests.now_night import Watched, config, in_seconds, sheet, sheets_served
from tests.slack_night import ANA, BEN, CALLERS, EVE, OPS, SLACK, STAFF, populate
from tests.socket_slack import APP_TOKEN, BOT_TOKEN, SocketSlack, socket_slack, until
from tests.watch_process import Watching, watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.now_night import Sheets

READY, WINDOW, HELD = "alpha-da", "beta-da", "gamma-da"
"""Races: one that a person has to call, one that goes out soon, one with a held report."""
PATIENCE = 12.0
CANARIES = (BOT_TOKEN, APP_TOKEN, "/link/ticket-", "/respond", ".trigger")
"""Tokens, and what Slack gives us that whoever holds it can act with."""


def report(ours: int, theirs: int, precincts: int) -> bytes:
    """Return the file of a county's counting program, `precincts` of 20 in."""
    head = '"2" ,999999 ,"Election Total" ,"District Attorney" ,"020010" ,"NP" ,'
    rows = (
        ("Number of Precincts for Race", "", "NP", 20),
        ("Number of Precincts Reporting", "", "NP", precincts),
        ("Ann Beta", "020012", "REP", ours),
        ("Bo Rival", "020013", "DEM", theirs),
    )
    return "".join(f'{head}"{a}" ,"{b}" ,"{c}" ,{d} ,\r\n' for a, b, c, d in rows).encode()


async def prepared(folder: Path, sheets: Sheets) -> None:
    """Make config.toml, and a database whose night asks three questions already."""
    sheets.bodies |= {
        "alpha.csv": sheet("Alpha", 700, 300, 20), "beta.txt": report(700, 300, 5),
        "gamma.csv": sheet("Gamma", 700, 300, 5),
    }  # fmt: skip
    races = [Watched(name, name.lower(), sheets.url(path)) for name, path in zip(
        ("Alpha", "Beta", "Gamma"), sheets.bodies, strict=True
    )]  # fmt: skip
    text = config(races).replace('ops_channel = "#ops"\n', SLACK)
    text = text.replace(
        '[sources.beta]\nplatform = "sheet"',
        '[sources.beta]\ntrusted = true\nplatform = "gems_text"',
    )
    # With a caller outcomes wait for three minutes.
    text = text.replace("[[races.endorsements]]", f'callers = ["{BEN}"]\n[[races.endorsements]]')
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    night, then = app.night_of(app.config_at(path)), in_seconds(-400)
    with app.opened(folder / "night.db") as store:
        store.belongs_to("live")
        store.begin(night.config, night.rules, then)
        with ArchiveWriter(app.archive_beside(folder / "night.db")) as archive:
            archive.start(night.config.text, night.rules.digest, then)
            async with app._live(night, store, archive) as watch:
                for ago in (-350, -250, -60):
                    for source in night.plans:
                        await watch.visit(source, in_seconds(ago))
                    sheets.bodies["beta.txt"] = report(7_000, 3_000, 20)
                    if ago == -250:
                        sheets.bodies["gamma.csv"] = sheet("Gamma", 1_400, 600, 5)


@dataclass(frozen=True, slots=True)
class Night:
    """A running `watch`, its Slack, and its folder."""

    slack: SocketSlack
    watch: Watching
    folder: Path

    async def message(self, channel: str, start: str) -> dict[str, Any]:
        """Wait for a message that begins so; return it as it stands."""
        stand = self.slack.messages.setdefault(channel, [])
        await self._until(lambda: any(one["text"].startswith(start) for one in stand), start)
        return next(one for one in stand if one["text"].startswith(start))

    async def says(self, message: dict[str, Any], words: str) -> None:
        """Wait until a message says something, as after an edit."""
        await self._until(lambda: words in said(message), words)

    async def press(self, channel: str, message: dict[str, Any], verb: str, who: str = ANA) -> None:
        """Press a button of a message."""
        block = next(one for one in message["blocks"] if one["type"] == "actions")
        number = [one["action_id"] for one in block["elements"]].index(verb)
        await self.slack.press(who, (channel, message["ts"]), block, number)

    async def modal(self, number: int) -> dict[str, Any]:
        """Wait until so many modals were opened; return the last."""
        await self._until(lambda: len(self.slack.of("views.open")) >= number, "modal")
        return list(self.slack.views.values())[-1]

    async def submit(self, shown: dict[str, Any], who: str = ANA, **typed: str) -> str:
        """Send a modal in; return what it says then."""
        answer = await self.slack.submit(who, shown, typed)
        assert answer.get("response_action") == "update", answer
        return said(answer["view"])

    async def types(self, text: str, who: str = ANA) -> str:
        """Type a command; return the answer."""
        number = len(self.slack.of("respond"))
        assert await self.slack.command(who, text) == {}
        return (await self.slack.told(number + 1))[-1]

    def acts(self) -> list[tuple[Any, ...]]:
        """Return what the audit table says of who did what."""
        asked = 'SELECT race, kind, slack_user, applied FROM act_log ORDER BY "row"'
        with closing(sqlite3.connect(self.folder / "night.db")) as db:
            return db.execute(asked).fetchall()

    async def _until(self, is_so: Any, what: str) -> None:
        try:
            await until(is_so, PATIENCE)
        except AssertionError:
            raise AssertionError(f"no {what}\n{self.watch.log}") from None


def said(message: dict[str, Any]) -> str:
    """Return everything that a message or a view shows."""
    return json.dumps(message["blocks"], ensure_ascii=False)


def buttons(message: dict[str, Any]) -> list[str]:
    """Return the verbs of a message's buttons."""
    rows = (one["elements"] for one in message["blocks"] if one["type"] == "actions")
    return [one["action_id"] for row in rows for one in row]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Night]:
    """Run `watch` against a Slack on loopback; it has to end well."""
    with sheets_served() as sheets:
        await prepared(folder, sheets)
        async with socket_slack() as slack:
            populate(slack)
            with watching(
                folder / "run", folder / "config.toml", folder / "night.db",
                PRIMARY_NIGHT_SLACK_TOKEN=BOT_TOKEN, PRIMARY_NIGHT_SLACK_APP_TOKEN=APP_TOKEN,
                PRIMARY_NIGHT_SLACK_URL=slack.api_url,
            ) as watch:  # fmt: skip
                await slack.connected(1)
                yield Night(slack, watch, folder)
                assert await asyncio.to_thread(watch.stop) == 0, watch.log


@pytest.mark.long
async def test_a_night_is_run_from_slack(tmp_path: Path) -> None:
    """Each act lands in the audit table with the member's id, and its message says so."""
    async with running(tmp_path) as night:
        await _asked(night)
        await _stopped_and_let_go(night)
        await _called(night)
        await _held_and_entered(night)
        await _refused(night)
        log = night.watch.log
    assert night.acts() == [
        (READY, "follow", EVE, 1),
        (WINDOW, "freeze", ANA, 1),
        (WINDOW, "freeze", BEN, 0),
        (WINDOW, "unfreeze", BEN, 1),
        (READY, "confirm", ANA, 1),
        (HELD, "accept", ANA, 1),
        (HELD, "enter", ANA, 1),
        (HELD, "close", ANA, 1),
        (HELD, "freeze", EVE, 0),
    ]
    assert "Traceback" not in log
    assert "BOT TROUBLE" not in json.dumps(night.slack.messages)
    _no_secret(tmp_path, night.slack)


async def _asked(night: Night) -> None:
    """What everybody may ask."""
    assert "Races" in await night.types("list", EVE)
    assert "Alpha" in await night.types("status", EVE)
    assert "Alpha DA" in await night.types(f"explain {READY}", EVE)
    assert "You follow Alpha DA" in await night.types(f"follow {READY}", EVE)
    assert "You are Ana Ruiz" in await night.types("whoami")


async def _stopped_and_let_go(night: Night) -> None:
    """Two press Stop; the second hears who was first, and lifts the freeze in that message."""
    window = await night.message(CALLERS, "GOING OUT")
    as_it_was = {**window}
    await night.press(CALLERS, window, "stop")
    await night.says(window, "Stopped by Ana Ruiz")
    assert buttons(window) == ["unfreeze"]
    await night.press(CALLERS, as_it_was, "stop", BEN)
    assert "by Ana Ruiz" in (await night.slack.told(7))[-1]
    assert buttons(await night.message(CALLERS, "PERSON ACTED: Beta")) == ["unfreeze"]

    await night.press(CALLERS, window, "unfreeze", BEN)
    shown = await night.modal(1)
    assert "GOING OUT" in said(shown)
    done = await night.submit(shown, BEN, reason="no recount after all")
    assert "Outcomes of this race go out again" in done
    await night.says(window, "Freeze lifted by Ben Ortiz")
    assert buttons(window) == []


async def _called(night: Night) -> None:
    """READY TO CALL, the form with the exact text and who hears it, WON."""
    ready = await night.message(CALLERS, "READY TO CALL: Alpha")
    await night.press(CALLERS, ready, "confirm")
    shown = await night.modal(2)
    assert "WON (unofficial): Alpha" in said(shown)
    assert "41 people" in said(shown)
    assert "Done" in await night.submit(shown, reason="the clerk says all is counted")
    won = await night.message(STAFF, "WON (unofficial): Alpha")
    assert buttons(won) == []
    await night.says(ready, "Posted by Ana Ruiz")


async def _held_and_entered(night: Night) -> None:
    """A held report counts, newer figures by hand with what is left, and a close is moved."""
    held = await night.message(OPS, "REPORT HELD: Gamma")
    await night.press(OPS, held, "accept")
    assert "Done" in await night.submit(await night.modal(3), reason="their second upload")
    await night.says(held, "Accepted by Ana Ruiz")

    await night.slack.command(ANA, f"enter {HELD}")
    typed = {
        f"{VOTES}Ann Gamma": "1,500", f"{VOTES}Bo Rival": "650", "units": "6/20",
        "outstanding": "9,000", "link": "phone, clerk Lee", "reason": "the site is slow",
    }  # fmt: skip
    looked = await night.submit(await night.modal(4), **typed)
    assert "This would go out" in looked
    shown = list(night.slack.views.values())[-1]
    assert "9,000 ballots are outstanding (an estimate" in await night.submit(shown, **typed)

    await night.slack.command(ANA, f"close {HELD}")
    typed = {"closes": "11:58 PM", "reason": "court order"}
    await night.submit(await night.modal(5), **typed)
    shown = list(night.slack.views.values())[-1]
    if "override" in said(shown):
        typed["override"] = "OVERRIDE"
    assert "The polls close at" in await night.submit(shown, **typed)


async def _refused(night: Night) -> None:
    """Somebody named nowhere."""
    assert "may act here" in await night.types(f"freeze {HELD}", EVE)


def _no_secret(folder: Path, slack: SocketSlack) -> None:
    """Look into every file, packed or not, and every message for what must stay secret."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".toml"]
    assert {path.name for path in found} >= {"night.db", "night.warc.gz", "out", "err"}
    held = {str(path): path.read_bytes() for path in found}
    held |= {f"{name} unpacked": gzip.decompress(body) for name, body in held.items()
             if name.endswith(".gz")}  # fmt: skip
    told = [one.arguments for one in slack.calls if one.method == "respond"]
    shown = [slack.messages, slack.held, slack.views, told]
    held["what Slack was told"] = json.dumps(shown).encode()
    seen = [(name, one) for name, body in held.items() for one in CANARIES if one.encode() in body]
    assert seen == []
