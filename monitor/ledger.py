"""Writes down what a step of a race brings: its state, its events, their messages.

One transaction holds all of a visit, a tick or an act, so that what staff are told and
what it rests on are stored together or not at all.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from monitor import diary
from monitor.agreement import ENTERED
from monitor.diff import Step, open_race
from monitor.events import Event, Kind
from monitor.grounds import grounds_of
from monitor.message import channels_of, posts
from monitor.posts import post_key
from monitor.scene import Scene, SourceFacts
from monitor.state import opens_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from monitor.night import Night
    from monitor.races import Race
    from monitor.state import RaceState
    from monitor.store import Store
    from monitor.tally import Snapshot

_ABOUT = frozenset({Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS})

_log = structlog.get_logger()


class Ledger:
    """Over one store; `written` holds the states of the races the last transaction wrote."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.written: dict[str, RaceState] = {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open the one transaction of a visit, a tick, an act or a reload."""
        self.written = {}
        try:
            with self._store.transaction():
                yield
        except BaseException:
            self.written = {}
            raise

    def opened(self, night: Night, race: Race, now: datetime) -> RaceState:
        """Read the race's state; its root is posted on election morning, or when we begin."""
        state = self._store.race(race.id)
        if state.opened:
            return state
        opens = opens_at(night.races[race.id])
        if opens is not None and now < opens:
            return state
        return self.open(night, race, state, now)

    def open(self, night: Night, race: Race, state: RaceState, now: datetime) -> RaceState:
        """Post the race's root."""
        step = open_race(night.races[race.id], state, now)
        self.save(night, race, step, now)
        return step.state

    def save(self, night: Night, race: Race, step: Step, now: datetime) -> None:
        """Write a step down, and put what it says into the outbox."""
        self._store.save_race(race.id, step.state, night.digests)
        self.written[race.id] = step.state
        self.tell(night, step.events, race, step.state)
        watched = night.races[race.id]
        if step.tally is not None:
            self._store.save_standings(watched, step.state, step.decisions, step.tally, now)
        decided = grounds_of(watched, step.state, step.tally, step.decisions)
        diary.keep_decisions(self._store.db, race.id, decided, now, night.digests)

    def tell(
        self,
        night: Night,
        events: Iterable[Event],
        race: Race | None = None,
        state: RaceState | None = None,
    ) -> None:
        """Write events down and put what they say into the outbox."""
        scene = scene_of(night, race, state)
        for event in self._store.add_events(events, night.digests):
            _log.info(event.kind.value, race=event.race, source=event.source, reason=event.reason)
            has_root = state is not None and state.opened and event.kind is not Kind.RACE_OPENED
            if race is not None and has_root:
                self._root_everywhere(race, scene, event.at)
            said = self._store.said(event.race, event.about) if event.kind in _ABOUT else ()
            self._store.put(posts(event, replace(scene, said=said)))

    def _root_everywhere(self, race: Race, scene: Scene, now: datetime) -> None:
        """Give a channel that was added later its own root, so replies have their thread."""
        opened = Event(key=scene.root, kind=Kind.RACE_OPENED, at=now, race=race.id)
        missing = [
            channel
            for channel in channels_of(race, scene.slack)
            if not self._store.has_post(post_key(scene.root, channel))
        ]
        self._store.put(p for p in posts(opened, scene) if p.channel in missing)


def scene_of(night: Night, race: Race | None, state: RaceState | None) -> Scene:
    """Gather what messages need beside their events."""
    if race is None or state is None:
        return Scene(slack=night.config.slack, sources=night.facts)
    place = night.places[race.id]
    snapshots = {s: v.accepted for s, v in state.standings.items() if v.accepted is not None}
    changed = [s.changed_at for s in state.standings.values() if s.changed_at is not None]
    return Scene(
        slack=night.config.slack,
        sources={**night.facts, **_by_hand(snapshots)},
        race=race,
        rule=night.races[race.id].rule,
        closes_at=state.people.closes_at or place.closes_at,
        zone=place.zone,
        snapshots=snapshots,
        root=state.chain.get("race", ""),
        called=state.people.called,
        changed_at=max(changed, default=None),
        superseded=state.people.superseded,
    )


def _by_hand(snapshots: dict[str, Snapshot]) -> dict[str, SourceFacts]:
    """Name the figures that were typed in by who stands for them, and where they are from."""
    return {
        source: _facts(source, snapshot.contest.who, snapshot.contest.link)
        for source, snapshot in snapshots.items()
        if source.startswith(ENTERED)
    }


def _facts(source: str, who: str, link: str) -> SourceFacts:
    return SourceFacts(source, f"entered by hand: {who}, {link}", link)
