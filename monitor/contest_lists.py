"""A report's contests as lists: which of them a text means, and what of each is printed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import NothingMatched
from monitor.match import is_prosecutor, nearest_contests, normal_name, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Contest, Report

_NEAREST = 5
_PARTY_AFTER = re.compile(r"\s+-\s+\w+$")


def narrowed(report: Report, source: str, grep: str | None) -> tuple[Contest, ...]:
    """Return a report's contests, or those with a text in title, key or a candidate's name.

    "attorney", and each name of the prosecutor's office, finds that office by all its names;
    a candidate is found by any spelling of the name. Raises `NothingMatched` with the
    nearest titles when none is left.
    """
    wanted = " ".join((grep or "").split()).casefold()
    by_office = wanted == "attorney" or is_prosecutor(wanted, alone=True)
    named = frozenset(normal_name(_PARTY_AFTER.sub("", wanted)).split())
    found = tuple(
        one
        for one in report.contests
        if wanted in _searched(one)
        or (by_office and is_prosecutor(one.title))
        or (named and any(named <= _words(choice.name) for choice in one.selections))
    )
    if found:
        return found
    what = f"no contest with {grep!r}" if grep else "no contest"
    near = "; ".join(f"«{one}»" for one in nearest_contests(wanted, report.contests)[:_NEAREST])
    has = f"it has {len(report.contests)} contests" + (f", nearest: {near}" if near else "")
    raise NothingMatched(f"{what} at {source}; {has}")


def _words(name: str) -> frozenset[str]:
    """Return the words of a name in either form: as printed, and without marks."""
    return frozenset((*normal_name(name).split(), *words_of(name).split()))


def _searched(contest: Contest) -> str:
    names = (choice.name for choice in contest.selections)
    texts = (contest.key, contest.title, contest.party, *names)
    return "\n".join(" ".join(text.split()) for text in texts).casefold()


@dataclass(frozen=True, slots=True)
class ContestRow:
    """One contest as `contests` prints it; `units`: "12/57 precincts", or empty."""

    key: str
    title: str
    party: str
    votes_allowed: int
    units: str
    candidates: tuple[str, ...]


def contest_row(contest: Contest) -> ContestRow:
    """Return what `contests` prints of a contest."""
    units = contest.units
    return ContestRow(
        key=contest.key,
        title=contest.title,
        party=contest.party,
        votes_allowed=contest.votes_allowed,
        units=f"{units.reported}/{units.total} {units.kind.value}" if units else "",
        candidates=tuple(choice.name for choice in contest.selections),
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of one contest, as a person compares it with the source; None: not counted."""

    contest: str
    party: str
    candidate: str
    votes: int | None


def figures(contests: tuple[Contest, ...]) -> Iterator[Figure]:
    """Yield every line of every contest, one without counts with its note in place of names."""
    for one in contests:
        if not one.counts_known:
            yield Figure(one.title, one.party, one.note or "no counts", None)
        for choice in one.selections:
            yield Figure(one.title, one.party or choice.party, choice.name, choice.votes)
