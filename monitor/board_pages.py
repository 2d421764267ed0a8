"""The pages of a scoreboard: races in order, head and foot, within Slack's limits. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from monitor.desk_words import MOST_CHARACTERS, MOST_IN_SECTION, Grade, counts
from monitor.details import context, sections
from monitor.fitting import cut
from monitor.posts import INTERNAL_ID, DeskKind, post_key
from monitor.words import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from monitor.races import SlackConfig

MOST_TEXTS = 40
"""Sections of races in a message; Slack takes 50 blocks, and head, foot and sender add some."""
FRESH = timedelta(minutes=15)
"""How long a race stands before the others after the county changed its numbers."""
SLACK_ALLOWED = timedelta(minutes=1)
"""What the board may be behind a check, by Slack's pace."""
MOST_WAITED_FOR = 5
ROOM = 1_600
"""Characters kept free on each page for its head and foot."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A race on the board: `words` with its standing, `times` of its checks.

    `internal`: numbers under check and sites that are down, for our own workspace alone.
    `waited_for`: who is, and for what. It holds, on its day, until its race is looked at again.
    """

    race: str
    name: str
    grade: Grade
    words: str
    internal: str
    times: str
    changed_at: datetime | None
    next_at: datetime | None
    waited_for: str


@dataclass(frozen=True, slots=True)
class Page:
    """One message of a board: `substance` digests it without the times of checks."""

    text: str
    blocks: str
    substance: str

    @property
    def digest(self) -> str:
        """What it says, to be compared with what stands in Slack."""
        return _digest(self.text, self.blocks)


def page_key(channel: str, number: int, first_date: date) -> str:
    """Return the outbox key of a page, counted from 1: one board a channel and night."""
    return post_key(f"{DeskKind.SCOREBOARD} {first_date} {number}", channel)


def pages_of(entries: Sequence[Entry], slack: SlackConfig, now: datetime) -> tuple[Page, ...]:
    """Put races on as many pages as they take: open ones first, of them those that changed."""
    ordered = sorted(entries, key=lambda one: (_rank(one, now), one.name, one.race))
    head = f"SCOREBOARD: {counts(one.grade for one in ordered)}"
    most = MOST_TEXTS // 2 if any(one.internal for one in ordered) else MOST_TEXTS
    whole = [f"{one.words}\n{one.times}{one.internal}" for one in ordered]
    pages = paged(whole, ROOM, most)
    done: list[Page] = []
    begin = 0
    for number, texts in enumerate(pages, start=1):
        shown = ordered[begin : begin + len(texts)]
        begin += len(texts)
        of = f", page {number} of {len(pages)}" if len(pages) > 1 else ""
        first = _first_lines(ordered, slack, now) if number == 1 else ("", "")
        done.append(_page(f"{head}{of}.", first, shown))
    return tuple(done)


def short_page(number: int) -> Page:
    """Write what a page says that the races do not reach any more."""
    text = f"SCOREBOARD, page {number}: empty now. Every race stands on the pages before."
    return _page(text, ("", ""), ())


def ended_page(number: int, first_date: date, grades: Iterable[Grade]) -> Page:
    """Write what a board says once a newer night's one has taken its place."""
    day = f"{first_date:%b} {first_date.day}"
    of = f", page {number}" if number > 1 else f": {counts(grades)}"
    text = f"SCOREBOARD of {day}{of}. Not kept up any more; the newer one below goes on."
    return _page(text, ("", ""), ())


def left_page(number: int, first_date: date) -> Page:
    """Write what a board says once none of its races is watched, or nobody hears of them there."""
    day = f"{first_date:%b} {first_date.day}"
    of = f", page {number}" if number > 1 else ""
    text = f"SCOREBOARD of {day}{of}: not kept up any more. Its races are not watched here."
    return _page(text, ("", ""), ())


def _page(head: str, first: tuple[str, str], shown: Sequence[Entry]) -> Page:
    waiting, check = first
    blocks = sections(f"*{head}*", check) + _internal("waiting", waiting)
    for one in shown:
        blocks += sections(cut(f"{one.words}\n{one.times}", MOST_IN_SECTION))
        blocks += _internal(one.race, one.internal)
    if shown:
        blocks.append(context("UNOFFICIAL until a race says certified. Names in front are ours."))
    return Page(
        head,
        json.dumps(blocks, ensure_ascii=False),
        _digest(head, waiting, *(f"{one.words}\n{one.internal}" for one in shown)),
    )


def _internal(about: str, text: str) -> list[dict[str, Any]]:
    """Build a section that people of another workspace do not read (desk §4.16)."""
    cut_text = cut(text, MOST_IN_SECTION)
    return [{**block, "block_id": f"{INTERNAL_ID}{about}"} for block in sections(cut_text)]


def _digest(*parts: str) -> str:
    return sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _rank(one: Entry, now: datetime) -> int:
    """Order a race: on hold off, open and just changed, open, waiting, decided."""
    if one.grade is Grade.HOLD_OFF:
        return 0
    fresh = one.changed_at is not None and now - one.changed_at < FRESH
    if one.grade is Grade.COUNTING:
        return 1 if fresh else 2
    if one.grade is Grade.WAITING:
        return 3
    return 6 if one.grade is Grade.UNCONTESTED else 4 if fresh else 5


def _first_lines(entries: Sequence[Entry], slack: SlackConfig, now: datetime) -> tuple[str, str]:
    """Say who is waited for, and by when the board must have moved."""
    waited = [one.waited_for for one in entries if one.waited_for]
    more = len(waited) - MOST_WAITED_FOR
    lines = waited[:MOST_WAITED_FOR] + ([f"And {more} more wait for people."] if more > 0 else [])
    return cut("\n".join(lines), ROOM - 400), _next_check(entries, slack, now)


def _next_check(entries: Sequence[Entry], slack: SlackConfig, now: datetime) -> str:
    """Say when the board moves next at the latest, as long as anything is asked at all."""
    moments = [one.next_at for one in entries if one.next_at is not None]
    if not moments:
        return "No further checks are planned."
    first = min((at for at in moments if at > now), default=now) + SLACK_ALLOWED
    by = clock(_next_minute(first), slack.desk_timezone, now)
    return f"Next check by {by}; if that is past, the bot is down."


def _next_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def paged(texts: Sequence[str], room: int, most: int = MOST_TEXTS) -> tuple[tuple[str, ...], ...]:
    """Split texts, a section each, over messages that Slack takes.

    `room`: characters and blocks are left for a head and a foot of so many characters.
    `most`: texts in one message.
    """
    pages: list[list[str]] = [[]]
    length = room
    for text in (cut(one, MOST_IN_SECTION) for one in texts):
        if pages[-1] and (len(pages[-1]) >= most or length + len(text) > MOST_CHARACTERS):
            pages.append([])
            length = room
        pages[-1].append(text)
        length += len(text)
    return tuple(tuple(page) for page in pages)
