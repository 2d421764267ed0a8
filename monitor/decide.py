"""What the rule says of a tally for one endorsed candidate. Pure, integers only.

The order of precedence is design's: certified, blocked, complete, counting. A
place is sure when the gap is larger than every vote that may still come; a
threshold is sure when it holds, or fails, however those votes fall.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.model import ResultsStatus
from monitor.races import Race
from monitor.rules import FollowUp, Method, RecountKind, Rule, meets, recount_range, threshold_votes
from monitor.tally import Line, Tally

GUARD_PER_MILLE = 10
"""The floor under every gap, as thousandths of the votes counted (desk §1.1)."""

ADVANCING = 2
"""Places that go on when nobody meets the threshold."""


class Standing(StrEnum):
    """Where ours stands at the cut."""

    LEADS = "leads"
    TRAILS = "trails"
    TIED = "tied"
    ALONE = "alone"
    NO_VOTES = "no-votes"


class Outcome(StrEnum):
    """What the rule gives ours."""

    NONE = "none"
    WON = "won"
    LOST = "lost"
    ADVANCED = "advanced"
    RUNOFF = "runoff"
    RUNOFF_POSSIBLE = "runoff-possible"
    TIE = "tie"


class Basis(StrEnum):
    """What an outcome rests on."""

    NONE = "none"
    COMPLETE = "complete"
    CERTIFIED = "certified"


class Block(StrEnum):
    """A reason why there is no outcome yet; `monitor.message` holds its sentence."""

    HELD = "held"
    SOURCES_DISAGREE = "sources-disagree"
    COUNTY_MISSING = "county-missing"
    ONE_LOOK = "one-look"
    RULE_UNKNOWN = "rule-unknown"
    RULE_UNVERIFIED = "rule-unverified"
    NOT_COMPLETE = "not-complete"
    NO_ELECTION_DAY = "no-election-day"
    WRITE_IN_AHEAD = "write-in-ahead"
    UNCONTESTED = "uncontested"
    HAND_KEPT = "hand-kept"
    PLACE_OPEN = "place-open"
    THRESHOLD_OPEN = "threshold-open"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the figures.

    `two_looks`: every source used was seen twice with these figures, at least 60 s
    apart. `hand_kept`: a source in use is typed in by people. `signed`: such
    figures carry a source link and the name of who stands for them.
    """

    two_looks: bool
    held: bool = False
    disagreement: str = ""
    hand_kept: bool = False
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule says for one endorsed candidate.

    `margin`: votes ahead of (or behind, negative) the first candidate on the other
    side of the cut; `rival` is that candidate. `threshold_margin`: votes above or
    below the smallest count that meets the rule, None where there is no threshold.
    `late`: the most votes that may still come. `slack`: what a gap must exceed.
    `computed`: what the rule would give; `outcome` is it unless `blocks` is not empty.
    `if_final`: what the rule gives if not one vote more is counted.
    """

    candidate: str
    standing: Standing
    votes: int
    place: int
    total: int
    margin: int
    rival: str
    rival_votes: int
    threshold_margin: int | None
    late: int
    slack: int
    outcome: Outcome
    computed: Outcome
    if_final: Outcome
    basis: Basis
    too_close: bool
    blocks: tuple[Block, ...]
    in_recount_range: bool


@dataclass(frozen=True, slots=True)
class _Cut:
    """Ours against a cut after `seats` places."""

    margin: int
    rival: Line | None
    slack: int

    @property
    def inside(self) -> bool:
        return self.rival is None or self.margin > self.slack

    @property
    def outside(self) -> bool:
        return self.rival is not None and -self.margin > self.slack

    @property
    def tied(self) -> bool:
        return self.rival is not None and self.margin == 0


def decide(
    race: Race,
    candidate: str,
    ours: Line,
    rule: Rule | None,
    tally: Tally,
    seen: Evidence,
    *,
    guard_per_mille: int = GUARD_PER_MILLE,
) -> Decision:
    """Decide for one endorsed candidate, whose line in the tally is `ours`.

    `guard_per_mille` is another floor only where the backtest asks what the floor is for.
    """
    certified = tally.status is ResultsStatus.CERTIFIED and not tally.missing
    late = 0 if certified or rule is None else tally.total * rule.late_ballots_per_mille // 1000
    slack = 0 if certified else _slack(rule, tally, late, guard_per_mille)
    finding = _find(_Count(race, rule, tally, ours, slack, late, certified))
    blocks = (*_proof_blocks(race, rule, tally, ours, seen, certified=certified), *finding.open)
    if _is_uncontested(race, ours, tally):
        blocks = (*blocks, Block.UNCONTESTED)
    too_close = blocks == (Block.PLACE_OPEN,)
    if seen.hand_kept and not too_close and not (certified and seen.signed):
        blocks = (*blocks, Block.HAND_KEPT)
    basis = Basis.CERTIFIED if certified else Basis.COMPLETE
    cut = finding.cut
    return Decision(
        candidate=candidate,
        standing=_standing(tally, cut),
        votes=ours.votes,
        place=1 + sum(line.votes > ours.votes for line in tally.lines),
        total=tally.total,
        margin=cut.margin,
        rival=cut.rival.name if cut.rival else "",
        rival_votes=cut.rival.votes if cut.rival else 0,
        threshold_margin=_threshold_margin(race, rule, tally, ours),
        late=late,
        slack=slack,
        outcome=Outcome.NONE if blocks else finding.outcome,
        computed=finding.outcome,
        if_final=_find(_Count(race, rule, tally, ours, slack=0, late=0, final=True)).outcome,
        basis=Basis.NONE if blocks or finding.outcome is Outcome.NONE else basis,
        too_close=too_close,
        blocks=blocks,
        in_recount_range=_in_recount_range(rule, tally, cut),
    )


def _is_uncontested(race: Race, ours: Line, tally: Tally) -> bool:
    """No more names than seats: known before the night, told in one line, never as won."""
    named = sum(not line.is_write_in for line in tally.lines)
    return not ours.is_write_in and named <= race.seats


def _slack(rule: Rule | None, tally: Tally, late: int, guard_per_mille: int) -> int:
    guard = tally.total * guard_per_mille // 1000
    if rule is None or rule.recount.kind is not RecountKind.AUTOMATIC or not tally.lines:
        return max(guard, late)
    return max(guard, late, recount_range(rule, tally.total, tally.lines[0].votes))


def _cut(tally: Tally, ours: Line, places: int, slack: int) -> _Cut:
    """Compare ours with the first line on the other side of the cut after `places`."""
    others = [line for line in tally.lines if line is not ours]
    ahead = [line for line in others if line.votes > ours.votes]
    if len(ahead) < places:
        behind = others[places - 1] if len(others) >= places else None
        margin = ours.votes - behind.votes if behind else ours.votes
        return _Cut(margin, behind, slack)
    last_in = others[places - 1]
    return _Cut(ours.votes - last_in.votes, last_in, slack)


def _standing(tally: Tally, cut: _Cut) -> Standing:
    if cut.rival is None:
        return Standing.ALONE
    if tally.total == 0:
        return Standing.NO_VOTES
    if cut.tied:
        return Standing.TIED
    return Standing.LEADS if cut.margin > 0 else Standing.TRAILS


def _proof_blocks(
    race: Race, rule: Rule | None, tally: Tally, ours: Line, seen: Evidence, *, certified: bool
) -> tuple[Block, ...]:
    found = []
    if seen.held:
        found.append(Block.HELD)
    if seen.disagreement:
        found.append(Block.SOURCES_DISAGREE)
    if tally.missing:
        found.append(Block.COUNTY_MISSING)
    if rule is None:
        found.append(Block.RULE_UNKNOWN)
    elif rule.unverified():
        found.append(Block.RULE_UNVERIFIED)
    if not tally.is_complete:
        found.append(Block.NOT_COMPLETE)
    elif tally.election_day_missing and not certified:
        found.append(Block.NO_ELECTION_DAY)
    if not seen.two_looks:
        found.append(Block.ONE_LOOK)
    if _write_in_decides(rule, tally, ours, race.seats):
        found.append(Block.WRITE_IN_AHEAD)
    return tuple(found)


def _write_in_decides(rule: Rule | None, tally: Tally, ours: Line, seats: int) -> bool:
    """A write-in line sums unknown names: no place can be read from one inside the cut."""
    if tally.lines and tally.lines[0].is_write_in and tally.lines[0].votes:
        return True
    by_first = rule is None or rule.method is Method.PLURALITY
    ahead = [line for line in tally.lines if line.votes > ours.votes]
    named = sum(not line.is_write_in for line in ahead)
    return named < len(ahead) and named < (seats if by_first else ADVANCING * seats)


@dataclass(frozen=True, slots=True)
class _Count:
    """Everything the rule looks at."""

    race: Race
    rule: Rule | None
    tally: Tally
    ours: Line
    slack: int
    late: int
    final: bool

    def cut(self, places: int) -> _Cut:
        return _cut(self.tally, self.ours, places, self.slack)


@dataclass(frozen=True, slots=True)
class _Finding:
    """What the rule gives ours, what is still open, and the cut it was read at."""

    outcome: Outcome
    open: tuple[Block, ...]
    cut: _Cut


def _find(count: _Count) -> _Finding:
    first = count.cut(count.race.seats)
    if count.rule is None:
        return _Finding(Outcome.NONE, (), first)
    if count.tally.total == 0:
        return _Finding(Outcome.NONE, (Block.PLACE_OPEN,), first)
    if count.rule.method is Method.PLURALITY:
        return _by_place(count, first, Outcome.WON)
    going_on = count.cut(ADVANCING * count.race.seats)
    if count.rule.method is Method.TOP_TWO:
        return _by_place(count, going_on, Outcome.ADVANCED)
    return _by_threshold(count, count.rule, first, going_on)


def _by_place(count: _Count, cut: _Cut, prize: Outcome) -> _Finding:
    if cut.inside:
        return _Finding(prize, (), cut)
    if cut.outside:
        return _Finding(Outcome.LOST, (), cut)
    if count.final:
        return _Finding(Outcome.TIE, (), cut)
    return _Finding(Outcome.NONE, (Block.PLACE_OPEN,), cut)


def _by_threshold(count: _Count, rule: Rule, first: _Cut, going_on: _Cut) -> _Finding:
    seats, lines = count.race.seats, count.tally.lines
    base = _base(rule, count.tally)
    most = base + count.late

    def surely_keeps(line: Line) -> bool:
        return meets(rule, line.votes, most, seats)

    last_in = lines[min(seats, len(lines)) - 1]
    if going_on.outside or (surely_keeps(last_in) and first.outside):
        return _Finding(Outcome.LOST, (), first)
    if first.inside and surely_keeps(count.ours):
        return _Finding(Outcome.WON, (), first)
    if not meets(rule, lines[0].votes + count.late, most, seats):
        return _by_place(count, going_on, _NEXT[rule.follow_up])
    if count.final and first.margin == 0 and meets(rule, count.ours.votes, most, seats):
        return _Finding(Outcome.TIE, (), first)
    # Place against a rival is what is told when both are open (desk §1.7).
    place_is_sure = first.inside or first.outside
    return _Finding(
        Outcome.NONE, (Block.THRESHOLD_OPEN if place_is_sure else Block.PLACE_OPEN,), first
    )


_NEXT = {
    FollowUp.RUNOFF_AUTOMATIC: Outcome.RUNOFF,
    FollowUp.RUNOFF_ON_REQUEST: Outcome.RUNOFF_POSSIBLE,
    FollowUp.ADVANCE_TOP_TWO: Outcome.ADVANCED,
    FollowUp.NONE: Outcome.NONE,
}


def _base(rule: Rule, tally: Tally) -> int:
    if rule.write_ins_in_base:
        return tally.total
    return sum(line.votes for line in tally.lines if not line.is_write_in)


def _threshold_margin(race: Race, rule: Rule | None, tally: Tally, ours: Line) -> int | None:
    if rule is None or rule.method in (Method.PLURALITY, Method.TOP_TWO):
        return None
    return ours.votes - threshold_votes(rule, _base(rule, tally), race.seats)


def _in_recount_range(rule: Rule | None, tally: Tally, cut: _Cut) -> bool:
    if rule is None or cut.rival is None or rule.recount.kind is RecountKind.NONE:
        return False
    leader = tally.lines[0].votes if tally.lines else 0
    return abs(cut.margin) <= recount_range(rule, tally.total, leader)
