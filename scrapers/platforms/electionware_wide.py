"""Electionware's wide CSV (PPR, EXPORT): one row per precinct, one column per candidate.

Three lines name a column: contest, party of the contest ("NON" for none), candidate. The
last row, ZZZ, is the county's total; the precincts must make it, column by column.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import LayoutChanged, Truncated
from scrapers.base import text_of, whole
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.platforms.electionware_names import name_and_party
from scrapers.report_files import refuse_twice
from scrapers.tables import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.model import Contest, Page

FIRST = "COUNTY NUMBER"
_CODE, _NAME = 1, 2
_FIXED = ("COUNTY NUMBER", "PRECINCT CODE", "PRECINCT NAME")
_TOTALS = "ZZZ"
_STATISTICS = frozenset({"VOTERS", "BALLOTS CAST"})
_LEFT_OUT = frozenset({"OVER VOTES", "UNDER VOTES", "OVERVOTES", "UNDERVOTES"})


class _Column(NamedTuple):
    """One column of votes."""

    at: int
    contest: str
    party: str
    name: str


def read_wide(page: Page) -> tuple[Contest, ...]:
    """Read every contest; a column's total is the county's own."""
    lines = list(cells_of(text_of(page), page.url))
    if len(lines) < len(_FIXED) + 2:
        raise Truncated(f"{len(lines)} lines, no precinct and its total, at {page.url}")
    heads, rows = [cells for _, cells in lines[:3]], lines[3:]
    width = len(heads[0])
    for number, cells in lines:
        if len(cells) != width:
            seen = f"{len(cells)} cells under {width} columns in line {number} at {page.url}"
            raise (Truncated if number == lines[-1][0] else LayoutChanged)(seen)
    columns = _columns(heads, page.url)
    codes = [cells[_CODE] for _, cells in rows]
    if codes[-1] != _TOTALS or len(set(codes)) != len(codes):
        raise LayoutChanged(f"expected each precinct once, then {_TOTALS}, at {page.url}")
    return contests_of(_lines(columns, rows, page.url))


def _columns(heads: Sequence[Sequence[str]], where: str) -> tuple[_Column, ...]:
    contests, parties, names = heads
    if tuple(contests[: len(_FIXED)]) != _FIXED:
        raise LayoutChanged(f"expected {_FIXED}, found {contests[:3]!r:.90} at {where}")
    columns = [
        _Column(at, *cells)
        for at, cells in enumerate(zip(contests, parties, names, strict=True))
        if at >= len(_FIXED) and any(cells)
    ]
    votes = tuple(one for one in columns if one.name.upper() not in _STATISTICS | _LEFT_OUT)
    if unnamed := [one for one in votes if not (one.contest and one.party and one.name)]:
        raise LayoutChanged(f"column {unnamed[0].at + 1} lacks one of its three names at {where}")
    refuse_twice([key for key, _ in groupby(one.contest for one in votes)], where)
    return votes


def _lines(
    columns: Sequence[_Column], rows: Sequence[tuple[int, Sequence[str]]], where: str
) -> Iterator[Line]:
    """Yield the county's total of each column, refused where the precincts make another."""
    *precincts, (last, totals) = rows
    for column in columns:
        name, party = name_and_party(column.name)
        title, _ = name_and_party(column.contest)
        what = f"{column.name!r:.40} of {column.contest!r:.60}"
        votes = whole(totals[column.at], f"{what} in line {last} at {where}")
        made = sum(
            whole(cells[column.at], f"{what} in line {number} at {where}")
            for number, cells in precincts
        )
        if made != votes:
            raise LayoutChanged(f"the precincts make {made}, not {votes}, for {what} at {where}")
        yield Line(
            contest=column.contest,
            title=title,
            choice=column.name,
            name=name,
            votes=votes,
            where=f"column {column.at + 1} at {where}",
            party=party,
            contest_party="" if column.party == "NON" else party_code(column.party),
            is_write_in=is_write_in(column.name),
        )
