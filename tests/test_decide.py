"""What the rule says: every method at its edges, real nights, and no outcome too early.

The properties compare `decide` with a second, plain reading of the law (`_law`), on
certified counts and on every way the late ballots could still fall.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.decide import decide
from monitor.decision import Basis, Block, Decision, Evidence, Outcome, Outstanding, Standing
from monitor.model import ResultsStatus, VoteType
from monitor.rules import FollowUp, Method, Recount, RecountKind, Rule
from monitor.tally import Tally, add_up
from tests.core_examples import (
    BEXAR,
    BEXAR_NIGHT,
    CERTIFIED,
    COMPLETE,
    CONTRA_COSTA,
    DALLAS,
    DALLAS_CERTIFIED,
    DALLAS_NIGHT,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    MAJORITY,
    MAJORITY_OR_TOP_TWO,
    PITT,
    PITT_NIGHT,
    PLURALITY,
    SHARE,
    TOP_TWO,
    TWO_LOOKS,
    contest,
    decision_of,
    line_of,
    race,
    rule,
    snapshot,
    tally_of,
)

if TYPE_CHECKING:
    from monitor.races import Race

US = "Ours"
ONE = race(US)
EVERY_RULE = (PLURALITY, MAJORITY, SHARE, TOP_TWO, MAJORITY_OR_TOP_TWO)


def outcome(card: Rule, ours: int, *others: int, certified: bool = True) -> Outcome:
    """Return the outcome for ours against rivals called A, B and so on."""
    votes = {US: ours, **{chr(65 + index): count for index, count in enumerate(others)}}
    status = CERTIFIED if certified else COMPLETE
    return decision_of(ONE, votes, card, status).outcome


# -- real nights -------------------------------------------------------------------------


def test_durham_is_won_by_the_30_percent_rule() -> None:
    made = decision_of(DURHAM, DURHAM_NIGHT, status=None)
    assert (made.outcome, made.basis) == (Outcome.WON, Basis.COMPLETE)
    assert (made.margin, made.late, made.threshold_margin) == (2_559, 935, 15_207 - 9_355)
    assert made.standing is Standing.LEADS
    assert not made.too_close


def test_durham_has_no_outcome_before_the_last_precinct_or_the_second_look() -> None:
    partial = decision_of(DURHAM, DURHAM_NIGHT, status=None, units=(56, 57))
    assert partial.blocks == (Block.NOT_COMPLETE,)
    assert partial.outcome is Outcome.NONE
    once = decision_of(DURHAM, DURHAM_NIGHT, status=None, seen=Evidence(two_looks=False))
    assert once.blocks == (Block.ONE_LOOK,)
    assert (once.outcome, once.computed) == (Outcome.NONE, Outcome.WON)
    assert decision_of(DURHAM, DURHAM_EARLY, units=(0, 57), status=None).outcome is Outcome.NONE


def test_durham_certified_stays_won() -> None:
    made = decision_of(DURHAM, DURHAM_CERTIFIED, status=CERTIFIED)
    assert (made.outcome, made.basis, made.late) == (Outcome.WON, Basis.CERTIFIED, 0)


def test_dallas_is_too_close_until_it_is_certified_lost() -> None:
    night = decision_of(DALLAS, DALLAS_NIGHT, units=None)
    assert (night.late, night.margin, night.too_close) == (3_378, -612, True)
    assert night.blocks == (Block.PLACE_OPEN,)
    assert night.in_recount_range
    final = decision_of(DALLAS, DALLAS_CERTIFIED, units=None, status=CERTIFIED)
    assert (final.outcome, final.margin, final.basis) == (Outcome.LOST, -589, Basis.CERTIFIED)


def test_a_sheet_without_a_name_behind_it_gives_too_close_but_no_outcome() -> None:
    by_hand = Evidence(two_looks=True, hand_kept=True)
    night = decision_of(DALLAS, DALLAS_NIGHT, units=None, seen=by_hand)
    assert (night.too_close, night.outcome) == (True, Outcome.NONE)
    bare = decision_of(DALLAS, DALLAS_CERTIFIED, units=None, status=CERTIFIED, seen=by_hand)
    assert bare.blocks == (Block.HAND_KEPT,)
    signed = replace(by_hand, signed=True)
    for status, expected in ((CERTIFIED, Outcome.LOST), (COMPLETE, Outcome.NONE)):
        made = decision_of(DALLAS, DALLAS_CERTIFIED, units=None, status=status, seen=signed)
        assert made.outcome is expected


def test_bexar_is_won_on_the_night() -> None:
    made = decision_of(BEXAR, BEXAR_NIGHT)
    assert (made.outcome, made.late) == (Outcome.WON, 2_499)


def test_pitt_is_won_on_the_night() -> None:
    made = decision_of(PITT, PITT_NIGHT, units=(40, 40), status=None)
    assert (made.outcome, made.margin, made.late) == (Outcome.WON, 2_417, 1_746)


def test_contra_costa_has_no_outcome_on_the_night() -> None:
    """51,522 is the night's figure; the others follow from 42.06 %, 8.2 % and 423 short."""
    night = {"Diana Becton": 51_522, "Graves": 43_696, "Strauss": 8_524}
    made = decision_of(CONTRA_COSTA, night, write_in=147)
    assert (made.outcome, made.threshold_margin) == (Outcome.NONE, -423)
    assert not made.too_close or made.blocks == (Block.PLACE_OPEN,)


def test_contra_costa_needs_the_write_ins_in_the_base() -> None:
    """June 8: 73,842 of 147,651 with 147 write-ins; the majority line is 73,826."""
    june_8 = {"Diana Becton": 73_842, "Graves": 62_444, "Strauss": 11_218}
    made = decision_of(CONTRA_COSTA, june_8, write_in=147, status=CERTIFIED)
    assert (made.outcome, made.threshold_margin) == (Outcome.WON, 16)
    short = {**june_8, "Diana Becton": 73_826 - 1}
    assert decision_of(CONTRA_COSTA, short, write_in=147 + 17, status=CERTIFIED).outcome is (
        Outcome.ADVANCED
    )


@pytest.mark.parametrize(
    ("state", "ours", "others"),
    [
        # Queens 2019: 1,090 ahead of 85,800; a plurality in a state with 30 % late ballots.
        (300, 33_814, (32_724, 19_262)),
        # Manhattan 2021: 33.93 to 30.39 percent.
        (300, 33_930, (30_390, 35_680)),
    ],
)
def test_new_york_nights_give_no_win(state: int, ours: int, others: tuple[int, ...]) -> None:
    made = outcome(rule(late=state), ours, *others, certified=False)
    assert made is not Outcome.WON


# -- every method at its edges, certified ------------------------------------------------


@pytest.mark.parametrize(
    ("card", "ours", "others", "expected"),
    [
        (PLURALITY, 101, (100,), Outcome.WON),
        (PLURALITY, 100, (100,), Outcome.TIE),
        (PLURALITY, 99, (100,), Outcome.LOST),
        (PLURALITY, 34, (33, 33), Outcome.WON),
        # Exactly half is no majority.
        (MAJORITY, 51, (49,), Outcome.WON),
        (MAJORITY, 51, (30, 19), Outcome.WON),
        (MAJORITY, 50, (30, 20), Outcome.RUNOFF),
        (MAJORITY, 50, (50,), Outcome.RUNOFF),
        (MAJORITY, 30, (50, 20), Outcome.RUNOFF),
        (MAJORITY, 20, (50, 30), Outcome.LOST),
        (MAJORITY, 49, (51,), Outcome.LOST),
        (MAJORITY, 25, (50, 25), Outcome.TIE),
        # Exactly 30 percent is not above it.
        (SHARE, 301, (300, 399), Outcome.LOST),
        (SHARE, 301, (300, 299, 100), Outcome.WON),
        (SHARE, 300, (299, 298, 103), Outcome.RUNOFF_POSSIBLE),
        (SHARE, 299, (300, 298, 103), Outcome.RUNOFF_POSSIBLE),
        (SHARE, 298, (300, 299, 103), Outcome.LOST),
        (SHARE, 400, (400, 200), Outcome.TIE),
        (TOP_TWO, 50, (60, 40), Outcome.ADVANCED),
        (TOP_TWO, 40, (60, 40), Outcome.TIE),
        (TOP_TWO, 39, (60, 40), Outcome.LOST),
        (TOP_TWO, 90, (5, 5), Outcome.ADVANCED),
        (MAJORITY_OR_TOP_TWO, 51, (30, 19), Outcome.WON),
        (MAJORITY_OR_TOP_TWO, 50, (30, 20), Outcome.ADVANCED),
        (MAJORITY_OR_TOP_TWO, 30, (50, 20), Outcome.ADVANCED),
        (MAJORITY_OR_TOP_TWO, 30, (51, 19), Outcome.LOST),
        (MAJORITY_OR_TOP_TWO, 19, (50, 31), Outcome.LOST),
    ],
)
def test_certified_counts(
    card: Rule, ours: int, others: tuple[int, ...], expected: Outcome
) -> None:
    assert outcome(card, ours, *others) is expected


def test_a_rule_of_at_least_a_share_is_met_exactly() -> None:
    at_least = rule(Method.MAJORITY, 1, 2, FollowUp.RUNOFF_AUTOMATIC, strict=False)
    assert outcome(at_least, 50, 30, 20) is Outcome.WON


def test_write_ins_outside_the_base_do_not_count_against_the_share() -> None:
    inside = replace(MAJORITY, write_ins_in_base=True)
    outside = replace(MAJORITY, write_ins_in_base=False)
    votes = {US: 50, "A": 49}
    assert decision_of(ONE, votes, inside, CERTIFIED, write_in=2).outcome is Outcome.RUNOFF
    assert decision_of(ONE, votes, outside, CERTIFIED, write_in=2).outcome is Outcome.WON


# -- the night: closeness, at plus and minus one vote -------------------------------------


def test_a_place_is_sure_only_above_the_late_ballots() -> None:
    """10,000 votes, 3 percent late: 300 more may come."""
    made = {
        gap: decision_of(ONE, {US: 5_000 + gap // 2, "A": 5_000 - gap // 2}, PLURALITY)
        for gap in (298, 300, 302)
    }
    assert [made[gap].outcome for gap in made] == [Outcome.NONE, Outcome.NONE, Outcome.WON]
    assert [made[gap].too_close for gap in made] == [True, True, False]
    assert {one.late for one in made.values()} == {300}


@pytest.mark.parametrize(("ours", "expected"), [(5_150, "open"), (5_151, "won")])
def test_a_majority_is_sure_only_against_every_late_ballot(ours: int, expected: str) -> None:
    """2V > T + L at T = 10,000, L = 300: 5,151 is the first count that is sure."""
    made = decision_of(ONE, {US: ours, "A": 2_500, "B": 7_500 - ours}, MAJORITY)
    assert made.outcome is (Outcome.WON if expected == "won" else Outcome.NONE)
    assert made.blocks == (() if expected == "won" else (Block.THRESHOLD_OPEN,))
    assert not made.too_close


@pytest.mark.parametrize(("ours", "expected"), [(4_850, Outcome.RUNOFF), (4_851, Outcome.NONE)])
def test_a_runoff_is_sure_only_when_nobody_can_reach_the_majority(
    ours: int, expected: Outcome
) -> None:
    """2(V + L) <= T + L at T = 10,000, L = 300: 4,850 is the last count that misses for sure."""
    made = decision_of(ONE, {US: ours, "A": 3_500, "B": 6_500 - ours}, MAJORITY)
    assert made.outcome is expected


@pytest.mark.parametrize(("ours", "expected"), [(3_090, Outcome.NONE), (3_091, Outcome.WON)])
def test_the_30_percent_line_is_sure_only_against_every_late_ballot(
    ours: int, expected: Outcome
) -> None:
    """100V > 30(T + L) at T = 10,000, L = 300: 3,091."""
    others = {"A": 2_500, "B": 2_300, "C": 10_000 - 4_800 - ours}
    assert decision_of(ONE, {US: ours, **others}, SHARE).outcome is expected


def test_an_automatic_recount_range_widens_the_gap_that_is_asked_for() -> None:
    recount = Recount(RecountKind.AUTOMATIC, 5, 100)
    votes = {US: 5_250, "A": 4_750}
    assert decision_of(ONE, votes, rule(recount=recount)).too_close
    assert decision_of(ONE, {US: 5_251, "A": 4_749}, rule(recount=recount)).outcome is Outcome.WON
    on_request = replace(recount, kind=RecountKind.ON_REQUEST)
    made = decision_of(ONE, votes, rule(recount=on_request))
    assert (made.outcome, made.in_recount_range) == (Outcome.WON, True)


def test_the_guard_is_the_floor_where_no_ballots_come_late() -> None:
    assert decision_of(ONE, {US: 5_050, "A": 4_950}, rule(late=0)).too_close
    assert decision_of(ONE, {US: 5_051, "A": 4_949}, rule(late=0)).outcome is Outcome.WON


def test_third_place_behind_a_sure_top_two_is_lost_even_before_the_threshold_is() -> None:
    made = decision_of(ONE, {US: 1_000, "A": 5_000, "B": 4_000}, MAJORITY)
    assert made.outcome is Outcome.LOST


# -- what blocks -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "block"),
    [
        (Evidence(two_looks=False), Block.ONE_LOOK),
        (Evidence(two_looks=True, held=True), Block.HELD),
        (Evidence(two_looks=True, disagreement="a has 1, b has 2"), Block.SOURCES_DISAGREE),
        (Evidence(two_looks=True, hand_kept=True), Block.HAND_KEPT),
    ],
)
@pytest.mark.parametrize("status", [COMPLETE, CERTIFIED])
def test_evidence_blocks_even_what_is_certified(seen: Evidence, block: Block, status: str) -> None:
    made = decision_of(
        ONE, {US: 900, "A": 100}, status=CERTIFIED if status == CERTIFIED else COMPLETE, seen=seen,
        card_used=PLURALITY,
    )  # fmt: skip
    assert made.blocks == (block,)
    assert (made.outcome, made.basis) == (Outcome.NONE, Basis.NONE)


def test_a_missing_or_unverified_rule_blocks() -> None:
    tally = tally_of(ONE, {US: 900, "A": 100}, CERTIFIED)
    unknown = decide(ONE, US, line_of(tally, US), None, tally, TWO_LOOKS)
    assert unknown.blocks == (Block.RULE_UNKNOWN,)
    for fact in ("method", "base", "follow_up"):
        facts = tuple(pair for pair in PLURALITY.sources if pair[0] != fact)
        card = replace(PLURALITY, sources=facts)
        assert decision_of(ONE, {US: 900, "A": 100}, card).blocks == (Block.RULE_UNVERIFIED,)


def test_all_units_in_with_no_election_day_vote_is_no_end() -> None:
    types = {VoteType.EARLY: 900, VoteType.ELECTION_DAY: 0}
    made = add_up(ONE, {"nc_durham": snapshot(contest({US: 900, "A": 100}, types=types))})
    found = decide(ONE, US, line_of(made, US), PLURALITY, made, TWO_LOOKS)
    assert found.blocks == (Block.NO_ELECTION_DAY,)


def test_no_votes_are_no_outcome_and_no_tie() -> None:
    made = decision_of(ONE, {US: 0, "A": 0}, PLURALITY, CERTIFIED)
    assert (made.outcome, made.standing) == (Outcome.NONE, Standing.NO_VOTES)


def test_a_leading_write_in_line_names_nobody() -> None:
    made = decision_of(ONE, {US: 100, "A": 50}, PLURALITY, CERTIFIED, write_in=101)
    assert made.blocks == (Block.WRITE_IN_AHEAD,)


@pytest.mark.parametrize("card", [MAJORITY, TOP_TWO, SHARE, MAJORITY_OR_TOP_TWO])
def test_a_write_in_line_in_second_place_never_puts_ours_out(card: Rule) -> None:
    votes = {US: 250, "A": 290, "B": 200}
    assert decision_of(ONE, votes, card, CERTIFIED, write_in=260).blocks == (Block.WRITE_IN_AHEAD,)


def test_behind_a_named_winner_a_write_in_line_changes_nothing() -> None:
    made = decision_of(ONE, {US: 100, "A": 500}, PLURALITY, CERTIFIED, write_in=200)
    assert made.outcome is Outcome.LOST


@pytest.mark.parametrize("card", EVERY_RULE)
@pytest.mark.parametrize("write_in", [None, 0, 40])
def test_uncontested_is_never_won(card: Rule, write_in: int | None) -> None:
    made = decision_of(ONE, {US: 5_000}, card, CERTIFIED, write_in=write_in)
    assert made.outcome is Outcome.NONE
    assert Block.UNCONTESTED in made.blocks


# -- a clinch: before the end, and whatever still comes --------------------------------------

AT = datetime(2018, 5, 9, 2, 0, tzinfo=UTC)


def left(votes: int, *, estimate: bool = False, seen: Evidence = TWO_LOOKS) -> Evidence:
    return replace(seen, outstanding=Outstanding(votes, estimate, "county clerk", AT))


def night(votes: dict[str, int], card: Rule = PLURALITY, seen: Evidence = TWO_LOOKS) -> Decision:
    """Decide at 5 of 57 precincts."""
    return decision_of(ONE, votes, card, None, (5, 57), seen=seen)


@pytest.mark.parametrize(("gap", "outcome"), [(800, Outcome.NONE), (802, Outcome.WON)])
def test_an_official_count_of_ballots_left_clinches_above_its_last_vote(
    gap: int, outcome: Outcome
) -> None:
    made = night({US: 5_000 + gap // 2, "A": 5_000 - gap // 2}, seen=left(800))
    assert (made.outcome, made.late) == (outcome, 800)
    won = outcome is Outcome.WON
    assert made.basis is (Basis.CLINCHED if won else Basis.NONE)
    assert made.blocks == (() if won else (Block.NOT_COMPLETE, Block.PLACE_OPEN))
    assert made.outstanding == left(800).outstanding


def test_nothing_is_clinched_on_an_estimate() -> None:
    """Queens 2019: 3,400 became 6,300, so an estimate is doubled and proves nothing."""
    made = night({US: 9_000, "A": 1_000}, seen=left(800, estimate=True))
    assert (made.outcome, made.computed, made.late) == (Outcome.NONE, Outcome.WON, 1_600)
    assert made.blocks == (Block.NOT_COMPLETE,)


def test_a_figure_of_ballots_left_replaces_the_states_late_ballots() -> None:
    """3 percent of 10,000 is 300; the county has 100 left, or about 200."""
    votes = {US: 5_100, "A": 4_900}
    assert decision_of(ONE, votes, PLURALITY).blocks == (Block.PLACE_OPEN,)
    fewer = decision_of(ONE, votes, PLURALITY, seen=left(100))
    assert (fewer.outcome, fewer.basis, fewer.late) == (Outcome.WON, Basis.COMPLETE, 100)
    about = decision_of(ONE, votes, PLURALITY, seen=left(200, estimate=True))
    assert (about.outcome, about.late, about.slack) == (Outcome.NONE, 400, 400)


def test_the_guard_stands_under_a_clinch_too() -> None:
    assert night({US: 5_050, "A": 4_950}, seen=left(0)).outcome is Outcome.NONE
    assert night({US: 5_051, "A": 4_949}, seen=left(0)).outcome is Outcome.WON


@pytest.mark.parametrize(("gap", "outcome"), [(1_042, Outcome.NONE), (1_044, Outcome.WON)])
def test_an_automatic_recount_range_is_added_to_the_bound_of_a_clinch(
    gap: int, outcome: Outcome
) -> None:
    """5 percent of 10,518 votes is 525, and 525 and 518 is 1,043."""
    votes = {US: 5_000 + gap // 2, "A": 5_000 - gap // 2}
    recount = Recount(RecountKind.AUTOMATIC, 5, 100)
    assert night(votes, rule(recount=recount), left(518)).outcome is outcome


@pytest.mark.parametrize(("ours", "outcome"), [(5_400, Outcome.NONE), (5_401, Outcome.WON)])
def test_a_majority_is_clinched_against_every_ballot_left(ours: int, outcome: Outcome) -> None:
    """2V > T + 800 at T = 10,000."""
    votes = {US: ours, "A": 2_500, "B": 7_500 - ours}
    assert night(votes, MAJORITY, left(800)).outcome is outcome


def test_a_runoff_and_a_loss_can_be_clinched_too() -> None:
    three = {US: 4_000, "A": 4_200, "B": 1_800}
    assert night(three, MAJORITY, left(900)).outcome is Outcome.RUNOFF
    third = {US: 1_800, "A": 4_200, "B": 4_000}
    assert night(third, MAJORITY, left(900)).outcome is Outcome.LOST


@pytest.mark.parametrize(
    ("seen", "block"),
    [
        (Evidence(two_looks=False), Block.ONE_LOOK),
        (Evidence(two_looks=True, held=True), Block.HELD),
        (Evidence(two_looks=True, disagreement="a has 1, b has 2"), Block.SOURCES_DISAGREE),
        (Evidence(two_looks=True, hand_kept=True), Block.HAND_KEPT),
        (Evidence(two_looks=True, frozen=True), Block.FROZEN),
    ],
)
def test_a_clinch_needs_every_other_proof(seen: Evidence, block: Block) -> None:
    made = night({US: 9_000, "A": 1_000}, seen=left(800, seen=seen))
    assert (made.blocks, made.outcome, made.computed) == ((block,), Outcome.NONE, Outcome.WON)


def test_nothing_is_clinched_while_the_count_is_corrected_or_counted_again() -> None:
    for status in (ResultsStatus.CORRECTION, ResultsStatus.RECOUNT):
        made = decision_of(ONE, {US: 9_000, "A": 1_000}, PLURALITY, status, seen=left(10))
        assert made.blocks == (Block.NOT_COMPLETE,)


def test_a_lead_in_early_votes_alone_can_be_clinched() -> None:
    types = {VoteType.EARLY: 900, VoteType.ELECTION_DAY: 0}
    made = add_up(ONE, {"nc_durham": snapshot(contest({US: 900, "A": 100}, types=types))})
    found = decide(ONE, US, line_of(made, US), PLURALITY, made, left(700))
    assert (found.outcome, found.basis) == (Outcome.WON, Basis.CLINCHED)


def _registered(registered: int | None, cast: int | None) -> Tally:
    printed = replace(
        contest({US: 9_000, "A": 1_000}, (5, 57)), registered_voters=registered, ballots_cast=cast
    )
    return add_up(ONE, {"nc_durham": snapshot(printed)})


@pytest.mark.parametrize(
    ("registered", "cast", "closed", "outcome"),
    [
        (18_000, 10_001, True, Outcome.WON),
        (18_000, 10_000, True, Outcome.NONE),
        (18_000, 10_001, False, Outcome.NONE),
        (None, 10_001, True, Outcome.NONE),
        (18_000, None, True, Outcome.NONE),
        (9_999, 10_001, True, Outcome.NONE),
        (10_001, 9_000, True, Outcome.NONE),
    ],
)
def test_registered_voters_bound_what_may_come_only_where_registration_is_closed(
    registered: int | None, cast: int | None, *, closed: bool, outcome: Outcome
) -> None:
    """8,000 ahead; more ballots than voters, or fewer than votes, prove nothing."""
    card = replace(PLURALITY, registration_closed=closed)
    tally = _registered(registered, cast)
    made = decide(ONE, US, line_of(tally, US), card, tally, TWO_LOOKS)
    assert made.outcome is outcome
    if outcome is Outcome.WON:
        assert (made.basis, made.late, made.outstanding) == (Basis.CLINCHED, 7_999, None)
    else:
        assert (made.computed, made.late) == (Outcome.WON, 300), "the state's share stays"


def test_every_county_must_print_its_voters() -> None:
    one = race(US, sources=(("a", "Pitt"), ("b", "Greene")))
    both = replace(contest({US: 90, "A": 10}), registered_voters=150, ballots_cast=101)
    assert add_up(one, {"a": snapshot(both), "b": snapshot(both)}).uncast == 98
    silent = replace(both, ballots_cast=None)
    assert add_up(one, {"a": snapshot(both), "b": snapshot(silent)}).uncast is None
    assert add_up(one, {"a": snapshot(both)}).uncast is None


# -- best and worst, TOO CLOSE, and what only the threshold decides ----------------------------


def test_best_and_worst_are_told_only_where_a_bound_means_something() -> None:
    votes = {US: 5_100, "A": 4_900}
    paused = replace(TWO_LOOKS, paused=True)
    both = (Outcome.WON, Outcome.LOST)
    assert (night(votes).best, night(votes).worst) == (Outcome.NONE, Outcome.NONE)
    for made in (night(votes, seen=paused), night(votes, seen=left(900, estimate=True)),
                 decision_of(ONE, votes, PLURALITY)):  # fmt: skip
        assert (made.best, made.worst) == both
    sure = decision_of(ONE, {US: 6_000, "A": 4_000}, PLURALITY, CERTIFIED)
    assert (sure.best, sure.worst) == (Outcome.WON, Outcome.WON)
    alone = decision_of(ONE, {US: 6_000}, PLURALITY)
    assert (alone.best, alone.worst) == (Outcome.NONE, Outcome.NONE)


def test_twenty_points_ahead_is_not_too_close_however_many_ballots_may_come() -> None:
    """California: as many as are counted; 5 points of the count is the start value."""
    late = rule(late=1000)
    for ours, close in ((6_000, False), (5_251, False), (5_250, True), (4_750, True)):
        made = decision_of(ONE, {US: ours, "A": 10_000 - ours}, late)
        assert made.blocks == (Block.PLACE_OPEN,)
        assert made.too_close is close


def test_too_close_may_be_told_of_a_count_that_paused_before_its_end() -> None:
    votes = {US: 5_050, "A": 4_950}
    assert not night(votes).too_close
    paused = replace(TWO_LOOKS, paused=True)
    made = night(votes, seen=paused)
    assert (made.too_close, made.blocks) == (True, (Block.NOT_COMPLETE, Block.PLACE_OPEN))
    assert not night(votes, seen=replace(paused, two_looks=False)).too_close
    assert not night({US: 9_000, "A": 1_000}, seen=paused).too_close


def test_a_threshold_alone_is_open_with_a_firm_lead() -> None:
    """First by 20 points: 5,000 of 10,000 and 300 may come."""
    made = decision_of(ONE, {US: 5_000, "A": 3_000, "B": 2_000}, MAJORITY)
    assert (made.blocks, made.still_open) == ((Block.THRESHOLD_OPEN,), True)
    assert (made.best, made.worst) == (Outcome.WON, Outcome.RUNOFF)
    second = decision_of(ONE, {US: 3_000, "A": 5_000, "B": 2_000}, MAJORITY)
    assert (second.blocks, second.still_open) == ((Block.THRESHOLD_OPEN,), False)


def test_between_two_the_threshold_is_the_place() -> None:
    """Ten points ahead in California, write-ins aside: first is a majority."""
    for write_in in (None, 20):
        votes = {US: 5_500, "A": 4_500}
        made = decision_of(
            ONE, votes, replace(MAJORITY_OR_TOP_TWO, late_ballots_per_mille=1000),
            write_in=write_in,
        )  # fmt: skip
        assert (made.blocks, made.still_open) == ((Block.PLACE_OPEN,), False)


# -- who withdrew ------------------------------------------------------------------------------


def without(*names: str) -> Race:
    return replace(ONE, withdrawn=names)


def test_whoever_withdrew_is_nobodys_rival_and_holds_no_place() -> None:
    """Durham 2022: Meier had withdrawn and drew 5 percent; the counts are ours."""
    one = without("Daniel MEIER")
    votes = {US: 7_900, "Wilson": 1_600, "Daniel Meier": 500}
    made = decision_of(one, votes, SHARE, CERTIFIED)
    assert (made.outcome, made.rival, made.total) == (Outcome.WON, "Wilson", 10_000)
    second = {US: 3_900, "Wilson": 1_600, "Daniel Meier": 2_000}
    behind = decision_of(replace(one, endorsements=race("Wilson").endorsements), second, PLURALITY)
    assert (behind.place, behind.rival, behind.outcome) == (2, US, Outcome.LOST)


@pytest.mark.parametrize(("in_base", "outcome"), [(True, Outcome.RUNOFF), (False, Outcome.WON)])
def test_votes_for_whoever_withdrew_are_in_the_base_unless_the_law_voids_them(
    *, in_base: bool, outcome: Outcome
) -> None:
    card = replace(MAJORITY, withdrawn_in_base=in_base)
    votes = {US: 490, "A": 480, "Gone": 30}
    assert decision_of(without("Gone"), votes, card, CERTIFIED).outcome is outcome


@pytest.mark.parametrize(
    ("card", "votes", "blocked"),
    [
        (PLURALITY, {US: 300, "A": 200, "Gone": 301}, True),
        (PLURALITY, {US: 300, "A": 200, "Gone": 299}, False),
        (MAJORITY, {US: 510, "A": 100, "Gone": 390}, False),
        (MAJORITY, {US: 490, "A": 100, "Gone": 410}, True),
        (MAJORITY, {US: 100, "A": 390, "Gone": 510}, True),
        (TOP_TWO, {US: 510, "A": 100, "Gone": 390}, True),
        (TOP_TWO, {US: 510, "A": 390, "Gone": 100}, False),
    ],
)
def test_whoever_withdrew_inside_the_cut_blocks(
    card: Rule, votes: dict[str, int], *, blocked: bool
) -> None:
    made = decision_of(without("Gone"), votes, card, CERTIFIED)
    assert made.blocks == ((Block.WITHDRAWN_AHEAD,) if blocked else ())


def test_no_outcome_is_told_that_late_ballots_for_whoever_withdrew_could_undo() -> None:
    votes = {US: 5_000, "A": 100, "Gone": 4_900}
    assert decision_of(without("Gone"), votes, PLURALITY).blocks == (Block.WITHDRAWN_AHEAD,)
    apart = {US: 5_200, "A": 100, "Gone": 4_700}
    assert decision_of(without("Gone"), apart, PLURALITY).outcome is Outcome.WON


def test_against_one_who_withdrew_nobody_wins() -> None:
    made = decision_of(without("Gone"), {US: 900, "Gone": 100}, PLURALITY, CERTIFIED)
    assert made.blocks == (Block.UNCONTESTED,)


# -- ties --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("card", "ours", "others", "expected"),
    [
        (PLURALITY, 100, (100, 100), Outcome.TIE),
        (MAJORITY, 25, (25, 50), Outcome.TIE),
        (MAJORITY, 30, (30, 40), Outcome.TIE),
        (MAJORITY, 40, (30, 30), Outcome.RUNOFF),
        (MAJORITY, 25, (25, 25, 25), Outcome.TIE),
        (MAJORITY_OR_TOP_TWO, 30, (30, 40), Outcome.TIE),
        (TOP_TWO, 30, (40, 30, 30), Outcome.TIE),
    ],
)
def test_a_tie_is_an_outcome_only_when_certified(
    card: Rule, ours: int, others: tuple[int, ...], expected: Outcome
) -> None:
    assert outcome(card, ours, *others) is expected
    if expected is Outcome.TIE:
        assert outcome(replace(card, late_ballots_per_mille=0), ours, *others, certified=False) is (
            Outcome.NONE
        )


@pytest.mark.parametrize("card", [MAJORITY_OR_TOP_TWO, TOP_TWO])
@pytest.mark.parametrize("others", [(40, 30), (40, 30, 30), (30, 30), (30, 30, 30)])
def test_where_the_law_says_so_all_who_tie_for_the_last_place_go_on(
    card: Rule, others: tuple[int, ...]
) -> None:
    """California, Elec. Code 8142: never by lot."""
    assert outcome(replace(card, ties_advance=True), 30, *others) is Outcome.ADVANCED
    assert outcome(replace(card, ties_advance=True), 29, *others) is Outcome.LOST


def test_a_tie_for_the_office_itself_sends_nobody_on() -> None:
    card = replace(rule(Method.MAJORITY, 1, 2, FollowUp.ADVANCE_TOP_TWO, strict=False),
                   ties_advance=True)  # fmt: skip
    assert outcome(card, 50, 50) is Outcome.TIE
    assert outcome(replace(PLURALITY, ties_advance=True), 50, 50) is Outcome.TIE


# -- two seats ---------------------------------------------------------------------------

PAIR = race(US, seats=2)


def pair(ours: int, *others: int, card: Rule = PLURALITY) -> Outcome:
    votes = {US: ours, **{chr(65 + index): count for index, count in enumerate(others)}}
    return decision_of(PAIR, votes, card, CERTIFIED).outcome


def test_the_cut_of_two_seats_lies_after_the_second() -> None:
    assert pair(300, 400, 299) is Outcome.WON
    assert pair(299, 400, 300) is Outcome.LOST
    assert pair(300, 400, 300) is Outcome.TIE
    assert pair(400, 400, 300) is Outcome.WON
    assert pair(301, 400) is Outcome.NONE, "two names for two seats are uncontested"


def test_several_seats_divide_the_base() -> None:
    """30 percent of 1,000 / 2 seats: more than 150 votes (N.C.G.S. 163-111(a)(2))."""
    assert pair(151, 550, 150, 149, card=SHARE) is Outcome.WON
    assert pair(151, 151, 551, 147, card=SHARE) is Outcome.TIE


def test_seats_that_some_fill_and_others_do_not_are_said() -> None:
    """More than 150 of 1,000 fill one of two seats; nobody else has as many."""
    for ours, others in ((140, (600, 135, 125)), (125, (600, 140, 135)), (135, (600, 135, 130))):
        votes = {US: ours, **{chr(65 + index): count for index, count in enumerate(others)}}
        made = decision_of(PAIR, votes, SHARE, CERTIFIED)
        assert (made.outcome, made.blocks) == (Outcome.NONE, (Block.SEATS_MIXED,))
        assert (made.best, made.worst) == (Outcome.NONE, Outcome.NONE)
    assert pair(600, 140, 135, 125, card=SHARE) is Outcome.WON
    assert pair(90, 600, 130, 100, 80, card=SHARE) is Outcome.NONE
    assert pair(80, 600, 120, 100, 90, card=SHARE) is Outcome.LOST


def test_every_ballot_left_has_a_vote_for_every_seat() -> None:
    votes = {US: 5_000, "A": 4_000, "B": 3_000}
    for ballots, told in ((999, Outcome.WON), (1_000, Outcome.NONE)):
        made = decision_of(PAIR, votes, PLURALITY, None, (5, 57), seen=left(ballots))
        assert (made.outcome, made.late) == (told, 2 * ballots)


def test_a_share_that_nobody_meets_and_nothing_follows_is_said() -> None:
    """Iowa's convention: what follows is on no card of ours."""
    card = rule(Method.SUBSTANTIAL_PLURALITY, 35, 100, FollowUp.NONE, strict=False)
    for ours, others in ((340, (330, 330)), (100, (340, 330, 230))):
        votes = {US: ours, **{chr(65 + index): count for index, count in enumerate(others)}}
        made = decision_of(ONE, votes, card, CERTIFIED)
        assert (made.outcome, made.blocks) == (Outcome.NONE, (Block.NO_FOLLOW_UP,))
    assert outcome(card, 350, 330, 320) is Outcome.WON


# -- properties --------------------------------------------------------------------------

_NEXT = {
    FollowUp.RUNOFF_AUTOMATIC: Outcome.RUNOFF,
    FollowUp.RUNOFF_ON_REQUEST: Outcome.RUNOFF_POSSIBLE,
    FollowUp.ADVANCE_TOP_TWO: Outcome.ADVANCED,
}


def _law(card: Rule, ours: int, others: tuple[int, ...]) -> Outcome:
    """Read the law a second time, plainly, for one seat and a final count."""

    def at(places: int, prize: Outcome) -> Outcome:
        ahead = sum(other > ours for other in others)
        level = sum(other == ours for other in others)
        if ahead >= places:
            return Outcome.LOST
        return prize if ahead + level < places else Outcome.TIE

    if card.method is Method.PLURALITY:
        return at(1, Outcome.WON)
    if card.method is Method.TOP_TWO:
        return at(2, Outcome.ADVANCED)
    total = ours + sum(others)
    if card.denominator * max(ours, *others) > card.numerator * total:
        return at(1, Outcome.WON)
    return at(2, _NEXT[card.follow_up])


CARDS = st.sampled_from(EVERY_RULE)
SMALL = st.integers(0, 40)
RIVALS = st.lists(SMALL, min_size=1, max_size=4).map(tuple)


@given(CARDS, SMALL, RIVALS)
def test_certified_is_what_the_law_says(card: Rule, ours: int, others: tuple[int, ...]) -> None:
    if ours + sum(others):
        assert outcome(card, ours, *others) is _law(card, ours, others)


@given(CARDS, st.integers(0, 60), st.lists(st.integers(0, 60), min_size=1, max_size=2).map(tuple))
def test_late_ballots_never_contradict_a_complete_outcome(
    card: Rule, ours: int, others: tuple[int, ...]
) -> None:
    """Every way up to L ballots can fall, for L a fifth of the count (capped at 9)."""
    loose = replace(card, late_ballots_per_mille=200)
    told = outcome(loose, ours, *others, certified=False)
    if told is Outcome.NONE:
        return
    late = min((ours + sum(others)) // 5, 9)
    for added in product(range(late + 1), repeat=1 + len(others)):
        if sum(added) <= late:
            after = tuple(votes + more for votes, more in zip(others, added[1:], strict=True))
            assert _law(card, ours + added[0], after) is told


@given(
    CARDS,
    st.integers(0, 100_000),
    st.lists(st.integers(0, 100_000), min_size=1, max_size=5),
    st.integers(0, 1_000),
    st.randoms(use_true_random=False),
)
def test_extreme_and_random_late_ballots_never_contradict_a_complete_outcome(
    card: Rule, ours: int, others: list[int], per_mille: int, random: object
) -> None:
    loose = replace(card, late_ballots_per_mille=per_mille)
    told = outcome(loose, ours, *others, certified=False)
    if told is Outcome.NONE:
        return
    counts = [ours, *others]
    late = sum(counts) * per_mille // 1_000
    ways = [[late if i == j else 0 for i in range(len(counts))] for j in range(len(counts))]
    halves = [[late // 2 if i in (j, k) else 0 for i in range(len(counts))]
              for j in range(len(counts)) for k in range(j)]  # fmt: skip
    for added in ways + halves:
        first, *rest = (votes + more for votes, more in zip(counts, added, strict=True))
        assert _law(card, first, tuple(rest)) is told


@given(CARDS, SMALL, RIVALS, st.integers(2, 1_000))
def test_certified_outcomes_do_not_depend_on_scale(
    card: Rule, ours: int, others: tuple[int, ...], times: int
) -> None:
    many = (times * other for other in others)
    assert outcome(card, ours, *others) is outcome(card, times * ours, *many)


@given(CARDS, SMALL, RIVALS, st.integers(2, 1_000))
def test_a_larger_count_never_gives_another_complete_outcome(
    card: Rule, ours: int, others: tuple[int, ...], times: int
) -> None:
    small = outcome(card, ours, *others, certified=False)
    large = outcome(card, times * ours, *(times * other for other in others), certified=False)
    assert Outcome.NONE in (small, large) or small is large


@given(CARDS, SMALL, st.permutations([3, 17, 25, 30]), st.booleans())
def test_the_order_of_the_lines_decides_nothing(
    card: Rule, ours: int, others: list[int], certified: bool
) -> None:
    def decided(order: list[int]) -> object:
        votes = {US: ours, **{f"N{count}": count for count in order}}
        return decision_of(ONE, votes, card, CERTIFIED if certified else COMPLETE)

    assert decided(others) == decided(sorted(others))


@given(
    CARDS,
    SMALL,
    RIVALS,
    st.builds(
        Evidence,
        two_looks=st.booleans(),
        held=st.booleans(),
        disagreement=st.sampled_from(["", "they differ"]),
        hand_kept=st.booleans(),
        signed=st.booleans(),
    ),
    st.sampled_from([None, COMPLETE, CERTIFIED]),
    st.sampled_from([(56, 57), (57, 57), None]),
)
def test_no_outcome_without_every_proof(
    card: Rule,
    ours: int,
    others: tuple[int, ...],
    seen: Evidence,
    status: object,
    units: tuple[int, int] | None,
) -> None:
    votes = {US: ours, **{chr(65 + index): count for index, count in enumerate(others)}}
    known = next((one for one in (COMPLETE, CERTIFIED) if one is status), None)
    made = decision_of(ONE, votes, card, known, units, seen=seen)
    ended = known is not None or units == (57, 57)
    proved = ended and seen.two_looks and not seen.held and not seen.disagreement
    if made.outcome is not Outcome.NONE:
        assert proved
        assert not seen.hand_kept or (seen.signed and known is CERTIFIED)
        assert made.basis is (Basis.CERTIFIED if known is CERTIFIED else Basis.COMPLETE)
    else:
        assert made.basis is Basis.NONE
    if made.too_close:
        assert proved
        assert made.blocks == (Block.PLACE_OPEN,)
