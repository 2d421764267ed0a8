"""What a decision was made on, kept beside it so that it can be explained later. Pure.

A race's state holds only the present. The grounds are the part of it that a decision
rests on, so they change when the decision or the reasons for it do, and not with every
look at the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.agreement import disagreement
from monitor.decision import Decision
from monitor.model import Units
from monitor.people import Called, Stood
from monitor.standing import looks
from monitor.state import Told, accepted, as_counted
from monitor.suspicion import total_of
from monitor.tally import Tally, groups

if TYPE_CHECKING:
    from monitor.races import Race, SourceUse
    from monitor.state import RaceState, Watched


class Use(StrEnum):
    """Whether a source's figures were counted, or why they were not."""

    USED = "used"
    SILENT = "no-figures"
    SUPERSEDED = "superseded"
    LAGS = "lags"
    SPARE = "another-is-used"


@dataclass(frozen=True, slots=True)
class Counted:
    """One source of a race, as the tally saw it.

    `votes`: of all lines, None before its first accepted figures. `looks`: how many
    proved these figures, 2 meaning two that agree, at least 60 s apart. `hold`: kind
    and reason of newer figures that are kept back, and who rejected them. `aside`: who
    superseded it.
    """

    source: str
    covers: tuple[str, ...]
    use: Use
    votes: int | None = None
    units: Units | None = None
    accepted_at: datetime | None = None
    looks: int = 0
    hold: str = ""
    aside: Stood | None = None


@dataclass(frozen=True, slots=True)
class Grounds:
    """A decision for one endorsed candidate, and all that it was made on.

    `tally`: without votes by type, which `race_history` has. `told`: what staff knew
    after it. `difference`: how two sources differ, empty where they agree. `frozen`
    and `called`: what named people stood for.
    """

    decision: Decision
    tally: Tally
    told: Told
    sources: tuple[Counted, ...]
    difference: str = ""
    frozen: Stood | None = None
    called: Called | None = None


def grounds_of(
    watched: Watched, state: RaceState, tally: Tally | None, decisions: tuple[Decision, ...]
) -> dict[str, Grounds | None]:
    """Return the grounds of each endorsed candidate's decision, None where there is none."""
    race = as_counted(watched.race, state)
    found: dict[str, Grounds | None] = dict.fromkeys(one.candidate for one in race.endorsements)
    if tally is None:
        return found
    counted = _counted(race, state, tally)
    superseded = state.people.superseded
    difference = disagreement(watched.race, accepted(state), superseded)
    for decision in decisions:
        found[decision.candidate] = Grounds(
            decision=decision,
            tally=replace(tally, lines=tuple(replace(one, by_type=()) for one in tally.lines)),
            told=state.told.get(decision.candidate, Told()),
            sources=counted,
            difference=difference,
            frozen=state.people.frozen,
            called=state.people.called.get(decision.candidate),
        )
    return found


def _counted(race: Race, state: RaceState, tally: Tally) -> tuple[Counted, ...]:
    figures = {use.source: _figures(use, state) for use in race.sources}
    return tuple(
        replace(figures[use.source], use=_use(use.source, uses, state, tally, figures))
        for uses in groups(race)
        for use in uses
    )


def _figures(use: SourceUse, state: RaceState) -> Counted:
    standing = state.standings.get(use.source)
    rejected = state.people.rejected.get(use.source)
    wrong = f"; {rejected.by.who} says it is wrong: {rejected.by.why}" if rejected else ""
    aside = state.people.superseded.get(use.source)
    if standing is None:
        return Counted(use.source, use.covers, Use.SILENT, aside=aside)
    hold, taken = standing.hold, standing.accepted
    return Counted(
        source=use.source,
        covers=use.covers,
        use=Use.SILENT,
        votes=total_of(taken.contest) if taken else None,
        units=taken.contest.units if taken else None,
        accepted_at=standing.changed_at,
        looks=looks(standing),
        hold=f"{hold.kind.value}: {hold.reason}{wrong}" if hold else "",
        aside=aside,
    )


def _use(
    source: str,
    uses: tuple[SourceUse, ...],
    state: RaceState,
    tally: Tally,
    figures: dict[str, Counted],
) -> Use:
    if source in tally.sources:
        return Use.USED
    if source in state.people.superseded:
        return Use.SUPERSEDED
    mine = figures[source].votes
    if mine is None:
        return Use.SILENT
    used = next((figures[one.source].votes for one in uses if one.source in tally.sources), None)
    return Use.LAGS if used is not None and mine < used else Use.SPARE
