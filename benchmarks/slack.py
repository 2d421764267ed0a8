"""How long from a committed change to the message Slack has accepted, beside a bare post.

Run from the project's root: `python -m benchmarks.slack`. It needs the emulator the tests
use (see tests/emulator.py). Both ways post to it in turn, over connections that are open;
ours is the running sender, woken as `watch` wakes it, without its pace.
"""
# ruff: noqa: INP001, T201 - a script that is run by hand, and prints

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from monitor import outbox
from monitor.database import open_database, transaction
from monitor.deliver import Deliverer
from monitor.posts import Post, RowClass
from monitor.slack import SlackPoster
from monitor.store import Store
from tests.emulator import TOKEN, emulated_slack

if TYPE_CHECKING:
    from monitor.outbox import Row, Sent, Thread

POSTS = 500
WARM_UP = 20
BUDGET_MS = 15.0
TEXT = "WON (unofficial): Deberry, Durham DA, DEM nomination. 48.8%, +2,559. 57/57 precincts."
BLOCKS = '[{"type":"section","text":{"type":"mrkdwn","text":"*WON (unofficial)*: Deberry"}}]'


class TimedPoster(SlackPoster):
    """Tells when a message was accepted."""

    accepted: asyncio.Future[float]

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Post, and note the time."""
        sent = await super().post(row, thread)
        self.accepted.set_result(time.perf_counter())
        return sent


async def ours(store: Store, sender: Deliverer, poster: TimedPoster, number: int) -> float:
    """Commit one message and wait for Slack; return seconds from the commit."""
    poster.accepted = asyncio.get_running_loop().create_future()
    post = Post(
        f"k{number}", RowClass.OUTCOME, f"race-{number % 15}", "race-won", "#ours", None,
        TEXT, BLOCKS, datetime.now(UTC),
    )  # fmt: skip
    with transaction(store.db):
        outbox.put(store.db, post)
    start = time.perf_counter()
    sender.wake()
    return await poster.accepted - start


async def bare(client: AsyncWebClient, channel: str) -> float:
    """Post once with slack_sdk alone; return seconds."""
    start = time.perf_counter()
    await client.chat_postMessage(channel=channel, text=TEXT, blocks=BLOCKS)
    return time.perf_counter() - start


async def measure(api_url: str, channel: str, folder: Path) -> dict[str, list[float]]:
    """Post in turn, both ways; return the seconds of each."""
    times: dict[str, list[float]] = {"slack_sdk, bare": [], "commit to accepted": []}
    poster, stop = TimedPoster(TOKEN, api_url=api_url), asyncio.Event()
    with closing(open_database(folder / "night.db")) as db:
        store = Store(db)
        sender = Deliverer(
            db, poster, lambda: datetime.now(UTC), pace_seconds=0, quarantine_seconds=30
        )
        service = asyncio.create_task(sender.run(stop))
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(TOKEN, base_url=api_url, session=session)
            for number in range(WARM_UP + POSTS):
                one = await bare(client, channel), await ours(store, sender, poster, number)
                await asyncio.sleep(0.005)  # the sender has gone to sleep again, as on a night
                if number >= WARM_UP:
                    for into, seconds in zip(times.values(), one, strict=True):
                        into.append(seconds)
        stop.set()
        await service
        await poster.close()
    return times


def main() -> None:
    """Print the table; fail over the budget."""
    with emulated_slack() as slack, TemporaryDirectory() as folder:
        slack.create_channel("ours")
        channel = slack.create_channel("bare")
        times = asyncio.run(measure(slack.api_url, channel, Path(folder)))
    print(f"{POSTS} messages each, milliseconds   median     p99")
    for name, seconds in times.items():
        worst = quantiles(seconds, n=100)[-1]
        print(f"{name:34} {median(seconds) * 1000:6.2f}  {worst * 1000:6.2f}")
    if median(times["commit to accepted"]) * 1000 > BUDGET_MS:
        raise SystemExit(f"over the budget of {BUDGET_MS:.0f} ms")


if __name__ == "__main__":
    main()
