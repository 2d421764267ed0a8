"""One visit's news of one race, taken into the store: judged, decided, told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.diff import advance, miss, source_failed
from monitor.match import Trouble, Unmatched, find
from monitor.standing import Verdict
from monitor.visiting import arrival_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.diff import Step
    from monitor.ledger import Ledger
    from monitor.model import Report
    from monitor.night import Night
    from monitor.races import Race, SourceUse
    from monitor.state import RaceState
    from monitor.store import Store

UNMATCHED_ALARM = timedelta(minutes=20)


class RaceTaker:
    """Takes reports, and visits that brought none, inside the caller's transaction."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def take(
        self, night: Night, race: Race, use: SourceUse, report: Report, is_look: bool, now: datetime
    ) -> Step:
        """Take what a report says of a race, or that it says nothing of it."""
        state = self._ledger.opened(night, race, now)
        found = find(report, race, use)
        if isinstance(found, Unmatched):
            step = self._miss(night, race, use, state, found, now)
        else:
            arrival = replace(
                arrival_of(night, race, report, found.contest, now, is_look=is_look),
                is_live=use.source in state.people.live,
                race=race.id,
                source=use.source,
            )
            step = advance(night.races[race.id], state, use.source, arrival)
            if step.verdict in (Verdict.ACCEPTED, Verdict.REVISED):
                self._store.add_history(race.id, use.source, arrival.snapshot)
        self._ledger.save(night, race, step, now, looked=True)
        return step

    def _miss(
        self,
        night: Night,
        race: Race,
        use: SourceUse,
        state: RaceState,
        found: Unmatched,
        now: datetime,
    ) -> Step:
        late = now >= night.places[race.id].closes_at + UNMATCHED_ALARM
        alarm = late or found.kind is not Trouble.CONTEST_MISSING
        return miss(night.races[race.id], state, use.source, found.sentence, now, alarm=alarm)

    def without_news(
        self, night: Night, race: Race, source: str, since: datetime, why: str, now: datetime
    ) -> None:
        """Tell the race's thread of a source that is down while its count waits for it."""
        watched, state = night.races[race.id], self._store.race(race.id)
        if source_failed(watched, state, source, since, why, now).events:
            state = self._ledger.opened(night, race, now)
            step = source_failed(watched, state, source, since, why, now)
            self._ledger.save(night, race, step, now)
