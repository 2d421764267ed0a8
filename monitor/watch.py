"""One visit to one source: fetch, keep, parse, judge, decide, tell, in one transaction.

Live, replay, demo and tests call the same `visit(source, now)`; only the fetcher,
the keeper and the clock behind `now` differ.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

import structlog

from monitor.config_changes import ChangeKind
from monitor.diff import Step, advance, miss, open_race, redecide
from monitor.errors import FetchFailure, MonitorError, ScraperBroken, SourceFailure
from monitor.events import Event, Kind
from monitor.fetch import OK
from monitor.match import Trouble, Unmatched, find
from monitor.message import channels_of, posts
from monitor.model import Page
from monitor.polls import failed, succeeded
from monitor.posts import post_key
from monitor.sanity import Arrival, Verdict
from monitor.scene import Scene
from monitor.state import RaceState, is_finished, refitted
from monitor.tally import Snapshot
from monitor.warc import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.config_changes import Change
    from monitor.fetch import Fetcher
    from monitor.model import Contest, Report, Request
    from monitor.night import Night, Scraper
    from monitor.parsing import Parser
    from monitor.polls import PollState
    from monitor.races import Race, SourceUse
    from monitor.store import Store

_ABOUT = frozenset({Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS})
_OF_A_SOURCE = frozenset({ChangeKind.NEW_BASELINE, ChangeKind.SOURCE_ADDED})
MORNING = time(8)
"""When the roots of the day's races are posted, where the race is."""
UNMATCHED_ALARM = timedelta(minutes=20)
COUNTING = timedelta(hours=6)

_log = structlog.get_logger()


class Keeper(Protocol):
    """Where answers are kept and bodies found again: the live archive, or a recording."""

    def keep(self, page: Page, visit_id: str) -> object:
        """Keep an answer, unless it repeats the newest one."""

    def keep_failure(self, url: str, error: FetchFailure, at: datetime, visit_id: str) -> object:
        """Keep a failed exchange."""

    def body(self, digest: str) -> bytes | None:
        """Return a kept body, or None when it is not there any more."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a visit brought: the pages to parse, and every page fetched for them."""

    pages: tuple[Page, ...]
    fetched: tuple[Page, ...]
    is_look: bool

    @property
    def digest(self) -> str:
        """The pages' digest: equal pages parse to an equal report."""
        whole = sha256()
        for page in self.pages:
            whole.update(f"{page.url}\x1f{page.status}\x1f".encode())
            whole.update(page.body)
        return whole.hexdigest()


class Watch:
    """The watching of one night's sources over one store."""

    def __init__(
        self, night: Night, store: Store, fetcher: Fetcher, keeper: Keeper, parser: Parser
    ) -> None:
        self.night = night
        self._store = store
        self._fetcher = fetcher
        self._keeper = keeper
        self._parser = parser
        self._reports: dict[str, tuple[str, Report]] = {}
        self._known: dict[str, Page] = {}

    async def visit(self, source: str, now: datetime) -> None:
        """Visit a source once and store everything that follows from it.

        Raises `StoreFailure` or `ArchiveFailure` when nothing can be stored; the
        next visit then starts from the same state.
        """
        night, poll = self.night, self._store.poll(source)
        try:
            with _faults_named(source):
                answer = await self._fetch(night, source, poll, now)
                report = await self._report(night, source, answer)
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

    # -- fetching ------------------------------------------------------------------------

    async def _fetch(self, night: Night, source: str, poll: PollState, now: datetime) -> _Answer:
        every = night.config.fetch.unconditional_every
        unconditional = poll.wants_look or poll.visits % every == 0
        visit_id = f"{source}-{now:%Y%m%dT%H%M%S}"
        asked = night.scrapers[source].visit()
        fetched: list[Page] = []
        fresh = True
        try:
            request = next(asked)
            while True:
                page = await self._answer(request, now, visit_id, unconditional=unconditional)
                fetched.append(page)
                fresh = fresh and (request.immutable or not page.unchanged)
                request = asked.send(page)
        except StopIteration as done:
            return _Answer(done.value, tuple(fetched), is_look=fresh)

    async def _answer(
        self, request: Request, now: datetime, visit_id: str, *, unconditional: bool
    ) -> Page:
        known = self._page_known(request.url)
        if request.immutable and known is not None:
            return replace(known, fetched_at=now, unchanged=True)
        try:
            page = await self._fetcher.fetch(
                request, known=known, now=now, unconditional=unconditional
            )
        except FetchFailure as error:
            self._keeper.keep_failure(request.url, error, now, visit_id)
            raise
        self._keeper.keep(page, visit_id)
        return page

    def _page_known(self, url: str) -> Page | None:
        if url not in self._known:
            page = self._store.known_page(url, self._keeper.body)
            if page is None:
                return None
            self._known[url] = page
        return self._known[url]

    async def _report(self, night: Night, source: str, answer: _Answer) -> Report:
        """Parse the pages, unless they are the last ones'."""
        digest = answer.digest
        last = self._reports.get(source)
        if last is not None and last[0] == digest:
            return last[1]
        report = await self._parser.parse(night.scrapers[source], answer.pages)
        if night is self.night:
            self._reports[source] = (digest, report)
        return report

    # -- storing -------------------------------------------------------------------------

    def _keep_failure(
        self, night: Night, source: str, poll: PollState, error: SourceFailure, now: datetime
    ) -> None:
        after, events = failed(poll, source, error, now)
        with self._store.transaction():
            self._store.save_poll(source, after)
            self._tell(night, events, None)
            self._store.set_meta("clock", now.isoformat())

    def _take(
        self,
        night: Night,
        source: str,
        poll: PollState,
        answer: _Answer,
        report: Report,
        now: datetime,
    ) -> None:
        changed = answer.digest != poll.pages_digest
        with self._store.transaction():
            self._remember(answer)
            steps = [
                self._take_race(night, race, use, report, answer.is_look, now)
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
            self._tell(night, events, None)
            self._store.set_meta("clock", now.isoformat())

    def _remember(self, answer: _Answer) -> None:
        for page in answer.fetched:
            if page.status == OK and not page.unchanged:
                self._store.remember_page(page, digest_of(page.body))
                self._known[page.url] = page

    def _take_race(
        self, night: Night, race: Race, use: SourceUse, report: Report, is_look: bool, now: datetime
    ) -> tuple[Race, Step]:
        state = self._opened(night, race, now)
        found = find(report, race, use)
        if isinstance(found, Unmatched):
            step = self._miss(night, race, use, state, found, now)
        else:
            arrival = _arrival(night, race, report, found.contest, now, is_look=is_look)
            step = advance(night.races[race.id], state, use.source, arrival)
            if not state.opened and any(event.kind is Kind.NOTE_ADDED for event in step.events):
                # A note of the days before: its thread is opened first.
                state = self._open(night, race, state, now)
                step = advance(night.races[race.id], state, use.source, arrival)
            if step.verdict in (Verdict.ACCEPTED, Verdict.REVISED):
                self._store.add_history(race.id, use.source, arrival.snapshot)
        self._save(night, race, step, now)
        return race, step

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

    def _opened(self, night: Night, race: Race, now: datetime) -> RaceState:
        """Read the race's state; its root is posted on election morning, or when we begin."""
        state = self._store.race(race.id)
        if state.opened:
            return state
        zone = ZoneInfo(night.places[race.id].zone)
        if now < datetime.combine(race.election.date, MORNING, tzinfo=zone):
            return state
        return self._open(night, race, state, now)

    def _open(self, night: Night, race: Race, state: RaceState, now: datetime) -> RaceState:
        step = open_race(night.races[race.id], state, now)
        self._save(night, race, step, now)
        return step.state

    def _save(self, night: Night, race: Race, step: Step, now: datetime) -> None:
        self._store.save_race(race.id, step.state, night.digests)
        self._tell(night, step.events, race, step.state)
        if step.tally is not None:
            self._store.save_standings(race.id, step.state, step.decisions, step.tally, now)

    def _tell(
        self,
        night: Night,
        events: Iterable[Event],
        race: Race | None,
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

    def _counting_since(
        self, night: Night, scraper: Scraper, steps: list[tuple[Race, Step]], now: datetime
    ) -> datetime | None:
        """Return the last close of races whose votes should still be coming in."""
        closes = (
            night.places[race.id].closes_at
            for race, step in steps
            if not (step.tally is not None and step.tally.is_complete) and not scraper.hand_kept
        )
        return max(
            (close for close in closes if timedelta(0) <= now - close <= COUNTING), default=None
        )

    # -- reload --------------------------------------------------------------------------

    def reload(self, night: Night, changes: tuple[Change, ...], now: datetime) -> None:
        """Take a changed configuration between visits (design §8)."""
        before, self.night = self.night, night
        with self._store.transaction():
            self._store.keep_config(night.config.digest, night.config.text, now)
            self._store.set_meta("config", night.config.digest)
            for change in changes:
                self._visit_soon(night, change)
                if change.kind is ChangeKind.NEW_BASELINE:
                    self._new_baseline(night, change)
                elif change.kind is ChangeKind.RE_DECIDE:
                    self._redecide(night, before.races[change.id].race, now)

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
        self._reports.pop(change.id, None)
        for race, _ in night.uses.get(change.id, ()):
            if change.race in ("", race.id):
                state = self._store.race(race.id)
                rest = {k: v for k, v in state.standings.items() if k != change.id}
                self._store.save_race(race.id, replace(state, standings=rest), night.digests)

    def _redecide(self, night: Night, before: Race, now: datetime) -> None:
        watched = night.races[before.id]
        state = refitted(self._store.race(before.id), before, watched.race)
        step = redecide(watched, state, now)
        self._save(night, watched.race, step, now)
        self._store.keep_standings(before.id, (e.candidate for e in watched.race.endorsements))


@contextmanager
def _faults_named(source: str) -> Iterator[None]:
    """Turn whatever a scraper's own code raises into its source's failure."""
    try:
        yield
    except MonitorError:
        raise
    except Exception as error:
        _log.exception("scraper broke", source=source)
        raise ScraperBroken(
            f"the scraper of {source} failed on what the site answered "
            f"({type(error).__name__}: {error}); use another source or the sheet, and mend it"
        ) from error


def _arrival(
    night: Night, race: Race, report: Report, contest: Contest, now: datetime, *, is_look: bool
) -> Arrival:
    snapshot = Snapshot(
        contest=contest,
        fetched_at=now,
        source_time=report.source_time,
        source_time_text=report.source_time_text,
        version=report.version,
        status=contest.status or report.status,
        status_text=report.status_text,
    )
    return Arrival(
        snapshot=snapshot,
        at=now,
        is_look=is_look,
        expected_date=race.election.date,
        closes_at=night.places[race.id].closes_at,
        election_date=report.election_date,
        is_test=report.is_test,
    )


def scene_of(night: Night, race: Race | None, state: RaceState | None) -> Scene:
    """Gather what messages need beside their events."""
    if race is None or state is None:
        return Scene(slack=night.config.slack, sources=night.facts)
    place = night.places[race.id]
    return Scene(
        slack=night.config.slack,
        sources=night.facts,
        race=race,
        rule=night.races[race.id].rule,
        closes_at=place.closes_at,
        zone=place.zone,
        snapshots={s: v.accepted for s, v in state.standings.items() if v.accepted is not None},
        root=state.chain.get("race", ""),
    )
