"""The contests of an imported precinct file, summed by the database.

North Carolina's definitions: one group id may stand under two titles, a precinct is
in when it has election-day votes for anything, and only real precincts are units.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from monitor.model import Contest, Selection, UnitKind, Units, VoteCount, VoteType

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any

    from sqlite_utils import Database

_TYPES = (
    VoteType.ELECTION_DAY,
    VoteType.EARLY,
    VoteType.ABSENTEE_MAIL,
    VoteType.PROVISIONAL,
)
_SUMS = "sum(election_day), sum(early), sum(absentee_mail), sum(provisional), sum(votes)"


def totals(db: Database, number: int) -> list[tuple[Any, ...]]:
    """Return key, contest, choice, party, seats, the sums by type and the total."""
    return db.execute(
        f"SELECT contest_key, contest, choice, party, max(vote_for), {_SUMS}"  # noqa: S608 - ours
        " FROM precinct_lines WHERE import = ? GROUP BY contest_key, contest, choice, party",
        [number],
    ).fetchall()


class Contests:
    """The contests of an imported file, summed by the database.

    `party_of` reads a contest's party from its title and its choices' parties.
    """

    def __init__(
        self, db: Database, number: int, party_of: Callable[[str, Iterable[str]], str]
    ) -> None:
        self._db = db
        self._number = number
        by_contest: dict[tuple[str, str], list[tuple[Any, ...]]] = defaultdict(list)
        for row in totals(db, number):
            by_contest[row[0], row[1]].append(row[2:])
        titles = Counter(key for key, _ in by_contest)
        self._named = {
            (key if titles[key] == 1 else f"{key}|{title}"): (key, title)
            for key, title in by_contest
        }
        self.all = tuple(
            _contest(name, title, by_contest[key, title], party_of)
            for name, (key, title) in sorted(self._named.items())
        )
        self._voted: frozenset[tuple[str, str]] | None = None

    def counties(self, contest: Contest) -> frozenset[str]:
        """Name the counties whose lines hold the contest."""
        found = self._rows("SELECT DISTINCT county", contest)
        return frozenset(county for (county,) in found)

    def within(self, contest: Contest, counties: Collection[str]) -> Contest:
        """Return the contest as these counties counted it, with its precincts."""
        rows = [
            row[1:]
            for row in self._rows(
                f"SELECT county, choice, party, max(vote_for), {_SUMS}",
                contest,
                " GROUP BY county, choice, party",
            )
            if row[0] in counties
        ]
        summed: dict[tuple[str, str], tuple[int, ...]] = {}
        for name, party, seats, *counts in rows:
            before = summed.get((name, party), (0, 0, 0, 0, 0, 0))[1:]
            added = (one + two for one, two in zip(before, counts, strict=True))
            summed[name, party] = (seats, *added)
        rest = [(*who, *counts) for who, counts in summed.items()]
        closed = _contest(contest.key, contest.title, rest, lambda *_: contest.party)
        return replace(closed, units=self._units(contest, counties))

    def _units(self, contest: Contest, counties: Collection[str]) -> Units | None:
        """Count real precincts: one is in when it has election-day votes for anything."""
        found = self._rows("SELECT DISTINCT county, precinct", contest, " AND is_real_precinct")
        precincts = {(county, name) for county, name in found if county in counties}
        if not precincts:
            return None
        return Units(len(precincts & self._reported()), len(precincts), UnitKind.PRECINCTS)

    def _reported(self) -> frozenset[tuple[str, str]]:
        if self._voted is None:
            self._voted = frozenset(
                self._db.execute(
                    "SELECT DISTINCT county, precinct FROM precinct_lines"
                    " WHERE import = ? AND election_day > 0",
                    [self._number],
                )
            )
        return self._voted

    def _rows(self, select: str, contest: Contest, more: str = "") -> list[tuple[Any, ...]]:
        return self._db.execute(
            f"{select} FROM precinct_lines"
            f" WHERE import = ? AND contest_key = ? AND contest = ?{more}",
            [self._number, *self._named[contest.key]],
        ).fetchall()


def _contest(
    key: str,
    title: str,
    rows: list[tuple[Any, ...]],
    party_of: Callable[[str, Iterable[str]], str],
) -> Contest:
    """Close a contest from rows of choice, party, seats, sums by type and total."""
    seats = max(row[2] for row in rows)
    return Contest(
        key=key,
        title=title,
        selections=tuple(sorted(map(_selection, rows), key=attrgetter("key"))),
        party=party_of(title, (row[1] for row in rows)),
        votes_allowed=seats,
        number_elected=seats,
    )


def _selection(row: tuple[Any, ...]) -> Selection:
    name, party, _, *types, total = row
    return Selection(
        key=f"{name}|{party}",
        name=name,
        party=party,
        votes=total,
        by_type=tuple(VoteCount(kind, votes) for kind, votes in zip(_TYPES, types, strict=True)),
    )
