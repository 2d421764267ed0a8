"""What the sender itself tells staff: a digest after an outage, a message that is gone. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitor.events import Kind
from monitor.words import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.posts import Post

NAMED = frozenset({
    Kind.FIRST_VOTES.value, Kind.LEAD_CHANGED.value, Kind.COUNT_REVISED.value,
    Kind.COUNT_AMENDED.value, Kind.REPORT_HELD.value, Kind.HOLD_CLEARED.value,
    Kind.NOTE_ADDED.value, Kind.CLOSE_MOVED.value, Kind.SITE_DOWN.value, Kind.SITE_BACK.value,
})  # fmt: skip
"""What a digest names one by one; of mere counts the newest is enough."""
MOST_NAMED = 12
"""Lines a digest names; what is older it counts."""


def digest(posts: Sequence[Post], desk: str) -> tuple[str, str]:
    """Tell in one message, text and blocks, what several of one race would have told.

    `posts`: oldest first, at least two. `desk`: the desk's time zone.
    """
    last = posts[-1]
    since, until = (clock(one.at, desk, last.at) for one in (posts[0], last))
    span = f"at {since}" if since == until else f"from {since} to {until}"
    text = f"DIGEST: {last.text}"
    why = f"{len(posts)} updates {span} could not be sent when they came; this stands for them."
    named = [one for one in posts[:-1] if one.kind in NAMED]
    lines = [f"{clock(one.at, desk, last.at)}  {one.text}" for one in named[-MOST_NAMED:]]
    blocks = [_section(f"*{text}*"), _section(why), *map(_section, lines)]
    if len(named) > MOST_NAMED:
        blocks.insert(2, _section(f"{len(named) - MOST_NAMED} older changes are not named here."))
    return text, json.dumps(blocks, ensure_ascii=False)


def gone(said: str) -> str:
    """Say in the thread that a message was deleted, and that the bot leaves it so."""
    first = said.partition("\n")[0]
    return f"DELETED in Slack, not posted again: {first}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
