"""Precinct blocks of an ES&S report, summed into one report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from monitor.model import Contest, Report, ResultsStatus, Selection, VoteCount
from scrapers.labels import is_write_in, party_code, vote_type
from scrapers.moments import order_of
from scrapers.platforms.ess_el30_heads import election_day, head_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapers.platforms.ess_el30_lines import Block, ContestText

    Printed = tuple[tuple[Block, ContestText], ...]


def report_of(blocks: tuple[Block, ...], where: str) -> Report:
    """Sum the blocks; raises `LayoutChanged` when they are not of one upload."""
    twice = [name for name, times in Counter(one.precinct for one in blocks).items() if times > 1]
    if twice:
        raise LayoutChanged(f"precinct {twice[0]!r} stands twice at {where}: a doubled upload?")
    heads = {head_of(block.head) for block in blocks}
    if len(heads) > 1:
        raise LayoutChanged(f"the precincts carry {len(heads)} different heads at {where}")
    _refuse_moved_contests(blocks, where)
    head = heads.pop()
    return Report(
        contests=_contests(blocks, where),
        source_time_text=head.run_time,
        version=order_of(head.run_time),
        election_date=election_day(head.day, where),
        status=ResultsStatus.CERTIFIED if head.status.lower() == "official results" else None,
        status_text=head.status,
    )


def _refuse_moved_contests(blocks: tuple[Block, ...], where: str) -> None:
    """Refuse a contest that stands under one party here and another there: a heading is lost."""
    parties: dict[tuple[str, frozenset[str]], set[str]] = {}
    for block in blocks:
        here: dict[tuple[str, frozenset[str]], set[str]] = {}
        for one in block.contests:
            shape = one.title, frozenset(row.name for row in one.rows)
            here.setdefault(shape, set()).add(party_code(one.party))
        for shape, found in here.items():
            if parties.setdefault(shape, found) != found:
                seen = f"{shape[0]!r} changes its party in precinct {block.precinct} at {where}"
                raise LayoutChanged(f"{seen}: a party's heading is missing")


def _contests(blocks: tuple[Block, ...], where: str) -> tuple[Contest, ...]:
    """Group the precincts' contests by party and title, in the order of first sight."""
    groups: dict[str, list[tuple[Block, ContestText]]] = {}
    for block in blocks:
        keys = [_key(one) for one in block.contests]
        if len(set(keys)) != len(keys):
            double = next(key for key in keys if keys.count(key) > 1)
            raise LayoutChanged(
                f"two contests {double!r} in precinct {block.precinct} at {where}; "
                "the report prints no ids to tell them apart"
            )
        for key, contest in zip(keys, block.contests, strict=True):
            groups.setdefault(key, []).append((block, contest))
    return tuple(_contest(key, tuple(printed), where) for key, printed in groups.items())


def _key(contest: ContestText) -> str:
    party = party_code(contest.party)
    return f"{party}|{contest.title}" if party else contest.title


def _contest(key: str, printed: Printed, where: str) -> Contest:
    first = printed[0][1]
    party = party_code(first.party)
    shapes = {(one.vote_for, tuple(sorted(row.name for row in one.rows))) for _, one in printed}
    if len(shapes) > 1:
        raise LayoutChanged(f"the candidates of {key!r} differ between precincts at {where}")
    ballots = f"BALLOTS CAST - {first.party.upper() if party else 'TOTAL'}"
    return Contest(
        key=key,
        title=first.title,
        party=party,
        selections=_selections(printed),
        counts_known=bool(first.rows),
        votes_allowed=first.vote_for,
        number_elected=first.vote_for,
        ballots_cast=_total(printed, ballots),
    )


def _total(printed: Printed, name: str) -> int | None:
    """Sum one statistic over the contest's precincts, None where one does not print it."""
    figures = [block.statistics.get(name) for block, _ in printed]
    return None if None in figures else sum(figure for figure in figures if figure)


def _selections(printed: Printed) -> tuple[Selection, ...]:
    """Sum the candidates over the precincts, in the order of the first one."""
    votes: Counter[str] = Counter()
    types: dict[str, Counter[str]] = {}
    for block, contest in printed:
        for row in contest.rows:
            votes[row.name] += row.votes
            parts = dict(zip(block.groups, row.parts, strict=True))
            types.setdefault(row.name, Counter()).update(parts)
    return tuple(_selection(name, total, types[name]) for name, total in votes.items())


def _selection(name: str, votes: int, types: Mapping[str, int]) -> Selection:
    return Selection(
        key=name,
        name=name,
        votes=votes,
        by_type=tuple(
            VoteCount(vote_type(label), number, label) for label, number in types.items()
        ),
        is_write_in=is_write_in(name),
    )
