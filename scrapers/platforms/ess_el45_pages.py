"""The pages of ES&S EL45 summaries: heads taken off, columns side by side put below each other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOP = re.compile(r"\s*SUMMARY REPORT\b(.*)", re.IGNORECASE)
_COLUMNS = re.compile(r"\s*(?:TOTAL )?VOTES\s+(?:PERCENT|%)(.*)", re.IGNORECASE)
_TWICE = re.compile(r"(\s*VOTES PERCENT)\s+VOTES PERCENT", re.IGNORECASE)
_GAP = re.compile(r"\s{2,}")
_LONGEST_HEAD = 8


@dataclass(slots=True)
class Sheet:
    """One page: the lines of its head, then its columns' lines with their places.

    `left_ends`: where the left of two columns ends, 0 for one column. `groups`: the groups
    of voters that have a column of their own.
    """

    head: list[str]
    columns: list[list[tuple[str, str]]] = field(default_factory=list)
    left_ends: int = 0
    groups: tuple[str, ...] = ()

    def take(self, line: str, place: str) -> None:
        """Take one line: of the head as long as there is no head of columns."""
        if self.columns:
            for column, part in zip(self.columns, self._parts(line, place), strict=True):
                column.append((part, place))
        elif twice := _TWICE.fullmatch(line):
            self.left_ends, self.columns = len(twice.group(1)), [[], []]
        elif columns := _COLUMNS.fullmatch(line):
            labels = _GAP.split(columns.group(1).strip())
            self.groups, self.columns = tuple(label for label in labels if label), [[]]
        elif len(self.head) > _LONGEST_HEAD:
            raise LayoutChanged(f"no head of columns up to {place}")
        else:
            self.head.append(line)

    def _parts(self, line: str, place: str) -> tuple[str, ...]:
        """Cut a line where the left column ends, refused where a text runs over that."""
        end = self.left_ends
        if not end:
            return (line,)
        if line[end - 1 : end + 1].strip() and line[end : end + 2].strip():
            raise LayoutChanged(f"a text runs from one column into the other in {place}")
        return line[:end].rstrip(), line[end:].rstrip()


def sheets_of(lines: Iterable[str], where: str) -> tuple[Sheet, ...]:
    """Part a summary into its pages; `where` is named in errors."""
    sheets: list[Sheet] = []
    for number, line in enumerate(lines, start=1):
        text, place = line.rstrip(), f"line {number} at {where}"
        if _TOP.fullmatch(text):
            sheets.append(Sheet([text]))
        elif sheets:
            sheets[-1].take(text, place)
        elif text:
            raise LayoutChanged(f"expected a SUMMARY REPORT, found {text!r:.60} in {place}")
    if not sheets or not all(sheet.columns for sheet in sheets):
        raise LayoutChanged(f"expected a SUMMARY REPORT with heads of columns at {where}")
    if len({sheet.groups for sheet in sheets}) > 1:
        raise LayoutChanged(f"the pages have different columns at {where}")
    return tuple(sheets)


def status_of(sheets: Iterable[Sheet]) -> str:
    """Return what stands at the right of the first line: "RESULTS AFTER CANVASS"."""
    for sheet in sheets:
        found = _TOP.fullmatch(sheet.head[0])
        parts = _GAP.split(found.group(1).strip()) if found else []
        if len(parts) > 1:
            return parts[1]
    return ""
