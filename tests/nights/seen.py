"""What a person saw before an act: the core's own digest of the figures at that time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.acts import seen_now
from monitor.config import read_config
from monitor.diff import advance
from monitor.discover import discover
from monitor.fetch import OK
from monitor.match import Unmatched, find
from monitor.night import prepare
from monitor.rulebook import shipped_rules
from monitor.standing import Arrival
from monitor.state import RaceState
from monitor.tally import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.model import Contest, Page, Report
    from monitor.night import Night, Scraper
    from monitor.people import Act
    from monitor.races import SourceConfig
    from tests.nights.moments import Moment

HERE = Path(__file__).parent


def prepared(night: str) -> Night:
    """Make a night's own configuration ready, under the shipped rules."""
    scrapers = discover().scrapers

    def make(source: SourceConfig) -> Scraper:
        return scrapers[source.scraper](date=source.election.date, settings=dict(source.settings))

    text = (HERE / f"{night}.config.toml").read_text(encoding="utf-8")
    return prepare(read_config(text, base=HERE, scrapers=scrapers), shipped_rules(), make)


def read(scraper: Scraper, pages: dict[str, Page]) -> Report:
    """Run a visit over the newest page of every URL, and parse what it brings."""
    visit = scraper.visit()
    request = next(visit)
    try:
        while True:
            request = visit.send(pages[request.url])
    except StopIteration as done:
        return scraper.parse(done.value)


def seen_by(act: Act, night: str, moments: Iterable[Moment]) -> str:
    """Return the digest of what the race's one source had shown by the time of an act."""
    ready = prepared(night)
    watched = ready.races[act.race]
    (use,) = watched.race.sources
    earlier = [page for moment in moments if moment.at <= act.at for page in moment.pages]
    pages = {page.url: page for page in earlier if page.status == OK}
    report = read(ready.scrapers[use.source], pages)
    found = find(report, watched.race, use)
    assert not isinstance(found, Unmatched), found.sentence
    state = RaceState()
    for minutes in (2, 1):  # two looks
        arrival = _arrival(ready, act, report, found.contest, act.at - timedelta(minutes=minutes))
        state = advance(watched, state, use.source, arrival).state
    return seen_now(watched, state, act, act.at)


def _arrival(ready: Night, act: Act, report: Report, contest: Contest, at: datetime) -> Arrival:
    snapshot = Snapshot(
        contest, at, report.source_time, report.source_time_text, report.version,
        contest.status or report.status, report.status_text,
    )  # fmt: skip
    race = ready.races[act.race].race
    return Arrival(
        snapshot, at, is_look=True, expected_date=race.election.date,
        closes_at=ready.places[act.race].closes_at,
    )  # fmt: skip
