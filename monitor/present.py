"""The present state, told once: the newest backfilled report through the live path.

Same visit, sanity, keys and outbox as live, with the wall clock; only the answer
comes from what was backfilled. The source's poll state stays its own: what a file
says is no sign that the site answers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.backfill import Newest
from monitor.model import Page, Request
from monitor.polls import PollState
from monitor.store import Store
from monitor.suspicion import figures
from monitor.watch import Watch
from monitor.world import RecordedFetcher

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping
    from datetime import datetime

    from monitor.model import Report
    from monitor.night import Night, Scraper
    from monitor.parsing import Parser
    from monitor.visiting import Keeper
    from monitor.world import World


class _PollsAside(Store):
    """The store, without the memory of polling."""

    def poll(self, source: str) -> PollState:
        """Return the state of a source never visited."""
        del source
        return PollState()

    def save_poll(self, source: str, poll: PollState) -> None:
        """Leave the source's own poll state as it is."""


class _OnePage:
    """A scraper that visits nothing but the page that was given."""

    def __init__(self, scraper: Scraper, page: Page) -> None:
        self._scraper = scraper
        self._page = page
        self.source_name = scraper.source_name
        self.county = scraper.county
        self.hand_kept = scraper.hand_kept
        self.unproven = scraper.unproven
        self.needs_confirmation = scraper.needs_confirmation
        self.parse_in_pool = False
        self.refresh_seconds = scraper.refresh_seconds

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the page."""
        return ((yield Request(self._page.url)),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Parse as the source's own scraper does."""
        return self._scraper.parse(pages)

    def link(self) -> str:
        """Return the page staff may open."""
        return self._scraper.link()


class _GivenFetcher:
    """Answers with the one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Return the page, fetched now."""
        del request, known, unconditional
        return replace(self._page, fetched_at=now)


@dataclass(frozen=True, slots=True)
class Untold:
    """The races whose newest figures are not known live yet, and why others are left out."""

    newest: dict[str, Newest]
    known: dict[str, str]


def untold(store: Store, newest: Mapping[str, Newest]) -> Untold:
    """Choose the races to tell: live must not know the same or newer figures already."""
    fresh: dict[str, Newest] = {}
    known: dict[str, str] = {}
    for race, one in newest.items():
        standing = store.race(race).standings.get(one.source)
        accepted = standing.accepted if standing else None
        if accepted is None:
            fresh[race] = one
        elif one.contest is not None and figures(one.contest) == figures(accepted.contest):
            known[race] = f"{one.source} already has these figures"
        elif accepted.fetched_at >= one.at:
            known[race] = f"{one.source} already has newer figures, of {accepted.fetched_at:%F %R}"
        else:
            fresh[race] = one
    return Untold(fresh, known)


async def tell(
    night: Night,
    sources: Iterable[str],
    store: Store,
    keeper: Keeper,
    parser: Parser,
    now: datetime,
    given: Page | World,
) -> None:
    """Visit each of the sources once, with the page given or in a recorded world."""
    aside = _PollsAside(store.db)
    for source in sources:
        if isinstance(given, Page):
            scraper = _OnePage(night.scrapers[source], given)
            one = replace(night, scrapers={source: scraper})
            watch = Watch(one, aside, _GivenFetcher(given), keeper, parser)
        else:
            watch = Watch(night, aside, RecordedFetcher(given), keeper, parser)
        await watch.visit(source, now)


def outcome(store: Store, newest: Mapping[str, Newest], now: datetime) -> dict[str, str]:
    """Say what became of each race's figures in the visit at `now`."""
    return {race: _outcome(store, race, one.source, now) for race, one in newest.items()}


def _outcome(store: Store, race: str, source: str, now: datetime) -> str:
    standing = store.race(race).standings.get(source)
    if standing is not None and standing.hold is not None:
        return f"held: {standing.hold.reason}"
    accepted = standing.accepted if standing else None
    return "told" if accepted and accepted.fetched_at == now else "not told: no report came of it"
