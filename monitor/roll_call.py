"""The roll call: an hour before the first polls close, the bot says that it watches. Pure."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from monitor.desk_words import ours_named
from monitor.details import TO_SCOREBOARD, context, sections
from monitor.fitting import fitted
from monitor.posts import DeskKind, Post, RowClass, post_key
from monitor.prizes import race_words
from monitor.words import clocks, safe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from monitor.race_view import RaceView
    from monitor.races import Channel, SlackConfig

BEFORE = timedelta(hours=1)
"""How long before the first close of a date."""
FIRST_NUMBERS = timedelta(minutes=3)
"""After the close; early and mail votes come about then where they come first."""
MOST_NAMED = 40


def roll_call_key(channel: str, day: date) -> str:
    """Return the outbox key: one roll call a channel and election date."""
    return post_key(f"{DeskKind.ROLL_CALL} {day}", channel)


def is_contested(view: RaceView) -> bool:
    """Say whether there is anything to count: ours is not the only one."""
    return not (view.watched.race.uncontested or view.state.uncontested)


def roll_call(
    views: Sequence[RaceView], slack: SlackConfig, channel: Channel, day: date, now: datetime
) -> Post | None:
    """Write the roll call of a date's races in a channel, None where none of them is counted."""
    counted = sorted(
        filter(is_contested, views), key=lambda view: (view.closes_at, view.watched.race.name)
    )
    if not counted:
        return None
    alone = [view for view in views if not is_contested(view)]
    first = counted[0]
    numbers = clocks(first.closes_at + FIRST_NUMBERS, first.scene.zone, slack.desk_timezone, now)
    races = f"{len(counted):,} race{'s' if len(counted) > 1 else ''}"
    trouble = f" Bot problems: {safe(slack.bot_contact)}." if slack.bot_contact else ""
    text = f"Watching {races}. First numbers about {numbers}. Quiet before then is normal.{trouble}"
    blocks = sections(f"*{text}*", _by_close(counted, slack, channel, now))
    if alone:
        named = ", ".join(_named(view, channel) for view in alone[:MOST_NAMED])
        blocks += sections(f"Uncontested, nothing to count: {named}{_more(alone)}.")
    return Post(
        key=roll_call_key(channel.name, day), row_class=RowClass.UPDATE, race=None,
        kind=DeskKind.ROLL_CALL.value, channel=channel.name, thread=None, text=text,
        blocks=json.dumps(fitted([*blocks, context(TO_SCOREBOARD)]), ensure_ascii=False), at=now,
    )  # fmt: skip


def _by_close(
    views: Sequence[RaceView], slack: SlackConfig, channel: Channel, now: datetime
) -> str:
    """Name the races by when their polls close, the first ones first."""
    lines = []
    shown = views[:MOST_NAMED]
    for closes_at, together in groupby(shown, key=lambda view: view.closes_at):
        races = list(together)
        at = clocks(closes_at, races[0].scene.zone, slack.desk_timezone, now)
        lines.append(f"Polls close {at}: {'; '.join(_named(one, channel) for one in races)}")
    return "\n".join(lines) + _more(views)


def _more(views: Sequence[RaceView]) -> str:
    return f" and {len(views) - MOST_NAMED:,} more" if len(views) > MOST_NAMED else ""


def _named(view: RaceView, channel: Channel) -> str:
    race = view.watched.race
    return f"{ours_named(race, channel)}, {race_words(race)}"
