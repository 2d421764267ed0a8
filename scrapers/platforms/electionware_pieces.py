"""The lines of Electionware reports: what of each is a page's frame, a text, a figure.

Conversions to text shift figures and heads of columns to neighbouring lines, so only the
order of a column's figures is used, never their place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged, Truncated
from scrapers.base import clean, whole

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOP = re.compile(r"(?:PRECINCT LEVEL|(?:Election )?Summary) Results\b", re.IGNORECASE)
_DAY = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}\b")
_FOOT = re.compile(r"(?:Precinct|Election) Summary - (\S.*?[AP]M)\b")
_PAGE = re.compile(r"\bPage (\d{1,6}) of (\d{1,6})", re.ASCII)
_LAST = re.compile(r"Report generated with Electionware\b", re.IGNORECASE)
_HEADS = re.compile(
    r"(?:TOTAL|VOTE|%|Votes?|Election|Day|Absentee|Counting|Boards?|Mail-?(?:In)?|In|Person"
    r"|Provisional|Early|Voting|Advanced?|Military|Overseas|and|UOCAVA|Machine|Paper|Place"
    r"|Polling|AV|ED|EV|[ /&-])+"
)
_FIGURE = r"(?:[\d,]+|\d+\.\d\d%)"
_FIGURES = re.compile(rf"(?:(.*?\S)\s+)??({_FIGURE}(?:\s+{_FIGURE})*)", re.ASCII)
_GAP = re.compile(r"\s{2,}")


@dataclass(slots=True)
class Leaf:
    """One page: the lines of its head, those below with their places, its stamp and number."""

    head: list[str]
    lines: list[tuple[str, str]]
    stamp: str = ""
    number: tuple[int, int] | None = None

    def take(self, line: str, place: str) -> bool:
        """Take one line; False when it was the page's last."""
        if page := _PAGE.search(line):
            self.number = int(page.group(1)), int(page.group(2))
            line = line[: page.start()].rstrip()
        if foot := _FOOT.match(line.strip()):
            self.stamp = foot.group(1)
        elif _LAST.match(line.strip()):
            return False
        elif _DAY.search(self.head[-1]) is None:
            self.head.append(line)
        elif line.strip():
            self.lines.append((line, place))
        return True


def leaves_of(lines: Iterable[str], where: str) -> tuple[Leaf, ...]:
    """Part a report into its pages, refused where one is missing; `where` is for errors."""
    leaves: list[Leaf] = []
    is_open = False
    for number, line in enumerate(lines, start=1):
        if is_open:
            is_open = leaves[-1].take(line.rstrip(), f"line {number} at {where}")
        elif line.strip():
            if not _TOP.match(line.strip()):
                seen = f"expected the head of a page, found {line.strip()!r:.60}"
                raise LayoutChanged(f"{seen} in line {number} at {where}")
            leaves.append(Leaf([line], []))
            is_open = True
    numbers = [leaf.number for leaf in leaves]
    if not leaves or is_open or numbers != [(at, len(leaves)) for at in range(1, len(leaves) + 1)]:
        raise Truncated(f"{len(leaves)} pages, not numbered from 1 to the last, at {where}")
    return tuple(leaves)


def parts_of(line: str) -> tuple[str, ...]:
    """Part a line at its gaps, without heads of columns, which slip into other lines."""
    parts = (clean(part) for part in _GAP.split(line.strip()))
    return tuple(part for part in parts if part and not _HEADS.fullmatch(part))


def figures_of(text: str, place: str) -> tuple[str, tuple[int, ...]]:
    """Part "REP Jo Roe 12 5.00% 7 5" into its label and its figures, percentages left out."""
    found = _FIGURES.fullmatch(text)
    if found is None:
        return text, ()
    label, digits = found.group(1) or "", found.group(2)
    return label, tuple(whole(one, place) for one in digits.split() if not one.endswith("%"))
