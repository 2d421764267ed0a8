"""The lines of ES&S EL45 summaries: statistics, then contests, read strictly.

Every line must be understood. Whether the figures of a contest belong together is asked in
`ess_el45_shares`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from scrapers.base import clean, whole
from scrapers.labels import is_write_in
from scrapers.platforms.ess_el30_lines import Row, read_row

if TYPE_CHECKING:
    from scrapers.platforms.ess_el45_pages import Sheet

_PARTY = re.compile(r"\s*\*{3,} *\((.+)\) *\*{3,}")
_VOTE_FOR = re.compile(r"\s*\(?VOTE FOR(?: NOT MORE THAN)? ?\)? *(\d{1,2})\)?", re.IGNORECASE)
_COUNTED = re.compile(r"\s*\(WITH ([\d,]+) OF ([\d,]+) PRECINCTS COUNTED\)", re.IGNORECASE)
_PRECINCTS = re.compile(r"PRECINCTS COUNTED \(OF ([\d,]+)\)", re.IGNORECASE)
_TURNOUT = re.compile(r"\s*VOTER TURNOUT - .*", re.IGNORECASE)
_PERCENT = re.compile(r".*\.\s+[\d,]+\s+(\d{0,3}\.\d\d)(?:\s+[\d,]+)*", re.ASCII)
_NOBODY = re.compile(r"NO CANDIDATE(?:\(S\)|S)? FILED\b.*", re.IGNORECASE)
_LEFT_OUT = re.compile(r"(?:over|under) ?votes", re.IGNORECASE)


@dataclass(slots=True)
class Summed:
    """One contest of a summary; `counted`: precincts counted and all, where it says so."""

    party: str
    title: str
    seats: int
    place: str
    groups: tuple[str, ...] = ()
    counted: tuple[int, int] | None = None
    rows: list[Row] = field(default_factory=list)
    shares: list[float | None] = field(default_factory=list)
    total: int | None = None

    def add(self, row: Row, share: float | None, place: str) -> None:
        """Take one row; lines of nobody and of write-ins may stand once per seat."""
        if row.parts and len(row.parts) != len(self.groups):
            seen = f"{len(row.parts)} parts under {len(self.groups)} columns"
            raise LayoutChanged(f"{seen} for {row.name} in {place}")
        if _LEFT_OUT.fullmatch(row.name):
            return
        if self.total is not None:
            raise LayoutChanged(f"{row.name} stands after the total in {place}")
        if row.name.casefold() == "total":
            self.total = row.votes
        elif _NOBODY.fullmatch(row.name):
            if row.votes:
                raise LayoutChanged(f"{row.votes} votes for {row.name!r} in {place}")
        elif row.name in {one.name for one in self.rows} and not is_write_in(row.name):
            raise LayoutChanged(f"{row.name} stands twice in {self.title!r:.60}, {place}")
        else:
            self.rows.append(row)
            self.shares.append(share)


@dataclass(slots=True)
class Summary:
    """What a summary says: precincts counted and all, statistics, contests."""

    counted: tuple[int, int] | None = None
    statistics: dict[str, int] = field(default_factory=dict)
    contests: list[Summed] = field(default_factory=list)


def read_summary(sheets: tuple[Sheet, ...], where: str) -> Summary:
    """Read the pages, the left of two columns first; `where` is named in errors."""
    reader = _Reader(sheets[0].groups)
    for sheet in sheets:
        for column in sheet.columns:
            for line, place in column:
                reader.feed(line, place)
            reader.refuse_title(where)
    if not reader.summary.contests:
        raise LayoutChanged(f"a summary without a contest at {where}")
    return reader.summary


class _Reader:
    """Reads line by line: statistics, then parties and contests."""

    def __init__(self, groups: tuple[str, ...]) -> None:
        self.summary = Summary()
        self.groups = groups
        self.party = ""
        self.title: list[str] = []
        self.counted: tuple[int, int] | None = None

    def feed(self, line: str, place: str) -> None:
        """Take one line, or refuse it."""
        if found := _VOTE_FOR.fullmatch(line):
            self._open(int(found.group(1)), place)
        elif found := _COUNTED.fullmatch(line):
            self._precincts(_of(found.group(1), found.group(2), place), place)
        elif found := _PARTY.fullmatch(line):
            self.refuse_title(place)
            self.party = clean(found.group(1))
        elif row := read_row(line, place):
            self._row(row, line, place)
        elif not line.strip():
            self.refuse_title(place)
        elif self.summary.contests or not _TURNOUT.fullmatch(line):
            self.title.append(clean(line))

    def refuse_title(self, place: str) -> None:
        """Raise where lines were read that open no contest."""
        if self.title:
            raise LayoutChanged(f"{self.title[0]!r:.60} is no contest and no row, before {place}")

    def _precincts(self, counted: tuple[int, int], place: str) -> None:
        """Take a contest's own precincts, above or below its "Vote For"."""
        contests = self.summary.contests
        if self.title:
            self.counted = counted
        elif contests and not contests[-1].rows:
            contests[-1].counted = counted
        else:
            raise LayoutChanged(f"precincts of no contest in {place}")

    def _open(self, seats: int, place: str) -> None:
        if not self.title:
            raise LayoutChanged(f"a contest without a title in {place}")
        one = Summed(self.party, " ".join(self.title), seats, place, self.groups, self.counted)
        self.summary.contests.append(one)
        self.title, self.counted = [], None

    def _row(self, row: Row, line: str, place: str) -> None:
        """Put a row under its contest, or under the statistics above the first one."""
        self.refuse_title(place)
        found, known = _PERCENT.fullmatch(line), self.summary.statistics
        if self.summary.contests:
            share = float(found.group(1)) if found else None
            self.summary.contests[-1].add(row, share, place)
        elif row.name.upper() in known:
            raise LayoutChanged(f"{row.name} stands twice in {place}")
        else:
            known[row.name.upper()] = row.votes
            if all_of := _PRECINCTS.fullmatch(row.name):
                self.summary.counted = _of(str(row.votes), all_of.group(1), place)


def _of(counted: str, total: str, place: str) -> tuple[int, int]:
    pair = whole(counted, place), whole(total, place)
    if pair[0] > pair[1]:
        raise LayoutChanged(f"{pair[0]} of {pair[1]} precincts in {place}")
    return pair
