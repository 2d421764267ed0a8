"""Work done again and again: at once when woken, else after a pause, until a stop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from monitor.errors import MonitorError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = structlog.get_logger()


class Loop:
    """One kind of work. `pause`: the seconds until it may have something to do by itself."""

    def __init__(
        self,
        work: Callable[[asyncio.Event], Awaitable[object]],
        pause: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._work = work
        self._pause = pause
        self._sleep = sleep
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Tell that there is something to do."""
        self._woken.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stopped; errors are logged and end nothing."""
        while not stop.is_set():
            try:
                await self._work(stop)
            except MonitorError as error:
                _log.error("delivery is delayed", error=str(error))
            except Exception:  # noqa: BLE001 - a fault of ours must not end the whole service
                _log.exception("delivery failed, it goes on")
            await self._wait(stop)

    async def _wait(self, stop: asyncio.Event) -> None:
        pause = asyncio.ensure_future(self._sleep(self._pause()))
        waits = {pause, *map(asyncio.ensure_future, (self._woken.wait(), stop.wait()))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self._woken.clear()
