"""Backfill: what was missed becomes history rows, and nothing else.

Rows are marked `is_backfill`; race state, holds, keys and messages stay as they
are. A row's time is when its figures were fetched: a record's own, or the first
import of that file, which the database remembers, so a second run adds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.errors import NothingMatched
from monitor.match import Found, Unmatched, find
from monitor.model import Contest
from monitor.sanity import judge
from monitor.standing import Arrival, SourceStanding, Verdict
from monitor.tally import Snapshot, groups

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from typing import Any

    from monitor.model import Report
    from monitor.night import Night
    from monitor.precinct_sums import Contests
    from monitor.races import Config, Race, SourceUse
    from monitor.store import Store


@dataclass(frozen=True, slots=True)
class Backfilled:
    """What one backfill did.

    `kind`: precincts, report or archive. `lines`: lines of a precinct file added.
    `history`: rows added, by race. `passed_over`: why a race got none, by race.
    `newest`: the figures a present state would be told from, by race.
    """

    what: str
    kind: str
    source: str
    lines: int = 0
    history: dict[str, int] = field(default_factory=dict)
    passed_over: dict[str, str] = field(default_factory=dict)
    newest: dict[str, Newest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest figures of a race at a source: when fetched, and the contest where known."""

    source: str
    at: datetime
    contest: Contest | None = None


def narrowed(config: Config, race: str | None, source: str | None) -> Config:
    """Return the configuration with the races and sources that were asked for.

    Raises `NothingMatched` with what there is when an id is not in it.
    """
    races, sources = config.races, config.sources
    if source is not None:
        sources = tuple(one for one in sources if one.id == source)
        races = tuple(one for one in races if any(use.source == source for use in one.sources))
        _refuse_unknown("source", source, sources, (one.id for one in config.sources))
    if race is not None:
        _refuse_unknown(
            "race",
            race,
            [one for one in config.races if one.id == race],
            (one.id for one in config.races),
        )
        races = tuple(one for one in races if one.id == race)
        if not races:
            raise NothingMatched(f"race {race} does not use source {source}; see config.toml")
        used = {use.source for one in races for use in one.sources}
        sources = tuple(one for one in sources if one.id in used)
    return replace(config, races=races, sources=sources)


def _refuse_unknown(kind: str, asked: str, found: Iterable[object], ids: Iterable[str]) -> None:
    if not list(found):
        raise NothingMatched(f"no {kind} {asked!r} in the configuration; it has {', '.join(ids)}")


def refuse_other_dates(races: Iterable[Race], day: date | None, where: str) -> None:
    """Raise `NothingMatched`, naming both dates, when no race was held on a file's date."""
    asked = list(races)
    if day is None or not asked or any(race.election.date == day for race in asked):
        return
    held = "; ".join(f"{race.id} on {race.election.date}" for race in asked)
    raise NothingMatched(f"{where} is of the election of {day}, but the races are {held}")


def add_report(
    store: Store,
    night: Night,
    source: str,
    report: Report,
    at: datetime,
    where: str,
    *,
    known: tuple[Contest, ...] = (),
) -> Backfilled:
    """Add one report of a configured source to the history of its races.

    `known`: contests as the report before had them; one that is equal adds no row.
    Raises `NothingMatched` when the report is of another date, or fits no race.
    """
    uses = night.uses[source]
    refuse_other_dates((race for race, _ in uses), report.election_date, where)
    history: dict[str, int] = {}
    passed_over: dict[str, str] = {}
    newest: dict[str, Newest] = {}
    for race, use in uses:
        found = find(report, race, use)
        if isinstance(found, Unmatched):
            passed_over[race.id] = found.sentence
            continue
        if found.contest in known:
            continue
        snapshot = _snapshot(report, found.contest, at)
        if reason := _refused(night, race, report, snapshot):
            passed_over[race.id] = reason
            continue
        history[race.id] = _write(store, race, source, snapshot)
        newest[race.id] = Newest(source, at, found.contest)
    _refuse_nothing(history, passed_over, where)
    return Backfilled(where, "report", source, 0, history, passed_over, newest)


def _snapshot(report: Report, contest: Contest, at: datetime) -> Snapshot:
    return Snapshot(
        contest=contest,
        fetched_at=at,
        source_time=report.source_time,
        source_time_text=report.source_time_text,
        version=report.version,
        status=contest.status or report.status,
        status_text=report.status_text,
    )


def _refused(night: Night, race: Race, report: Report, snapshot: Snapshot) -> str:
    """Say why sanity would not take these figures as a first look, or return nothing."""
    closes_at = night.places[race.id].closes_at
    arrival = Arrival(
        snapshot=snapshot,
        at=snapshot.fetched_at,
        is_look=True,
        expected_date=race.election.date,
        closes_at=closes_at,
        election_date=report.election_date,
        is_test=report.is_test,
    )
    judged = judge(SourceStanding(), arrival)
    if judged.verdict is Verdict.ACCEPTED:
        return ""
    hold = judged.standing.hold
    return hold.reason if hold else f"no figures to keep ({judged.verdict.value})"


def _refuse_nothing(history: dict[str, int], passed_over: dict[str, str], where: str) -> None:
    if not history and passed_over:
        told = "; ".join(f"{race}: {why}" for race, why in passed_over.items())
        raise NothingMatched(f"nothing of {where} fits a race: {told}")


def _write(store: Store, race: Race, source: str, snapshot: Snapshot) -> int:
    with store.transaction():
        return store.add_history(race.id, source, snapshot, is_backfill=True)


def add_precincts(
    store: Store,
    races: Iterable[Race],
    contests: Contests,
    report: Report,
    at: datetime,
    source: str,
) -> Backfilled:
    """Add an imported precinct file's sums to the history of the races it covers.

    `report` holds the file's summed contests. `source` names the rows' source. A race
    takes the lines of its own counties only.
    """
    history: dict[str, int] = {}
    passed_over: dict[str, str] = {}
    newest: dict[str, Newest] = {}
    for race in races:
        found = _found(report, race)
        if isinstance(found, Unmatched):
            passed_over[race.id] = found.sentence
            continue
        there = contests.counties(found.contest)
        covered = _covered(race, there)
        if missing := [name for name, county in covered.items() if county is None]:
            passed_over[race.id] = (
                f"no line of {', '.join(missing)} in «{found.contest.title}»; "
                f"it has {', '.join(sorted(there)[:8])}"
            )
            continue
        counties = {county for county in covered.values() if county is not None}
        contest = contests.within(found.contest, counties)
        history[race.id] = _write(store, race, source, _snapshot(report, contest, at))
        newest[race.id] = Newest(source, at, contest)
    return Backfilled("", "precincts", source, 0, history, passed_over, newest)


def _found(report: Report, race: Race) -> Found | Unmatched:
    """Find a race by any of its sources' names for the contest, the most trusted first."""
    uses: list[SourceUse] = [use for group in groups(race) for use in group]
    answers = [find(report, race, use) for use in uses]
    return next((one for one in answers if isinstance(one, Found)), answers[0])


def _covered(race: Race, there: Iterable[str]) -> dict[str, str | None]:
    """Map the counties a race covers to their spelling in the file, or None."""
    spelled = {_county(name): name for name in there}
    names = [name for group in groups(race) for name in group[0].covers]
    return {name: spelled.get(_county(name)) for name in names}


def _county(name: str) -> str:
    return " ".join(name.casefold().removesuffix(" county").split())


def add_replayed(
    store: Store, rows: Iterable[dict[str, Any]], races: Iterable[Race], what: str
) -> Backfilled:
    """Add the history rows that a replay of an archive has written elsewhere.

    A row that live watching wrote of the same report is the same row, and stays.
    """
    asked = list(races)
    history: dict[str, int] = {}
    newest: dict[str, Newest] = {}
    with store.transaction():
        for row in rows:
            values = {name: value for name, value in row.items() if name != "row"}
            values["is_backfill"] = 1
            names = ", ".join(values)
            marks = ", ".join("?" for _ in values)
            cursor = store.db.execute(
                f"INSERT OR IGNORE INTO history ({names}) VALUES ({marks})",  # noqa: S608 - ours
                list(values.values()),
            )
            race = str(row["race"])
            history[race] = history.get(race, 0) + cursor.rowcount
            newest[race] = Newest(str(row["source"]), datetime.fromisoformat(row["at"]))
    if not history:
        held = "; ".join(f"{race.id} on {race.election.date}" for race in asked)
        raise NothingMatched(f"{what} holds no accepted report of the races asked for: {held}")
    passed_over = {race.id: "no accepted report" for race in asked if race.id not in history}
    return Backfilled(what, "archive", "", 0, history, passed_over, newest)
