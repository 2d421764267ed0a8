"""Contests by precinct, as the backtest plays them: rows gathered into boxes. Pure.

A row is the votes of one choice in one precinct, of one type. A box is a precinct's
whole count, parted into what is counted first (mail, early) and the rest.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from monitor.match import normal_name
from monitor.model import VoteType

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST = (VoteType.EARLY, VoteType.ABSENTEE_MAIL)
_ADMINISTRATIVE = (
    (re.compile(r"\b(?:absentee|vote by mail|mail|one ?stop|early)\b|^os ", re.IGNORECASE), True),
    (re.compile(r"\b(?:provisional|transfer|curbside)\b", re.IGNORECASE), False),
)


class Row(NamedTuple):
    """The votes of one choice in one precinct; `type` is TOTAL where none is told."""

    contest: str
    title: str
    party: str
    seats: int
    precinct: str
    choice: str
    is_write_in: bool
    type: VoteType
    votes: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One ballot line."""

    name: str
    is_write_in: bool


@dataclass(frozen=True, slots=True)
class Box:
    """One precinct's votes, by choice: counted `first`, and the `rest`.

    `is_unit` is False for a precinct that stands in no map: absentee, provisional.
    """

    first: tuple[int, ...]
    rest: tuple[int, ...]
    is_unit: bool


@dataclass(frozen=True, slots=True)
class RowContest:
    """A contest with its precincts. `types_known`: the file tells which votes come first."""

    file: str
    state: str
    on: date
    key: str
    title: str
    party: str
    seats: int
    choices: tuple[Choice, ...]
    boxes: tuple[Box, ...]
    types_known: bool

    @property
    def votes(self) -> tuple[int, ...]:
        """The final count, by choice."""
        return tuple(
            sum(votes)
            for votes in zip(*(map(sum, zip(b.first, b.rest)) for b in self.boxes))  # noqa: B905
        )

    @property
    def is_contested(self) -> bool:
        """More named candidates than seats, some votes, and a real precinct."""
        named = sum(not choice.is_write_in for choice in self.choices)
        units = sum(box.is_unit for box in self.boxes)
        return named > self.seats and units > 0 and sum(self.votes) > 0


@dataclass(slots=True)
class _Sums:
    """One contest while its rows pass: votes by precinct and choice, first and rest."""

    head: Row
    choices: dict[str, Choice] = field(default_factory=dict)
    boxes: dict[str, dict[str, list[int]]] = field(default_factory=dict)


def gather(rows: Iterable[Row], file: str, state: str, on: date) -> tuple[RowContest, ...]:
    """Return every contest of a file's rows, in the order of first sight.

    Lines under two spellings of one name are one line, as in a tally.
    """
    contests: dict[str, _Sums] = {}
    names: dict[str, str] = {}
    for row in rows:
        sums = contests.setdefault(row.contest, _Sums(row))
        name = names.get(row.choice) or names.setdefault(row.choice, normal_name(row.choice))
        sums.choices.setdefault(name, Choice(row.choice, row.is_write_in))
        box = sums.boxes.setdefault(row.precinct, defaultdict(lambda: [0, 0]))
        box[name][0 if _comes_first(row) else 1] += row.votes
    return tuple(_contest(sums, file, state, on) for sums in contests.values())


def _comes_first(row: Row) -> bool:
    return row.type in _FIRST or _administrative(row.precinct) is True


def _administrative(precinct: str) -> bool | None:
    """Say whether an administrative precinct is counted first; None for a real one."""
    return next((first for form, first in _ADMINISTRATIVE if form.search(precinct)), None)


def _contest(sums: _Sums, file: str, state: str, on: date) -> RowContest:
    boxes = tuple(_box(precinct, votes, sums) for precinct, votes in sums.boxes.items())
    head = sums.head
    return RowContest(
        file=file,
        state=state,
        on=on,
        key=head.contest,
        title=head.title,
        party=head.party,
        seats=head.seats,
        choices=tuple(sums.choices.values()),
        boxes=boxes,
        types_known=any(sum(box.first) for box in boxes),
    )


def _box(precinct: str, votes: dict[str, list[int]], sums: _Sums) -> Box:
    first, rest = (tuple(votes[name][part] for name in sums.choices) for part in (0, 1))
    return Box(first, rest, is_unit=_administrative(precinct) is None)
