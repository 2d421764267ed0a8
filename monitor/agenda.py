"""When each race is looked at again though no visit brings anything: a list in memory. Pure.

It saves reading thousands of stored states at every tick; the states stay the truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.timers import next_moment

if TYPE_CHECKING:
    from collections.abc import Container

    from monitor.state import RaceState, Watched


@dataclass
class Agenda:
    """The next moment of each race that has one, by race id."""

    moments: dict[str, datetime] = field(default_factory=dict)

    def note(self, watched: Watched, state: RaceState, now: datetime) -> None:
        """Put down a race's next moment after `now`, on the state it has from now on."""
        self.moments.pop(watched.race.id, None)
        moment = next_moment(watched, state, now)
        if moment is not None:
            self.moments[watched.race.id] = moment

    def first(self) -> datetime | None:
        """Return the first moment of all."""
        return min(self.moments.values(), default=None)

    def done_until(self, now: datetime, looked_at: Container[str]) -> datetime:
        """Return until when nothing is owed any more, once some races were looked at."""
        left = [at for race, at in self.moments.items() if at <= now and race not in looked_at]
        return min(left) - timedelta.resolution if left else now

    def due(self, now: datetime) -> list[str]:
        """Return the races whose moment has come, in order of time."""
        come = [(at, race) for race, at in self.moments.items() if at <= now]
        return [race for _, race in sorted(come)]
