"""Contests put together from lines: one line for each choice, or for each choice and place.

Most files of states and counties are such lists. The same choice twice in one place, a
choice that one place lacks, or two figures for the units of one place are refused: each is
a doubled, cut or shifted file, and a sum of it would be wrong.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, UnitKind, Units, VoteCount, VoteType

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Line:
    """One choice in one place, as a file has it.

    `contest` and `choice` are ids, or what stands for them; `place`: the county or
    precinct, "" where the file is a total. `reported`: units reported and total there.
    `where`: for errors. `may_lack`: places may leave it out, as write-ins.
    """

    contest: str
    title: str
    choice: str
    name: str
    votes: int
    where: str
    place: str = ""
    party: str = ""
    contest_party: str = ""
    by_type: tuple[VoteCount, ...] = ()
    reported: tuple[int, int] | None = None
    seats: int = 1
    is_write_in: bool = False
    winner_mark: bool = False
    may_lack: bool = False


@dataclass(slots=True)
class _Choice:
    """One choice while its places are added up."""

    first: Line
    votes: int = 0
    types: Counter[tuple[VoteType, str]] = field(default_factory=Counter)
    places: set[str] = field(default_factory=set)
    has_mark: bool = False


@dataclass(slots=True)
class _Contest:
    """One contest while its lines are added up."""

    first: Line
    choices: dict[str, _Choice] = field(default_factory=dict)
    units: dict[str, tuple[int, int] | None] = field(default_factory=dict)


def refuse_total_place(lines: Iterable[Line], where: str) -> None:
    """Raise where one place has, line by line, what all others have together.

    It is the county's own total under a name that we do not know, and would be counted twice.
    """
    whole: Counter[tuple[str, str]] = Counter()
    places: dict[str, Counter[tuple[str, str]]] = {}
    for line in lines:
        whole[line.contest, line.choice] += line.votes
        places.setdefault(line.place, Counter())[line.contest, line.choice] += line.votes
    for place, own in places.items():
        if any(own.values()) and all(2 * votes == whole[key] for key, votes in own.items()):
            seen = f"{place!r:.40} has the votes of all other places together"
            raise LayoutChanged(f"{seen}, so it is no place but a total, at {where}")


def contests_of(lines: Iterable[Line], kind: UnitKind = UnitKind.PRECINCTS) -> tuple[Contest, ...]:
    """Add lines up into contests, in the order of first sight; `kind`: what units count."""
    found: dict[str, _Contest] = {}
    for line in lines:
        _add(found.setdefault(line.contest, _Contest(line)), line)
    return tuple(_contest(one, kind) for one in found.values())


def _add(contest: _Contest, line: Line) -> None:
    if not (line.contest and line.title and line.choice and line.name):
        raise LayoutChanged(f"a contest or a choice without a name in {line.where}")
    first = contest.first
    if (line.title, line.contest_party, line.seats) != (
        first.title, first.contest_party, first.seats,
    ):  # fmt: skip
        raise LayoutChanged(f"contest {line.contest!r:.40} is two contests in {line.where}")
    known = contest.units.setdefault(line.place, line.reported)
    if known != line.reported:
        seen = f"{line.reported} after {known} units of {line.place or 'the whole'}"
        raise LayoutChanged(f"{seen} in {line.where}")
    choice = contest.choices.setdefault(line.choice, _Choice(line))
    if line.place in choice.places:
        seen = f"{line.name!r:.40} stands twice in {line.title!r:.60}"
        raise LayoutChanged(f"{seen}{' of ' + line.place if line.place else ''}, {line.where}")
    choice.places.add(line.place)
    choice.votes += line.votes
    choice.has_mark = choice.has_mark or line.winner_mark
    for count in line.by_type:
        choice.types[(count.type, count.label)] += count.votes


def _contest(contest: _Contest, kind: UnitKind) -> Contest:
    first, places = contest.first, set(contest.units)
    for choice in contest.choices.values():
        if lacking := places - choice.places:
            if choice.first.may_lack:
                continue
            seen = f"{choice.first.name!r:.40} is missing in {min(lacking)!r:.40}"
            raise LayoutChanged(f"{seen} of {first.title!r:.60}, {first.where}")
    return Contest(
        key=first.contest,
        title=first.title,
        selections=tuple(map(_selection, contest.choices.values())),
        party=first.contest_party,
        votes_allowed=first.seats,
        number_elected=first.seats,
        units=_units(contest, kind),
    )


def _units(contest: _Contest, kind: UnitKind) -> Units | None:
    given = [one for one in contest.units.values() if one is not None]
    if not given or len(given) < len(contest.units):
        return None
    reported, total = (sum(part) for part in zip(*given, strict=True))
    return Units(reported, total, kind) if total else None


def _selection(choice: _Choice) -> Selection:
    first = choice.first
    return Selection(
        key=first.choice,
        name=first.name,
        votes=choice.votes,
        party=first.party,
        by_type=tuple(
            VoteCount(kind, votes, label) for (kind, label), votes in choice.types.items()
        ),
        is_write_in=first.is_write_in,
        winner_mark=choice.has_mark,
    )
