"""A small configuration over one sheet, and a server that misbehaves, for tests of commands.

The figures are Dallas' of 8 March 2018 (56,612 to 56,000), as in the recorded night.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.fault_server import FaultServer, fault_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHEET = """\
contest,party,candidate,votes,status,note
Criminal District Attorney,DEM,John Creuzot,56612,unofficial-complete,
Criminal District Attorney,DEM,Elizabeth Davis Frizell,56000,,
County Judge,DEM,Clay Jenkins,100,,
"""
_CONFIG = """\
[elections.tx-2018-03-06]
date = 2018-03-06
state = "TX"
kind = "partisan-primary-open"

[sources.dallas_sheet]
platform = "sheet"
election = "tx-2018-03-06"
url = "{url}"

[[races]]
id = "dallas-da-2018"
election = "tx-2018-03-06"
name = "Dallas DA"
office = "Criminal District Attorney"
party = "DEM"

[[races.endorsements]]
candidate = "{candidate}"
aliases = ["Elizabeth Frizell"]
by = ["Example Coalition"]

[[races.sources]]
source = "dallas_sheet"
covers = ["Dallas"]
contest = '{contest}'

[slack]
ops_channel = "#primary-night-ops"

[[slack.channels]]
name = "#primary-night"
organisations = ["Example Coalition"]

[fetch]
total_seconds = 2
"""


def write_sheet(folder: Path, text: str = SHEET) -> str:
    """Write the sheet; return its address."""
    path = folder / "dallas.csv"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def write_config(
    folder: Path,
    url: str,
    *,
    contest: str = "Criminal District Attorney",
    candidate: str = "Elizabeth Davis Frizell",
) -> Path:
    """Write the configuration over the sheet at an address."""
    path = folder / "config.toml"
    path.write_text(_CONFIG.format(url=url, contest=contest, candidate=candidate), encoding="utf-8")
    return path


@contextmanager
def served() -> Iterator[FaultServer]:
    """Run the fault server in a thread, because a command runs an event loop of its own."""
    ready, begun = threading.Event(), list[tuple[FaultServer, asyncio.Event]]()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        async with fault_server() as server:
            stop = asyncio.Event()
            begun.append((server, stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield begun[0][0]
    finally:
        loop.call_soon_threadsafe(begun[0][1].set)
        thread.join()
        loop.close()
