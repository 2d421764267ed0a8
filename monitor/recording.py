"""Keep every answer of some sources in a recording, without watching any race."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.asking import ask
from monitor.errors import FetchFailure, SourceFailure
from monitor.fetch import OK

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.archive import ArchiveWriter
    from monitor.fetch import Fetcher
    from monitor.model import Page, Request
    from monitor.night import Scraper


@dataclass(frozen=True, slots=True)
class Kept:
    """What a recording took in: visits made, records written, one line a failed visit."""

    visits: int = 0
    records: int = 0
    failures: tuple[str, ...] = ()


class Recorder:
    """Visits sources in turn and keeps what they answer, failures too."""

    def __init__(
        self, scrapers: dict[str, Scraper], fetcher: Fetcher, archive: ArchiveWriter
    ) -> None:
        self._scrapers = scrapers
        self._fetcher = fetcher
        self._archive = archive
        self._known: dict[str, Page] = {}
        self._kept = Kept()

    async def run(
        self,
        every: float,
        seconds: float,
        clock: Callable[[], datetime],
        on_visit: Callable[[float], None],
    ) -> Kept:
        """Visit every source now and each `every` seconds, for so many seconds.

        `on_visit` is told the share of the time that has passed.
        """
        started = clock()
        while True:
            began = clock()
            await asyncio.gather(*(self._visit(source, began) for source in self._scrapers))
            passed = (clock() - started).total_seconds()
            on_visit(min(passed / seconds, 1.0) if seconds else 1.0)
            wait = max(every - (clock() - began).total_seconds(), 0.0)
            if passed + wait > seconds:
                return self._kept
            await asyncio.sleep(wait)

    async def _visit(self, source: str, now: datetime) -> None:
        visit_id = f"{source}-{now:%Y%m%dT%H%M%S}"

        async def answer(request: Request) -> Page:
            return await self._answer(request, now, visit_id)

        failures: tuple[str, ...] = ()
        try:
            await ask(self._scrapers[source].visit(), answer)
        except SourceFailure as error:
            failures = (f"{source}: {type(error).__name__}: {error}",)
        kept = self._kept
        self._kept = replace(kept, visits=kept.visits + 1, failures=kept.failures + failures)

    async def _answer(self, request: Request, now: datetime, visit_id: str) -> Page:
        known = self._known.get(request.url)
        try:
            page = await self._fetcher.fetch(request, known=known, now=now, unconditional=False)
        except FetchFailure as error:
            self._count(self._archive.keep_failure(request.url, error, now, visit_id))
            raise
        self._count(self._archive.keep(page, visit_id))
        if page.status == OK:
            self._known[request.url] = page
        return page

    def _count(self, record: object | None) -> None:
        if record is not None:
            self._kept = replace(self._kept, records=self._kept.records + 1)
