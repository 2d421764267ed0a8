"""Do the figures of an Electionware report belong to their labels? Its sums say so.

A row's total must be the sum of its groups, the candidates' votes must make "Total Votes
Cast", and these with over- and undervotes "Contest Totals". So figures that a conversion has
shifted are put right, and those that are lost or doubled are refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from scrapers.platforms.electionware_text import ALL, CAST, LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapers.platforms.electionware_text import Block, Sheet

WRITE_INS = "Write-In Totals"
_NAMED = re.compile(r"Write-In: *(.+)", re.IGNORECASE)
_UNNAMED = "Not Assigned"
_EVERYWHERE = frozenset({CAST, ALL, *LEFT_OUT, WRITE_INS, _UNNAMED, "Yes", "No", "For", "Against"})


def deal_figures(sheets: Iterable[Sheet]) -> None:
    """Give each label of a page its row of figures: its total, then its groups of voters."""
    pages = tuple(sheets)
    groups = max((len(row) for page in pages for row in page.figures), default=1) - 1
    for page in pages:
        firsts, parts = _streams(page, groups)
        count = len(page.owners)
        if (len(firsts), len(parts)) != (count, sum(page.has_groups) if groups else 0):
            seen = f"{len(firsts)} totals and {len(parts)} rows of groups"
            raise LayoutChanged(f"{count} labels, {seen} on the page of {page.place}")
        rest = iter(parts)
        for owner, has_groups, first in zip(page.owners, page.has_groups, firsts, strict=True):
            row = next(rest) if groups and has_groups else ()
            if row and sum(row) != first:
                raise LayoutChanged(f"{first} is not the sum of {row} on the page of {page.place}")
            if owner is not None:
                owner.rows.append((first, *row))


def _streams(page: Sheet, groups: int) -> tuple[list[int], list[tuple[int, ...]]]:
    """Part lines of figures into totals and rows of groups, each in its own order."""
    firsts: list[int] = []
    parts: list[tuple[int, ...]] = []
    for row in page.figures:
        if len(row) not in (1, groups, groups + 1):
            seen = f"{len(row)} figures in one line, one group has {groups}"
            raise LayoutChanged(f"{seen}, on the page of {page.place}")
        if len(row) in (1, groups + 1):
            firsts.append(row[0])
        if groups and len(row) > 1:
            parts.append(row[-groups:])
    return firsts, parts


def votes_of(block: Block) -> dict[str, int]:
    """Return the votes of each choice, write-ins with a name apart from all others."""
    if len(set(block.labels)) != len(block.labels):
        raise LayoutChanged(f"a label stands twice in {block.name()}")
    totals = {label: row[0] for label, row in zip(block.labels, block.rows, strict=True)}
    ends = {label: totals.pop(label) for label in (CAST, ALL, *LEFT_OUT) if label in totals}
    unnamed = totals.pop(_UNNAMED, 0)
    named = {label: totals.pop(label) for label in list(totals) if _NAMED.fullmatch(label)}
    if sum(totals.values()) != ends[CAST]:
        made = sum(totals.values())
        raise LayoutChanged(f"the votes make {made}, not {ends[CAST]}, in {block.name()}")
    if set(ends) == {CAST, ALL, *LEFT_OUT} and sum(ends.values()) != 2 * ends[ALL]:
        raise LayoutChanged(f"{ALL!r} is not the sum of what is above it in {block.name()}")
    if named:
        if totals.get(WRITE_INS, 0) != unnamed + sum(named.values()):
            raise LayoutChanged(f"the write-ins do not make {WRITE_INS!r} in {block.name()}")
        totals[WRITE_INS] = unnamed
    return totals | {_name(label): votes for label, votes in named.items()}


def refuse_renamed(blocks: Iterable[Block]) -> None:
    """Raise where the same names stand under one title here and another there.

    A title that is read wrongly in one precinct would take its votes out of the sum.
    """
    found: dict[frozenset[str], dict[str, set[str]]] = {}
    for block in blocks:
        names = frozenset(block.labels) - _EVERYWHERE
        if names:
            found.setdefault(names, {}).setdefault(block.title, set()).add(block.precinct)
    for names, titles in found.items():
        places = list(titles.values())
        if len(titles) > 1 and sum(map(len, places)) == len(set().union(*places)):
            first, second, *_ = titles
            seen = f"{first!r:.60} and {second!r:.60} have the same names, {min(names)!r:.40}"
            raise LayoutChanged(f"{seen}, in different precincts: a title is read wrongly")


def _name(label: str) -> str:
    found = _NAMED.fullmatch(label)
    return found.group(1) if found else label
