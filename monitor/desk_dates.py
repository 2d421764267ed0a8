"""The dates of races after their night: which come next, and who looks after them. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.deadlines_file import Dated
from monitor.desk_words import Grade, stands_of
from monitor.reminders import CERTIFIED, LAST_MINUTE, Reminder, reminders_of
from monitor.words import mentions, safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.race_view import RaceView
    from monitor.races import Channel, SlackConfig

MOST_DATES = 200
MOST_OWNERS = 3


def dates_of(view: RaceView, now: datetime) -> tuple[Reminder, ...]:
    """Return the dates of a race that are still to come, each once, the nearest first."""
    found = {
        one.name: one
        for one in reminders_of(view.watched, view.state, view.decisions)
        if not one.name.startswith(CERTIFIED) and one.due >= now
    }
    return tuple(sorted(found.values(), key=lambda one: (one.due, one.name)))


def owner_of(view: RaceView, slack: SlackConfig) -> str:
    """Name who looks after a race's dates: its callers, or whom staff ask about the bot."""
    callers = view.watched.race.callers
    return mentions(callers[:MOST_OWNERS]) if callers else safe(slack.bot_contact) or "nobody named"


def calendar_dates(views: Iterable[RaceView], channel: Channel, now: datetime) -> tuple[Dated, ...]:
    """Return every date to come of a channel's races, the nearest first."""
    found = [one for view in views if view.state.opened for one in _dated(view, channel, now)]
    return tuple(sorted(found, key=lambda one: (_day(one.when), one.race, one.title))[:MOST_DATES])


def _day(when: date | datetime) -> date:
    return when.date() if isinstance(when, datetime) else when


def _dated(view: RaceView, channel: Channel, now: datetime) -> Iterator[Dated]:
    race = view.watched.race
    for one in dates_of(view, now):
        whole_day = one.due.timetz().replace(tzinfo=None) == LAST_MINUTE
        when = one.due.date() if whole_day else one.due
        yield Dated(race.id, when, f"{race.name}: {one.name.replace('-', ' ')}", one.text)
    won = any(one.grade is Grade.NOMINATED for one in stands_of(view, channel))
    if won and race.general is not None and race.general.date > now.date():
        yield Dated(race.id, race.general.date, f"{race.name}: general election", "")
