"""The terminal in Slack's place: each message as staff would see it, without a token.

Reads the part of Block Kit and mrkdwn that the monitor writes. Whatever comes in,
no control, escape or direction character reaches the terminal.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from monitor.outbox import Sent
from monitor.posts import SCOREBOARD_LINK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from monitor import chores, edits
    from monitor.outbox import Row, Thread

_MRKDWN = re.compile(
    r"```(?P<block>(?s:.+?))```"
    r"|<(?P<target>[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>"
    r"|(?<![\w*])\*(?P<bold>[^*\n]+)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^_\n]+)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^~\n]+)~(?![\w~])"
    r"|`(?P<code>[^`\n]+)`"
)
_STYLES = {"bold": "bold", "italic": "italic", "strike": "strike", "code": "cyan"}
_US_ZONE = re.compile(r"([ECMP])[SD]T")


class TerminalPoster:
    """Shows messages on a rich console; `zone` is the desk's. `shows_edits`: and each edit."""

    def __init__(self, console: Console, zone: ZoneInfo, *, shows_edits: bool = False) -> None:
        self._console = console
        self._zone = zone
        self._shows_edits = shows_edits

    def place(self, channel: str) -> str:
        """Return the channel: a terminal has no limits to share."""
        return channel

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Show one message; its key stands for Slack's message time, so replays agree."""
        head = Text(safe(f"{row.channel}  {when(row.at, self._zone)}"), style="dim")
        if thread:
            head.append(safe(f"  in thread: {_first_line(thread.title)}"))
        body = Text("\n").join(_lines(row.text, row.blocks))
        left = 4 if thread else 0
        self._console.print(Padding(head, (1, 0, 0, left)))
        self._console.print(Padding(body, (0, 0, 0, left + 2)))
        return Sent(row.channel, row.key)

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Find nothing: what a dead process may have shown is shown again."""
        del rows, threads
        return {}

    async def edit(self, one: edits.Due) -> None:
        """Show what a message says now, where that was asked for."""
        if not self._shows_edits:
            return
        edit = one.edit
        head = Text(safe(f"{edit.channel}  {when(edit.at, self._zone)}  now says"), style="dim")
        self._console.print(Padding(head, (1, 0, 0, 0)))
        self._console.print(Padding(Text("\n").join(_lines(edit.text, edit.blocks)), (0, 0, 0, 2)))

    async def link(self, sent: Sent) -> str | None:
        """Return no address: the scoreboard stands above."""
        del sent
        return None

    async def is_shared(self, channel: str) -> bool:
        """Say no: whoever sits here may read it all."""
        del channel
        return False

    async def pin(self, one: chores.Due) -> None:
        """Pin nothing: a terminal scrolls."""

    async def file(self, one: chores.Due) -> None:
        """Name a file that Slack would show in the thread."""
        line = Text(safe(f"{one.channel}  file: {one.chore.name}"), style="dim")
        self._console.print(Padding(line, (1, 0, 0, 4)))

    async def has_file(self, one: chores.Due) -> bool:
        """Say no: nothing that was shown can be looked up."""
        del one
        return False


def safe(text: str) -> str:
    """Keep what people read and line breaks; drop control, escape and direction characters."""
    return "".join(
        char if char.isprintable() or char == "\n" else " " if char.isspace() else ""
        for char in text
    )


def when(moment: datetime, zone: ZoneInfo) -> str:
    """Write a moment as US desks do: "Tue May 8, 2018, 9:12 PM ET"."""
    local = moment.astimezone(zone)
    hour = local.hour % 12 or 12
    half = "AM" if local.hour < 12 else "PM"  # noqa: PLR2004 - noon
    zone_name = _US_ZONE.sub(r"\1T", local.tzname() or "")
    return f"{local:%a %b} {local.day}, {local.year}, {hour}:{local:%M} {half} {zone_name}"


def mrkdwn(text: str) -> Text:
    """Render Slack's mrkdwn: bold, italic, struck, code, links as "text (address)"."""
    text, shown, end = safe(text), Text(), 0
    for found in _MRKDWN.finditer(text):
        shown.append(_unescaped(text[end : found.start()]))
        shown.append_text(_marked(found))
        end = found.end()
    return shown.append(_unescaped(text[end:]))


def _marked(found: re.Match[str]) -> Text:
    target, label = found["target"], found["label"]
    if found["block"] is not None:
        return Text(_unescaped(found["block"].strip("\n")))
    if target is None:
        kind = str(found.lastgroup)
        inner = mrkdwn(found[kind])
        inner.stylize(_STYLES[kind])
        return inner
    if target.startswith(("#", "@", "!")) or target == SCOREBOARD_LINK:
        return Text(_unescaped(label or target))
    return Text(_unescaped(f"{label} ({target})" if label else target))


def _unescaped(text: str) -> str:
    """Undo Slack's three entities, and no others: a name may hold the rest."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _lines(text: str, blocks_text: str) -> list[Text]:
    """Return a message's lines: its blocks, or its text where it has none."""
    blocks: list[dict[str, Any]] = json.loads(blocks_text)
    lines = [line for block in blocks for line in _block(block)]
    return lines or [mrkdwn(text)]


def _block(block: Mapping[str, Any]) -> Iterator[Text]:
    match block.get("type"):
        case "header":
            line = _text(block.get("text"))
            line.stylize("bold")
            yield line
        case "section":
            texts = (block.get("text"), *block.get("fields", ()))
            yield from (_text(text) for text in texts if text)
        case "context":
            line = Text("  ").join(_text(element) for element in block.get("elements", ()))
            line.stylize("dim")
            yield line
        case "actions":
            buttons = (_text(one.get("text")) for one in block.get("elements", ()))
            yield Text(" ").join(Text.assemble("[", button, "]") for button in buttons)
        case "data_visualization":
            # What it shows stands in words below it, in every message.
            yield Text(safe(f"[chart: {block.get('title', '')}]"), style="dim")
        case "divider":
            yield Text("-" * 24, style="dim")
        case other:
            yield Text(safe(f"[{other}: {block.get('alt_text', 'not shown here')}]"), style="dim")


def _text(composition: Any) -> Text:
    """Render a text object: mrkdwn, plain text, or the alt text of an image."""
    if not isinstance(composition, dict):
        return Text()
    words = str(composition.get("text", composition.get("alt_text", "")))
    return mrkdwn(words) if composition.get("type") == "mrkdwn" else Text(safe(words))


def _first_line(text: str) -> str:
    return mrkdwn(text).plain.partition("\n")[0]
