"""Quiet hours: which messages wait for the morning, and until when (desk §4.19). Pure.

Outcomes never wait, and nothing does while a watched race is counting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.posts import RowClass
from monitor.sites import COUNT_WINDOW

if TYPE_CHECKING:
    from monitor.posts import Post
    from monitor.races import SlackConfig
    from monitor.state import RaceState, Watched


def quiet_until(slack: SlackConfig, now: datetime) -> datetime | None:
    """Return when the quiet hours end that a moment is in, or None when it is in none."""
    if slack.quiet_hours is None:
        return None
    begins, ends = slack.quiet_hours
    local = now.astimezone(ZoneInfo(slack.desk_timezone))
    clock = local.time()
    over_midnight = begins > ends and (begins <= clock or clock < ends)
    is_night = over_midnight or begins <= clock < ends
    if not is_night:
        return None
    day = local.date() + timedelta(days=1 if clock >= ends else 0)
    return datetime.combine(day, ends, tzinfo=local.tzinfo)


def may_wait(post: Post, slack: SlackConfig) -> bool:
    """Say whether a message can wait: an update for staff; ops and callers are never silent."""
    asked = {slack.ops_channel, slack.asking_channel}
    staff = {channel.name for channel in slack.channels} - asked
    return post.row_class is RowClass.UPDATE and post.channel in staff


def is_counting(watched: Watched, state: RaceState, now: datetime) -> bool:
    """Say whether a race's votes are coming in: in the night after its close, not complete."""
    close = state.people.closes_at or watched.closes_at
    if watched.race.uncontested or state.uncontested or close is None:
        return False
    complete = state.tally is not None and state.tally.is_complete
    return timedelta(0) <= now - close <= COUNT_WINDOW and not complete
