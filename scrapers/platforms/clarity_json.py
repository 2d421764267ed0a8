"""sum.json and summary.json: the contests of one version.

sum.json is `{"VPCFE": false, "Contests": [...]}`, summary.json the bare array of
the same objects with categories (clarity.md §2.1). `W` marks no winner in any
sample, long after certification, so it is kept as a mark and never trusted.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, UnitKind, Units
from scrapers.base import clean, json_of, whole
from scrapers.labels import is_write_in
from scrapers.platforms.clarity_ballot import contest_party, keyed, line_party

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Page

_NEEDED = ("C", "K", "CH", "P", "V", "VF", "TP", "PR")


def read_contests(page: Page, kind: UnitKind) -> tuple[Contest, ...]:
    """Return the contests sorted by key; `kind` says what TP and PR count on this site.

    Pseudo contests (vote for 0, or without choices) are left out: "NO CANDIDATE",
    "REGISTERED VOTERS". Raises `LayoutChanged` naming the contest.
    """
    rows = [_checked(row, page.url) for row in _rows(json_of(page), page.url)]
    contests = [_contest(row, kind, page.url) for row in rows if _is_real(row, page.url)]
    return in_key_order(contests, page.url)


def in_key_order(contests: Iterable[Contest], url: str) -> tuple[Contest, ...]:
    """Return the contests sorted by key, which is theirs alone or the layout has changed."""
    ordered = sorted(contests, key=lambda contest: contest.key)
    for one, next_one in pairwise(ordered):
        if one.key == next_one.key:
            raise LayoutChanged(f"key {one.key!r} stands on two contests at {url}")
    return tuple(ordered)


def _rows(found: Any, url: str) -> list[Any]:
    rows = found.get("Contests") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise LayoutChanged(f"expected a list of contests, found {found!r:.60} at {url}")
    return rows


def _checked(row: Any, url: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise LayoutChanged(f"expected a contest, found {row!r:.60} at {url}")
    title = f"contest {row.get('C')!r:.80} at {url}"
    if missing := [key for key in _NEEDED if key not in row]:
        raise LayoutChanged(f"expected {', '.join(missing)} in {title}")
    for key in ("C", "K"):
        if not isinstance(row[key], str) or not clean(row[key]):
            raise LayoutChanged(f"expected text for {key}, found {row[key]!r:.40} in {title}")
    for key in ("CH", "V", "P"):
        if not isinstance(row[key], list) or len(row[key]) != len(row["CH"]):
            raise LayoutChanged(f"CH and {key} are not parallel lists in {title}")
    return row


def _is_real(row: dict[str, Any], url: str) -> bool:
    seats = _count(row["VF"], f"VF of {row['C']!r:.80} at {url}")
    return bool(seats and row["CH"] and not row.get("IsContestNoChoice"))


def _contest(row: dict[str, Any], kind: UnitKind, url: str) -> Contest:
    title = clean(row["C"])
    where = f"{title!r:.80} at {url}"
    lines = keyed(_lines(row, where), where)
    categories = [clean(str(row.get(key) or "")) for key in ("CAT", "SUBCAT")]
    # In a state file TV is 0 and BC is less than the votes (Colorado 2022).
    is_county = kind is UnitKind.PRECINCTS
    return Contest(
        key=clean(row["K"]),
        title=title,
        selections=lines,
        party=contest_party(title, categories, lines),
        votes_allowed=row["VF"],
        number_elected=row["VF"],
        units=_units(row, kind, where),
        total_votes=None if row.get("T") is None else _count(row["T"], f"T of {where}"),
        ballots_cast=_above_zero(row, "BC", where) if is_county else None,
        registered_voters=_above_zero(row, "TV", where) if is_county else None,
        aggregate_key="" if row.get("AggID") in (None, "-1", -1) else clean(str(row["AggID"])),
    )


def _lines(row: dict[str, Any], where: str) -> list[Selection]:
    marks = row.get("W")
    if not isinstance(marks, list) or len(marks) != len(row["CH"]):
        marks = [0] * len(row["CH"])
    rows = zip(row["CH"], row["P"], row["V"], marks, strict=True)
    return [_line(*texts, where) for texts in rows]


def _line(name: Any, party: Any, votes: Any, mark: Any, where: str) -> Selection:
    if not isinstance(name, str) or not (shown := clean(name)):
        raise LayoutChanged(f"expected a choice's name, found {name!r:.40} in {where}")
    return Selection(
        key=shown,
        name=shown,
        votes=_count(votes, f"votes of {shown!r} in {where}"),
        party=line_party(clean(str(party or ""))),
        is_write_in=is_write_in(shown),
        winner_mark=mark == 1,
    )


def _units(row: dict[str, Any], kind: UnitKind, where: str) -> Units | None:
    return units_of(
        _count(row["PR"], f"PR of {where}"), _count(row["TP"], f"TP of {where}"), kind, where
    )


def units_of(reported: int, total: int, kind: UnitKind, where: str) -> Units | None:
    """Return the units, None for 0 of 0 (which would read as all in).

    Raises `LayoutChanged` when more are in than there are.
    """
    if reported > total:
        raise LayoutChanged(f"{reported} of {total} {kind} reported in {where}")
    return Units(reported, total, kind) if total else None


def _above_zero(row: dict[str, Any], key: str, where: str) -> int | None:
    """Return a count that stands as 0 where the site does not give it."""
    return _count(row.get(key) or 0, f"{key} of {where}") or None


def _count(value: Any, what: str) -> int:
    """Read a JSON count: a number, as every sample has it; text there is a new layout."""
    if isinstance(value, str):
        raise LayoutChanged(f"expected a number for {what}, found the text {value!r:.40}")
    return whole(value, what)
