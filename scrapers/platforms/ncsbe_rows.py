"""The rows of North Carolina's results as contests, and what its names say.

Shared by the dashboard files (`ncsbe`) and the precinct file (`ncsbe_pct`).
No scraper itself: it has no class `Scraper`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, UnitKind, Units, VoteCount, VoteType
from scrapers.base import clean, whole
from scrapers.labels import is_write_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VOTE_TYPES = (
    ("evc", VoteType.ELECTION_DAY, "Election Day"),
    ("ovc", VoteType.EARLY, "One Stop"),
    ("avc", VoteType.ABSENTEE_MAIL, "Absentee by Mail"),
    ("pvc", VoteType.PROVISIONAL, "Provisional"),
)
"""Key, type and the Board's own name of each kind of vote (One Stop is early voting)."""

_TEXTS = ("gid", "cnm", "bnm", "pty")
_NUMBERS = ("vfr", "vct", "prt", "ptl", "evc", "ovc", "avc", "pvc")
_PARTIES = "CST|DEM|GRE|JFA|LIB|NLB|REP|WTP"
_PARTY_IN_TITLE = re.compile(rf"(?:- (?:{_PARTIES})|\((?:{_PARTIES})\))(?= ?(?:\(|$))")
_US_DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}", re.ASCII)


def contest_party(title: str, parties: Iterable[str]) -> str:
    """Return the party whose primary a contest is, else "".

    The title says it: "… - DEM (VOTE FOR 1)" on the dashboard, "… (DEM)" in the
    precinct file. One party on every line is no sign, as many general contests
    have one candidate only; it decides where the title says "PRIMARY".
    """
    if found := _PARTY_IN_TITLE.search(title):
        return found.group().strip("- ()")
    only = set(parties)
    return only.pop() if "PRIMARY" in title and len(only) == 1 else ""


def us_date(text: str) -> date:
    """Read MM/DD/YYYY; `ValueError` when it is anything else."""
    if not _US_DATE.fullmatch(text):
        raise ValueError(text)
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def refuse_gaps(row: dict[str, Any], where: str) -> None:
    """Raise when a row lacks a key that is needed, or its name or id is empty."""
    missing = [key for key in (*_TEXTS, *_NUMBERS) if key not in row]
    missing += [key for key in _TEXTS if key in row and not isinstance(row[key], str)]
    missing += [key for key in _TEXTS[:3] if key not in missing and not clean(row[key])]
    if missing:
        names = ", ".join(map(repr, missing))
        seen = f"{row.get('cnm')!r:.80}"
        raise LayoutChanged(f"{names} is missing in contest {seen}, {where}")


def contests(rows: list[dict[str, Any]], url: str) -> Iterator[Contest]:
    """Yield each contest of the rows of one file.

    One gid under two titles is two contests, each keyed by gid and title (seen
    in a staging file, gid 9999): neither may pass for the one config.toml names.
    """
    grouped: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[clean(row["cnm"]), clean(row["gid"])].append(row)
    titles = Counter(gid for _, gid in grouped)
    for (title, gid), own in sorted(grouped.items(), key=itemgetter(0)):
        key = gid if titles[gid] == 1 else f"{gid}|{title}"
        yield _contest(key, title, own, f"{title} (gid {gid}) at {url}")


def _contest(key: str, title: str, rows: list[dict[str, Any]], where: str) -> Contest:
    selections = tuple(sorted((_selection(row, where) for row in rows), key=attrgetter("key")))
    twice = [name for name, times in Counter(one.key for one in selections).items() if times > 1]
    if twice:
        raise LayoutChanged(f"{twice[0]!r} stands twice in {where}")
    seats = _agreed("vfr", rows, where)
    total = _agreed("ptl", rows, where)
    reported = _agreed("prt", rows, where)
    return Contest(
        key=key,
        title=title,
        selections=selections,
        party=contest_party(title, (one.party for one in selections)),
        votes_allowed=seats,
        number_elected=seats,
        units=Units(reported, total, UnitKind.PRECINCTS) if total else None,
    )


def _agreed(key: str, rows: list[dict[str, Any]], where: str) -> int:
    """Read a number that every row of a contest repeats."""
    numbers = {whole(row[key], f"{key} of {where}") for row in rows}
    if len(numbers) > 1:
        raise LayoutChanged(f"rows disagree in {key} ({sorted(numbers)}) in {where}")
    return numbers.pop()


def _selection(row: dict[str, Any], where: str) -> Selection:
    name, party = clean(row["bnm"]), clean(row["pty"])
    whose = f"{name} in {where}"
    return Selection(
        key=f"{name}|{party}",
        name=name,
        party=party,
        votes=whole(row["vct"], f"vct of {whose}"),
        by_type=tuple(
            VoteCount(kind, whole(row[key], f"{key} of {whose}"), label)
            for key, kind, label in VOTE_TYPES
        ),
        is_write_in=is_write_in(name),
    )
