"""The moments of a watch: what each writes in one transaction, and whose time comes next."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.agenda import Agenda
from monitor.diff import pass_time
from monitor.errors import DatabaseLocked, DiskFull

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.ledger import Ledger
    from monitor.night import Night
    from monitor.state import RaceState
    from monitor.store import Store

_EVER = datetime.min.replace(tzinfo=UTC)


class Moments:
    """Writes down each moment of a watch, and looks again at the races whose time has come."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._agenda = Agenda()

    def begin(self, night: Night, states: Mapping[str, RaceState]) -> None:
        """Put down when each race of a night is looked at again, after what was done already."""
        self._agenda = Agenda()
        done = self._store.meta("done_until") or self._store.meta("clock")
        since = datetime.fromisoformat(done) if done else _EVER
        for race, state in states.items():
            # What no visit looks at again must not miss its moment while nobody watched.
            self._agenda.note(night.races[race], state, since if state.standings else _EVER)

    @contextmanager
    def storing(self, night: Night, now: datetime) -> Iterator[None]:
        """Write everything of one moment, then put down when its races are looked at again."""
        with self._ledger.transaction():
            yield
            self._store.set_meta("clock", now.isoformat())
            # A race whose moment has come and was not looked at is still owed its tick,
            # though this moment is later and we may die right after it.
            done = self._agenda.done_until(now, self._ledger.written)
            self._store.set_meta("done_until", done.isoformat())
        for race, state in self._ledger.written.items():
            if race in night.races:  # else it was just removed
                self._agenda.note(night.races[race], state, now)

    def next_tick(self) -> datetime | None:
        """Return when time alone may next change what is told, None while it cannot."""
        return self._agenda.first()

    def tick(self, night: Night, now: datetime, most: int | None) -> None:
        """Look again at the races whose moment has come, in order of time, `most` at once.

        One that fails stops no other one: its error is raised last, and its moment stays.
        """
        trouble: list[Exception] = []
        for race in self._agenda.due(now)[:most]:
            try:
                self._tick_race(night, race, now)
            except (DatabaseLocked, DiskFull):
                raise  # of everything, not of this race
            except Exception as error:  # noqa: BLE001 - raised again when the others are done
                trouble.append(error)
        if trouble:
            raise trouble[0]

    def _tick_race(self, night: Night, race: str, now: datetime) -> None:
        with self.storing(night, now):
            watched = night.races[race]
            step = pass_time(watched, self._store.race(race), now)
            self._ledger.save(night, watched.race, step, now)
