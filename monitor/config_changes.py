"""What a reload of config.toml changes: `changes(before, after)`, pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from monitor.config_problems import Problem, lines
from monitor.errors import ConfigInvalid
from monitor.races import ElectionKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from monitor.races import Config, Election, Race, SourceConfig


class ChangeKind(StrEnum):
    """What a reload asks for."""

    RACE_ADDED = "race-added"
    RACE_REMOVED = "race-removed"
    RE_DECIDE = "re-decide"
    SOURCE_ADDED = "source-added"
    SOURCE_REMOVED = "source-removed"
    NEW_BASELINE = "new-baseline"
    CHANNELS = "channels"
    FETCH = "fetch"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two configurations.

    `id`: the race of a race change or `re-decide`, the source of a source change
    or `new-baseline`; empty otherwise. `race`: the one race a `new-baseline` is
    for, empty when it is for every race of the source. `what`: the keys that
    changed, for the log.
    """

    kind: ChangeKind
    id: str = ""
    race: str = ""
    what: str = ""


def changes(before: Config, after: Config) -> tuple[Change, ...]:
    """Say what a reload changes, sources first.

    Raises `ConfigInvalid` when a race keeps its id under another election: its
    stored history would then be that of another contest.
    """
    _refuse_moved_races(before, after)
    return (
        *_source_changes(before, after),
        *_race_changes(before, after),
        *_rest_changes(before, after),
    )


def _refuse_moved_races(before: Config, after: Config) -> None:
    old = {race.id: race.election for race in before.races}
    problems = [
        Problem(
            ("races", place, "election"),
            f"{race.id} was of {held.id} ({held.state}, {held.date}); "
            "a race keeps its election, so give this one a new id",
        )
        for place, race in enumerate(after.races)
        if _which(held := old.get(race.id, race.election)) != _which(race.election)
    ]
    if problems:
        raise ConfigInvalid(lines(problems, after.text))


def _which(election: Election) -> tuple[str, str, date]:
    """Return what makes an election that election; a mended `kind` leaves it the same."""
    return election.id, election.state, election.date


def _source_changes(before: Config, after: Config) -> Iterator[Change]:
    old, new = ({source.id: source for source in config.sources} for config in (before, after))
    yield from (Change(ChangeKind.SOURCE_REMOVED, name) for name in old if name not in new)
    for name, source in new.items():
        if name not in old:
            yield Change(ChangeKind.SOURCE_ADDED, name)
        elif what := _differing(_settled(old[name]), _settled(source)):
            yield Change(ChangeKind.NEW_BASELINE, name, what=what)


def _settled(source: SourceConfig) -> SourceConfig:
    """Leave out the election's kind: it changes the rule, not what the source says."""
    return replace(source, election=replace(source.election, kind=ElectionKind.GENERAL))


def _race_changes(before: Config, after: Config) -> Iterator[Change]:
    old, new = ({race.id: race for race in config.races} for config in (before, after))
    yield from (Change(ChangeKind.RACE_REMOVED, name) for name in old if name not in new)
    for name, race in new.items():
        if name not in old:
            yield Change(ChangeKind.RACE_ADDED, name)
            continue
        yield from _baselines(old[name], race)
        if what := _differing(_without_keys(old[name]), _without_keys(race)):
            yield Change(ChangeKind.RE_DECIDE, name, what=what)


def _baselines(old: Race, new: Race) -> Iterator[Change]:
    """Find the sources in which the race is now another contest, or is looked for anew."""
    used = {use.source: use for use in old.sources}
    for use in new.sources:
        had = used.get(use.source)
        if not had or (had.contest_key, had.contest) != (use.contest_key, use.contest):
            what = "contest" if had else "sources"
            yield Change(ChangeKind.NEW_BASELINE, use.source, race=new.id, what=what)


def _without_keys(race: Race) -> Race:
    """Leave out which contest it is in each source: that is a baseline's matter."""
    uses = tuple(replace(use, contest_key="", contest="") for use in race.sources)
    return replace(race, sources=uses)


def _rest_changes(before: Config, after: Config) -> Iterator[Change]:
    if what := _differing(before.slack, after.slack):
        yield Change(ChangeKind.CHANNELS, what=what)
    if what := _differing(before.fetch, after.fetch):
        yield Change(ChangeKind.FETCH, what=what)


def _differing(old: Any, new: Any) -> str:
    """Name the fields in which two records of one class differ."""
    names = [field.name for field in fields(old)]
    return ", ".join(name for name in names if getattr(old, name) != getattr(new, name))
