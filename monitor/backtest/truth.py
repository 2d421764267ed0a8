"""What really came out, and from when on it was sure: known to the simulation only. Pure.

Written apart from `monitor.decide`, so that a fault there is no fault here: a place is
counted from the final figures, a share is compared by cross-multiplication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.decision import Outcome
from monitor.reading import ADVANCING
from monitor.rules import FollowUp, Method, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEXT = {
    FollowUp.RUNOFF_AUTOMATIC: Outcome.RUNOFF,
    FollowUp.RUNOFF_ON_REQUEST: Outcome.RUNOFF_POSSIBLE,
    FollowUp.ADVANCE_TOP_TWO: Outcome.ADVANCED,
    FollowUp.NONE: Outcome.NONE,
}


@dataclass(frozen=True, slots=True)
class Law:
    """A rule with the seats it fills, and which lines are write-ins."""

    rule: Rule
    seats: int
    write_ins: tuple[bool, ...]

    @property
    def going_on(self) -> int:
        """Places that go on when nobody is elected."""
        return ADVANCING * self.seats

    @property
    def prize(self) -> Outcome:
        """What a place among those who go on gives."""
        top_two = self.rule.method is Method.TOP_TWO
        return Outcome.ADVANCED if top_two else _NEXT[self.rule.follow_up]

    @property
    def asks_share(self) -> bool:
        """Some share of the votes must be met."""
        return self.rule.method not in (Method.PLURALITY, Method.TOP_TWO)

    def base(self, votes: Sequence[int]) -> int:
        """The votes a share is taken of."""
        if self.rule.write_ins_in_base:
            return sum(votes)
        return sum(
            v for v, is_write_in in zip(votes, self.write_ins, strict=True) if not is_write_in
        )

    def meets(self, votes: int, base: int) -> bool:
        """A count meets the share of a base."""
        ours, asked = self.rule.denominator * self.seats * votes, self.rule.numerator * base
        return ours > asked if self.rule.strict else ours >= asked


def outcome_of(law: Law, votes: Sequence[int], who: int) -> Outcome:
    """Return what final figures give a choice; NONE where the law leaves it to a person."""
    if not law.asks_share:
        places = law.seats if law.rule.method is Method.PLURALITY else law.going_on
        prize = Outcome.WON if law.rule.method is Method.PLURALITY else law.prize
        return _by_place(votes, who, places, prize)
    base = law.base(votes)
    elected = sum(law.meets(v, base) for v in votes)
    if elected == 0:
        return _by_place(votes, who, law.going_on, law.prize)
    place = _by_place(votes, who, law.seats, Outcome.WON)
    if law.meets(votes[who], base):
        return place
    if elected >= law.seats or _by_place(votes, who, law.going_on, Outcome.WON) is Outcome.LOST:
        return Outcome.LOST
    return Outcome.NONE


def _by_place(votes: Sequence[int], who: int, places: int, prize: Outcome) -> Outcome:
    others = [v for i, v in enumerate(votes) if i != who]
    if sum(v >= votes[who] for v in others) < places:
        return prize
    return Outcome.LOST if sum(v > votes[who] for v in others) >= places else Outcome.TIE


def is_settled(law: Law, votes: Sequence[int], who: int, outcome: Outcome, left: int) -> bool:
    """Say whether no way the last `left` votes can fall changes a choice's outcome."""
    if left == 0:
        return outcome is outcome_of(law, votes, who)
    inside, outside = (
        {n: sure(votes, who, n, left) for n in (law.seats, law.going_on)}
        for sure in (_is_surely_in, _is_surely_out)
    )
    if not law.asks_share:
        places = law.seats if law.rule.method is Method.PLURALITY else law.going_on
        return inside[places] or outside[places]
    if outcome is Outcome.WON:
        return inside[law.seats] and law.meets(votes[who], law.base(votes) + left)
    nobody = not law.meets(max(votes) + left, law.base(votes) + left)
    if outcome is law.prize:
        return nobody and inside[law.going_on]
    if outcome is not Outcome.LOST:
        return False
    last_in = sorted(votes, reverse=True)[law.seats - 1]
    filled = law.meets(last_in, law.base(votes) + left) and outside[law.seats]
    return outside[law.going_on] or filled


def _is_surely_in(votes: Sequence[int], who: int, places: int, left: int) -> bool:
    """To push it out, as many others as there are places must reach it."""
    rivals = sorted((v for i, v in enumerate(votes) if i != who), reverse=True)[:places]
    return len(rivals) < places or sum(max(0, votes[who] - v) for v in rivals) > left


def _is_surely_out(votes: Sequence[int], who: int, places: int, left: int) -> bool:
    return sum(v > votes[who] + left for i, v in enumerate(votes) if i != who) >= places


def is_clear(law: Law, votes: Sequence[int], who: int, outcome: Outcome, slack: int) -> bool:
    """Say whether the final gap exceeds a slack, to the rival across the cut and to the share."""
    if outcome in (Outcome.NONE, Outcome.TIE):
        return False
    if not is_settled(law, votes, who, outcome, slack):
        return False
    if outcome is Outcome.LOST:
        return True
    places = law.seats if outcome is Outcome.WON else law.going_on
    rivals = sorted((v for i, v in enumerate(votes) if i != who), reverse=True)
    return len(rivals) < places or votes[who] - rivals[places - 1] > slack


def names_unknown(law: Law, votes: Sequence[int], who: int) -> bool:
    """Say whether a choice's place hangs on a write-in line, which sums unknown names."""
    leads = max(range(len(votes)), key=votes.__getitem__)
    ahead = [w for v, w in zip(votes, law.write_ins, strict=True) if v > votes[who]]
    places = law.seats if law.rule.method is Method.PLURALITY else law.going_on
    return law.write_ins[leads] or (any(ahead) and ahead.count(False) < places)
