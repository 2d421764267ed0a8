"""Reads the races as the desk sees them; one is made anew only when its stored state changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.ledger import scene_of
from monitor.race_view import RaceView, SourceView
from monitor.schedule import next_visit
from monitor.state import current

if TYPE_CHECKING:
    from monitor.night import Night
    from monitor.polls import PollState
    from monitor.store import Store

AT_ONCE = 25
"""Races made anew in one go: thousands of them must not stop the visits."""
_NEVER = datetime.min.replace(tzinfo=UTC)

Rows = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Made:
    """A view, and the stored texts it was made of: the race's, then its sources'."""

    view: RaceView
    texts: tuple[str, ...]


class Views:
    """The races of a night over one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._night: Night | None = None
        self._made: dict[str, _Made] = {}

    def read(self, night: Night) -> dict[str, RaceView]:
        """Return every race of a night as the store has it now, by id."""
        for race, texts in self._changed(night).items():
            self._make(night, race, texts)
        return {race: self._made[race].view for race in night.races}

    async def warm(self, night: Night) -> None:
        """Make what changed anew a few at a time, so that `read` has little left to do."""
        changed = list(self._changed(night).items())
        for begin in range(0, len(changed), AT_ONCE):
            for race, _ in changed[begin : begin + AT_ONCE]:
                self._make(night, race, self._texts(night, race, *self._rows_of(night, race)))
            await asyncio.sleep(0)
            if self._night is not night:
                return

    def _changed(self, night: Night) -> dict[str, tuple[str, ...]]:
        """Return the races that are not as they were made, with their stored texts."""
        if self._night is not night:
            self._night, self._made = night, {}
        db = self._store.db
        races: Rows = dict(db.execute("SELECT id, state FROM races").fetchall())
        polls: Rows = dict(db.execute("SELECT id, state FROM sources").fetchall())
        texts = {race: self._texts(night, race, races, polls) for race in night.races}
        return {
            race: found
            for race, found in texts.items()
            if race not in self._made or self._made[race].texts != found
        }

    def _rows_of(self, night: Night, race: str) -> tuple[Rows, Rows]:
        db = self._store.db
        races = db.execute("SELECT id, state FROM races WHERE id = ?", [race]).fetchall()
        polls: Rows = {}
        for source in _sources(night, race):
            found = db.execute("SELECT id, state FROM sources WHERE id = ?", [source]).fetchall()
            polls.update(found)
        return dict(races), polls

    def _texts(self, night: Night, race: str, races: Rows, polls: Rows) -> tuple[str, ...]:
        return races.get(race, ""), *(polls.get(one, "") for one in _sources(night, race))

    def _make(self, night: Night, race: str, texts: tuple[str, ...]) -> None:
        watched, state = night.races[race], self._store.race(race)
        polls = {source: self._store.poll(source) for source in _sources(night, race)}
        # What time alone changes is as it was at the last visit: the same after any restart.
        at = max((one.visited_at for one in polls.values() if one.visited_at), default=_NEVER)
        tally, decisions = current(watched, state, at)
        view = RaceView(
            watched,
            state,
            tally,
            decisions,
            scene_of(night, watched.race, state),
            tuple(_source(night, source, poll) for source, poll in polls.items()),
            state.people.closes_at or night.places[race].closes_at,
        )
        self._made[race] = _Made(view, texts)


def _sources(night: Night, race: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(use.source for use in night.races[race].race.sources))


def _source(night: Night, source: str, poll: PollState) -> SourceView:
    plan = night.plans.get(source)
    asked = poll.visited_at is not None and plan is not None
    return SourceView(
        source,
        poll.ok_at,
        poll.changed_at,
        poll.failing_since,
        poll.error,
        next_visit(plan, poll, _NEVER) if asked and plan is not None else None,
    )
