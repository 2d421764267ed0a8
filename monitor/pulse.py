"""The pulse: every half hour of the count, what moved since the last one. Pure.

It is a message of its own, for people who look at Slack now and then, and only where
figures of open races changed: an outcome is told at top level by itself, so one alone
makes no pulse, and a race that has one is no longer counted among those that lead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.decision import Decision, Standing
from monitor.desk_words import (
    NEW_STANDING,
    Grade,
    Stand,
    by_whom,
    is_withheld,
    stands_of,
    units_words,
)
from monitor.details import TO_SCOREBOARD, context, sections
from monitor.fitting import fitted
from monitor.posts import DeskKind, Post, RowClass, post_key
from monitor.prizes import race_words
from monitor.race_view import RaceView
from monitor.routing import speaks_for
from monitor.words import safe, signed, surname

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.races import Channel

WINDOW = timedelta(hours=6)
"""After the close of a race's polls; later the county's day and the morning report have it."""
MOST_MOVED = 5
MOST_NEW = 3
MOST_LINES = 12
_AHEAD = frozenset({Standing.LEADS, Standing.ALONE})


@dataclass(frozen=True, slots=True)
class Mark:
    """What a pulse saw of one of ours: the standing as told, and the votes counted."""

    race: str
    candidate: str
    standing: Standing | None
    total: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """One of ours in an open race now, and at the last pulse."""

    view: RaceView
    stand: Stand
    decision: Decision
    endorsed: str
    is_one_of_two: bool
    before: Mark | None

    @property
    def is_ahead(self) -> bool:
        return self.stand.told.standing in _AHEAD

    @property
    def has_moved(self) -> bool:
        was, now = self.before and self.before.standing, self.stand.told.standing
        return None not in (was, now) and was is not now

    @property
    def has_changed(self) -> bool:
        return self.before is None or self.before.total != self.decision.total or self.has_moved


def pulse_key(channel: str, at: datetime) -> str:
    """Return the outbox key: one pulse a channel and half hour."""
    return post_key(f"{DeskKind.PULSE} {at.astimezone(UTC):%Y-%m-%dT%H:%MZ}", channel)


def in_window(view: RaceView, at: datetime) -> bool:
    """Say whether a race's votes are being counted at a moment, as far as the clock knows."""
    return view.closes_at <= at <= view.closes_at + WINDOW


def marks_of(views: Iterable[RaceView], channel: Channel) -> tuple[Mark, ...]:
    """Return what the next pulse is compared with."""
    return tuple(
        Mark(view.watched.race.id, one.candidate, one.told.standing, one.decision.total)
        for view in views
        if view.state.counted
        for one in stands_of(view, channel)
        if one.decision is not None
    )


def pulse(
    views: Sequence[RaceView], channel: Channel, before: Iterable[Mark], at: datetime, now: datetime
) -> Post | None:
    """Write the pulse of the half hour `at`, None where no figure of an open race changed."""
    last = {(one.race, one.candidate): one for one in before}
    seen = [one for view in views if in_window(view, at) for one in _seen(view, channel, last)]
    changed = [one for one in seen if one.has_changed]
    if not changed:
        return None
    text = _text(seen, changed)
    moved = sorted(changed, key=lambda one: (not one.has_moved, one.view.watched.race.name))
    lines = "\n".join(_line(one) for one in moved[:MOST_LINES])
    more = f"\nand {len(moved) - MOST_LINES:,} more" if len(moved) > MOST_LINES else ""
    blocks = [
        *sections(f"*{text}*", f"{lines}{more}"),
        context(f"UNOFFICIAL · {TO_SCOREBOARD}"),
    ]
    return Post(
        key=pulse_key(channel.name, at),
        row_class=RowClass.UPDATE, race=None, kind=DeskKind.PULSE.value, channel=channel.name,
        thread=None, text=text, blocks=json.dumps(fitted(blocks), ensure_ascii=False), at=now,
    )  # fmt: skip


def _seen(view: RaceView, channel: Channel, last: dict[tuple[str, str], Mark]) -> Iterable[_Seen]:
    race, stands = view.watched.race, stands_of(view, channel)
    if view.tally is None:
        return
    for one, ours in zip(stands, speaks_for(channel, race), strict=True):
        if one.grade is Grade.COUNTING and one.decision is not None:
            endorsed = f" (endorsed by {by_whom(ours, channel)})" if len(stands) > 1 else ""
            before = last.get((race.id, one.candidate))
            yield _Seen(view, one, one.decision, endorsed, len(stands) > 1, before)


def _text(seen: Sequence[_Seen], changed: Sequence[_Seen]) -> str:
    """Write "5 of 9 ours lead; moved: Deberry took the lead (+312); now: Smith -40"."""
    single = [one for one in seen if not one.is_one_of_two]
    ahead = sum(one.is_ahead for one in single)
    parts = [f"{ahead} of {len(single)} ours lead{'s' if ahead == 1 else ''}"] if single else []
    moved = [_moved(one) for one in changed if one.has_moved]
    if moved:
        parts.append(f"moved: {_listed(moved, MOST_MOVED)}")
    still = [_gap(one) for one in changed if not one.has_moved]
    word = "now" if any(one.before for one in changed) else "first numbers"
    if still:
        word = word if moved else f"no change of lead; {word}" if word == "now" else word
        parts.append(f"{word}: {_listed(still, MOST_NEW)}")
    return f"PULSE: {'; '.join(parts)}"


def _listed(names: list[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _gap(one: _Seen) -> str:
    checked = f" ({NEW_STANDING})" if one.stand.told.turning is not None else ""
    gap = f"{signed(one.decision.margin)}{checked}"
    return f"{safe(surname(one.stand.candidate))}{one.endorsed} {gap}"


def _moved(one: _Seen) -> str:
    who = f"{safe(surname(one.stand.candidate))}{one.endorsed}"
    did = {
        Standing.LEADS: "took the lead",
        Standing.TRAILS: "fell behind",
        Standing.TIED: "is tied now",
    }.get(one.stand.told.standing or Standing.NO_VOTES, "moved")
    agrees = one.decision.standing is one.stand.told.standing
    return f"{who} {did}{f' ({signed(one.decision.margin)})' if agrees else ''}"


def _line(one: _Seen) -> str:
    """Write where one of ours stands: word, name, race, standing, units."""
    word = "NOT RELEASED" if is_withheld(one.stand.told) else "MOVED" if one.has_moved else "NEW"
    who = f"{safe(surname(one.stand.candidate))}, {race_words(one.view.watched.race)}"
    return f"{word}: {who}{one.endorsed}: {one.stand.standing}, {units_words(one.view)}."
