"""The desk's messages of a made-up night: board, roll call, pulse, report, and the rest. Pure.

They are of all races together on a real night; here of one, so that the words can be read.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.board_pages import page_key
from monitor.config_changes import Change, ChangeKind
from monitor.config_taken import config_taken
from monitor.dead_man import back_words
from monitor.ledger import scene_of
from monitor.morning import Morning, Outage, report
from monitor.posts import DeskKind, Post, RowClass, post_key
from monitor.preview_nights import moments
from monitor.pulse import marks_of, pulse
from monitor.race_view import RaceView, SourceView
from monitor.roll_call import roll_call
from monitor.routing import channels_of
from monitor.scoreboard import scoreboard
from monitor.sender_words import digest
from monitor.state import current
from monitor.watch_stopped import watch_stopped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.made_up import Moment
    from monitor.night import Night
    from monitor.races import Channel, Race

_REPORT_AT = time(8)
_OUT = timedelta(minutes=17)
"""How long the made-up source was away."""


def of_desk(night: Night, race: Race, told: Sequence[Post]) -> Iterator[Post]:
    """Write what the desk says of a race's made-up night. `told`: the race's own messages."""
    watched = night.races[race.id]
    if watched.closes_at is None:
        return
    slack, seen = night.config.slack, moments(watched)
    before, first, later, last = (_view(night, race, one) for one in seen)
    for channel in (one for one in slack.channels if one.name in channels_of(race, slack)):
        yield from _board(night, (last,), channel, seen[3].at)
        made = roll_call((before,), slack, channel, race.election.date, seen[0].at)
        beat = pulse((later,), channel, marks_of((first,), channel), seen[2].at, seen[2].at)
        yield from (one for one in (made, beat) if one is not None)
        yield from _report(night, last, channel)
        yield from _digest(night, channel, told)
        if not race.uncontested:
            yield _back(night, channel, seen[2].at)
    change, config = Change(ChangeKind.RE_DECIDE, race.id, what="aliases"), night.config
    stopped = watch_stopped((last,), slack, seen[3].at)
    taken = None if race.uncontested else config_taken((change,), config, config, seen[2].at)
    yield from (one for one in (taken, stopped) if one is not None)


def _view(night: Night, race: Race, moment: Moment) -> RaceView:
    watched, state = night.races[race.id], moment.state
    tally, decisions = current(watched, state, moment.at)
    sources = tuple(
        SourceView(
            use.source, moment.at, moment.at, None, "", moment.at + timedelta(minutes=1)
        )
        for use in race.sources
    )  # fmt: skip
    scene = scene_of(night, race, state)
    closes_at = scene.closes_at or moment.at
    return RaceView(watched, state, tally, decisions, scene, sources, closes_at)


def _board(
    night: Night, views: Sequence[RaceView], channel: Channel, at: datetime
) -> Iterator[Post]:
    day = views[0].watched.race.election.date
    pages = scoreboard(views, night.config.slack, channel, at)
    for number, page in enumerate(pages, start=1):
        key = page_key(channel.name, number, day)
        yield _post(DeskKind.SCOREBOARD, channel, key, (page.text, page.blocks), at)


def _report(night: Night, view: RaceView, channel: Channel) -> tuple[Post, ...]:
    slack = night.config.slack
    zone = ZoneInfo(slack.desk_timezone)
    closed = view.closes_at.astimezone(zone)
    at = datetime.combine(closed.date(), _REPORT_AT, tzinfo=zone)
    at = at if at > closed else at + timedelta(days=1)
    outages = tuple(
        Outage(one.id, view.closes_at, view.closes_at + _OUT) for one in view.sources[:1]
    )
    posts, _ = report((view,), slack, channel, Morning(at, {}, (), outages), at)
    return posts


def _digest(night: Night, channel: Channel, told: Sequence[Post]) -> Iterator[Post]:
    """Merge the first replies of the race's thread, as after an hour without Slack."""
    replies = [one for one in told if one.thread and one.channel == channel.name]
    kept = sorted(replies, key=lambda one: one.at)[:3]
    if len(kept) > 1:
        said = digest(kept, night.config.slack.desk_timezone)
        made = _post(DeskKind.DIGEST, channel, f"digest {kept[0].key}", said, kept[-1].at)
        yield replace(made, race=kept[0].race, thread=kept[0].thread)


def _back(night: Night, channel: Channel, at: datetime) -> Post:
    said = back_words(at, night.config.slack.desk_timezone), "[]"
    return _post(DeskKind.BOT_BACK, channel, post_key("bot-back", channel.name), said, at)


def _post(kind: DeskKind, channel: Channel, key: str, said: tuple[str, str], at: datetime) -> Post:
    return Post(
        key=key, row_class=RowClass.UPDATE, race=None, kind=kind.value, channel=channel.name,
        thread=None, text=said[0], blocks=said[1], at=at,
    )  # fmt: skip
