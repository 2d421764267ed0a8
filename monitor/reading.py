"""How a rule reads a count for one candidate: places, shares, and what is still open. Pure.

Integers only. A place is sure when the gap is larger than every vote that may still
come; a threshold is sure when it holds, or fails, however those votes fall.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.decision import Block, Outcome
from monitor.rules import FollowUp, Method, Rule, meets
from monitor.tally import Line

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.tally import Tally

ADVANCING = 2
"""Places that go on when nobody meets the threshold."""

_NEXT = {
    FollowUp.RUNOFF_AUTOMATIC: Outcome.RUNOFF,
    FollowUp.RUNOFF_ON_REQUEST: Outcome.RUNOFF_POSSIBLE,
    FollowUp.ADVANCE_TOP_TWO: Outcome.ADVANCED,
    FollowUp.NONE: Outcome.NONE,
}


@dataclass(frozen=True, slots=True)
class Cut:
    """Ours against the first candidate on the other side of a cut; no `rival`, no cut."""

    margin: int
    rival: Line | None
    slack: int

    @property
    def inside(self) -> bool:
        """Ours surely has a place."""
        return self.rival is None or self.margin > self.slack

    @property
    def outside(self) -> bool:
        """Ours surely has none."""
        return self.rival is not None and -self.margin > self.slack

    @property
    def tied(self) -> bool:
        """Equal votes across the cut."""
        return self.rival is not None and self.margin == 0


@dataclass(frozen=True, slots=True)
class Count:
    """Everything the rule looks at.

    `lines`: who can hold a place, most votes first; whoever withdrew is not among
    them. `base`: the votes a share is taken of. `late`: how many more may come, on any
    line; `slack`: what a gap must exceed. `is_final`: none comes, so equal is a tie.
    """

    rule: Rule | None
    seats: int
    total: int
    lines: tuple[Line, ...]
    withdrawn: tuple[Line, ...]
    ours: Line
    base: int
    late: int = 0
    slack: int = 0
    is_final: bool = False

    @property
    def asks_share(self) -> bool:
        """The rule has a threshold, so that a place alone does not win."""
        by_place = (Method.PLURALITY, Method.TOP_TWO)
        return self.rule is not None and self.rule.method not in by_place

    @property
    def rivals(self) -> tuple[Line, ...]:
        """Everybody who can hold a place but ours, most votes first."""
        return tuple(line for line in self.lines if line is not self.ours)

    def cut(self, places: int) -> Cut:
        """Compare ours with whoever stands on the other side of the cut after `places`."""
        rivals = self.rivals
        if len(rivals) < places:
            return Cut(self.ours.votes, None, self.slack)
        rival = rivals[places - 1]
        return Cut(self.ours.votes - rival.votes, rival, self.slack)

    def closed(self) -> Count:
        """Return the same count with nothing more to come."""
        return replace(self, late=0, slack=0, is_final=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the rule gives ours, what is still open, and the cut it was read at."""

    outcome: Outcome
    open: tuple[Block, ...]
    cut: Cut


def count_of(race: Race, rule: Rule | None, tally: Tally, ours: Line) -> Count:
    """Set out a tally for the rule; a write-in line counts as one more candidate."""
    lines = tuple(line for line in tally.lines if line is ours or not line.is_withdrawn)
    return Count(
        rule=rule,
        seats=race.seats,
        total=tally.total,
        lines=lines,
        withdrawn=tuple(line for line in tally.lines if line not in lines),
        ours=ours,
        base=sum(line.votes for line in tally.lines if in_base(rule, line)),
    )


def in_base(rule: Rule | None, line: Line) -> bool:
    """Say whether a line's votes are part of what the rule takes its share of."""
    if rule is None:
        return True
    if line.is_withdrawn and not rule.withdrawn_in_base:
        return False
    return rule.write_ins_in_base or not line.is_write_in


def read(count: Count) -> Finding:
    """Read what the rule gives ours; without an outcome, `open` says why, unless no rule is."""
    first = count.cut(count.seats)
    if count.rule is None:
        return Finding(Outcome.NONE, (), first)
    if count.total == 0:
        return Finding(Outcome.NONE, (Block.PLACE_OPEN,), first)
    if count.rule.method is Method.PLURALITY:
        return _by_place(count, first, Outcome.WON)
    going_on = count.cut(ADVANCING * count.seats)
    if count.rule.method is Method.TOP_TWO:
        return _by_place(count, going_on, Outcome.ADVANCED)
    return _by_share(count, count.rule, first, going_on)


def next_of(rule: Rule) -> Outcome:
    """Return what a place among those who go on is, when nobody meets the share."""
    return Outcome.ADVANCED if rule.method is Method.TOP_TWO else _NEXT[rule.follow_up]


def _by_place(count: Count, cut: Cut, prize: Outcome) -> Finding:
    if cut.inside:
        return Finding(prize, (), cut)
    if cut.outside:
        return Finding(Outcome.LOST, (), cut)
    if not count.is_final:
        return Finding(Outcome.NONE, (Block.PLACE_OPEN,), cut)
    all_go_on = count.rule is not None and count.rule.ties_advance and prize is not Outcome.WON
    return Finding(prize if all_go_on else Outcome.TIE, (), cut)


def _by_share(count: Count, rule: Rule, first: Cut, going_on: Cut) -> Finding:
    most = count.base + count.late
    leader, last_in = count.lines[0], count.lines[min(count.seats, len(count.lines)) - 1]

    def keeps(line: Line) -> bool:
        return meets(rule, line.votes, most, count.seats)

    def misses(line: Line) -> bool:
        base = most if in_base(rule, line) else count.base
        return not meets(rule, line.votes + count.late, base, count.seats)

    ends_at_the_cut = rule.follow_up is not FollowUp.NONE and going_on.outside
    if ends_at_the_cut or (keeps(last_in) and first.outside):
        return Finding(Outcome.LOST, (), first)
    if first.inside and keeps(count.ours):
        return Finding(Outcome.WON, (), first)
    if all(map(misses, count.lines)):
        return _when_nobody_meets(count, rule, first, going_on)
    if count.is_final and first.margin == 0 and keeps(count.ours):
        return Finding(Outcome.TIE, (), first)
    is_sure = count.is_final or first.inside or first.outside
    if keeps(leader) and misses(last_in) and misses(count.ours):
        place = () if is_sure else (Block.PLACE_OPEN,)
        return Finding(Outcome.NONE, (Block.SEATS_MIXED, *place), first)
    # Place against a rival is what is told when both are open (desk §1.7).
    return Finding(Outcome.NONE, (Block.THRESHOLD_OPEN if is_sure else Block.PLACE_OPEN,), first)


def _when_nobody_meets(count: Count, rule: Rule, first: Cut, going_on: Cut) -> Finding:
    if rule.follow_up is FollowUp.NONE:
        return Finding(Outcome.NONE, (Block.NO_FOLLOW_UP,), first)
    return _by_place(count, going_on, next_of(rule))
