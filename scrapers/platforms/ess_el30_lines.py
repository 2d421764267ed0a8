"""The lines of ES&S fixed-text reports, read strictly, one block per precinct.

Every line of a block must be understood. One that is not is `LayoutChanged` with its
number, because a line skipped is a candidate lost. Other fixed-text reports of ES&S can use
`read_row` and the patterns; only the heads of their blocks differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from monitor.errors import LayoutChanged
from scrapers.base import clean, whole
from scrapers.labels import is_write_in

_TOP = re.compile(r"Precinct Summary|PREC REPORT", re.IGNORECASE)
_PRECINCT = re.compile(r"(\d{3,6} +\S.*)", re.ASCII)
_COLUMNS = re.compile(r"\s*(?:TOTAL )?VOTES\s+(?:PERCENT|%)(.*)")
_PARTY = re.compile(r"\s*\*{3,} *\((.+)\) *\*{3,}")
_VOTE_FOR = re.compile(r"\s*\(?VOTE FOR\)? +(\d{1,2})", re.IGNORECASE | re.ASCII)
_ROW = re.compile(
    r"\s+(\S.*?)\s{0,2}\.(?:  \.)*\s+([\d,]+)(?:\s+\d{0,3}\.\d\d)?((?:\s+[\d,]+)*)", re.ASCII
)
_TURNOUT = re.compile(r"\s*VOTER TURNOUT - .*")
_GAP = re.compile(r"\s{2,}")
_LONGEST_HEAD = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One row of figures: name, total, and one figure per group of voters, or none."""

    name: str
    votes: int
    parts: tuple[int, ...]


@dataclass(slots=True)
class ContestText:
    """One contest as one precinct prints it; `party` as its heading says, else ""."""

    party: str
    title: str
    vote_for: int
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Block:
    """One precinct: the lines above its name, groups of voters, statistics, contests."""

    head: list[str] = field(default_factory=list)
    precinct: str = ""
    groups: tuple[str, ...] = ()
    statistics: dict[str, int] = field(default_factory=dict)
    contests: list[ContestText] = field(default_factory=list)


def read_blocks(text: str, where: str) -> tuple[Block, ...]:
    """Read every precinct block of a report's fixed text; `where` is named in errors."""
    readers: list[_Reader] = []
    for number, line in enumerate(text.split("\n"), start=1):
        place = f"line {number} of the text at {where}"
        if _TOP.search(line):
            readers.append(_Reader())
        if readers:
            readers[-1].feed(line.rstrip(), place)
        elif line.strip():
            raise LayoutChanged(f"expected the head of a precinct, found {line!r:.60} in {place}")
    if not readers:
        raise LayoutChanged(f"expected precinct blocks, found 0 at {where}")
    return tuple(reader.end(where) for reader in readers)


def read_row(line: str, place: str) -> Row | None:
    """Read ` NAME .  .  .  817  100.00  600  217`, None when the line is no row of figures."""
    found = _ROW.fullmatch(line)
    if found is None:
        return None
    name = clean(found.group(1))
    votes = whole(found.group(2), f"votes of {name} in {place}")
    parts = tuple(whole(part, f"a part of {name} in {place}") for part in found.group(3).split())
    if parts and sum(parts) != votes:
        raise LayoutChanged(f"the parts of {name} do not make {votes} in {place}")
    return Row(name, votes, parts)


class _Reader:
    """Reads one block line by line: head, statistics, contests."""

    def __init__(self) -> None:
        self.block = Block()
        self.party = ""
        self.title: list[str] = []

    def feed(self, line: str, place: str) -> None:
        """Take one line, or refuse it."""
        if not self.block.precinct:
            self._head(line, place)
        elif found := _VOTE_FOR.fullmatch(line):
            self._open_contest(int(found.group(1)), place)
        elif row := read_row(line, place):
            self._row(row, place)
        elif not (self._is_frame(line, place) or self._is_statistic(line)):
            self.title.append(clean(line))

    def end(self, where: str) -> Block:
        """Return the block, refused when a part of it is missing."""
        if not self.block.precinct:
            raise LayoutChanged(f"a block names no precinct at {where}")
        self._refuse_title(f"precinct {self.block.precinct} at {where}")
        return self.block

    def _head(self, line: str, place: str) -> None:
        """Keep the head's lines up to the precinct's name, "0101 Wbg SE1 / Montserrat"."""
        found = _PRECINCT.fullmatch(line)
        self.block.precinct = clean(line) if found else ""
        self.block.head.append(line)
        if not found and len(self.block.head) > _LONGEST_HEAD:
            raise LayoutChanged(f"no precinct is named up to {place}")

    def _is_frame(self, line: str, place: str) -> bool:
        """Take a blank line, a party's heading or the column heads; a title ends before them."""
        party, columns = _PARTY.fullmatch(line), _COLUMNS.fullmatch(line)
        if line.strip() and not party and not columns:
            return False
        self._refuse_title(place)
        self.party = clean(party.group(1)) if party else self.party
        if columns:
            labels = _GAP.split(columns.group(1).strip())
            self.block.groups = tuple(label for label in labels if label)
        return True

    def _is_statistic(self, line: str) -> bool:
        """Pass over turnout, which is a percentage or nothing, above the contests."""
        return not self.block.contests and _TURNOUT.fullmatch(line) is not None

    def _open_contest(self, vote_for: int, place: str) -> None:
        if not self.title:
            raise LayoutChanged(f"a contest without a title in {place}")
        self.block.contests.append(ContestText(self.party, " ".join(self.title), vote_for))
        self.title = []

    def _row(self, row: Row, place: str) -> None:
        """Put a row under its contest, or under the statistics above the first one."""
        self._refuse_title(place)
        if not self.block.contests:
            self.block.statistics[row.name.upper()] = row.votes
            return
        parts, groups = len(row.parts), len(self.block.groups)
        if parts != groups:
            raise LayoutChanged(f"{parts} parts under {groups} columns for {row.name} in {place}")
        rows = self.block.contests[-1].rows
        # The line of all write-ins may stand once per seat.
        if row.name in {one.name for one in rows} and not is_write_in(row.name):
            raise LayoutChanged(f"{row.name} stands twice in one contest in {place}")
        rows.append(row)

    def _refuse_title(self, place: str) -> None:
        if self.title:
            raise LayoutChanged(f"{self.title[0]!r:.60} is no contest and no row, before {place}")
