"""Votes by type, which only detail.xml has: labels, protected figures, joining to JSON.

Labels are free text per account (clarity.md §2.3) and are kept as they stand.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.model import Contest, VoteCount
from scrapers.base import MAX_VOTES, clean
from scrapers.labels import vote_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def votes_by_type(elements: Iterable[Any]) -> Iterator[VoteCount]:
    """Yield what is a number; a protected figure is left out, its line's total stands."""
    for element in elements:
        label, votes = clean(element.get("name") or ""), element.get("votes") or ""
        if re.fullmatch(r"[0-9]{1,9}", votes) and int(votes) <= MAX_VOTES:
            yield VoteCount(vote_type(label), int(votes), label)


def with_types(contests: Iterable[Contest], detailed: Iterable[Contest]) -> tuple[Contest, ...]:
    """Return JSON's contests with votes by type where the XML has the same total."""
    typed = {contest.key: contest for contest in detailed}
    return tuple(
        _with_types(contest, typed[contest.key]) if contest.key in typed else contest
        for contest in contests
    )


def _with_types(contest: Contest, typed: Contest) -> Contest:
    types = {(line.key, line.votes): line.by_type for line in typed.selections}
    lines = (
        replace(line, by_type=types.get((line.key, line.votes), ())) for line in contest.selections
    )
    return replace(contest, selections=tuple(lines))
