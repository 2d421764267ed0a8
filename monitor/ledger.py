"""Writes down what a step of a race brings: its state, its events, their messages.

One transaction holds all of a visit, a tick or an act, so that what staff are told and
what it rests on are stored together or not at all.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from monitor import diary, outbox, questions
from monitor.agreement import ENTERED
from monitor.diff import Step, open_race
from monitor.events import OUTCOMES, Event, Kind
from monitor.grounds import grounds_of
from monitor.message import is_reply, posts
from monitor.posts import post_key
from monitor.quiet import is_counting, may_wait, quiet_until
from monitor.routing import channels_of, shared_channels
from monitor.scene import Scene, SourceFacts
from monitor.state import as_counted, opens_at, waits_for_release
from monitor.trend import trend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from monitor.decision import Decision
    from monitor.night import Night
    from monitor.posts import Post
    from monitor.races import Race
    from monitor.scene import Said, TrendPoint
    from monitor.state import RaceState
    from monitor.store import Store
    from monitor.tally import Snapshot

ABOUT = frozenset({
    Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS, Kind.HEADS_UP,
})  # fmt: skip
"""What is also told wherever the outcome went that it speaks of."""
_ABOUT_OF = "SELECT json_extract(body, '$.about') AS about FROM events WHERE key = ?"

_TOLD_WITH = (
    "SELECT other.key FROM events AS one JOIN events AS other"
    " ON other.race = one.race AND other.at = one.at AND other.key <> one.key WHERE one.key = ?"
)
LIVE = "live"
"""What a database belongs to that is no recording's."""

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
        except BaseException:  # raised again; nothing of it was stored
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
        step = open_race(night.races[race.id], state, now)
        self.save(night, race, step, now)
        return step.state

    def save(
        self, night: Night, race: Race, step: Step, now: datetime, *, looked: bool = False
    ) -> None:
        """Write a step down, and put what it says into the outbox.

        `looked`: a report of one of its sources brought it. Before a reply of the days before
        election morning, as a note, the race's root is posted.
        """
        if not step.state.opened and any(map(is_reply, step.events)):
            opening = open_race(night.races[race.id], step.state, now)
            step = replace(step, state=opening.state, events=(*opening.events, *step.events))
        self._store.save_race(race.id, step.state, night.digests)
        self.written[race.id] = step.state
        self.tell(night, step.events, race, step.state, step.decisions)
        watched = night.races[race.id]
        if step.tally is not None:
            self._store.save_standings(
                watched, step.state, step.decisions, step.tally, now, looked=looked
            )
        decided = grounds_of(watched, step.state, step.tally, step.decisions)
        diary.keep_decisions(self._store.db, race.id, decided, now, night.digests)
        if step.events:
            desk = night.config.slack.desk_timezone
            questions.end(self._store.db, race.id, step.state, desk, now)

    def tell(
        self,
        night: Night,
        events: Iterable[Event],
        race: Race | None = None,
        state: RaceState | None = None,
        decisions: tuple[Decision, ...] = (),
    ) -> None:
        """Write events down and put what they say into the outbox."""
        scene = replace(scene_of(night, race, state), decisions=decisions)
        new = tuple(self._store.add_events(events, night.digests))
        for event in new:
            _log.info(event.kind.value, race=event.race, source=event.source, reason=event.reason)
            has_root = state is not None and state.opened and event.kind is not Kind.RACE_OPENED
            if race is not None and has_root:
                self._root_everywhere(night, race, scene, event.at)
            shared = shared_channels(race, scene.slack) if race is not None else frozenset()
            said = said_of(self._store, event, shared)
            came = self._trend(event, race, state)
            self._put(night, posts(event, replace(scene, said=said, trend=came), new))

    def _put(self, night: Night, made: Iterable[Post]) -> None:
        """Put messages into the outbox; in quiet hours what can wait waits there."""
        for post in made:
            self._store.put([post])
            until = self._quiet_until(night, post)
            if until is not None:
                outbox.hold_back(self._store.db, post, until)
            elif night.config.slack.quiet_hours is not None:
                outbox.let_go(self._store.db, post)

    def _quiet_until(self, night: Night, post: Post) -> datetime | None:
        """Return until when a message waits; none does in a replay, or while votes come in."""
        until = quiet_until(night.config.slack, post.at)
        if until is None or not may_wait(post, night.config.slack):
            return None
        if self._store.meta("archive") != LIVE:
            return None
        counting = (
            is_counting(watched, self._store.race(race), post.at)
            for race, watched in night.races.items()
        )
        return None if any(counting) else until

    def _trend(
        self, event: Event, race: Race | None, state: RaceState | None
    ) -> tuple[TrendPoint, ...]:
        """Return how the votes of an outcome came in, for its chart."""
        if race is None or state is None or event.kind not in OUTCOMES:
            return ()
        return trend(self._store.db, as_counted(race, state), event.after, event.at)

    def _root_everywhere(self, night: Night, race: Race, scene: Scene, now: datetime) -> None:
        """Give a channel that was added later its own root, so replies have their thread."""
        opened = Event(key=scene.root, kind=Kind.RACE_OPENED, at=now, race=race.id)
        missing = [
            channel
            for channel in channels_of(race, scene.slack)
            if not self._store.has_post(post_key(scene.root, channel))
        ]
        self._put(night, [p for p in posts(opened, scene) if p.channel in missing])


def said_of(store: Store, event: Event, shared: frozenset[str] = frozenset()) -> tuple[Said, ...]:
    """Return the messages of the outcome an event speaks of: certified, told, and its heads-up.

    The newest come first; a channel may stand there more than once. In a `shared` channel
    another candidate's outcome of the same moment may have told this one, too.
    """
    said: list[Said] = []
    key = event.about if event.kind in ABOUT else ""
    while key:
        said += store.said(event.race, key)
        had_own = {one.channel for one in said}
        for row in store.rows(_TOLD_WITH, [key]) if shared - had_own else ():
            joint = store.said(event.race, row["key"])
            said += (one for one in joint if one.channel in shared - had_own)
        key = next((row["about"] for row in store.rows(_ABOUT_OF, [key])), "")
    return tuple(said)


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
        frozen=state.people.frozen,
        unreleased=frozenset(
            one.candidate for one in race.endorsements if waits_for_release(state, one.candidate)
        ),
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
