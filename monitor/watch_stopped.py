"""What ops hear when watching ends while races are still open. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decision import Basis
from monitor.desk_dates import dates_of
from monitor.posts import DeskKind, Post, RowClass, post_key
from monitor.roll_call import is_contested
from monitor.state import Told
from monitor.words import full_day, mentions, safe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.race_view import RaceView
    from monitor.races import SlackConfig

MOST_NAMED = 5


def watch_stopped(views: Iterable[RaceView], slack: SlackConfig, now: datetime) -> Post | None:
    """Say which races stay open, until when, and what to do; nothing where none is open.

    Once a day for the same races: a restart is no news.
    """
    left = [view for view in views if _is_open(view)]
    if not left or not slack.ops_channel:
        return None
    due = [one.due for view in left for one in dates_of(view, now)]
    until = f" until {full_day(max(due), slack.desk_timezone)}" if due else " until certified"
    races = f"{len(left):,} race{'s' if len(left) > 1 else ''}"
    owner = _owner(left, slack)
    text = f"WATCH STOPPED: {races} open{until}; run daily, or hand the dates to {owner}."
    about = " ".join(sorted(view.watched.race.id for view in left))
    return Post(
        key=post_key(f"{DeskKind.WATCH_STOPPED} {now:%Y-%m-%d} {until} {about}", slack.ops_channel),
        row_class=RowClass.UPDATE, race=None, kind=DeskKind.WATCH_STOPPED.value,
        channel=slack.ops_channel, thread=None, text=text, blocks="[]", at=now,
    )  # fmt: skip


def _is_open(view: RaceView) -> bool:
    """Its thread is open, and nobody has said yet that all of it is certified."""
    told = [view.state.told.get(one.candidate, Told()) for one in view.watched.race.endorsements]
    certified = all(one.basis is Basis.CERTIFIED for one in told)
    return view.state.opened and is_contested(view) and not certified


def _owner(views: Iterable[RaceView], slack: SlackConfig) -> str:
    """Name the callers of the races, or whom staff ask about the bot."""
    callers = dict.fromkeys(name for view in views for name in view.watched.race.callers)
    if callers:
        named = list(callers)[:MOST_NAMED]
        return mentions(named) if len(callers) <= MOST_NAMED else f"{mentions(named)} and others"
    return safe(slack.bot_contact) or "a person"
