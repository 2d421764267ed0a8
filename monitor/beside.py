"""Wiring of what runs beside the visits: scoreboard, dead man, second way, commands, buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.dead_man import DeadMan
from monitor.pressing import DeskActs
from monitor.second_way import SecondWay
from monitor.slack import SlackPoster
from monitor.slack_desk import Desk as Ports
from monitor.slack_records import SlackRecords

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.deliver import Poster
    from monitor.desk_service import Desk
    from monitor.second_way import Way
    from monitor.sending import Access
    from monitor.service import Beside, Service
    from monitor.store import Store
    from monitor.watch import Watch

Explain = Callable[[str, datetime | None], Iterable[str]]
"""Returns the lines of `explain` for a race, now or at a time; it may block."""


def beside(
    watch: Watch,
    store: Store,
    poster: Poster,
    desk: Desk,
    service: Service,
    given: Access,
    ways: tuple[Way, ...],
    explain: Explain,
) -> Iterator[Beside]:
    """Yield what is set up to run beside the visits."""
    yield desk
    if ways:
        yield SecondWay(store.db, ways)
    if not isinstance(poster, SlackPoster):
        return
    yield DeadMan(store, poster, lambda: watch.night, service.wake)
    if given.way is not None and given.token is not None:
        # slack-bolt costs half a second to import, which nobody else should wait for.
        from monitor.slack_app import SlackApp  # noqa: PLC0415

        ports = _ports(watch, store, desk, service, explain)
        yield SlackApp(given.way, given.token, given.api_url, ports, trouble=service.trouble)


def _ports(watch: Watch, store: Store, desk: Desk, service: Service, explain: Explain) -> Ports:
    async def explained(race: str, at: datetime | None) -> Iterable[str]:
        return await asyncio.to_thread(explain, race, at)

    return Ports(
        acts=DeskActs(watch, store, service.acted),
        records=SlackRecords(store),
        config=lambda: watch.night.config,
        views=desk.views,
        explain=explained,
        now=lambda: datetime.now(UTC),
    )
