"""Whatever the figures: scale and order decide nothing, a clinch holds, best and worst are exact.

Every property compares `decide` with a second, plain reading of the law (`law`), on
every way a few votes to come can fall. All figures are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from monitor.decide import decide
from monitor.decision import Basis, Block, Decision, Evidence, Outcome, Outstanding
from monitor.model import ResultsStatus, Selection, UnitKind, Units
from monitor.rules import (
    FollowUp,
    Method,
    Recount,
    RecountBase,
    RecountKind,
    Rule,
    recount_range,
)
from monitor.tally import Line, Tally, add_up
from tests.core_examples import (
    CERTIFIED,
    COMPLETE,
    MAJORITY,
    MAJORITY_OR_TOP_TWO,
    PLURALITY,
    SHARE,
    TOP_TWO,
    contest,
    line_of,
    race,
    rule,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

US = "Ours"
GONE = "Gone"
ONE = race(US)
TWO_LOOKS = Evidence(two_looks=True)
AT = datetime(2018, 5, 9, 4, 0, tzinfo=UTC)
ORDER = (
    Outcome.LOST,
    Outcome.TIE,
    Outcome.RUNOFF_POSSIBLE,
    Outcome.RUNOFF,
    Outcome.ADVANCED,
    Outcome.WON,
)

AT_LEAST_HALF = rule(Method.MAJORITY, 1, 2, FollowUp.RUNOFF_AUTOMATIC, strict=False)
NO_WRITE_INS = rule(Method.MAJORITY, 1, 2, FollowUp.RUNOFF_AUTOMATIC, write_ins=False)
ALL_GO_ON = replace(MAJORITY_OR_TOP_TWO, ties_advance=True)
TIES_GO_ON = replace(TOP_TWO, ties_advance=True)
VOID_VOTES = replace(MAJORITY, withdrawn_in_base=False)
FORTY = rule(Method.SUBSTANTIAL_PLURALITY, 40, 100, FollowUp.RUNOFF_ON_REQUEST)
CONVENTION = rule(Method.SUBSTANTIAL_PLURALITY, 35, 100, FollowUp.NONE, strict=False)
AUTOMATIC = rule(recount=Recount(RecountKind.AUTOMATIC, 5, 100))
AUTOMATIC_OF_TWO = replace(
    MAJORITY, recount=Recount(RecountKind.AUTOMATIC, 1, 10, RecountBase.TOP_TWO, inclusive=False)
)
CARDS = (
    PLURALITY, MAJORITY, SHARE, TOP_TWO, MAJORITY_OR_TOP_TWO, AT_LEAST_HALF, NO_WRITE_INS,
    ALL_GO_ON, TIES_GO_ON, VOID_VOTES, FORTY, AUTOMATIC, AUTOMATIC_OF_TWO,
)  # fmt: skip
BY_PLACE = (Method.PLURALITY, Method.TOP_TWO)
NEXT = {
    FollowUp.RUNOFF_AUTOMATIC: Outcome.RUNOFF,
    FollowUp.RUNOFF_ON_REQUEST: Outcome.RUNOFF_POSSIBLE,
    FollowUp.ADVANCE_TOP_TWO: Outcome.ADVANCED,
}


@dataclass(frozen=True)
class Field:
    """Ours, rivals by name, and the lines of write-ins and of one who withdrew, if printed."""

    ours: int
    rivals: tuple[int, ...]
    write_in: int | None = None
    gone: int | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return its lines: ours, rivals, write-ins, the one who withdrew."""
        named = [(US, self.ours), *((chr(65 + n), votes) for n, votes in enumerate(self.rivals))]
        made = [Line(name, "", votes, (), is_write_in=False) for name, votes in named]
        if self.write_in is not None:
            made.append(Line("Write-in", "", self.write_in, (), is_write_in=True))
        if self.gone is not None:
            gone = Line(GONE, "", self.gone, (), is_write_in=False, is_withdrawn=True)
            made.append(gone)
        return tuple(made)

    @property
    def total(self) -> int:
        """Return all its votes."""
        return sum(line.votes for line in self.lines)

    def times(self, factor: int) -> Field:
        """Return the field with every count multiplied."""

        def more(votes: int | None) -> int | None:
            return None if votes is None else factor * votes

        rivals = tuple(factor * votes for votes in self.rivals)
        return Field(factor * self.ours, rivals, more(self.write_in), more(self.gone))

    def after(self, bound: int) -> Iterator[Field]:
        """Return every field that at most `bound` more votes can make of this one."""
        return map(self.plus, ways(bound, len(self.lines)))

    def plus(self, added: tuple[int, ...]) -> Field:
        """Return the field with votes added to its lines, in their order."""
        count = 1 + len(self.rivals)
        rest = list(added[count:])
        write_in = None if self.write_in is None else self.write_in + rest.pop(0)
        gone = None if self.gone is None else self.gone + rest.pop(0)
        rivals = zip(self.rivals, added[1:count], strict=True)
        return Field(self.ours + added[0], tuple(a + b for a, b in rivals), write_in, gone)


def ways(bound: int, lines: int) -> Iterator[tuple[int, ...]]:
    """Yield every way at most `bound` votes can fall on so many lines."""
    if lines == 0:
        yield ()
        return
    for first in range(bound + 1):
        for rest in ways(bound - first, lines - 1):
            yield (first, *rest)


def law(card: Rule, field: Field, seats: int = 1) -> Outcome:
    """Read the law a second time, plainly; who withdrew is nobody's rival."""
    others = [*field.rivals, *([] if field.write_in is None else [field.write_in])]

    def at(places: int, prize: Outcome) -> Outcome:
        ahead = sum(other > field.ours for other in others)
        level = sum(other == field.ours for other in others)
        if ahead >= places:
            return Outcome.LOST
        if ahead + level < places or (card.ties_advance and prize is not Outcome.WON):
            return prize
        return Outcome.TIE

    if card.method is Method.PLURALITY:
        return at(seats, Outcome.WON)
    if card.method is Method.TOP_TWO:
        return at(2 * seats, Outcome.ADVANCED)
    base = field.ours + sum(field.rivals)
    base += (field.write_in or 0) if card.write_ins_in_base else 0
    base += (field.gone or 0) if card.withdrawn_in_base else 0
    most, asked = card.denominator * max(field.ours, *others, 0), card.numerator * base
    is_met = most > asked if card.strict else most >= asked
    return at(1, Outcome.WON) if is_met else at(2, NEXT[card.follow_up])


def tally_of(
    field: Field,
    status: ResultsStatus | None = COMPLETE,
    units: tuple[int, int] | None = None,
    uncast: int | None = None,
) -> Tally:
    """Make the tally of a field."""
    lines = tuple(sorted(field.lines, key=lambda line: (-line.votes, line.name)))
    reported = Units(*units, UnitKind.PRECINCTS) if units else None
    return Tally(lines, field.total, reported, status, ("nc_durham",), (), uncast)


def decision_on(card: Rule, tally: Tally, seen: Evidence = TWO_LOOKS, seats: int = 1) -> Decision:
    """Decide for ours."""
    return decide(replace(ONE, seats=seats), US, line_of(tally, US), card, tally, seen)


def official(votes: int) -> Evidence:
    """Say that officials have so many ballots left."""
    return replace(TWO_LOOKS, outstanding=Outstanding(votes, False, "county", AT))


SMALL = st.integers(0, 40)
TINY = st.integers(0, 12)
CARD = st.sampled_from(CARDS)


def fields(votes: st.SearchStrategy[int], most_rivals: int = 4) -> st.SearchStrategy[Field]:
    """Draw fields with a rival at least, and write-ins and withdrawn or not."""
    maybe = st.one_of(st.none(), votes)
    rivals = st.lists(votes, min_size=1, max_size=most_rivals).map(tuple)
    return st.builds(Field, votes, rivals, maybe, maybe)


# -- scale and order -----------------------------------------------------------------------


@given(
    CARD,
    fields(st.integers(0, 60)),
    st.integers(2, 1_000),
    st.sampled_from([CERTIFIED, COMPLETE, None]),
    st.one_of(st.none(), st.integers(0, 30)),
    st.one_of(st.none(), st.integers(0, 30)),
    st.booleans(),
)
def test_multiplying_everything_changes_no_outcome(
    card: Rule,
    field: Field,
    times: int,
    status: ResultsStatus | None,
    left: int | None,
    uncast: int | None,
    estimate: bool,
) -> None:
    """Counts stand in thousands, so that the per-mille of late ballots divide evenly.

    Guard, recount and share need no such care: whole votes above a fraction rounded
    down are above the fraction.
    """
    card = replace(card, registration_closed=True)

    def decided(factor: int) -> tuple[object, ...]:
        seen = replace(TWO_LOOKS, paused=True)
        if left is not None:
            seen = replace(seen, outstanding=Outstanding(factor * left, estimate, "county", AT))
        cast = None if uncast is None else factor * uncast
        made = decision_on(card, tally_of(field.times(factor), status, uncast=cast), seen)
        return (
            made.outcome, made.computed, made.if_final, made.basis, made.blocks, made.standing,
            made.place, made.rival, made.too_close, made.in_recount_range,
        )  # fmt: skip

    assert decided(1_000) == decided(1_000 * times)


@given(
    CARD,
    st.lists(SMALL, min_size=2, max_size=5),
    st.one_of(st.none(), SMALL),
    st.randoms(use_true_random=False),
    st.sampled_from([CERTIFIED, COMPLETE, None]),
    st.integers(0, 9),
)
def test_the_order_of_choices_decides_nothing(
    card: Rule,
    counts: list[int],
    write_in: int | None,
    random: object,
    status: ResultsStatus | None,
    left: int,
) -> None:
    votes = {US: counts[0], **{chr(65 + n): count for n, count in enumerate(counts[1:])}}
    printed = contest(votes, write_in=write_in)
    one = replace(ONE, withdrawn=("B",))

    def decided(choices: tuple[Selection, ...]) -> Decision:
        made = add_up(
            one, {"nc_durham": snapshot(replace(printed, selections=choices), status=status)}
        )
        return decide(one, US, line_of(made, US), card, made, official(left))

    mixed = list(printed.selections)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert decided(printed.selections) == decided(tuple(mixed))


# -- what may still come -------------------------------------------------------------------


@given(CARD, fields(st.integers(0, 60), 3), st.integers(0, 5), st.booleans())
def test_clinched_is_never_contradicted_within_its_bound(
    card: Rule, field: Field, bound: int, by_registration: bool
) -> None:
    closed = replace(card, registration_closed=True)
    made = (
        decision_on(closed, tally_of(field, None, (1, 57), uncast=bound))
        if by_registration
        else decision_on(card, tally_of(field, None, (1, 57)), official(bound))
    )
    if made.outcome is Outcome.NONE:
        return
    assert (made.basis, made.late) == (Basis.CLINCHED, bound)
    for after in field.after(bound):
        assert law(card, after) is made.outcome


@given(
    st.sampled_from([AUTOMATIC, AUTOMATIC_OF_TWO]),
    fields(st.integers(0, 200), 2),
    st.integers(0, 4),
)
def test_nothing_is_clinched_that_an_automatic_recount_may_reach(
    card: Rule, field: Field, bound: int
) -> None:
    made = decision_on(card, tally_of(field, None, (1, 57)), official(bound))
    if made.outcome is Outcome.NONE:
        return
    for after in field.after(bound):
        last = decision_on(card, tally_of(after, CERTIFIED))
        leader = max(line.votes for line in after.lines if not line.is_withdrawn)
        assert last.rival == "" or abs(last.margin) > recount_range(card, after.total, leader)


@given(
    CARD,
    st.integers(0, 100_000),
    st.lists(st.integers(0, 100_000), min_size=1, max_size=5).map(tuple),
    st.integers(0, 100_000),
)
def test_clinched_holds_when_all_or_half_of_a_large_bound_falls_on_any_line(
    card: Rule, ours: int, rivals: tuple[int, ...], bound: int
) -> None:
    field = Field(ours, rivals, 500)
    made = decision_on(card, tally_of(field, None, (1, 57)), official(bound))
    if made.outcome is Outcome.NONE:
        return
    count = len(field.lines)
    for one, two in product(range(count), repeat=2):
        added = [0] * count
        added[one] += bound // 2
        added[two] += bound - bound // 2
        assert law(card, field.plus(tuple(added))) is made.outcome


@given(CARD, fields(TINY, 3), st.integers(0, 5))
def test_best_and_worst_are_what_the_votes_to_come_can_give(
    card: Rule, field: Field, bound: int
) -> None:
    """Exactly: both are reached, and no allocation of the bound lies outside."""
    assume(field.total)
    made = decision_on(card, tally_of(field, None, (1, 57)), official(bound))
    reached = {law(card, after) for after in field.after(bound)}
    assert made.best is max(reached, key=ORDER.index)
    assert made.worst is min(reached, key=ORDER.index)


@given(
    st.sampled_from([PLURALITY, TOP_TWO, TIES_GO_ON]),
    fields(TINY),
    st.integers(0, 4),
    st.integers(2, 3),
)
def test_best_and_worst_of_several_seats(card: Rule, field: Field, bound: int, seats: int) -> None:
    """A ballot has a vote for every seat: the votes to come are that many more."""
    assume(field.total and len(field.rivals) + 1 > seats)
    bound = min(bound, 6 // seats)
    made = decision_on(card, tally_of(field, None, (1, 57)), official(bound), seats)
    reached = {law(card, after, seats) for after in field.after(bound * seats)}
    assert made.late == bound * seats
    assert made.best is max(reached, key=ORDER.index)
    assert made.worst is min(reached, key=ORDER.index)


@given(CARD, fields(SMALL), st.integers(0, 30), st.booleans())
def test_best_and_worst_bracket_what_is_told(
    card: Rule, field: Field, late: int, estimate: bool
) -> None:
    seen = replace(TWO_LOOKS, outstanding=Outstanding(late, estimate, "county", AT))
    made = decision_on(card, tally_of(field), seen)
    if made.best is Outcome.NONE:
        return
    for told in (made.outcome, made.computed, made.if_final):
        if told is not Outcome.NONE:
            assert ORDER.index(made.worst) <= ORDER.index(told) <= ORDER.index(made.best)
    if made.computed is not Outcome.NONE:
        assert made.best is made.worst is made.computed


# -- every block is said -------------------------------------------------------------------


@given(
    st.sampled_from([*CARDS, CONVENTION]),
    fields(SMALL),
    st.integers(1, 3),
    st.sampled_from([CERTIFIED, COMPLETE, ResultsStatus.RECOUNT, None]),
    st.sampled_from([(56, 57), (57, 57), None]),
    st.builds(
        Evidence,
        two_looks=st.booleans(),
        held=st.booleans(),
        hand_kept=st.booleans(),
        signed=st.booleans(),
        frozen=st.booleans(),
        paused=st.booleans(),
        outstanding=st.one_of(
            st.none(),
            st.builds(Outstanding, st.integers(0, 20), st.booleans(), st.just("c"), st.just(AT)),
        ),
    ),
)
def test_where_there_is_no_outcome_there_is_a_block(
    card: Rule,
    field: Field,
    seats: int,
    status: ResultsStatus | None,
    units: tuple[int, int] | None,
    seen: Evidence,
) -> None:
    made = decision_on(card, tally_of(field, status, units), seen, seats)
    assert (made.outcome is Outcome.NONE) == bool(made.blocks)
    assert (made.basis is Basis.NONE) == bool(made.blocks)
    assert not (made.too_close and made.still_open)
    if seen.frozen:
        assert made.blocks[0] is Block.FROZEN
    if made.too_close or made.still_open:
        assert set(made.blocks) <= {Block.PLACE_OPEN, Block.THRESHOLD_OPEN, Block.NOT_COMPLETE}
        assert seen.paused or Block.NOT_COMPLETE not in made.blocks
    if made.basis is Basis.CLINCHED:
        assert seen.outstanding is not None
        assert not seen.outstanding.is_estimate
