"""Writes each channel's scoreboard: posts its pages once, pins the first, edits them after."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from monitor import chores, edits
from monitor.board_pages import (
    Entry,
    Page,
    ended_page,
    left_page,
    page_key,
    pages_of,
    short_page,
)
from monitor.desk import Board, Shown, edit_at
from monitor.desk_words import grade_in, stands_of
from monitor.posts import Chore, ChoreKind, DeskKind, Edit, Post, RowClass, post_key
from monitor.scoreboard import entry_of, first_date, of_night

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.race_view import RaceView
    from monitor.races import Channel, SlackConfig
    from monitor.store import Store

_BOARD = TypeAdapter(Board)

Moment = tuple[date, date, bool]

MOST_ANEW = 3
"""How often a page that somebody deleted is posted anew on a night."""


class Boards:
    """The scoreboards over one store; everything here is inside the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._entries: dict[tuple[str, str], tuple[RaceView, Moment, Entry]] = {}

    def forget(self) -> None:
        """Make every entry anew, as under another configuration."""
        self._entries = {}

    def stored(self, channel: str) -> Board | None:
        """Return a channel's board as it was last written, None before the first."""
        text = self._store.meta(_key(channel))
        return _BOARD.validate_json(text) if text else None

    def update(
        self,
        views: Sequence[RaceView],
        slack: SlackConfig,
        channel: Channel,
        clock: str,
        now: datetime,
    ) -> tuple[bool, datetime | None]:
        """Bring a channel's board up to date.

        Returns whether anything was written, and when what could not be written yet may be.
        """
        day, before = first_date(views), self.stored(channel.name)
        if day is None:
            return self.leave(channel.name, now), None
        if before is not None and before.day != day:
            self._end(before, views, channel, now)
            before = None
        shown = of_night(views, channel, day)
        pages = pages_of([self._entry(view, slack, channel, now) for view in shown], slack, now)
        old = before.pages if before is not None else ()
        pages += tuple(short_page(number) for number in range(len(pages) + 1, len(old) + 1))
        kept, due = self._write(pages, old, channel, day, now)
        if kept == old:
            return False, due
        board = Board(day, kept, clock)
        self._store.set_meta(_key(channel.name), _BOARD.dump_json(board).decode())
        return True, due

    def kept(self) -> list[str]:
        """Return the channels whose boards are kept up."""
        found = self._store.db.execute(
            "SELECT substr(key, ?) FROM meta WHERE key >= ? AND key < ? AND value <> ''",
            [len(_key("")) + 1, _key(""), _key("\U0010ffff")],
        )
        return [str(name) for (name,) in found.fetchall()]

    def leave(self, channel: str, now: datetime) -> bool:
        """Say on a board that it is not kept up any more; say whether one was."""
        board = self.stored(channel)
        if board is None:
            return False
        for number in range(1, len(board.pages) + 1):
            self._say(left_page(number, board.day), number, channel, board.day, now)
        self._store.set_meta(_key(channel), "")
        return True

    def _write(
        self,
        pages: Sequence[Page],
        old: Sequence[Shown],
        channel: Channel,
        day: date,
        now: datetime,
    ) -> tuple[tuple[Shown, ...], datetime | None]:
        kept: list[Shown] = []
        dues: list[datetime] = []
        for number, page in enumerate(pages, start=1):
            shown = old[number - 1] if number <= len(old) else None
            due = edit_at(shown, page, len(pages), now) if shown is not None else now
            if shown is not None and (due is None or due > now):
                kept.append(shown)
                dues += [due] if due is not None else []
                continue
            self._say(page, number, channel.name, day, now)
            kept.append(Shown(page.digest, page.substance, now))
        return tuple(kept), min(dues, default=None)

    def _say(self, page: Page, number: int, channel: str, day: date, now: datetime) -> None:
        """Post a page, or edit the one that stands; the first is pinned."""
        key, db = self._key_of(page_key(channel, number, day), channel), self._store.db
        if self._store.has_post(key):
            edits.put(db, Edit(key, channel, page.text, page.blocks, now))
            return
        post = Post(
            key=key, row_class=RowClass.UPDATE, race=None, kind=DeskKind.SCOREBOARD.value,
            channel=channel, thread=None, text=page.text, blocks=page.blocks, at=now,
        )  # fmt: skip
        self._store.put((post,))
        if number == 1:
            chores.put(db, Chore(ChoreKind.PIN, key))

    def _key_of(self, first: str, channel: str) -> str:
        """Return the key a page has now: another one, after somebody deleted its message."""
        anew = (post_key(f"{first} anew {number}", channel) for number in range(1, 1 + MOST_ANEW))
        keys = (first, *anew)
        stands = (key for key in keys if not edits.is_gone(self._store.db, key))
        return next(stands, keys[-1])

    def _end(
        self, board: Board, views: Sequence[RaceView], channel: Channel, now: datetime
    ) -> None:
        """Say on the board of an earlier night that a newer one goes on."""
        of_day = [view for view in views if view.watched.race.election.date == board.day]
        grades = [grade_in(stands_of(view, channel)) for view in of_day]
        for number in range(1, len(board.pages) + 1):
            self._say(ended_page(number, board.day, grades), number, channel.name, board.day, now)

    def _entry(self, view: RaceView, slack: SlackConfig, channel: Channel, now: datetime) -> Entry:
        """Return a race's entry: the one made before, while neither it nor the day changed."""
        key = channel.name, view.watched.race.id
        at_desk, there = (
            now.astimezone(ZoneInfo(zone)).date() for zone in (slack.desk_timezone, view.scene.zone)
        )
        moment = (at_desk, there, now >= view.closes_at)
        made = self._entries.get(key)
        if made is not None and made[0] is view and made[1] == moment:
            return made[2]
        entry = entry_of(view, slack, channel, now)
        self._entries[key] = (view, moment, entry)
        return entry


def _key(channel: str) -> str:
    return f"desk-board:{channel}"
