"""Draw docs/message.svg: two messages of the Durham night, as the terminal shows them.

Nothing in the picture is typed by hand: the recorded night is replayed, and the
program's own terminal writes the messages. `python docs/picture.py` draws it anew.
"""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from monitor.outbox import Row, Thread
from monitor.posts import RowClass
from monitor.terminal import TerminalPoster

ROOT = Path(__file__).parents[1]
NIGHT = ROOT / "tests" / "nights" / "durham-2018.warc.gz"
PICTURE = Path(__file__).parent / "message.svg"
SHOWN = ("lead-changed", "race-won")
COLUMNS = 92
TEMPLATE = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font: {char_height}px/{line_height}px ui-monospace, Menlo, Consolas, \
"DejaVu Sans Mono", monospace; }}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's frame, without the fonts it would load from other people's sites."""


def told() -> list[dict[str, Any]]:
    """Replay the night and return its messages, oldest first."""
    command = [sys.executable, "run.py", "replay", str(NIGHT), "--json"]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603
    messages: list[dict[str, Any]] = json.loads(ran.stdout)
    return messages


def as_row(message: dict[str, Any]) -> Row:
    """Make a message what the terminal takes."""
    return Row(
        key=message["key"], row_class=RowClass.UPDATE, race=message["race"],
        kind=message["kind"], channel=message["channel"], thread=message["thread"],
        text=message["text"], blocks=json.dumps(message["blocks"]),
        at=datetime.fromisoformat(message["at"]), row=0, attempts=0,
        first_claimed_at=None, claimed_at=None,
    )  # fmt: skip


async def _show(messages: list[dict[str, Any]], console: Console) -> None:
    poster = TerminalPoster(console, ZoneInfo("America/New_York"))
    roots = {message["key"]: message for message in messages if message["thread"] is None}
    for kind in SHOWN:
        message = next(message for message in messages if message["kind"] == kind)
        root = roots.get(message["thread"])
        thread = Thread(root["key"], root["channel"], root["key"], root["text"]) if root else None
        await poster.post(as_row(message), thread)


def drawn() -> str:
    """Return the picture."""
    console = Console(
        file=io.StringIO(), record=True, width=COLUMNS, force_terminal=True,
        color_system="truecolor", legacy_windows=False,
    )  # fmt: skip
    asyncio.run(_show(told(), console))
    return console.export_svg(
        title="Primary Night", code_format=TEMPLATE, unique_id="primary-night"
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
