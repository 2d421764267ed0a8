"""Storms before the emulator: drawn faults and an outage, for processes that are killed in them.

Each storm is a fault proxy of its own, with its own seed, in an event loop of its own thread,
so that command lines in other processes can call it while the test waits for them.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter, deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.slack_faults import Fault, FaultProxy, Kind, limited, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

OUTAGE = "outage"
SURE = (limited("1"), Fault(Kind.DROP), Fault(Kind.ANSWER, 500, "<html>"))
FAULTS = (
    *SURE, refusal("internal_error"), Fault(Kind.ANSWER_AFTER, 503, "<html>"),
    Fault(Kind.DROP_AFTER), Fault(Kind.CLOSE_AFTER), Fault(Kind.DELAY_AFTER),
)  # fmt: skip
SHARES = {
    "chat.postMessage": (0.2, FAULTS),
    "chat.update": (0.01, FAULTS),
    "conversations.history": (0.05, SURE),
}
"""Of each method's calls, how many fail, and how."""


class Weather(dict[str, deque[Fault]]):
    """Draws a fault for some calls, in the place of planned ones; counts them by kind."""

    def __init__(self, seed: int, begin_outage: Callable[[], None]) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self._random = Random(seed)  # noqa: S311 - chosen once, for ever
        self._until_outage = self._random.randint(5, 15)
        self._begin_outage = begin_outage

    def get(self, method: str, default: Any = None) -> Any:
        """Return the fault the next call of a method meets, as a queue of one."""
        if method == "chat.postMessage":
            self._until_outage -= 1
            if self._until_outage == 0:
                self.counts[OUTAGE] += 1
                self._begin_outage()
        share, faults = SHARES.get(method, (0.0, FAULTS))
        if self._random.random() >= share:
            return default
        fault = self._random.choice(faults)
        self.counts[f"{fault.kind.name} {fault.status}"] += 1
        return deque([fault])


@dataclass(slots=True)
class Storm:
    """One proxy in bad weather. `outage_seconds`: how long nobody listens there, once."""

    upstream: str
    seed: int
    outage_seconds: float
    proxy: FaultProxy = field(init=False)
    weather: Weather = field(init=False)
    _place: socket.socket = field(default_factory=socket.socket)
    _server: asyncio.Server | None = None
    _outage: asyncio.Task[None] | None = None

    @property
    def api_url(self) -> str:
        """Return the Web API's address in the storm."""
        return f"http://127.0.0.1:{self._port}/api/"

    @property
    def _port(self) -> int:
        return int(self._place.getsockname()[1])

    async def begin(self) -> None:
        """Listen, at a port that is kept while nobody listens there."""
        self._place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._place.bind(("127.0.0.1", 0))
        self.weather = Weather(self.seed, self._begin_outage)
        self.proxy = FaultProxy(self.upstream, planned=self.weather)
        await self._listen()

    async def end(self) -> None:
        """Listen no more."""
        if self._outage is not None:
            self._outage.cancel()
            with suppress(asyncio.CancelledError):
                await self._outage
        if self._server is not None:
            self._server.close()
        await self.proxy.close()
        self._place.close()

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self.proxy.serve, "127.0.0.1", self._port)

    def _begin_outage(self) -> None:
        self._outage = asyncio.get_running_loop().create_task(self._be_out())

    async def _be_out(self) -> None:
        """Reset what is connected and refuse every connection for a while."""
        assert self._server is not None
        self.proxy.outage = Fault(Kind.DROP)
        self._server.close()
        await asyncio.sleep(self.outage_seconds)
        self.proxy.outage = None
        await self._listen()


@dataclass(slots=True)
class Sky:
    """Where storms are made: an event loop in a thread of its own."""

    loop: asyncio.AbstractEventLoop
    storms: list[Storm] = field(default_factory=list)

    def storm(self, upstream: str, seed: int, outage_seconds: float) -> Storm:
        """Begin a storm."""
        storm = Storm(upstream, seed, outage_seconds)
        self.run(storm.begin())
        self.storms.append(storm)
        return storm

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the loop, and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    @property
    def faults(self) -> Counter[str]:
        """Return how many faults there were, by kind."""
        return sum((storm.weather.counts for storm in self.storms), Counter())


@contextmanager
def sky() -> Iterator[Sky]:
    """Run the loop; end every storm with it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    made = Sky(loop)
    try:
        yield made
    finally:
        for storm in made.storms:
            made.run(storm.end())
        made.run(_end_connections())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end_connections() -> None:
    """Cancel what still serves a connection."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
