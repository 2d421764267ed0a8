"""A changed configuration taken into the store: what is new is visited, what differs decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import questions
from monitor.config_changes import ChangeKind
from monitor.config_taken import config_taken
from monitor.diff import redecide
from monitor.leaving import come_back, leave
from monitor.state import RaceState, refitted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.config_changes import Change
    from monitor.ledger import Ledger
    from monitor.night import Night
    from monitor.races import Race
    from monitor.store import Store
    from monitor.visiting import Visitor

_OF_A_SOURCE = frozenset({ChangeKind.NEW_BASELINE, ChangeKind.SOURCE_ADDED})


class Reload:
    """Takes changes inside the caller's transaction."""

    def __init__(self, store: Store, ledger: Ledger, visitor: Visitor) -> None:
        self._store = store
        self._ledger = ledger
        self._visitor = visitor

    def take(self, before: Night, night: Night, changes: tuple[Change, ...], now: datetime) -> None:
        """Take the changes from one configuration, or rule book, to the next."""
        for change in changes:
            self._visit_soon(night, change)
            if change.kind is ChangeKind.NEW_BASELINE:
                self._new_baseline(night, change)
            if change.kind is ChangeKind.RACE_REMOVED:
                self._leave(before, change.id, now)
            if change.kind is ChangeKind.RACE_ADDED:
                self._come_back(night, change.id, now)
        for race in _changed_races(before, night, changes):
            self._redecide(night, race, now)
        told = config_taken(changes, before.config, night.config, now)
        self._store.put([told] if told else [])

    def _leave(self, before: Night, race: str, now: datetime) -> None:
        watched = before.races[race]
        self._ledger.save(before, watched.race, leave(watched, self._store.race(race), now), now)
        questions.close(self._store.db, race, "The race is not watched any more", now)

    def _come_back(self, night: Night, race: str, now: datetime) -> None:
        watched, state = night.races[race], self._store.race(race)
        if state == RaceState():
            return  # never seen before
        for use in watched.race.sources:
            self._visitor.forget(use.source)
        self._ledger.save(night, watched.race, come_back(watched, state, now), now)
        self._store.keep_standings(race, (one.candidate for one in watched.race.endorsements))

    def _visit_soon(self, night: Night, change: Change) -> None:
        """Have a source visited at once that is new, asked anew, or has a new race to serve."""
        for source, uses in night.uses.items():
            is_it = change.kind in _OF_A_SOURCE and change.id == source
            races = {race.id for race, _ in uses}
            if is_it or (change.kind is ChangeKind.RACE_ADDED and change.id in races):
                poll = self._store.poll(source)
                again = replace(poll, visited_at=None, visits=0, finished=False)
                self._store.save_poll(source, again)

    def _new_baseline(self, night: Night, change: Change) -> None:
        self._visitor.forget(change.id)
        for race, _ in night.uses.get(change.id, ()):
            if change.race in ("", race.id):
                state = self._store.race(race.id)
                rest = {k: v for k, v in state.standings.items() if k != change.id}
                self._store.save_race(race.id, replace(state, standings=rest), night.digests)

    def _redecide(self, night: Night, before: Race, now: datetime) -> None:
        watched = night.races[before.id]
        state = refitted(self._store.race(before.id), before, watched.race)
        step = redecide(watched, state, now, cause="our configuration was changed")
        self._ledger.save(night, watched.race, step, now)
        self._store.keep_standings(before.id, (e.candidate for e in watched.race.endorsements))


def _changed_races(before: Night, night: Night, changes: tuple[Change, ...]) -> Iterator[Race]:
    """Yield the races, as they were, whose configuration, rule card or release differs now."""
    changed = {change.id for change in changes if change.kind is ChangeKind.RE_DECIDE}
    for race, was in before.races.items():
        watched = night.races.get(race)
        if watched is None:
            continue
        is_ruled_otherwise = (watched.rule, watched.release) != (was.rule, was.release)
        if race in changed or is_ruled_otherwise:
            yield was.race
