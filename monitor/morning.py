"""The morning report: what is decided, what may be said, what is open, which date is next. Pure.

At eight on the desk's clock after a night with a close in the day before, and on each later
morning on which figures or outcomes changed. A deadline alone makes no report: its own
reminder comes at nine where the race is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.board_pages import paged
from monitor.deadlines_file import calendar_file
from monitor.decision import Basis, Decision, Outcome
from monitor.desk_dates import calendar_dates, dates_of, owner_of
from monitor.desk_words import (
    Grade,
    Stand,
    by_whom,
    counts,
    grade_in,
    stands_of,
    units_words,
    why,
)
from monitor.details import TO_SCOREBOARD, context, sections
from monitor.events import KIND_OF, Event
from monitor.outcome_headlines import found_headline
from monitor.posts import Chore, ChoreKind, DeskKind, Post, RowClass, post_key
from monitor.prizes import race_words, share_of
from monitor.provenance import source_name
from monitor.routing import speaks_for
from monitor.saying import say
from monitor.words import clock, day_of, safe, safe_text, surname, votes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.deadlines_file import Dated
    from monitor.race_view import RaceView
    from monitor.races import Channel, SlackConfig

NIGHT = timedelta(hours=24)
"""A close this near before the morning makes it the morning after."""
ROOM = 1_500
MOST_WITHDRAWN = 10
MOST_FAILURES = 10


@dataclass(frozen=True, slots=True)
class Outage:
    """A source that failed: since when, and until when, None while it still does."""

    source: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Morning:
    """What the report of a channel is made of, beside its races.

    `at`: eight o'clock, in the desk's zone. `before`: what each race said in the last
    report, by id; `withdrawn`: the sentences that were taken back since then, as they
    stand in the channel.
    """

    at: datetime
    before: dict[str, str]
    withdrawn: tuple[str, ...] = ()
    outages: tuple[Outage, ...] = ()


def report_key(channel: str, at: datetime) -> str:
    """Return the outbox key: one report a channel and day of the desk."""
    return post_key(f"{DeskKind.MORNING_REPORT} {at:%Y-%m-%d}", channel)


def facts_of(views: Iterable[RaceView], channel: Channel) -> dict[str, str]:
    """Digest what a report says of each race that counts or counted, by id."""
    return {view.watched.race.id: _facts(view, channel) for view in views if view.state.counted}


def _facts(view: RaceView, channel: Channel) -> str:
    total = view.tally.total if view.tally is not None else None
    parts = [
        (one.candidate, one.grade, one.told.basis, one.decision and one.decision.votes)
        for one in stands_of(view, channel)
    ]
    return sha256(repr((parts, total)).encode()).hexdigest()[:16]


def report(
    views: Sequence[RaceView],
    slack: SlackConfig,
    channel: Channel,
    morning: Morning,
    now: datetime,
) -> tuple[tuple[Post, ...], tuple[Chore, ...]]:
    """Write a morning's report of a channel, nothing where there is none to make."""
    shown = [view for view in views if _is_in(view, channel, morning)]
    if not shown and not morning.withdrawn:
        return (), ()
    stands = {view.watched.race.id: stands_of(view, channel) for view in shown}
    grades = {race: grade_in(found) for race, found in stands.items()}
    shown.sort(key=lambda view: (grades[view.watched.race.id].is_open, view.watched.race.name))
    day = day_of(morning.at, slack.desk_timezone)
    text = f"MORNING REPORT, {day}: {counts(grades.values())}."
    texts = [_race(view, stands[view.watched.race.id], slack, channel, now) for view in shown]
    texts += [part for part in (_withdrawn(morning), _failures(morning, slack, views)) if part]
    dates = calendar_dates(views, channel, now)
    posts = tuple(_posts(text, paged(texts, ROOM), channel, morning, now))
    return posts, _chores(posts[0].key, dates, morning, now)


def _is_in(view: RaceView, channel: Channel, morning: Morning) -> bool:
    """A race of the night before, or one that says something else than in the last report."""
    state, race = view.state, view.watched.race
    if not state.opened or race.uncontested:
        return False
    if timedelta(0) <= morning.at - view.closes_at <= NIGHT:
        return True
    return state.counted and morning.before.get(race.id) != _facts(view, channel)


def _posts(
    text: str, pages: Sequence[Sequence[str]], channel: Channel, morning: Morning, now: datetime
) -> Iterable[Post]:
    """Put the report on one message at top level, and what it does not hold into its thread."""
    root = report_key(channel.name, morning.at)
    for number, texts in enumerate(pages, start=1):
        head = text if number == 1 else f"{text[:-1]}, page {number} of {len(pages)}."
        foot = context(f"UNOFFICIAL unless said certified · {TO_SCOREBOARD}")
        blocks = [*sections(f"*{head}*", *texts), foot]
        yield Post(
            key=root if number == 1 else post_key(f"{root} {number}", channel.name),
            row_class=RowClass.UPDATE, race=None, kind=DeskKind.MORNING_REPORT.value,
            channel=channel.name, thread=None if number == 1 else root, text=head,
            blocks=json.dumps(blocks, ensure_ascii=False), at=now,
        )  # fmt: skip


# -- one race ----------------------------------------------------------------------------


def _race(
    view: RaceView, stands: Sequence[Stand], slack: SlackConfig, channel: Channel, now: datetime
) -> str:
    lines: list[str] = []
    named = speaks_for(channel, view.watched.race)
    for one, ours in zip(stands, named, strict=True):
        endorsed = f" (endorsed by {by_whom(ours, channel)})" if len(stands) > 1 else ""
        lines.extend(_candidate(view, one, endorsed, now))
    lines.append(_next(view, slack, now))
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _candidate(view: RaceView, one: Stand, endorsed: str, now: datetime) -> Iterable[str]:
    race, told = view.watched.race, as_told(one)
    where = f"{safe(surname(one.candidate))}, {race_words(race)}{endorsed}"
    if told is None or view.tally is None:
        word = "STILL COUNTING" if one.word == "COUNTING" else one.word
        stands = f" {one.standing}" if one.standing else ""
        yield f"*{word}: {where}{stands}.* {_figures(view, one)}"
        yield why(one, view.tally)
        return
    yield f"*{found_headline(told, view.tally, race, view.watched.rule)}*{endorsed}"
    yield f"{votes(told.votes)}; {one.standing}."
    yield _sayable(view, told, now)
    yield why(one, view.tally) if one.told.amber else ""


def as_told(one: Stand) -> Decision | None:
    """Return the decision as staff were told it, None where nothing was, or it is in doubt."""
    told, decision = one.told, one.decision
    if decision is None or told.outcome is Outcome.NONE or one.grade is Grade.HOLD_OFF:
        return None
    if told.outcome not in (decision.outcome, decision.if_final):
        return None
    return replace(
        decision, outcome=told.outcome, computed=told.outcome, basis=told.basis, blocks=()
    )


def _figures(view: RaceView, one: Stand) -> str:
    if one.decision is None or view.tally is None or not view.state.counted:
        return ""
    share = share_of(one.decision, view.tally, view.watched.race, view.watched.rule)
    return f"{votes(one.decision.votes)}, {share}, {units_words(view)}."


def _sayable(view: RaceView, told: Decision, now: datetime) -> str:
    """Return the SAY line of an outcome; what not to say stands with the outcome itself."""
    called = view.scene.called.get(told.candidate)
    declared = told.basis in (Basis.CALLED, Basis.CERTIFIED) and called is not None
    event = Event(
        key="", kind=KIND_OF[told.outcome], at=now, race=view.watched.race.id,
        candidate=told.candidate, decision=told, after=view.tally,
        who=called.who if declared and called is not None else "",
    )  # fmt: skip
    return say(event, view.scene, view.watched.race).partition("\n")[0]


# -- its dates ---------------------------------------------------------------------------


def _next(view: RaceView, slack: SlackConfig, now: datetime) -> str:
    dates = dates_of(view, now)
    if not dates:
        return ""
    return f"Next: {safe_text(dates[0].text)} Owner: {owner_of(view, slack)}."


def _chores(key: str, dates: Sequence[Dated], morning: Morning, now: datetime) -> tuple[Chore, ...]:
    if not dates:
        return ()
    name = f"deadlines-{morning.at:%Y-%m-%d}.ics"
    return (Chore(ChoreKind.FILE, key, name, calendar_file(dates, now)),)


# -- what went wrong ---------------------------------------------------------------------


def _withdrawn(morning: Morning) -> str:
    if not morning.withdrawn:
        return ""
    more = len(morning.withdrawn) - MOST_WITHDRAWN
    lines = [f"• {one}" for one in morning.withdrawn[:MOST_WITHDRAWN]]
    return "\n".join(["*Withdrawn:*", *lines, *([f"and {more} more"] if more > 0 else [])])


def _failures(morning: Morning, slack: SlackConfig, views: Iterable[RaceView]) -> str:
    if not morning.outages:
        return ""
    names = {one.id: source_name(one.id, view.scene) for view in views for one in view.sources}
    desk = slack.desk_timezone
    lines = []
    for one in morning.outages[:MOST_FAILURES]:
        until = f"until {clock(one.until, desk, one.since)}" if one.until else "and still down"
        lines.append(
            f"• {names.get(one.source, safe(one.source))}: down since "
            f"{clock(one.since, desk, morning.at)} {until}."
        )
    more = len(morning.outages) - MOST_FAILURES
    return "\n".join(["*Failures:*", *lines, *([f"and {more} more"] if more > 0 else [])])
