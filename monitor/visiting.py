"""One source asked and its pages read: fetch, keep, parse. Nothing is decided here.

A page that was kept is not asked for twice, and pages that did not change are not
parsed again; both are remembered only when the visit was stored.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import structlog

from monitor.errors import FetchFailure, MonitorError, ScraperBroken
from monitor.fetch import OK
from monitor.match import people_of
from monitor.model import Page
from monitor.standing import Arrival
from monitor.tally import Snapshot
from monitor.warc import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.fetch import Fetcher
    from monitor.model import Contest, Report, Request
    from monitor.night import Night
    from monitor.parsing import Parser
    from monitor.people import Act
    from monitor.polls import PollState
    from monitor.races import Race
    from monitor.store import Store

_log = structlog.get_logger()


class Keeper(Protocol):
    """Where answers are kept and bodies found again: the live archive, or a recording."""

    def keep(self, page: Page, visit_id: str) -> object:
        """Keep an answer, unless it repeats the newest one."""

    def keep_failure(self, url: str, error: FetchFailure, at: datetime, visit_id: str) -> object:
        """Keep a failed exchange."""

    def keep_act(self, act: Act, at: datetime) -> object:
        """Keep a person's act that was applied."""

    def body(self, digest: str) -> bytes | None:
        """Return a kept body, or None when it is not there any more."""


@dataclass(frozen=True, slots=True)
class Fetched:
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


class Visitor:
    """Asks sources and reads their pages; `parser` may be changed while nobody is asked."""

    def __init__(self, store: Store, fetcher: Fetcher, keeper: Keeper, parser: Parser) -> None:
        self.parser = parser
        self._store = store
        self._fetcher = fetcher
        self._keeper = keeper
        self._reports: dict[str, tuple[str, Report]] = {}
        self._known: dict[str, Page] = {}

    async def ask(
        self, night: Night, source: str, poll: PollState, now: datetime
    ) -> tuple[Fetched, Report]:
        """Return what a source answers, and what it says. Raises `SourceFailure`."""
        with _faults_named(source):
            answer = await self._fetch(night, source, poll, now)
            return answer, await self._report(night, source, answer)

    def remember(self, source: str, answer: Fetched, report: Report) -> None:
        """Keep what a visit brought, inside its transaction."""
        self._reports[source] = (answer.digest, report)
        for page in answer.fetched:
            if page.status == OK and not page.unchanged:
                self._store.remember_page(page, digest_of(page.body))
                self._known[page.url] = page

    def forget(self, source: str) -> None:
        """Have the source's pages parsed again, though they are the last ones'."""
        self._reports.pop(source, None)

    def keep_act(self, act: Act, at: datetime) -> None:
        """Keep a person's act beside the answers."""
        self._keeper.keep_act(act, at)

    async def _fetch(self, night: Night, source: str, poll: PollState, now: datetime) -> Fetched:
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
            return Fetched(done.value, tuple(fetched), is_look=fresh)

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

    async def _report(self, night: Night, source: str, answer: Fetched) -> Report:
        """Parse the pages, unless they are the last ones'."""
        digest = answer.digest
        last = self._reports.get(source)
        if last is not None and last[0] == digest:
            return last[1]
        return await self.parser.parse(night.scrapers[source], answer.pages)


def arrival_of(
    night: Night, race: Race, report: Report, contest: Contest, now: datetime, *, is_look: bool
) -> Arrival:
    """Return what a race's contest says in a report, as the core judges it."""
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
        people=people_of(race),
    )


@contextmanager
def _faults_named(source: str) -> Iterator[None]:
    """Turn whatever a scraper's own code raises into its source's failure."""
    try:
        yield
    except MonitorError:
        raise
    except Exception as error:  # a scraper's own code can raise anything
        _log.exception("scraper broke", source=source)
        raise ScraperBroken(
            f"the scraper of {source} failed on what the site answered "
            f"({type(error).__name__}: {error}); use another source or the sheet, and mend it"
        ) from error
