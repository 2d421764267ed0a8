"""What a county publishes on one night, drawn from a contest's precincts. Pure.

Everything is drawn from one seed. Mail and early votes come first, as one report or in
two; then the precincts in batches of a drawn order, in a third of the nights rising and
in a third falling with the winner's share, as country and city do; up to 2 % of the votes
are counted in the days after the last unit came in: ballots drawn from everywhere, from a
few precincts, or from the mail. Where a file does not tell the mail, a share of each
choice's votes is drawn, between 10 % and 50 %.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from operator import add, sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from monitor.backtest.contests import RowContest

Votes = tuple[int, ...]

MOST_LATE = 0.02
"""The largest share of the votes that is counted after the last unit came in."""
_MAIL_SHARES = (0.1, 0.5)
_MAIL_IN_TWO = 0.2
_LEANS = (0.0, 3.0, -3.0)


class Stage(StrEnum):
    """When: on the night, in the days after it, or once certified."""

    NIGHT = "night"
    AFTER = "after"
    CERTIFIED = "certified"


@dataclass(frozen=True, slots=True)
class Publication:
    """One upload: the votes in it, by when they are counted, and how many units it says are in."""

    at: datetime
    first: Votes
    rest: Votes
    units: int
    stage: Stage

    @property
    def votes(self) -> Votes:
        """The votes by choice."""
        return plus(self.first, self.rest)


@dataclass(frozen=True, slots=True)
class _Parted:
    """The contest's votes in the parts they are counted in, box by box."""

    first: tuple[Votes, ...]
    rest: tuple[Votes, ...]
    late: tuple[Votes, Votes]


def publications(contest: RowContest, closes_at: datetime, rng: Random) -> tuple[Publication, ...]:
    """Draw what is published, from the first mail to the certified count."""
    return tuple(_published(contest, _part(contest, rng), closes_at, rng))


def plus(one: Votes, two: Votes) -> Votes:
    """Add votes by choice."""
    return tuple(map(add, one, two))


def _total(boxes: Iterable[Votes], nothing: Votes) -> Votes:
    return tuple(map(sum, zip(nothing, *boxes, strict=True)))


def _part(contest: RowContest, rng: Random) -> _Parted:
    """Part every box into first, rest and late; untyped boxes by a drawn share of mail."""
    first, rest = [box.first for box in contest.boxes], [box.rest for box in contest.boxes]
    if not contest.types_known:
        shares = [rng.uniform(*_MAIL_SHARES) for _ in contest.choices]
        first = [
            tuple(int(v * share + rng.random()) for v, share in zip(box, shares, strict=True))
            for box in rest
        ]
        rest = [
            tuple(whole - mail for whole, mail in zip(box, part, strict=True))
            for box, part in zip(rest, first, strict=True)
        ]
    late = _draw_late(first, rest, rng)
    return _Parted(
        tuple(_minus(box, late, ("first", i)) for i, box in enumerate(first)),
        tuple(_minus(box, late, ("rest", i)) for i, box in enumerate(rest)),
        (
            _sum_late(late, "first", len(contest.choices)),
            _sum_late(late, "rest", len(contest.choices)),
        ),
    )


_Cell = tuple[str, int, int]
"""Where a ballot lay: "first" or "rest", the box, the choice."""


def _draw_late(first: list[Votes], rest: list[Votes], rng: Random) -> Counter[_Cell]:
    """Draw the ballots that are counted late: from everywhere, a few boxes, or the mail."""
    wanted = int(rng.uniform(0, MOST_LATE) * (sum(map(sum, first)) + sum(map(sum, rest))))
    way = rng.choice(("everywhere", "few boxes", "mail"))
    order = list(range(len(first)))
    rng.shuffle(order)
    cells: dict[_Cell, int] = {}
    for box in order:
        if way == "few boxes" and sum(cells.values()) >= wanted:
            break
        cells |= {("first", box, i): v for i, v in enumerate(first[box]) if v}
        if way != "mail":
            cells |= {("rest", box, i): v for i, v in enumerate(rest[box]) if v}
    wanted = min(wanted, sum(cells.values()))
    return (
        Counter(rng.sample(list(cells), wanted, counts=list(cells.values())))
        if wanted
        else Counter()
    )


def _minus(box: Votes, late: Counter[_Cell], place: tuple[str, int]) -> Votes:
    return tuple(votes - late[(*place, choice)] for choice, votes in enumerate(box))


def _sum_late(late: Counter[_Cell], part: str, choices: int) -> Votes:
    sums = [0] * choices
    for (where, _, choice), votes in late.items():
        sums[choice] += votes * (where == part)
    return tuple(sums)


def _published(
    contest: RowContest, parted: _Parted, closes_at: datetime, rng: Random
) -> Iterator[Publication]:
    nothing = (0,) * len(contest.choices)
    mail = _total(parted.first, nothing)
    held_back = tuple(v // 3 for v in mail) if rng.random() < _MAIL_IN_TWO else nothing
    now = closes_at + timedelta(minutes=rng.randint(5, 40))
    first, rest, units = tuple(map(sub, mail, held_back)), nothing, 0
    yield Publication(now, first, rest, units, Stage.NIGHT)
    batches = _batches(_order(contest, rng), rng)
    for number, batch in enumerate(batches):
        now += timedelta(minutes=rng.randint(3, 12), seconds=rng.randint(0, 59))
        if number == len(batches) // 2 and any(held_back):
            first = mail
            yield Publication(now, first, rest, units, Stage.NIGHT)
            now += timedelta(minutes=rng.randint(3, 12))
        rest = plus(rest, _total((parted.rest[box] for box in batch), nothing))
        units += sum(contest.boxes[box].is_unit for box in batch)
        yield Publication(
            now, mail if number == len(batches) - 1 else first, rest, units, Stage.NIGHT
        )
    yield from _after(Publication(now, mail, rest, units, Stage.AFTER), parted.late, rng)


def _after(night: Publication, late: tuple[Votes, Votes], rng: Random) -> Iterator[Publication]:
    """Yield the late counts of the days after, and the certified one."""
    share = rng.random()
    part = tuple(int(v * share) for v in late[1])
    some = replace(night, at=night.at + timedelta(hours=20), rest=plus(night.rest, part))
    if any(part):
        yield some
    whole = replace(some, at=some.at + timedelta(days=3), first=plus(night.first, late[0]))
    whole = replace(whole, rest=plus(night.rest, late[1]))
    if whole.votes != some.votes:
        yield whole
    yield replace(whole, at=whole.at + timedelta(days=10), stage=Stage.CERTIFIED)


def _order(contest: RowContest, rng: Random) -> list[int]:
    """Draw the order of the boxes; leaning nights sort them, roughly, by the winner's share."""
    votes = contest.votes
    winner, lean = votes.index(max(votes)), rng.choice(_LEANS)

    def place(box: int) -> float:
        rest = contest.boxes[box].rest
        if not contest.boxes[box].is_unit:
            return -len(_LEANS)  # with the first batch: 100 % shall mean that all boxes are in
        return rng.random() + lean * rest[winner] / max(1, sum(rest))

    return sorted(range(len(contest.boxes)), key=place)


def _batches(order: list[int], rng: Random) -> list[list[int]]:
    count = min(len(order) - 1, rng.randint(3, 9))
    cuts = sorted(rng.sample(range(1, len(order)), count))
    return [order[start:end] for start, end in pairwise((0, *cuts, len(order)))]
