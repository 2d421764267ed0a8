"""`watch` on the wall clock: APScheduler calls the visits, signals and reloads are answered.

One job a source, on the phases of `monitor.schedule`; the next run is set when a
visit is over, so a slow source never overtakes itself and never delays another. Beside
them people's acts are taken from the audit table, and ticks when their time has come.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from watchfiles import awatch

from monitor import chores, outbox, verification_store
from monitor.config_changes import changes
from monitor.errors import MonitorError, SlackFailure, StoreFailure
from monitor.outbox import Row
from monitor.polls import PollState
from monitor.posts import RowClass
from monitor.schedule import interval, next_visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from monitor.deliver import Deliverer, Poster
    from monitor.night import Night
    from monitor.store import Store
    from monitor.watch import Watch

STOP_SECONDS = 2.5
"""What is under way has so long to end; then it is broken off, as a crash would, and taken up
by the next start."""
ALARM_EVERY = timedelta(minutes=10)

LOOK_AT_ACTS = 0.5
"""Seconds between two looks for people's acts, and for races whose moment has come."""
AT_ONCE = 50
"""Races looked at in one go: thousands whose moment is the same must not stop the visits."""
AFTER_TROUBLE = 5.0
"""Seconds until the next such look when the last one failed."""

LOOK_AT_CONFIG = 5_000
"""Milliseconds between two looks at config.toml when no change is heard of."""
SETTLED = 0.2
"""Seconds a changed config.toml stands still before it is read."""
MOST_LOOKS = 50
"""A file that never stands still is read as it is, and what is wrong with it is told."""

_log = structlog.get_logger()


class Beside(Protocol):
    """Something that runs beside the visits, such as the scoreboard."""

    @property
    def name(self) -> str:
        """Return what ops know it by."""

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set."""


class Service:
    """The running monitor.

    `load` reads the configuration anew for a reload. Runs until `stop` is set or the
    process is asked to end.
    """

    def __init__(
        self,
        watch: Watch,
        store: Store,
        deliverer: Deliverer,
        poster: Poster,
        config_path: Path,
        load: Callable[[], Night],
    ) -> None:
        self._watch = watch
        self._store = store
        self._deliverer = deliverer
        self._poster = poster
        self._config_path = config_path
        self._load = load
        self._stop = asyncio.Event()
        self._visits: set[asyncio.Task[None]] = set()
        self._alarmed_at: datetime | None = None
        self._refusals: dict[str, str] = {}
        self._config_seen = ""
        self._started = datetime.now(UTC)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    async def run(self, beside: Sequence[Beside] = ()) -> None:
        """Watch until asked to stop; then finish what is under way.

        `beside`: what runs beside the visits, each until the event it is given is set.
        """
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stop.set)
        self._scheduler.start()
        for source in self._watch.night.plans:
            self._schedule(source)
        _log.info("watching", sources=len(self._watch.night.plans))
        works = (
            self._deliverer.run(self._stop),
            self._reloads(),
            self._over_and_over("people's acts", self._take_acts),
            self._over_and_over("a tick", self._tick),
            *map(self._guarded, beside),
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
            await self._stop.wait()
            await self._end(tasks)

    async def _end(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        """Let what runs finish for a moment; a scheduler's own shutdown would cancel visits."""
        self._scheduler.pause()
        _, late = await asyncio.wait({*self._visits, *tasks}, timeout=STOP_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        self._scheduler.shutdown(wait=False)
        _log.info("stopped", unsent=outbox.waiting(self._store.db), broken_off=len(late))

    async def _guarded(self, one: Beside) -> None:
        """Run what runs beside the visits; a fault of it ends nothing else, and begins anew."""
        while not self._stop.is_set():
            try:
                await one.run(self._stop)
            except Exception as error:  # noqa: BLE001 - as for a visit
                _log.exception("work beside the visits failed", work=one.name)
                await self._alarm(f"{one.name} failed: {type(error).__name__}: {error}")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stop.wait(), AFTER_TROUBLE)

    # -- visits --------------------------------------------------------------------------

    def _schedule(self, source: str) -> None:
        plan = self._watch.night.plans.get(source)
        if plan is None or self._stop.is_set():
            return
        now = datetime.now(UTC)
        try:
            poll = self._store.poll(source)
        except MonitorError:  # told by the visit; a source is never left without its next one
            poll = PollState(visited_at=now)
        due = next_visit(plan, poll, self._started)
        if due is None:
            _log.info("nothing more is expected", source=source)
            return
        # A clock that jumped back must not silence a source for hours.
        soon = min(max(due, now), now + interval(plan, now))
        self._scheduler.add_job(
            self._start_visit, "date", run_date=soon, args=[source], id=source,
            replace_existing=True,
        )  # fmt: skip

    async def _start_visit(self, source: str) -> None:
        task = asyncio.create_task(self._visit(source))
        self._visits.add(task)
        task.add_done_callback(self._visits.discard)
        await asyncio.wait({task})  # who ends the job does not end the visit, nor the other way

    async def _visit(self, source: str) -> None:
        if source not in self._watch.night.plans:
            return
        try:
            await self._watch.visit(source, datetime.now(UTC))
            self._deliverer.wake()
            await self._tell_refusals()
        except MonitorError as error:
            await self._alarm(f"visit to {source} could not be stored: {error}")
        except Exception as error:  # noqa: BLE001 - a fault of ours must neither end nor hide
            _log.exception("visit failed", source=source)
            await self._alarm(f"visit to {source} failed: {type(error).__name__}: {error}")
        finally:
            self._schedule(source)

    # -- people and time -----------------------------------------------------------------

    async def _over_and_over(self, name: str, work: Callable[[], bool]) -> None:
        """Do something small every half second until asked to stop, whatever it raises."""
        wait = LOOK_AT_ACTS
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), wait)
                return
            wait = LOOK_AT_ACTS
            try:
                if work():
                    wait = 0.0  # there may be more of it
                    self._deliverer.wake()
            except MonitorError as error:
                wait = AFTER_TROUBLE
                await self._alarm(f"{name} could not be stored: {error}")
            except Exception as error:  # noqa: BLE001 - as for a visit
                wait = AFTER_TROUBLE
                _log.exception("work failed", work=name)
                await self._alarm(f"{name} failed: {type(error).__name__}: {error}")

    def _take_acts(self) -> bool:
        """Answer the acts that wait; say whether there was one."""
        races = self._watch.take_acts(datetime.now(UTC))
        self._replan(races)
        return bool(races)

    def wake(self) -> None:
        """Have the sender look at once: rows were added."""
        self._deliverer.wake()

    def acted(self, race: str) -> None:
        """Follow an act that was taken on the watch itself, as from Slack."""
        self._replan(frozenset({race}))
        self._deliverer.wake()

    def _replan(self, races: frozenset[str]) -> None:
        """Plan the sources of races anew: acts want them looked at, or move their close."""
        for source, uses in self._watch.night.uses.items():
            # Two races of one source share its rhythm, which a moved close changes.
            if any(race.id in races for race, _ in uses):
                self._schedule(source)

    def _tick(self) -> bool:
        """Look again at the races whose moment has come; say whether there was one."""
        now, moment = datetime.now(UTC), self._watch.next_tick()
        if moment is None or moment > now:
            return False
        self._watch.tick(now, AT_ONCE)
        return True

    # -- reload --------------------------------------------------------------------------

    async def _reloads(self) -> None:
        """Take each valid change of config.toml; an invalid one leaves the running one.

        A person's check of a rule card (`rules verify`) is taken the same way.
        The file is also looked at every few seconds: a change made before the folder
        was watched, or on a disk that tells of none, must not be missed.
        """
        folder = self._config_path.resolve().parent
        async for _ in awatch(
            folder, stop_event=self._stop, debounce=200, recursive=False,
            rust_timeout=LOOK_AT_CONFIG, yield_on_timeout=True,
        ):  # fmt: skip
            content = await self._settled()
            try:
                content += str(verification_store.count(self._store.db))
                if content != self._config_seen:
                    await self._reload()
                self._config_seen = content
            except Exception as error:  # noqa: BLE001 - nothing has changed, it is tried again
                _log.exception("config not taken")
                await self._alarm(f"config.toml could not be taken, the old one runs on: {error}")

    async def _settled(self) -> str:
        """Digest config.toml as soon as two looks agree: half a file may be a valid one."""
        content = await asyncio.to_thread(_digest, self._config_path)
        for _ in range(MOST_LOOKS):
            if self._config_seen.startswith(content) or self._stop.is_set():
                break
            await asyncio.sleep(SETTLED)
            before, content = content, await asyncio.to_thread(_digest, self._config_path)
            if content == before:
                break
        return content

    async def _reload(self) -> None:
        """Take config.toml as it is now, or refuse it; raises what has nothing to do with it."""
        before = self._watch.night
        try:
            night = self._load()
            if night.digests == before.digests:
                return
            found = changes(before.config, night.config)
            self._watch.reload(night, found, datetime.now(UTC))
        except StoreFailure:
            raise
        except MonitorError as error:
            _log.error("config refused, the old one runs on", problems=str(error))
            await self._tell_ops(f"config.toml is refused, the old one runs on: {error}")
            return
        _log.info("config reloaded", changes=[f"{c.kind.value} {c.id}" for c in found])
        self._deliverer.wake()
        for source in set(before.plans) - set(night.plans):
            with contextlib.suppress(LookupError):
                self._scheduler.remove_job(source)
        for source in night.plans:
            self._schedule(source)

    async def _tell_refusals(self) -> None:
        """Tell ops once of each channel where something is refused, and what becomes of it."""
        waiting = {
            channel: f"messages to {channel} are refused ({error}); make the channel or invite "
            "the bot, then restart: they wait"
            for channel, error in outbox.refusals(self._store.db).items()
        }
        given_up = {
            f"{channel} beside": f"a pin or a file in {channel} was given up ({error})"
            for channel, error in chores.refusals(self._store.db).items()
        }
        found = waiting | given_up
        for place, told in found.items():
            if self._refusals.get(place) != told:
                await self._tell_ops(told)
        self._refusals = found

    # -- alarms --------------------------------------------------------------------------

    async def trouble(self, text: str) -> None:
        """Tell ops of trouble with what runs beside the visits."""
        await self._alarm(text)

    async def _alarm(self, text: str) -> None:
        """Tell ops of trouble of our own, every ten minutes at most."""
        _log.error(text)
        now = datetime.now(UTC)
        if self._alarmed_at is None or now - self._alarmed_at >= ALARM_EVERY:
            self._alarmed_at = now
            await self._tell_ops(text)

    async def _tell_ops(self, text: str) -> None:
        """Post past the database, which may be what is broken."""
        now = datetime.now(UTC)
        row = Row(
            key=f"alarm-{now:%Y%m%dT%H%M%S}", row_class=RowClass.UPDATE, race=None,
            kind="bot-trouble", channel=self._watch.night.config.slack.ops_channel, thread=None,
            text=f"BOT TROUBLE: {text.partition(chr(10))[0][:300]}", blocks="[]", at=now, row=0,
            attempts=0, first_claimed_at=None, claimed_at=None,
        )  # fmt: skip
        try:
            await self._poster.post(row, None)
        except SlackFailure as error:
            _log.error("ops could not be told", error=str(error))


def _digest(path: Path) -> str:
    """Digest a file's bytes; a file that cannot be read has a digest of its own."""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "unreadable"
