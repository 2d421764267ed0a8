"""What several sources say of the same counties: agreed, one lagging, or different. Pure.

A county's page and its state's differ for minutes all night: whichever is older in
every line lags behind. It blocks outcomes all the same until it has caught up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

from monitor.match import one_name, people_of
from monitor.suspicion import total_of
from monitor.tally import Snapshot, groups, preferred

if TYPE_CHECKING:
    from collections.abc import Container

    from monitor.model import Contest
    from monitor.races import Race

ENTERED = "entered:"
"""Before the id of the source that figures typed in by a person stand in for."""


@dataclass(frozen=True, slots=True)
class Side:
    """One source's total. `older`: than the newest of them, by the sources' own times.

    `older` is None where a source has no time of its own. `is_used`: the race is told
    from it. `is_superseded`: a person has set it aside; it is shown and counts nowhere.
    """

    source: str
    total: int
    older: timedelta | None
    is_used: bool
    is_superseded: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """The sources of one county group, in order of trust, where there are several.

    `difference`: how two of them differ, in one sentence; empty when they agree.
    `lags`: the source that is behind, or level, in every line; empty when none is.
    """

    covers: tuple[str, ...]
    sides: tuple[Side, ...]
    difference: str = ""
    lags: str = ""


def agreement(
    race: Race,
    accepted: dict[str, Snapshot],
    superseded: Container[str] = (),
    using: frozenset[str] = frozenset(),
) -> tuple[Agreement, ...]:
    """Compare the sources of each county group that has more than one with figures.

    `using`: the sources told from, as in `tally.add_up`.
    """
    found = []
    for uses in groups(race):
        present = [use.source for use in uses if use.source in accepted]
        if len(present) > 1:
            counting = {s: accepted[s] for s in present if s not in superseded}
            used = preferred(uses, counting, using)
            sides = tuple(_side(s, present, accepted, used, superseded) for s in present)
            difference, lags = _difference(race, sides, accepted)
            found.append(Agreement(uses[0].covers, sides, difference, lags))
    return tuple(found)


def disagreement(race: Race, accepted: dict[str, Snapshot], superseded: Container[str] = ()) -> str:
    """Say which sources differ, or return an empty string.

    Alternatives for the same counties; and counties whose candidates have other names,
    for then a sum would split one person's votes in two.
    """
    differing = (one.difference for one in agreement(race, accepted, superseded))
    said = next((one for one in differing if one), "")
    return said or _other_names(race, accepted, superseded)


def _side(
    source: str,
    present: list[str],
    accepted: dict[str, Snapshot],
    used: str | None,
    superseded: Container[str],
) -> Side:
    times = [accepted[one].source_time for one in present]
    known = [time for time in times if time is not None]
    return Side(
        source=source,
        total=total_of(accepted[source].contest),
        older=_older(accepted[source].source_time, known),
        is_used=source == used,
        is_superseded=source in superseded,
    )


def _older(mine: datetime | None, known: list[datetime]) -> timedelta | None:
    return max(known) - mine if mine is not None and len(known) > 1 else None


def _difference(
    race: Race, sides: tuple[Side, ...], accepted: dict[str, Snapshot]
) -> tuple[str, str]:
    """Return the first difference from the most trusted source, and who lags behind."""
    compared = [
        one for one in sides if not one.is_superseded and not one.source.startswith(ENTERED)
    ]
    for other in compared[1:]:
        first = compared[0]
        ours, theirs = (_lines(race, accepted[one.source].contest) for one in (first, other))
        pairs = _pairs(ours, theirs)
        if any(mine != yours for _, mine, yours in pairs):
            return _sentence(first, other, pairs)
    return "", ""


_Lines = dict[str, tuple[str, int]]
"""Names as printed and votes, by the one name that every spelling of a person has."""
_Pairs = list[tuple[str, int, int]]


def _pairs(ours: _Lines, theirs: _Lines) -> _Pairs:
    """Set the lines side by side; those named differently by their votes, in order.

    Sources spell a rival in more ways than anybody can list, so other names alone are
    no difference in votes.
    """
    both = [(ours[key][0], ours[key][1], theirs[key][1]) for key in ours if key in theirs]
    mine = sorted(votes for key, (_, votes) in ours.items() if key not in theirs)
    yours = sorted(votes for key, (_, votes) in theirs.items() if key not in ours)
    longer = max(len(mine), len(yours))
    mine, yours = ([0] * (longer - len(one)) + one for one in (mine, yours))
    return both + [("", one, other) for one, other in zip(mine, yours, strict=True)]


def _sentence(first: Side, other: Side, pairs: _Pairs) -> tuple[str, str]:
    said = (
        f"{first.source} has {first.total:,} votes{_age(first)}, "
        f"{other.source} has {other.total:,}{_age(other)}"
    )
    lags = ""
    if all(mine <= yours for _, mine, yours in pairs):
        lags = first.source
    elif all(mine >= yours for _, mine, yours in pairs):
        lags = other.source
    if lags:
        return f"{said}; {lags} lags behind", lags
    named = next((one for one in pairs if one[0] and one[1] != one[2]), None)
    return said + (f"; {named[0]}: {named[1]:,} and {named[2]:,}" if named else ""), ""


def _age(side: Side) -> str:
    minutes = round(side.older / timedelta(minutes=1)) if side.older is not None else 0
    return f" ({minutes} {'minute' if minutes == 1 else 'minutes'} older)" if minutes else ""


def _lines(race: Race, contest: Contest) -> _Lines:
    people = people_of(race)
    return {
        one_name(s.name, people): (s.name, s.votes) for s in contest.selections if not s.is_write_in
    }


def _other_names(race: Race, accepted: dict[str, Snapshot], superseded: Container[str]) -> str:
    """Say that each of two counties names somebody the other does not: one person, or two."""
    first = [
        next((u.source for u in uses if u.source in accepted and u.source not in superseded), None)
        for uses in groups(race)
    ]
    if len(first) == 1:
        return ""
    named = {one: _lines(race, accepted[one].contest) for one in first if one is not None}
    for one, other in combinations(named, 2):
        ours = [name for key, (name, _) in named[one].items() if key not in named[other]]
        theirs = [name for key, (name, _) in named[other].items() if key not in named[one]]
        if ours and theirs:
            names = f"{one} names {min(ours)} where {other} names {min(theirs)}"
            return f"{names}; if that is one person, give both spellings in the race's `rivals`"
    return ""
