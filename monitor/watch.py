"""One visit to one source: fetch, keep, parse, judge, decide, tell, in one transaction.

Live, replay, demo and tests call the same `visit(source, now)`, `act(act, now)` and
`tick(now)`; only the fetcher, the keeper and the clock behind `now` differ.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from monitor import audit, diary
from monitor.act_taking import ActTaker
from monitor.acts import Answer
from monitor.diary import Result, Visit
from monitor.errors import SourceFailure
from monitor.ledger import Ledger
from monitor.looks import is_finished
from monitor.night import with_closes
from monitor.polls import failed, succeeded
from monitor.race_taking import RaceTaker
from monitor.reload import Reload
from monitor.sites import what_is_wrong
from monitor.visiting import Visitor
from monitor.watch_time import Moments

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config_changes import Change
    from monitor.diff import Step
    from monitor.fetch import Fetcher
    from monitor.model import Report
    from monitor.night import Night, Scraper
    from monitor.parsing import Parser
    from monitor.people import Act
    from monitor.polls import PollState
    from monitor.races import Race
    from monitor.store import Store
    from monitor.visiting import Fetched, Keeper

COUNTING = timedelta(hours=6)
UNREADABLE = "This version cannot read the act; restart `watch` and do it again."

_log = structlog.get_logger()


class Watch:
    """The watching of one night's sources over one store."""

    def __init__(
        self, night: Night, store: Store, fetcher: Fetcher, keeper: Keeper, parser: Parser
    ) -> None:
        self._store = store
        self._ledger = Ledger(store)
        self._moments = Moments(store, self._ledger)
        self._races = RaceTaker(store, self._ledger)
        self.visitor = Visitor(store, fetcher, keeper, parser)
        self._reload = Reload(store, self._ledger, self.visitor)
        self._taker = ActTaker(store, self._ledger)
        self.use(night)

    def use(self, night: Night) -> None:
        """Watch under a configuration, with the closes that people moved and all that waits."""
        self.configured = night
        states = {race: self._store.race(race) for race in night.races}
        self._closes = {
            race: state.people.closes_at
            for race, state in states.items()
            if state.people.closes_at is not None
        }
        self.night = with_closes(night, self._closes)
        self._moments.begin(self.night, states)

    async def visit(self, source: str, now: datetime) -> None:
        """Visit a source once and store everything that follows from it.

        Raises `StoreFailure` or `ArchiveFailure` when nothing can be stored; the
        next visit then starts from the same state.
        """
        night, poll = self.night, self._store.poll(source)
        try:
            answer, report = await self.visitor.ask(night, source, poll, now)
        except SourceFailure as error:
            _log.warning("visit failed", source=source, error=f"{type(error).__name__}: {error}")
            if night is self.night:
                self._keep_failure(night, source, poll, error, now)
            return
        if night is not self.night:
            # Asked under a configuration that is not in force any more: the next visit asks anew.
            _log.info("visit left out, the configuration changed", source=source)
            return
        self._take(night, source, poll, answer, report, now)

    # -- storing -------------------------------------------------------------------------

    def _keep_failure(
        self, night: Night, source: str, poll: PollState, error: SourceFailure, now: datetime
    ) -> None:
        after, events = failed(poll, source, error, now)
        since, why = after.failing_since or now, what_is_wrong(error)
        with self._moments.storing(night, now):
            self._store.save_poll(source, after)
            self._ledger.tell(night, events)
            for race, _ in night.uses[source]:
                self._races.without_news(night, race, source, since, why, now)
            visit = Visit(source, now, Result.FAILED, error=after.error)
            diary.keep_visit(self._store.db, visit)

    def _take(
        self,
        night: Night,
        source: str,
        poll: PollState,
        answer: Fetched,
        report: Report,
        now: datetime,
    ) -> None:
        changed = answer.digest != poll.pages_digest
        with self._moments.storing(night, now):
            self.visitor.remember(source, answer, report)
            steps = [
                (race, self._races.take(night, race, use, report, answer.is_look, now))
                for race, use in night.uses[source]
            ]
            since = self._counting_since(night, night.scrapers[source], steps, now)
            after, events = succeeded(poll, source, now, changed=changed, counting_since=since)
            after = replace(
                after,
                pages_digest=answer.digest,
                version=report.version,
                visits=1 if answer.is_look else poll.visits + 1,
                wants_look=any(step.wants_look for _, step in steps),
                finished=bool(steps) and all(is_finished(step.state) for _, step in steps),
            )
            self._store.save_poll(source, after)
            self._ledger.tell(night, events)
            self._keep_visit(source, answer, steps, now, changed=changed)

    def _keep_visit(
        self,
        source: str,
        answer: Fetched,
        steps: list[tuple[Race, Step]],
        now: datetime,
        *,
        changed: bool,
    ) -> None:
        """Put the visit into the diary, with what became of it for each race."""
        result = Result.FETCHED if changed else Result.UNCHANGED
        visit = Visit(source, now, result, answer.is_look, answer.digest if changed else "")
        became = [diary.became(race.id, source, step) for race, step in steps]
        diary.keep_visit(self._store.db, visit, became)

    def _counting_since(
        self, night: Night, scraper: Scraper, steps: list[tuple[Race, Step]], now: datetime
    ) -> datetime | None:
        """Return the last close of races whose votes should still be coming in."""
        closes = (
            night.places[race.id].closes_at
            for race, step in steps
            if not (step.tally is not None and step.tally.is_complete)
            and not (step.state.uncontested or scraper.hand_kept)
        )
        return max(
            (close for close in closes if timedelta(0) <= now - close <= COUNTING), default=None
        )

    # -- people and time -----------------------------------------------------------------

    def act(self, act: Act, now: datetime) -> Answer:
        """Answer a person's act once: apply it or refuse it, and tell what follows."""
        db, night = self._store.db, self.night
        with self._moments.storing(night, now):
            audit.put(db, act)
            answered = audit.answer_of(db, act.id)
            if answered is not None:
                return Answer(*answered)
            answer = self._taker.take(night, act, now)
            if answer.applied:
                self.visitor.keep_act(act, now)
            audit.answer(db, act.id, now, answer.sentence, answer.before)
        self._move_close(act.race)
        return answer

    def take_acts(self, now: datetime) -> frozenset[str]:
        """Answer every act that waits in the audit table; return the races they are of.

        One that cannot be answered keeps no other one waiting: its error is raised last.
        """
        waiting = audit.unanswered(self._store.db)
        trouble: list[Exception] = []
        for name, act in waiting:
            try:
                self._take_act(name, act, now)
            except Exception as error:  # noqa: BLE001 - raised again when the others are answered
                trouble.append(error)
        if trouble:
            raise trouble[0]
        return frozenset(act.race for _, act in waiting if act is not None)

    def _take_act(self, name: str, act: Act | None, now: datetime) -> None:
        if act is not None:
            self.act(act, now)
            return
        with self._ledger.transaction():
            audit.answer(self._store.db, name, now, UNREADABLE, None)

    def _move_close(self, race: str) -> None:
        """Put a close that was moved into plans, arrivals and messages."""
        state = self._ledger.written.get(race)
        if state is None or state.people.closes_at == self._closes.get(race):
            return
        self._closes.pop(race, None)
        if state.people.closes_at is not None:
            self._closes[race] = state.people.closes_at
        self.night = with_closes(self.configured, self._closes)

    def next_tick(self) -> datetime | None:
        """Return when time alone may next change what is told, None while it cannot."""
        return self._moments.next_tick()

    def tick(self, now: datetime, most: int | None = None) -> None:
        """Look again at the races whose moment has come, `most` at once; see `Moments.tick`."""
        self._moments.tick(self.night, now, most)

    # -- reload --------------------------------------------------------------------------

    def reload(self, night: Night, changes: tuple[Change, ...], now: datetime) -> None:
        """Take a changed configuration between visits (design §8), or stay with the old one.

        Raises what keeps it from being stored; nothing of it is in force then.
        """
        before, configured = self.night, self.configured
        try:
            self.use(night)
            with self._moments.storing(self.night, now):
                self._store.keep_config(night.config.digest, night.config.text, now)
                self._store.keep_config(night.rules.digest, night.rules.text, now)
                self._store.set_meta("config", night.config.digest)
                self._reload.take(before, self.night, changes, now)
        except BaseException:  # raised again; nothing of the new one is in force
            self.use(configured)
            raise
