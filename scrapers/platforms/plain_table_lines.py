"""The lines of a plain table: columns found by their names, totals' rows taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import LayoutChanged
from scrapers.base import whole
from scrapers.labels import is_write_in, name_and_party, party_code, title_and_party, votes_allowed
from scrapers.lines import Line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scrapers.platforms.plain_table_rows import Table

_NAMES = {
    "place": ("precinct", "precinct name", "polling place", "location"),
    "contest": ("contest", "contest name", "contest title", "race", "race name", "office"),
    "name": ("candidate", "candidate name", "candidates", "choice", "choice name", "name"),
    "party": ("party", "party name", "candidate party"),
    "votes": ("votes", "total votes", "vote total", "vote count", "total"),
}
_PASSED_OVER = frozenset(
    ("", "%", "percent", "percentage", "pct", "vote %", "% of vote", "percent of vote",
     "voter turnout", "turnout", "registered voters", "ballots cast")
)  # fmt: skip
_MASKED = re.compile(r"|\*+|-+|<\s*\d+|n/a", re.IGNORECASE)
_TOTALS = re.compile(
    r"(?:contest |grand |county |precinct )?totals?(?: votes(?: cast)?)?:?", re.IGNORECASE
)
_LEFT_OUT = re.compile(r"(?:over|under|blank) ?votes?:?", re.IGNORECASE)
_NUMBERED = re.compile(r"(write-?in) \d+", re.IGNORECASE)


class Entry(NamedTuple):
    """One line, and whether its figure is masked (its votes are then 0 and not to be used)."""

    line: Line
    is_masked: bool


def lines_of(table: Table, *, is_primary: bool) -> tuple[list[str], list[Entry]]:
    """Return the lines above the columns' names, and those of the choices."""
    above: list[str] = []
    columns: dict[str, int] = {}
    width = 0
    entries: list[Entry] = []
    totals: list[Entry] = []
    for place, row in table.rows:
        if not columns:
            found = _columns(row, place)
            if {"name", "votes"} <= set(found) and ("contest" in found or table.heading):
                columns, width = found, len(row)
            else:
                above += [cell for cell in row if cell]
            continue
        if len(row) != width:
            raise LayoutChanged(f"{len(row)} cells under {width} columns in {place}")
        cell = {part: row[at] for part, at in columns.items()}
        is_total = any(_TOTALS.fullmatch(cell.get(part, "")) for part in ("name", "place"))
        if is_total or not _LEFT_OUT.fullmatch(cell["name"]):
            one = _entry(cell, table.heading, place, is_primary=is_primary)
            (totals if is_total else entries).append(one)
    for total in totals:
        _refuse_other_total(total, entries)
    return above, entries


def _refuse_other_total(total: Entry, entries: Sequence[Entry]) -> None:
    """Raise where a row of totals is not the sum of the rows it can mean."""
    of = total.line
    same = [one for one in entries if one.line.contest == of.contest]
    if not _TOTALS.fullmatch(of.name):
        same = [one for one in same if one.line.choice == of.choice]
    if of.place and not _TOTALS.fullmatch(of.place):
        same = [one for one in same if one.line.place == of.place]
    made = sum(one.line.votes for one in same)
    if not (total.is_masked or any(one.is_masked for one in same)) and made != of.votes:
        raise LayoutChanged(f"{of.votes} is not the sum {made} of its rows, in {of.where}")


def _entry(cell: Mapping[str, str], heading: str, place: str, *, is_primary: bool) -> Entry:
    printed = cell.get("contest") or heading
    if not printed or not cell["name"]:
        raise LayoutChanged(f"a row without a contest or a candidate in {place}")
    title, contest_party = title_and_party(printed)
    name, marked = name_and_party(_NUMBERED.sub(r"\1", cell["name"]))
    party = party_code(cell.get("party", "")) or marked
    own = party if is_primary and not is_write_in(name) else ""
    is_masked = _MASKED.fullmatch(cell["votes"]) is not None
    line = Line(
        contest="|".join((printed, *((own,) if own else ()))),
        title=title,
        choice=cell["name"],
        name=name,
        votes=0 if is_masked else whole(cell["votes"], f"votes of {name!r:.40} in {place}"),
        where=place,
        place=cell.get("place", ""),
        party=party,
        contest_party=own or contest_party,
        seats=votes_allowed(printed),
        is_write_in=is_write_in(name),
    )
    return Entry(line, is_masked)


def _columns(cells: Sequence[str], place: str) -> dict[str, int]:
    """Find the columns in a row of names; two for one thing are refused, and unknown ones.

    A column that is not understood, such as a county, could part one contest into two.
    """
    found: dict[str, int] = {}
    unknown: list[str] = []
    for at, cell in enumerate(cells):
        part = next((part for part, names in _NAMES.items() if cell.casefold() in names), "")
        if part in found:
            raise LayoutChanged(
                f"two columns of {part}: {cells[found[part]]!r}, {cell!r} in {place}"
            )
        if part:
            found[part] = at
        elif cell.casefold() not in _PASSED_OVER:
            unknown.append(cell)
    if unknown and {"name", "votes"} <= set(found):
        raise LayoutChanged(f"a column {unknown[0]!r:.40} that is not known, in {place}")
    return found
