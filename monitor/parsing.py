"""Parsing beside the event loop: HTML and XML in another process, with a time limit.

A page that takes for ever is cut off with its process, and the pool is built anew;
other sources never wait for it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged

if TYPE_CHECKING:
    from monitor.model import Page, Report
    from monitor.night import Scraper

PARSE_SECONDS = 30.0
WORKERS = 2


class Parser:
    """Runs `scraper.parse`; `close` ends the pool."""

    def __init__(self, seconds: float = PARSE_SECONDS) -> None:
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None

    async def parse(self, scraper: Scraper, pages: tuple[Page, ...]) -> Report:
        """Return the report of the pages.

        Raises what the scraper raises, and `LayoutChanged` when it ran out of time
        or took its process down.
        """
        if not scraper.parse_in_pool:
            return scraper.parse(pages)
        if self._pool is None:
            self._pool = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))
        try:
            # A worker that died while idle is found out here.
            future = self._pool.submit(scraper.parse, pages)
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            self._rebuild()
            raise LayoutChanged(
                f"parsing took longer than {self._seconds:.0f} s at {pages[0].url}; "
                "open it in a browser, the page may be damaged or redesigned"
            ) from None
        except BrokenProcessPool:
            self._rebuild()
            raise LayoutChanged(
                f"parsing ended its process at {pages[0].url}; the page may be damaged"
            ) from None

    def _rebuild(self) -> None:
        """Kill the workers: a busy one cannot be asked to stop."""
        pool, self._pool = self._pool, None
        if pool is not None:
            for worker in list((pool._processes or {}).values()):  # noqa: SLF001 - no public way
                worker.kill()
            pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        """End the workers."""
        self._rebuild()
