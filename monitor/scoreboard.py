"""The scoreboard: one message per channel, or as many as it takes, edited in place. Pure.

Every race with ours' standing, why its light is what it is, when it was last checked, when
the county last changed its numbers, and when it is looked at next. Times of checks are
rounded to the minute and kept apart from the rest, so that a board on which nothing happened
is the same text for a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor import errors
from monitor.board_pages import Entry, Page, pages_of
from monitor.desk_words import (
    Grade,
    Stand,
    by_whom,
    grade_in,
    is_withheld,
    race_and_prize,
    stands_of,
    units_words,
    why,
)
from monitor.errors import SourceFailure
from monitor.prizes import race_words, share_of
from monitor.provenance import source_name
from monitor.routing import speaks_for
from monitor.sites import BLOCKED, SITE_DOWN, UNREADABLE
from monitor.standing import HoldKind
from monitor.words import (
    clock,
    clocks,
    mentions,
    missing_words,
    safe,
    surname,
    votes,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from monitor.race_view import RaceView, SourceView
    from monitor.races import Channel, Endorsement, SlackConfig

MOST_OURS = 8
"""Endorsed candidates of one race that are shown; more are counted."""
MOST_CALLERS = 3
NO_USE = "the site answers, but nothing of it can be used yet"
LAG = timedelta(minutes=2)
"""Sources of one race are asked this near to each other on the night."""


def scoreboard(
    views: Iterable[RaceView], slack: SlackConfig, channel: Channel, now: datetime
) -> tuple[Page, ...]:
    """Write a channel's board, of the races it speaks for."""
    return pages_of([entry_of(view, slack, channel, now) for view in views], slack, now)


# -- one race ----------------------------------------------------------------------------


def entry_of(view: RaceView, slack: SlackConfig, channel: Channel, now: datetime) -> Entry:
    """Write a race as a channel's board shows it."""
    stands = stands_of(view, channel)
    race = view.watched.race
    named = speaks_for(channel, race)
    lines = [
        _ours(view, one, _endorsed(ours, channel) if len(stands) > 1 else "")
        for one, ours in zip(stands[:MOST_OURS], named, strict=False)
    ]
    if len(stands) > MOST_OURS:
        lines.append(f"and {len(stands) - MOST_OURS} more of ours in this race")
    reasons = _reasons(view, stands, now)
    nexts = [one.next_at for one in view.sources if one.next_at is not None]
    return Entry(
        race.id,
        safe(race.name).lower(),
        grade_in(stands),
        "\n".join((*lines, *dict.fromkeys(line for line in reasons if line))),
        "\n".join(dict.fromkeys(_remarks(view, slack, now))),
        _times(view, slack, now),
        _changed_at(view),
        min(nexts, default=None),
        _waited_for(view, stands),
    )


def _endorsed(one: Endorsement, channel: Channel) -> str:
    return f" (endorsed by {by_whom(one, channel)})"


def _ours(view: RaceView, one: Stand, endorsed: str) -> str:
    """Write one of ours: state, light, name, race, standing and figures."""
    race = view.watched.race
    where = race_and_prize(race, one.grade)
    who = f"*{one.word}* {one.light} {safe(surname(one.candidate))}, {where}{endorsed}"
    if one.decision is None or view.tally is None or not one.standing:
        return f"{who}."
    share = share_of(one.decision, view.tally, race, view.watched.rule)
    figures = f"{votes(one.decision.votes)}, {share}, {units_words(view)}"
    return f"{who}: {one.standing}. {figures}."


def _reasons(view: RaceView, stands: Sequence[Stand], now: datetime) -> list[str]:
    """Write the lights' reasons, each once; before the first numbers, when they can come."""
    if stands and stands[0].grade is Grade.WAITING:
        return [_before(view, now)]
    return [why(one, view.tally) for one in stands]


def _before(view: RaceView, now: datetime) -> str:
    at = clocks(view.closes_at, view.scene.zone, view.scene.slack.desk_timezone, now)
    if now < view.closes_at:
        return f"Polls close {at}."
    return f"Polls closed {at}.{' Not on the county page yet.' if view.state.unmatched else ''}"


def _remarks(view: RaceView, slack: SlackConfig, now: datetime) -> Iterable[str]:
    """Say what staff must know beside the standing: numbers under check, a site that is down."""
    zone, desk = view.scene.zone, slack.desk_timezone
    holds = [one.hold for one in view.state.standings.values() if one.hold is not None]
    kept = [one.since for one in holds if one.kind in (HoldKind.HARD, HoldKind.DECREASE)]
    if kept and view.state.counted:
        yield f"New numbers under check since {clocks(min(kept), zone, desk, now)}."
    if any(one.kind is HoldKind.SOFT for one in holds):
        yield "New numbers are shown, and being checked."
    for source in view.sources:
        if source.id in view.state.down:
            yield _down(view, source, desk, now)


def _down(view: RaceView, source: SourceView, desk: str, now: datetime) -> str:
    """Say from where nothing fresh comes, as the race's thread was told (desk §4.21)."""
    name = source_name(source.id, view.scene)
    since = view.state.down[source.id]
    if source.error:
        since, wrong = source.checked_at or since, _what_failed(source.error)
    else:
        wrong = NO_USE
    when = clocks(since, view.scene.zone, desk, now)
    if view.tally is None or source.id not in view.tally.sources:
        return f"No numbers from {name} since {when}: {wrong}."
    snapshot = (view.scene.snapshots or {}).get(source.id)
    total = sum(one.votes for one in snapshot.contest.selections) if snapshot else 0
    return f"No fresh numbers from {name} since {when}: {wrong}. Last: {total:,} votes there."


def _what_failed(error: str) -> str:
    """Say in staff's words why a source brings nothing; `error` begins with its name."""
    found = getattr(errors, error.partition(":")[0], SourceFailure)
    if issubclass(found, errors.Blocked):
        return BLOCKED
    is_unreadable = issubclass(found, (errors.ParseFailure, errors.ScraperBroken))
    return UNREADABLE if is_unreadable else SITE_DOWN


def _times(view: RaceView, slack: SlackConfig, now: datetime) -> str:
    """Say when the race was last checked, last changed, and is looked at next, at the desk.

    Where a source lags behind the others that is said too: no race looks fresher than it is.
    """
    if not view.sources:
        return "Not on a ballot; nothing to check."

    def at(moment: datetime) -> str:
        return clock(moment, slack.desk_timezone, now)

    checked = [one.checked_at for one in view.sources if one.checked_at is not None]
    changed = _changed_at(view)
    nexts = [one.next_at for one in view.sources if one.next_at is not None]
    parts = (
        f"Checked {at(max(checked))}" if checked else "Not checked yet",
        f"a source of it {at(min(checked))}" if _lags(checked) else "",
        f"county changed {at(changed)}" if changed and view.state.counted else "",
        f"next check {at(min(nexts))}" if nexts else "no further check",
    )
    return " · ".join(part for part in parts if part)


def _lags(checked: Sequence[datetime]) -> bool:
    return bool(checked) and max(checked) - min(checked) > LAG


def _changed_at(view: RaceView) -> datetime | None:
    """Return when the figures of the race last changed, None before the first votes."""
    found = [one.changed_at for one in view.state.standings.values() if one.changed_at is not None]
    return max(found, default=None) if view.state.counted else None


def _waited_for(view: RaceView, stands: Sequence[Stand]) -> str:
    """Say who is waited for, and for what (desk §1.3); the outcome itself is not named."""
    race, tally = view.watched.race, view.tally
    for one in stands:
        asked = one.told.asked
        if one.grade is not Grade.COUNTING or tally is None:
            continue
        where = f"{safe(surname(one.candidate))}, {race_words(race)}"
        if is_withheld(one.told) and one.told.heads_up is None:
            return f"Waiting for {_callers(view)}: {where}, all in, not released."
        if asked is not None and not (asked.put_off is not None and asked.put_off.tonight):
            lacks = missing_words(asked.missing, tally)
            return f"Waiting for {_callers(view)}: {where}. Only this is missing: {lacks}."
    return ""


def _callers(view: RaceView) -> str:
    callers = view.watched.race.callers
    more = f" and {len(callers) - MOST_CALLERS} more" if len(callers) > MOST_CALLERS else ""
    return f"{mentions(callers[:MOST_CALLERS])}{more}" if callers else "a named person"


def first_date(views: Iterable[RaceView]) -> date | None:
    """Return the election date of the newest night that has begun, None before the first."""
    begun = [
        view.watched.race.election.date
        for view in views
        if view.state.opened or view.state.uncontested
    ]
    return max(begun, default=None)


def of_night(views: Iterable[RaceView], channel: Channel, day: date) -> tuple[RaceView, ...]:
    """Return the races of a night's board: that day's, and earlier ones that are still open."""
    return tuple(
        view
        for view in views
        if view.watched.race.election.date == day
        or (view.watched.race.election.date < day and _is_open(view, channel))
    )


def _is_open(view: RaceView, channel: Channel) -> bool:
    return view.state.opened and any(one.grade.is_open for one in stands_of(view, channel))
