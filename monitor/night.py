"""A configuration made ready: its races with their rules, closes, plans and scrapers. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from monitor.errors import ConfigInvalid
from monitor.races import Config, Race, SourceUse
from monitor.rules import Rule, RuleBook, contest_kind_of
from monitor.scene import SourceFacts
from monitor.schedule import LOOK_WAIT, Plan
from monitor.state import Watched

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from monitor.model import Page, Report, Request
    from monitor.races import SourceConfig


class Tested(Protocol):
    """What a scraper says of its own proof."""

    @property
    def unproven(self) -> bool:
        """Say whether no stored payload proves it."""

    @property
    def needs_confirmation(self) -> bool:
        """Say whether what it reads is confirmed by a person before it is used."""


def needs_trust(scraper: Tested) -> bool:
    """Say whether no outcome follows by itself from a source that config does not trust."""
    return scraper.unproven or scraper.needs_confirmation


class Scraper(Tested, Protocol):
    """What the core asks of a scraper; `scrapers.base.Platform` is one."""

    @property
    def source_name(self) -> str:
        """Return who publishes the figures."""

    @property
    def county(self) -> str:
        """Return the county's name, or an empty string."""

    @property
    def hand_kept(self) -> bool:
        """Say whether people type the figures in."""

    @property
    def parse_in_pool(self) -> bool:
        """Say whether pages are parsed in another process."""

    @property
    def refresh_seconds(self) -> int:
        """Return how often the source changes at most."""

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Decide what to fetch."""

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest from the pages."""

    def link(self) -> str:
        """Return the page staff may open."""


@dataclass(frozen=True, slots=True)
class Place:
    """When a race's last polls close, and in which zone its times are written."""

    closes_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Night:
    """Everything a watch needs to know of one configuration, by id."""

    config: Config
    rules: RuleBook
    races: dict[str, Watched]
    places: dict[str, Place]
    scrapers: dict[str, Scraper]
    facts: dict[str, SourceFacts]
    plans: dict[str, Plan]
    uses: dict[str, tuple[tuple[Race, SourceUse], ...]]

    @property
    def digests(self) -> tuple[str, str]:
        """The configuration's and the rules' digests, kept with every decision."""
        return self.config.digest, self.rules.digest


def prepare(config: Config, rules: RuleBook, make: Callable[[SourceConfig], Scraper]) -> Night:
    """Make a configuration ready.

    Raises `ConfigInvalid` when a race's poll closing time is known from nowhere.
    """
    scrapers = {source.id: make(source) for source in config.sources}
    by_race = {race.id: rule_of(race, rules) for race in config.races}
    problems = tuple(
        f"races.{race.id}.polls_close: the rules know no closing time for "
        f"{race.election.state}; set polls_close and zone"
        for race in config.races
        if by_race[race.id] is None and (race.polls_close is None or not race.zone)
    )
    if problems:
        raise ConfigInvalid(problems)
    places = {race.id: _place(race, by_race[race.id]) for race in config.races}
    uses = {source: _uses(config, source) for source in scrapers}
    by_hand = frozenset(source for source, scraper in scrapers.items() if scraper.hand_kept)
    trusted = {source.id for source in config.sources if source.trusted}
    unproven = frozenset(
        source
        for source, scraper in scrapers.items()
        if needs_trust(scraper) and source not in trusted
    )
    return Night(
        config=config,
        rules=rules,
        races={
            race.id: Watched(
                race,
                by_race[race.id],
                by_hand,
                places[race.id].closes_at,
                next((one.id for one in config.races if one.follows == race.id), ""),
                config.slack.release_after if config.slack.heads_up else (),
                config.slack.updates_per_hour,
                unproven,
            )
            for race in config.races
        },
        places=places,
        scrapers=scrapers,
        facts={source: _facts(source, scraper) for source, scraper in scrapers.items()},
        plans={
            source: _plan(source, scrapers[source], [places[race.id] for race, _ in used])
            for source, used in uses.items()
            if used
        },
        uses=uses,
    )


def with_closes(night: Night, closes: Mapping[str, datetime]) -> Night:
    """Return the night with the polls of some races closing at other moments."""
    moved = {
        race: replace(
            night.places[race], closes_at=at.astimezone(ZoneInfo(night.places[race].zone))
        )
        for race, at in closes.items()
        if race in night.places
    }
    places = {**night.places, **moved}
    races = {
        race: replace(watched, closes_at=places[race].closes_at)
        for race, watched in night.races.items()
    }
    plans = {
        source: _plan(
            source, night.scrapers[source], [places[race.id] for race, _ in night.uses[source]]
        )
        for source in night.plans
    }
    return replace(night, places=places, races=races, plans=plans)


def rule_of(race: Race, rules: RuleBook) -> Rule | None:
    """Return the rule card in force for a race."""
    kind = contest_kind_of(race.election, race)
    return rules.rule_for(race.election.state, race.office_kind, kind, race.election.date)


def _place(race: Race, rule: Rule | None) -> Place:
    zone = race.zone or (rule.zone if rule else "")
    closes = race.polls_close or (rule.polls_close if rule else None)
    if closes is None:
        raise ConfigInvalid((f"races.{race.id}.polls_close: missing",))
    local = datetime.combine(race.election.date, closes, tzinfo=ZoneInfo(zone))
    return Place(local, zone)


def _uses(config: Config, source: str) -> tuple[tuple[Race, SourceUse], ...]:
    return tuple(
        (race, use) for race in config.races for use in race.sources if use.source == source
    )


def _facts(source: str, scraper: Scraper) -> SourceFacts:
    name, county = scraper.source_name, scraper.county
    if county and county not in name:
        name = f"{county} County, {name}"
    every = max(scraper.refresh_seconds, int(LOOK_WAIT.total_seconds()))
    return SourceFacts(source, name, scraper.link(), every)


def _plan(source: str, scraper: Scraper, places: list[Place]) -> Plan:
    closes = [place.closes_at for place in places]
    return Plan(source, min(closes), max(closes), timedelta(seconds=scraper.refresh_seconds))
