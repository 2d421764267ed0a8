"""One act of a person, taken into the store: applied to its race, with all that follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import acts, audit
from monitor.acts import Answer
from monitor.likeness import guesses

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.diff import Step
    from monitor.ledger import Ledger
    from monitor.night import Night
    from monitor.people import Act
    from monitor.races import Race
    from monitor.state import RaceState
    from monitor.store import Store

ANOTHER_VERSION = "That act is of another version of this program; do the opposite instead."


class ActTaker:
    """Applies acts inside the caller's transaction."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def take(self, night: Night, act: Act, now: datetime) -> Answer:
        """Apply an act, or refuse it, and write down what it brings."""
        watched = night.races.get(act.race)
        if watched is None:
            return Answer(applied=False, sentence=no_race(night, act.race))
        state = self._ledger.opened(night, watched.race, now)
        try:
            undone = audit.applied(self._store.db, act.undoes) if act.undoes else None
        except ValueError:
            return Answer(applied=False, sentence=ANOTHER_VERSION)
        answer = acts.apply(watched, state, act, now, undone)
        if answer.step is not None:
            self._keep_figures(act.race, state, answer.step)
            self._ledger.save(night, watched.race, answer.step, now)
            self._want_looks(watched.race, answer.step)
        return answer

    def _keep_figures(self, race: str, before: RaceState, step: Step) -> None:
        """Write figures that a person brought into the history."""
        for source, standing in step.state.standings.items():
            if standing.accepted is not None and standing != before.standings.get(source):
                self._store.add_history(race, source, standing.accepted)

    def _want_looks(self, race: Race, step: Step) -> None:
        """Have the race's sources looked at soon when an act waits for it."""
        for use in race.sources if step.wants_look else ():
            poll = self._store.poll(use.source)
            self._store.save_poll(use.source, replace(poll, wants_look=True))


def no_race(night: Night, race: str) -> str:
    """Say that a race is not watched, and which ones are."""
    near = guesses(race, night.races)
    meant = f"; did you mean {near[0]}?" if near else "; `status` lists them."
    return f"No race {race!r} is watched{meant}"
