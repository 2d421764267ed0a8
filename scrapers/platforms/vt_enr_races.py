"""The contests of Vermont's election-night JSON: rows of towns, and one row of the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from scrapers.fields import count, listed, need, text
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Contest


def contests(content: Any, where: str, *, is_primary: bool) -> tuple[Contest, ...]:
    """Return every contest, its towns added up.

    Raises `LayoutChanged` where a row, or the towns, do not sum to what is printed.
    """
    parts = listed(content, "d", where)
    if not is_primary and len(parts) > 1:
        raise LayoutChanged(f"{len(parts)} parties' ballots in an election of all at {where}")
    found: dict[str, Contest] = {}
    for part in parts:
        party = party_code(text(part, "pn", where)) if is_primary else ""
        for office in listed(part, "o", where):
            for contest in contests_of(_lines(office, party, where)):
                if contest.key in found:
                    raise LayoutChanged(f"contest {contest.key!r:.40} stands twice at {where}")
                found[contest.key] = contest
    if not found:
        raise LayoutChanged(f"no contest at {where}")
    return tuple(found.values())


def _lines(office: Any, party: str, where: str) -> tuple[Line, ...]:
    """Return the lines of every town, or of the whole where no town has a row."""
    title, number = text(office, "on", where), text(office, "oid", where)
    here = f"{title!r:.60} at {where}"
    code, area = (text(office, field, here) if field in office else "" for field in ("dc", "dn"))
    seats = count(office, "vf", here)
    if not seats:
        raise LayoutChanged(f"0 is no number of seats in {here}")
    blank = Line(
        contest="|".join(filter(None, (number, code, party))),
        title=", ".join(filter(None, (title, area))),
        choice="",
        name="",
        votes=0,
        where=here,
        contest_party=party,
        seats=seats,
    )
    rows: dict[str, tuple[Line, ...]] = {}
    for row in listed(office, "cs", here):
        place = _place(row, here)
        if place in rows:
            raise LayoutChanged(f"{place or 'the whole'!r:.40} stands twice in {here}")
        rows[place] = tuple(_row(row, replace(blank, place=place)))
    whole = rows.pop("", ())
    towns = tuple(line for lines in rows.values() for line in lines)
    if whole and towns and _sums(whole) != _sums(towns):
        raise LayoutChanged(f"the towns do not sum to the row of the whole in {here}")
    won = {line.choice for line in (*whole, *towns) if line.winner_mark}
    return tuple(replace(line, winner_mark=line.choice in won) for line in towns) or whole


def _place(row: Any, where: str) -> str:
    """Return what tells a town's row apart, "" for the row of the whole."""
    number = count(row, "tid", where)
    parts = (str(number), text(row, "repd", where), text(row, "send", where))
    return "|".join(parts) if number else ""


def _row(row: Any, blank: Line) -> Iterable[Line]:
    """Return a line for each choice; one listed twice, on the ballot and written in, is one."""
    here = blank.where
    found: dict[str, Line] = {}
    for field in ("rc", "wc"):
        for one in listed(row, field, here):
            line = _line(one, blank, is_listed=field == "rc")
            known = found.get(line.choice)
            found[line.choice] = replace(known, votes=known.votes + line.votes) if known else line
    votes = sum(line.votes for line in found.values())
    parts = votes + count(row, "bv", here) + count(row, "sv", here)
    if parts != count(row, "sc", here):
        raise LayoutChanged(f"{parts} votes are not the {row['sc']} of {blank.place!r} in {here}")
    return found.values()


def _line(one: Any, blank: Line, *, is_listed: bool) -> Line:
    here = blank.where
    name, mark = text(one, "cn", here), need(one, "isWinner", here)
    if not isinstance(mark, bool):
        raise LayoutChanged(f"expected a mark of a winner, found {mark!r:.20} in {here}")
    return replace(
        blank,
        choice=str(count(one, "cid", here) or name),
        name=name,
        votes=count(one, "vc", here),
        party=party_code(text(one, "pn", here)),
        is_write_in=is_write_in(name),
        winner_mark=mark,
        may_lack=not is_listed,
    )


def _sums(lines: Iterable[Line]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for line in lines:
        sums[line.choice] += line.votes
    return +sums
