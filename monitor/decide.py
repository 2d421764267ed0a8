"""What the rule says of a tally for one endorsed candidate. Pure, integers only.

The order of precedence is design's: frozen, certified, blocked, clinched, complete,
counting; what people confirm or declare is laid over it in `monitor.state`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.closeness import is_still_open, is_too_close, may_be_told
from monitor.decision import (
    Basis,
    Block,
    Decision,
    Evidence,
    Outcome,
    Standing,
)
from monitor.model import ResultsStatus
from monitor.races import Race
from monitor.reading import ADVANCING, Count, Cut, Finding, count_of, read
from monitor.rules import Method, RecountKind, Rule, meets, recount_range, threshold_votes
from monitor.span import best_and_worst
from monitor.tally import Line, Tally

GUARD_PER_MILLE = 10
"""The floor under every gap, as thousandths of the votes counted (desk §1.1)."""


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
    case = _Case(race, rule, tally, seen, tally.total * guard_per_mille // 1000)
    count = count_of(race, rule, tally, ours)
    made = _certified(case, count) or _clinched(case, count) or _so_far(case, count)
    blocks, too_close, still_open = _blocks(case, made)
    outcome, cut = made.finding.outcome, made.finding.cut
    best, worst = _span(case, made)
    return Decision(
        candidate=candidate,
        standing=_standing(tally, cut),
        votes=ours.votes,
        place=1 + sum(line.votes > ours.votes for line in count.lines),
        total=tally.total,
        margin=cut.margin,
        rival=cut.rival.name if cut.rival else "",
        rival_votes=cut.rival.votes if cut.rival else 0,
        threshold_margin=_threshold_margin(count),
        late=made.count.late,
        slack=made.count.slack,
        outcome=Outcome.NONE if blocks else outcome,
        computed=outcome,
        if_final=read(count.closed()).outcome,
        basis=Basis.NONE if blocks or outcome is Outcome.NONE else made.basis,
        too_close=too_close,
        blocks=blocks,
        in_recount_range=_in_recount_range(count, cut),
        best=best,
        worst=worst,
        still_open=still_open,
        outstanding=None if made.basis is Basis.CERTIFIED else seen.outstanding,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """What is decided on; `guard` is the floor under every gap, in votes."""

    race: Race
    rule: Rule | None
    tally: Tally
    seen: Evidence
    guard: int

    @property
    def has_ended(self) -> bool:
        """Everything is in, election-day votes too."""
        return self.tally.is_complete and not self.tally.election_day_missing


@dataclass(frozen=True, slots=True)
class _Made:
    """A count with the votes that may still come, what it gives, and on what basis."""

    count: Count
    finding: Finding
    basis: Basis


def _made(count: Count, basis: Basis) -> _Made:
    return _Made(count, read(count), basis)


# -- how many votes may still come, and what a gap must exceed -----------------------------


def _certified(case: _Case, count: Count) -> _Made | None:
    if case.tally.status is not ResultsStatus.CERTIFIED or case.tally.missing:
        return None
    return _made(count.closed(), Basis.CERTIFIED)


def _clinched(case: _Case, count: Count) -> _Made | None:
    """An outcome that no votes within a hard bound can change, before the count has ended."""
    bound = _hard_bound(case)
    if bound is None or case.has_ended or case.tally.missing or case.tally.is_being_changed:
        return None
    slack = max(case.guard, bound + _automatic_range(count, bound))
    made = _made(replace(count, late=bound, slack=slack), Basis.CLINCHED)
    return None if made.finding.outcome is Outcome.NONE else made


def _hard_bound(case: _Case) -> int | None:
    """Return the votes outstanding as officials have them, else those that may be cast at all.

    None is known from an estimate, or where people register on election day.
    """
    given, rule = case.seen.outstanding, case.rule
    if given is not None:
        return None if given.is_estimate else given.bound * case.race.seats
    if rule is None or not rule.registration_closed or case.tally.uncast is None:
        return None
    return case.tally.uncast * case.race.seats


def _so_far(case: _Case, count: Count) -> _Made:
    late = _late(case)
    slack = max(case.guard, late, _automatic_range(count, 0))
    return _made(replace(count, late=late, slack=slack), Basis.COMPLETE)


def _late(case: _Case) -> int:
    """Return the most votes that may still come; a ballot has a vote for every seat."""
    if case.seen.outstanding is not None:
        return case.seen.outstanding.bound * case.race.seats
    share = case.rule.late_ballots_per_mille if case.rule else 0
    return case.tally.total * share // 1000


def _automatic_range(count: Count, bound: int) -> int:
    """Return the widest gap that brings a recount by itself, after at most `bound` more votes."""
    rule = count.rule
    if rule is None or rule.recount.kind is not RecountKind.AUTOMATIC:
        return 0
    leader = count.lines[0].votes
    now = recount_range(rule, count.total, leader)
    return max(0, now, recount_range(rule, count.total + bound, leader + bound))


# -- what blocks -----------------------------------------------------------------------------


def _blocks(case: _Case, made: _Made) -> tuple[tuple[Block, ...], bool, bool]:
    """Return every reason why there is no outcome, and whether it is but closeness.

    The second is TOO CLOSE, the third that only the threshold is open.
    """
    count, finding = made.count, made.finding
    blocks = (*_proof_blocks(case, made), *_field_blocks(case, made), *finding.open)
    if _is_uncontested(case.race, count):
        blocks = (*blocks, Block.UNCONTESTED)
    told = may_be_told(blocks, paused=case.seen.paused)
    floor = max(case.guard, _automatic_range(count, 0))
    too_close = told and is_too_close(count, finding, floor)
    still_open = told and not too_close and is_still_open(count, finding, floor)
    signed = made.basis is Basis.CERTIFIED and case.seen.signed
    if case.seen.hand_kept and not (too_close or still_open or signed):
        blocks = (*blocks, Block.HAND_KEPT)
    if case.seen.unproven and not (too_close or still_open):
        blocks = (*blocks, Block.UNPROVEN)
    return blocks, too_close, still_open


def _proof_blocks(case: _Case, made: _Made) -> tuple[Block, ...]:
    rule, tally, seen = case.rule, case.tally, case.seen
    is_open = made.basis is Basis.COMPLETE
    blocks = {
        Block.FROZEN: seen.frozen,
        Block.HELD: seen.held,
        Block.SOURCES_DISAGREE: bool(seen.disagreement),
        Block.COUNTY_MISSING: bool(tally.missing),
        Block.RULE_UNKNOWN: rule is None,
        Block.RULE_UNVERIFIED: rule is not None and bool(rule.unverified()),
        Block.NOT_COMPLETE: is_open and not tally.is_complete,
        Block.NO_ELECTION_DAY: is_open and tally.is_complete and tally.election_day_missing,
        Block.ONE_LOOK: not seen.two_looks,
    }
    return tuple(block for block, stands in blocks.items() if stands)


def _field_blocks(case: _Case, made: _Made) -> tuple[Block, ...]:
    """Lines that no place can be read from: unknown names, and whoever withdrew."""
    blocks = {
        Block.WRITE_IN_AHEAD: _write_in_decides(case.rule, made.count),
        Block.WITHDRAWN_AHEAD: _withdrawn_decides(made),
    }
    return tuple(block for block, stands in blocks.items() if stands)


def _write_in_decides(rule: Rule | None, count: Count) -> bool:
    """A write-in line sums unknown names: no place can be read from one inside the cut."""
    if count.lines[0].is_write_in and count.lines[0].votes:
        return True
    by_first = rule is None or rule.method is Method.PLURALITY
    ahead = [line for line in count.lines if line.votes > count.ours.votes]
    named = sum(not line.is_write_in for line in ahead)
    return named < len(ahead) and named < (count.seats if by_first else ADVANCING * count.seats)


def _withdrawn_decides(made: _Made) -> bool:
    """Whoever withdrew stands inside the cut, or may come there and undo an outcome."""
    count = made.count
    late = 0 if made.finding.outcome is Outcome.NONE else count.late
    places = _places(count)

    def is_in(line: Line) -> bool:
        ahead = sum(other.votes > line.votes + late for other in count.lines)
        return line.votes + late > 0 and ahead < places

    return any(map(is_in, count.withdrawn))


def _places(count: Count) -> int:
    """Return how many places matter now: those that go on, where nobody meets the share."""
    rule = count.rule
    if rule is None or rule.method is Method.PLURALITY:
        return count.seats
    most = max(line.votes for line in (*count.lines, *count.withdrawn))
    if count.asks_share and meets(rule, most, count.base, count.seats):
        return count.seats
    return ADVANCING * count.seats


def _is_uncontested(race: Race, count: Count) -> bool:
    """No more names than seats: known before the night, told in one line, never as won."""
    named = sum(not line.is_write_in for line in count.lines)
    return not count.ours.is_write_in and named <= race.seats


# -- what else is said -----------------------------------------------------------------------


def _span(case: _Case, made: _Made) -> tuple[Outcome, Outcome]:
    """Return best and worst, where the votes that may still come are more than a guess."""
    is_bounded = (
        made.basis is not Basis.COMPLETE
        or case.has_ended
        or case.seen.paused
        or case.seen.outstanding is not None
    )
    if not is_bounded or case.tally.missing or _is_uncontested(case.race, made.count):
        return Outcome.NONE, Outcome.NONE
    return best_and_worst(made.count)


def _standing(tally: Tally, cut: Cut) -> Standing:
    if cut.rival is None:
        return Standing.ALONE
    if tally.total == 0:
        return Standing.NO_VOTES
    if cut.tied:
        return Standing.TIED
    return Standing.LEADS if cut.margin > 0 else Standing.TRAILS


def _threshold_margin(count: Count) -> int | None:
    if count.rule is None or not count.asks_share:
        return None
    return count.ours.votes - threshold_votes(count.rule, count.base, count.seats)


def _in_recount_range(count: Count, cut: Cut) -> bool:
    if count.rule is None or cut.rival is None or count.rule.recount.kind is RecountKind.NONE:
        return False
    return abs(cut.margin) <= recount_range(count.rule, count.total, count.lines[0].votes)
