"""The Home tab: the scoreboard of every race we watch, for one person's eyes. Pure.

It speaks for all organisations of all channels, and like the board in a channel it names
only outcomes that everybody was told.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from monitor.details import context, sections
from monitor.races import Channel
from monitor.scoreboard import first_date, of_night, scoreboard
from monitor.scoreboard_link import put_in
from monitor.words import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.race_view import RaceView
    from monitor.races import SlackConfig

MOST_BLOCKS = 100
"""Blocks in a view, by Slack's limit."""


def home_view(views: Sequence[RaceView], slack: SlackConfig, now: datetime) -> dict[str, Any]:
    """Return the Home tab as `views.publish` takes it; what does not fit is counted as pages."""
    blocks = _board(views, slack, now)
    foot = f"As of {clock(now, slack.desk_timezone, now)}; open this tab again for newer numbers."
    return {
        "type": "home",
        "blocks": [*blocks, context(f"{foot} `/race help` says what you can ask.")],
    }


def _board(views: Sequence[RaceView], slack: SlackConfig, now: datetime) -> list[dict[str, Any]]:
    ours = Channel("", tuple(dict.fromkeys(o for one in slack.channels for o in one.organisations)))
    night = first_date(views)
    shown = of_night(views, ours, night) if night is not None else tuple(views)
    if not shown:
        return sections("No race is watched.")
    pages = [json.loads(put_in(one.text, one.blocks, None)[1]) for one in scoreboard(
        shown, slack, ours, now
    )]  # fmt: skip
    blocks: list[dict[str, Any]] = []
    for number, page in enumerate(pages):
        if len(blocks) + len(page) > MOST_BLOCKS - 2:
            more = f"{len(pages) - number} more pages stand on the scoreboard of a channel."
            return [*blocks, context(more)]
        blocks += page
    return blocks
