"""What must hold between the tables of config.toml: names exist, and things fit together.

The checks read the parsed document, not the typed one, so that a wrong type in
one key hides no other problem: a value of another type than expected counts as
not there, and its own problem comes from `monitor.config_shape`.
"""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol

from monitor.config_document import named, tables, text, texts, twice
from monitor.config_problems import Problem, hint
from monitor.config_slack_checks import slack_problems
from monitor.likeness import guesses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from monitor.toml_lines import Path

RESERVED = frozenset({"scraper", "platform", "trusted", "election"})
"""The keys of a `[sources.ID]` table that are no settings."""
PARTISAN = frozenset({"partisan-primary-closed", "partisan-primary-open"})


class ScraperShape(Protocol):
    """What the configuration must know of a scraper class; `scrapers.base.Platform` has it."""

    @property
    def state(self) -> str:
        """Two letters, or empty for many states."""

    @property
    def county(self) -> str:
        """The county's name, or empty on a platform."""

    @property
    def optional_settings(self) -> Mapping[str, str]:
        """Settings that may be given, with their defaults."""

    def settings_needed(self) -> frozenset[str]:
        """Return the settings that must be given."""


def cross_problems(
    document: Mapping[str, Any], scrapers: Mapping[str, ScraperShape]
) -> Iterator[Problem]:
    """Find everything that does not fit together in a parsed config.toml."""
    elections, sources = named(document, "elections"), named(document, "sources")
    for name, table in sources.items():
        yield from _source(("sources", name), table, elections, scrapers)
    races = tables(document, "races")
    yield from twice(("races",), races, "id")
    for place, race in races:
        yield from _race(("races", place), race, elections, sources, scrapers)
    yield from _follows(races, elections)
    yield from slack_problems(document, races)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _county(name: str) -> str:
    """Fold a county's name, so that "Durham County" and "durham" are never added up."""
    return _folded(name).removesuffix(" county")


def _unknown(path: Path, kind: str, name: str, known: Collection[str]) -> Iterator[Problem]:
    if name and name not in known:
        yield Problem(path, f'no {kind} "{name}"{hint(name, known)}')


def _source(
    path: Path,
    table: Mapping[str, Any],
    elections: Mapping[str, Mapping[str, Any]],
    scrapers: Mapping[str, ScraperShape],
) -> Iterator[Problem]:
    election = text(table, "election")
    yield from _unknown((*path, "election"), "election", election, elections)
    if {"scraper", "platform"} <= set(table):
        yield Problem((*path, "platform"), "give `scraper` or `platform`, not both")
        return
    key = next((key for key in ("scraper", "platform") if key in table), "")
    name = text(table, key) if key else str(path[-1])
    where = (*path, key) if key else path
    yield from _unknown(where, key or "scraper", name, scrapers)
    if name in scrapers:
        scraper = scrapers[name]
        yield from _settings(path, set(table) - RESERVED, name, scraper)
        if key == "platform" and scraper.county:
            yield Problem(where, f'{name} is a county file; write scraper = "{name}"')
        state = text(elections.get(election, {}), "state")
        if state and scraper.state not in {"", state}:
            yield Problem(
                (*path, "election"), f"{name} reads {scraper.state}; {election} is in {state}"
            )


def _settings(
    path: Path, given: Collection[str], name: str, scraper: ScraperShape
) -> Iterator[Problem]:
    needed = scraper.settings_needed()
    known = needed | set(scraper.optional_settings)
    takes = f"{name} needs {', '.join(sorted(needed)) or 'no settings'}"
    for missing in sorted(needed - set(given)):
        yield Problem(path, f"the setting `{missing}` is missing; {takes}")
    for extra in sorted(set(given) - known):
        near = guesses(extra, known | RESERVED)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        yield Problem((*path, extra), f"unknown setting{meant}; {takes}")


def _race(
    path: Path,
    race: Mapping[str, Any],
    elections: Mapping[str, Mapping[str, Any]],
    sources: Mapping[str, Mapping[str, Any]],
    scrapers: Mapping[str, ScraperShape],
) -> Iterator[Problem]:
    election = text(race, "election")
    yield from _unknown((*path, "election"), "election", election, elections)
    yield from _ballot(path, race, elections.get(election, {}))
    if ("polls_close" in race) != ("zone" in race):
        key = "polls_close" if "polls_close" in race else "zone"
        yield Problem((*path, key), "`polls_close` and `zone` go together")
    yield from _candidates((*path, "endorsements"), tables(race, "endorsements"))
    uses = tables(race, "sources")
    for place, use in uses:
        real = election if election in elections else ""  # one mistake is told once
        yield from _use((*path, "sources", place), use, real, sources, scrapers)
    yield from _covers((*path, "sources"), uses)
    yield from _people(path, race)


def _people(path: Path, race: Mapping[str, Any]) -> Iterator[Problem]:
    """Check what depends on who runs, who withdrew and who is asked."""
    uncontested = race.get("uncontested") is True
    if uncontested and "sources" in race:
        yield Problem((*path, "uncontested"), "an uncontested race has no sources; leave them out")
    if not uncontested and race.get("sources", []) == []:
        yield Problem((*path, "sources"), "`sources` is missing: where are its votes read?")
    ours = {
        _folded(name)
        for _, one in tables(race, "endorsements")
        for name in [text(one, "candidate"), *texts(one, "aliases")]
    }
    for place, name in enumerate(texts(race, "withdrawn")):
        if _folded(name) in ours:
            yield Problem((*path, "withdrawn", place), f'"{name}" is endorsed here')
    for place, name in _rivals(race):
        if _folded(name) in ours:
            yield Problem((*path, "rivals", place), f'"{name}" is endorsed here; use `aliases`')


def _follows(
    races: list[tuple[int, dict[str, Any]]], elections: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """Refuse a race that follows a later one; one that is not here may be in the database."""
    held = {text(race, "id"): _day(race, elections) for _, race in races}
    for place, race in races:
        first, then = held.get(text(race, "follows")), _day(race, elections)
        if first is not None and then is not None and then <= first:
            yield Problem(
                ("races", place, "follows"),
                f"{text(race, 'follows')} is of {first}, which is not before {then}",
            )


def _day(race: Mapping[str, Any], elections: Mapping[str, Mapping[str, Any]]) -> date | None:
    held = elections.get(text(race, "election"), {}).get("date")
    return held if type(held) is date else None


def _rivals(race: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    given = race.get("rivals")
    for place, names in enumerate(given if isinstance(given, list) else []):
        for name in names if isinstance(names, list) else []:
            if isinstance(name, str):
                yield place, name


def _ballot(path: Path, race: Mapping[str, Any], election: Mapping[str, Any]) -> Iterator[Problem]:
    """Check party and general election against the election's kind and date."""
    kind = text(election, "kind")
    if kind in PARTISAN and "party" not in race:
        yield Problem(path, "`party` is missing; a party primary is one party's")
    if kind == "general":
        for key in {"party", "general"} & set(race):
            yield Problem((*path, key), f"`{key}` has no place in a general election")
    general = race.get("general")
    held, after = election.get("date"), general.get("date") if isinstance(general, dict) else None
    if type(held) is date and type(after) is date and after <= held:
        yield Problem((*path, "general", "date"), f"{after} is not after the election of {held}")


def _candidates(path: Path, endorsements: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    """Refuse one name on two endorsements: matching could not tell them apart."""
    seen: dict[str, int] = {}
    for place, endorsement in endorsements:
        names = [text(endorsement, "candidate"), *texts(endorsement, "aliases")]
        for name in names:
            if name and seen.setdefault(_folded(name), place) != place:
                yield Problem(
                    (*path, place),
                    f'"{name}" is endorsed twice here; put all organisations into one `by`',
                )


def _use(
    path: Path,
    use: Mapping[str, Any],
    election: str,
    sources: Mapping[str, Mapping[str, Any]],
    scrapers: Mapping[str, ScraperShape],
) -> Iterator[Problem]:
    name = text(use, "source")
    yield from _unknown((*path, "source"), "source", name, sources)
    source = sources.get(name, {})
    if election and text(source, "election") not in {"", election}:
        theirs = text(source, "election")
        yield Problem(
            (*path, "source"), f"{name} is a source of {theirs}; this race is of {election}"
        )
    if "contest" not in use and "contest_key" not in use:
        yield Problem(path, "`contest_key` or `contest` is missing: which contest is it there?")
    counties = [_county(county) for county in texts(use, "covers")]
    if len(set(counties)) < len(counties):
        yield Problem((*path, "covers"), "a county stands here twice")
    scraper = scrapers.get(text(source, "scraper") or text(source, "platform") or name)
    county = scraper.county if scraper else ""
    if county and set(counties) - {_county(county)}:
        yield Problem((*path, "covers"), f"{name} reads {county} County and no other")


def _covers(path: Path, uses: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    """Equal `covers` are alternatives, disjoint ones are summed; between them lies nothing."""
    for (_, one), (place, other) in combinations(uses, 2):
        name, first = text(other, "source"), text(one, "source")
        if name and name == first:
            yield Problem((*path, place, "source"), f'"{name}" stands here a second time')
        mine, theirs = ({_county(name) for name in texts(use, "covers")} for use in (other, one))
        if mine != theirs and mine & theirs:
            both = ", ".join(sorted(mine & theirs))
            yield Problem(
                (*path, place, "covers"),
                f"{name} and {first} both cover {both}, but not all the same counties; "
                "make them equal (alternatives) or without a county in common (added up)",
            )
