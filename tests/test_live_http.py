"""The Durham night as `watch` lives it: real HTTP, the real archive, the real Slack client.

Only the clock is virtual. The site is a loopback server of the recording, Slack is the
emulator, and what was told is read back from the channel.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor import app
from monitor.archive import ArchiveWriter
from monitor.deliver import Deliverer
from monitor.desk_service import Desk
from monitor.fetch import HttpFetcher
from monitor.parsing import Parser
from monitor.replay import Replay
from monitor.report import view
from monitor.slack import SlackPoster
from monitor.watch import Watch
from monitor.world import World
from tests.channel import Told, as_edited, told_in
from tests.commands import NIGHTS, run
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.night_server import NightServer, Redirected, night_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from monitor.model import Page, Request
    from monitor.night import Night

RECORDING = NIGHTS / "durham-2018.warc.gz"
CHANNELS = ("primary-night", "primary-night-ops")


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@dataclass(frozen=True, slots=True)
class OnTheHour:
    """The real fetcher; before it asks, the site's clock is put to the visit's time."""

    http: HttpFetcher
    site: NightServer

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Ask the site as it stands at `now`."""
        self.site.now = now
        return await self.http.fetch(request, known=known, now=now, unconditional=unconditional)


@asynccontextmanager
async def services(
    night: Night, world: World, site: NightServer, slack: Emulator, folder: Path
) -> AsyncIterator[Replay]:
    """Wire the live services as `app.watch` does, with the recording's clock as the driver."""
    fetcher = HttpFetcher(night.config.fetch, Redirected(site.port))
    poster = SlackPoster(TOKEN, api_url=slack.api_url)
    parser = Parser()
    with app.opened(folder / "live.db") as store, ArchiveWriter(folder / "live.warc.gz") as archive:
        store.begin(night.config, night.rules, world.starts_at)
        archive.start(night.config.text, night.rules.digest, world.starts_at)
        watch = Watch(night, store, OnTheHour(fetcher, site), app.LiveKeeper(archive), parser)
        deliverer = Deliverer(
            store.db, poster, lambda: datetime.now(UTC), pace_seconds=0.0, quarantine_seconds=30.0
        )
        desk = Desk(lambda: watch.night, store, deliverer.wake)
        yield Replay(watch, store, deliverer, world, desk=desk)
    parser.close()
    await poster.close()
    await fetcher.aclose()


def replayed(recording: Path) -> list[dict[str, Any]]:
    """Return what `replay --json` prints; in a thread, for it has an event loop of its own."""
    done = run("replay", recording, "--speed", "max", "--json", "--edits")
    assert done.code == 0, done.err
    found: list[dict[str, Any]] = json.loads(done.out)
    return as_edited(found)


def expected(posts: list[dict[str, Any]], channel: str) -> list[tuple[str, Told]]:
    """Return (kind, message) of one channel as the replay wrote them."""
    return [
        (post["kind"], Told(post["key"], post["text"], len(post["blocks"]), post["thread"]))
        for post in posts
        if post["channel"] == channel
    ]


@pytest.mark.long
async def test_live_services_over_http_tell_what_replay_tells(
    slack: Emulator, tmp_path: Path
) -> None:
    """Kinds, texts, order and threads, read back from Slack; the live archive replays alike."""
    channels = {f"#{name}": slack.create_channel(name) for name in CHANNELS}
    world = World.read(RECORDING)
    night = app.night_of(app.config_in(world, RECORDING))
    async with night_server(world) as site, services(night, world, site, slack, tmp_path) as drive:
        await drive.run()

    posts = await asyncio.to_thread(replayed, RECORDING)
    kinds = {row["key"]: row["kind"] for row in view(tmp_path / "live.db", "post_log")}
    assert len(kinds) == len(posts) > 10
    for name, channel in channels.items():
        told = [(kinds[one.key], one) for one in told_in(slack, channel)]
        assert told == expected(posts, name)

    assert {200, 304, 503} <= set(site.answered), "the site was not asked as live sites are"
    assert site.answered.count(304) > site.answered.count(200)
    assert await asyncio.to_thread(replayed, tmp_path / "live.warc.gz") == posts
