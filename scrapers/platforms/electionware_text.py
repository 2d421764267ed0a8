"""Contests of Electionware reports as text: a county's summary, or one page after the other.

A page's labels and its figures are two lists, because a conversion to text may put a figure
some lines too high or too low: the first figure belongs to the first label, and so on.
Whether that holds is asked in `electionware_sums`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from scrapers.base import whole
from scrapers.platforms.electionware_pieces import figures_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapers.platforms.electionware_pieces import Leaf

CAST, ALL = "Total Votes Cast", "Contest Totals"
LEFT_OUT = ("Overvotes", "Undervotes")
_ENDS = (CAST, ALL, *LEFT_OUT)
_VOTE_FOR = re.compile(r"Vote For (\d{1,2})", re.IGNORECASE)
_REPORTED = re.compile(r"Precincts Report(?:ing|ed) ([\d,]+) of ([\d,]+)", re.IGNORECASE)
_VOTERS = re.compile(r"Registered Voters\b.*", re.IGNORECASE)
_STATISTICS = re.compile(r"(?:Registered Voters|Ballots Cast)\b.*", re.IGNORECASE)
_NO_ROW = re.compile(r"STATISTICS|Voter Turnout\b.*", re.IGNORECASE)
_NO_UNITS = re.compile(r"(?:Election Day )?Precincts\b.*", re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """One contest in one place, with its labels in order."""

    precinct: str
    title: str
    seats: int
    place: str
    labels: list[str] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    reported: tuple[int, int] | None = None

    def name(self) -> str:
        """Name the contest and its place, for errors."""
        return f"{self.title!r:.60}{' of ' * bool(self.precinct)}{self.precinct}, {self.place}"


@dataclass(slots=True)
class Sheet:
    """One page: whose row each label is (None: a statistic), and the figures of each line."""

    place: str
    owners: list[Block | None] = field(default_factory=list)
    has_groups: list[bool] = field(default_factory=list)
    figures: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, owner: Block | None, *, has_groups: bool = True) -> None:
        """Expect a row of figures."""
        self.owners.append(owner)
        self.has_groups.append(has_groups)


def read_text(
    leaves: Iterable[Leaf], where: str, *, by_precinct: bool
) -> tuple[tuple[Block, ...], tuple[Sheet, ...]]:
    """Read the contests and the figures of every page; `where` is named in errors."""
    reader = _Reader()
    for leaf in leaves:
        reader.begin(leaf, where, by_precinct=by_precinct)
        for line, place in leaf.lines[1 if by_precinct else 0 :]:
            reader.feed(parts_of(line), place)
    reader.refuse_title()
    return tuple(reader.blocks), tuple(reader.sheets)


class _Reader:
    """Reads line by line: statistics, then titles and their rows."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.sheets: list[Sheet] = []
        self.block: Block | None = None
        self.title: list[str] = []
        self.precinct = ""

    def begin(self, leaf: Leaf, where: str, *, by_precinct: bool) -> None:
        """Begin a page: of the same precinct, or of the next one."""
        if not leaf.lines:
            seen = f"page {leaf.number[0]} of {leaf.number[1]}" if leaf.number else "a page"
            raise LayoutChanged(f"{seen} is empty below its head at {where}")
        line, place = leaf.lines[0]
        precinct = " ".join(parts_of(line)[:1]) if by_precinct else ""
        if by_precinct and not precinct:
            raise LayoutChanged(f"expected a precinct, found {line.strip()!r:.40} in {place}")
        self.sheets.append(Sheet(place))
        if precinct != self.precinct:
            self.refuse_title()
            self.precinct, self.block = precinct, None

    def refuse_title(self) -> None:
        """Raise where lines were read that open no contest, or a contest has no end."""
        if self.title:
            seen = f"{self.title[0]!r:.60} is no contest and no row"
            raise LayoutChanged(f"{seen}, up to the page of {self.sheets[-1].place}")
        if self.block is not None and CAST not in self.block.labels:
            raise LayoutChanged(f"no {CAST!r} in {self.block.name()}")

    def feed(self, parts: tuple[str, ...], place: str) -> None:
        """Take one line, in its parts."""
        if not parts:
            return
        first, rest = parts[0], " ".join(parts[1:])
        if found := _VOTE_FOR.fullmatch(first):
            self._open(int(found.group(1)), place)
        elif found := _REPORTED.fullmatch(" ".join(parts)):
            self._reported((whole(found.group(1), place), whole(found.group(2), place)), place)
            return
        elif self.block is None and _NO_UNITS.fullmatch(first):
            return
        elif self.block is not None or not _NO_ROW.fullmatch(first):
            label, figures = figures_of(first, place)
            if label and self._is_row(label):
                self._row(label)
            elif label:
                self.title.append(first)
                figures = ()
            rest = " ".join((*map(str, figures), rest)).strip()
        over, figures = figures_of(rest, place) if rest else ("", ())
        if over:
            raise LayoutChanged(f"two texts, {first!r:.40} and {over!r:.40}, in {place}")
        if figures:
            self.sheets[-1].figures.append(figures)

    def _is_row(self, label: str) -> bool:
        """Tell a row from a title, which comes after the last row of a contest."""
        if self.title:
            return False
        if self.block is None:
            return _STATISTICS.fullmatch(label) is not None
        return CAST not in self.block.labels or label in _ENDS

    def _row(self, label: str) -> None:
        if self.block is not None:
            self.block.labels.append(label)
        self.sheets[-1].add(self.block, has_groups=not _VOTERS.fullmatch(label))

    def _open(self, seats: int, place: str) -> None:
        title, self.title = " ".join(self.title), []
        if not title:
            raise LayoutChanged(f"a contest without a title in {place}")
        self.refuse_title()
        self.block = Block(self.precinct, title, seats, place)
        self.blocks.append(self.block)

    def _reported(self, reported: tuple[int, int], place: str) -> None:
        """Keep a contest's precincts; those above the first one say nothing (0 of 50)."""
        if reported[0] > reported[1]:
            raise LayoutChanged(f"{reported[0]} of {reported[1]} precincts in {place}")
        if self.block is not None:
            self.block.reported = reported
