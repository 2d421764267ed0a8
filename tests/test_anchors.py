"""The real races the rules are measured by, at the moments staff would have asked.

Real counts: Durham 2018 (without and with the provisional batch), Dallas 2018 (March 8
and official), Bexar 2018 (official), Contra Costa 2018 (June 8 and 13; of the night
Becton's votes, the write-ins and 423 short), Allegheny 2023 (the Democratic primary at
four moments, the Republican write-ins of June 5), Broward 2020 (the leader and the
total), Sampson 2018 (unofficial). Ours, made to fit the margins and shares known: the
other lines of Contra Costa's night and of Broward, and every count of Queens 2019
(1,090 ahead of 85,800; 60 behind in the end) and Manhattan 2021 (33.93 and 30.39 %).
Figures of the edges (exact halves, 30 %, recount ranges) are ours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.decide import decide
from monitor.decision import Basis, Block, Decision, Evidence, Outcome, Outstanding
from monitor.model import Selection
from monitor.races import ElectionKind, Race
from monitor.rules import Method, RecountBase, RecountKind, Rule, recount_range, threshold_votes
from monitor.tally import add_up
from tests.core_examples import (
    BEXAR,
    BEXAR_NIGHT,
    CERTIFIED,
    CHECKED,
    CONTRA_COSTA,
    DALLAS,
    DALLAS_CERTIFIED,
    DALLAS_NIGHT,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_NIGHT,
    PLURALITY,
    RULES,
    TWO_LOOKS,
    card,
    contest,
    decision_of,
    line_of,
    race,
    snapshot,
)

JUNE_6 = datetime(2018, 6, 6, 14, 0, tzinfo=UTC)
PAUSED = replace(TWO_LOOKS, paused=True)

QUEENS = race("Tiffany Cabán", state="NY", day=date(2019, 6, 25), name="Queens DA")
MANHATTAN = race("Alvin Bragg", state="NY", day=date(2021, 6, 22), name="Manhattan DA")
BROWARD = race("Harold Pryor", state="FL", day=date(2020, 8, 18), name="Broward SA")
ALLEGHENY = race("Matt Dugan", state="PA", day=date(2023, 5, 16), name="Allegheny DA")
SAMPSON = race("First", party="REP", name="Sampson Clerk")

CONTRA_COSTA_NIGHT = {"Diana Becton": 51_522, "Paul Graves": 43_696, "Lawrence Strauss": 8_524}
QUEENS_NIGHT = {"Tiffany Cabán": 33_814, "Melinda Katz": 32_724, "Others": 19_262}
QUEENS_FINAL = {"Tiffany Cabán": 35_740, "Melinda Katz": 35_800, "Others": 20_560}
MANHATTAN_NIGHT = {
    "Alvin Bragg": 67_860, "Second": 60_780, "Third": 25_000, "Fourth": 20_000,
    "Fifth": 15_000, "Sixth": 11_360,
}  # fmt: skip
BROWARD_NIGHT = {
    "Harold Pryor": 43_730, "Second": 38_000, "Third": 35_603, "Fourth": 28_000,
    "Fifth": 23_000, "Sixth": 19_000, "Seventh": 12_000, "Eighth": 7_000,
}  # fmt: skip


def left(votes: int, *, estimate: bool = True, seen: Evidence = TWO_LOOKS) -> Evidence:
    """Say how many ballots the county has not counted."""
    return replace(seen, outstanding=Outstanding(votes, estimate, "county", JUNE_6))


# -- the night and the end of each race --------------------------------------------------


def test_durham_2018_is_nominated_on_the_night_and_never_a_runoff() -> None:
    night = decision_of(DURHAM, DURHAM_NIGHT, status=None)
    assert (night.outcome, night.basis, night.blocks) == (Outcome.WON, Basis.COMPLETE, ())
    assert (night.best, night.worst) == (Outcome.WON, Outcome.WON)
    end = decision_of(DURHAM, DURHAM_CERTIFIED, status=CERTIFIED)
    assert (end.outcome, end.basis) == (Outcome.WON, Basis.CERTIFIED)


def test_durham_under_the_law_before_2017_is_won_too_but_not_under_a_majority() -> None:
    """48.8 %: more than 40, less than half."""
    before = RULES.rule_for("NC", "prosecutor", card(DURHAM).contest_kind, date(2016, 3, 15))
    assert before is not None
    assert decision_of(DURHAM, DURHAM_CERTIFIED, before, CERTIFIED).outcome is Outcome.WON
    naive = replace(card(DALLAS), write_ins_in_base=True)
    assert decision_of(DURHAM, DURHAM_CERTIFIED, naive, CERTIFIED).outcome is Outcome.RUNOFF


def test_dallas_2018_is_too_close_and_lost_only_when_certified() -> None:
    night = decision_of(DALLAS, DALLAS_NIGHT, units=None)
    assert (night.outcome, night.too_close, night.in_recount_range) == (Outcome.NONE, True, True)
    assert (night.margin, night.best, night.worst) == (-612, Outcome.WON, Outcome.LOST)
    end = decision_of(DALLAS, DALLAS_CERTIFIED, units=None, status=CERTIFIED)
    assert (end.outcome, end.margin, end.in_recount_range) == (Outcome.LOST, -589, True)


def test_bexar_2018_is_won_on_the_night() -> None:
    night = decision_of(BEXAR, BEXAR_NIGHT)
    assert (night.outcome, night.basis, night.margin) == (Outcome.WON, Basis.COMPLETE, 15_238)


@pytest.mark.parametrize(
    "seen",
    [TWO_LOOKS, PAUSED, left(80_000), left(80_000, estimate=False)],
    ids=["late-ballots", "paused", "estimate", "official"],
)
def test_contra_costa_2018_is_elected_now_or_in_november_on_the_night(seen: Evidence) -> None:
    night = decision_of(CONTRA_COSTA, CONTRA_COSTA_NIGHT, write_in=147, seen=seen)
    assert (night.threshold_margin, night.margin) == (-423, 7_826)
    assert (night.outcome, night.computed, night.best) == (Outcome.NONE, Outcome.NONE, Outcome.WON)
    assert (night.still_open, night.too_close) == (True, False)


def test_contra_costa_2018_says_so_when_the_count_has_paused_short_of_its_end() -> None:
    """Precincts below 100 percent for days, and 60,000 left of an estimated 80,000."""
    for seen, still_open in ((left(80_000, seen=PAUSED), True), (left(80_000), False)):
        night = decision_of(
            CONTRA_COSTA, CONTRA_COSTA_NIGHT, status=None, units=(600, 620), write_in=147,
            seen=seen,
        )  # fmt: skip
        assert night.still_open is still_open
        assert night.outcome is Outcome.NONE


@pytest.mark.parametrize(
    ("becton", "graves", "strauss", "outstanding", "beyond"),
    [(51_522, 43_696, 8_524, 80_000, -423), (73_842, 62_444, 11_218, 60_000, 16),
     (94_663, 79_081, 13_739, 10_000, 847)],
)  # fmt: skip
def test_contra_costa_2018_never_goes_to_november(
    becton: int, graves: int, strauss: int, outstanding: int, beyond: int
) -> None:
    """The night, June 8 and June 13; what was left on June 13 is ours."""
    counts = {"Diana Becton": becton, "Paul Graves": graves, "Lawrence Strauss": strauss}
    for seen in (TWO_LOOKS, PAUSED, left(outstanding)):
        made = decision_of(CONTRA_COSTA, counts, write_in=147, seen=seen)
        assert (made.threshold_margin, made.outcome) == (beyond, Outcome.NONE)
        assert made.still_open
        assert made.best is Outcome.WON
    end = decision_of(CONTRA_COSTA, counts, write_in=147, status=CERTIFIED)
    assert end.outcome is (Outcome.WON if beyond > 0 else Outcome.ADVANCED)


def test_queens_2019_is_too_close_until_certified_lost() -> None:
    """3,400 ballots were said to be left, and 6,300 came."""
    for seen in (TWO_LOOKS, left(3_400), left(3_400, estimate=False)):
        night = decision_of(QUEENS, QUEENS_NIGHT, seen=seen)
        assert (night.outcome, night.too_close, night.margin) == (Outcome.NONE, True, 1_090)
        assert (night.best, night.worst) == (Outcome.WON, Outcome.LOST)
    end = decision_of(QUEENS, QUEENS_FINAL, status=CERTIFIED)
    assert (end.outcome, end.margin, end.in_recount_range) == (Outcome.LOST, -60, True)


def test_manhattan_2021_is_too_early_with_the_absentees_uncounted() -> None:
    for seen in (TWO_LOOKS, left(60_000), left(60_000, estimate=False)):
        night = decision_of(MANHATTAN, MANHATTAN_NIGHT, seen=seen)
        assert (night.outcome, night.best, night.worst) == (
            Outcome.NONE, Outcome.WON, Outcome.LOST,
        )  # fmt: skip
    assert night.too_close


def test_manhattan_at_95_percent_of_units_is_not_complete_for_ever() -> None:
    """New York City stood at 95.48 percent eight days later: told as paused, never as won."""
    night = decision_of(MANHATTAN, MANHATTAN_NIGHT, status=None, units=(9_548, 10_000), seen=PAUSED)
    assert night.blocks == (Block.NOT_COMPLETE, Block.PLACE_OPEN)
    assert night.too_close


def test_broward_2020_is_nominated_with_21_percent() -> None:
    assert sum(BROWARD_NIGHT.values()) == 206_333
    night = decision_of(BROWARD, BROWARD_NIGHT)
    assert (night.outcome, night.late, night.threshold_margin) == (Outcome.WON, 4_126, None)


@pytest.mark.parametrize(
    ("dugan", "zappala", "write_in"),
    [(92_399, 73_584, 188), (93_179, 74_287, 190), (94_258, 75_195, 194), (94_974, 75_575, 196)],
)
def test_allegheny_2023_democratic_is_won_by_one_and_lost_by_the_other(
    dugan: int, zappala: int, write_in: int
) -> None:
    counts = {"Matt Dugan": dugan, "Steve Zappala": zappala}
    for ours, outcome in (("Matt Dugan", Outcome.WON), ("Steve Zappala", Outcome.LOST)):
        one = replace(ALLEGHENY, endorsements=race(ours).endorsements)
        short = decision_of(one, counts, status=None, units=(1_323, 1_324), write_in=write_in)
        assert (short.outcome, short.computed) == (Outcome.NONE, outcome)
        assert short.blocks == (Block.NOT_COMPLETE,)
        night = decision_of(one, counts, status=None, units=(1_324, 1_324), write_in=write_in)
        assert (night.outcome, night.basis) == (outcome, Basis.COMPLETE)
        end = decision_of(one, counts, status=CERTIFIED, write_in=write_in)
        assert (end.outcome, end.basis) == (outcome, Basis.CERTIFIED)


@pytest.mark.parametrize("status", [None, CERTIFIED])
def test_allegheny_2023_republican_write_ins_name_nobody(status: object) -> None:
    """11,857 write-ins and nobody on the ballot; the two names beside them are ours."""
    certified = CERTIFIED if status is CERTIFIED else None
    one = race("Somebody", "Another", state="PA", party="REP", day=date(2023, 5, 16))
    made = decision_of(one, {"Somebody": 40, "Another": 12}, status=certified, write_in=11_857)
    assert made.outcome is Outcome.NONE
    assert Block.WRITE_IN_AHEAD in made.blocks


def test_allegheny_2023_republican_nomination_by_write_in_is_for_a_person_to_say() -> None:
    """A week later 9,697 were Zappala's, where 500 were needed; a line of his own is ours."""
    one = race("Steve Zappala", state="PA", party="REP", day=date(2023, 5, 16))
    named = Selection("Z", "Steve Zappala (Write-in)", 9_697, is_write_in=True)
    rest = Selection("W", "Write-in", 11_857 - 9_697, is_write_in=True)
    other = Selection("N", "Somebody", 0)
    printed = replace(contest({}, None), selections=(named, rest, other))
    tally = add_up(one, {"nc_durham": snapshot(printed, status=CERTIFIED)})
    made = decide(one, "Steve Zappala", line_of(tally, named.name), card(one), tally, TWO_LOOKS)
    assert (made.outcome, made.computed, made.place) == (Outcome.NONE, Outcome.WON, 1)
    assert made.blocks == (Block.WRITE_IN_AHEAD,)


def test_sampson_2018_nobody_is_above_30_percent_and_the_second_may_ask() -> None:
    """The state's rule; its card is the prosecutors'. Unofficial, all precincts."""
    votes = {"First": 1_001, "Second": 967, "Third": 774, "Fourth": 697}
    made = decision_of(SAMPSON, votes, card(DURHAM), CERTIFIED)
    assert (made.outcome, made.threshold_margin) == (Outcome.RUNOFF_POSSIBLE, -31)
    second = decision_of(race("Second", party="REP"), votes, card(DURHAM), CERTIFIED)
    assert (second.outcome, second.place) == (Outcome.RUNOFF_POSSIBLE, 2)
    third = decision_of(race("Third", party="REP"), votes, card(DURHAM), CERTIFIED)
    assert third.outcome is Outcome.LOST
    night = decision_of(SAMPSON, votes, card(DURHAM))
    assert (night.outcome, night.best, night.worst) == (Outcome.NONE, Outcome.WON, Outcome.LOST)
    assert night.blocks == (Block.PLACE_OPEN,)


@pytest.mark.parametrize(
    ("one", "votes", "write_in", "won"),
    [
        (QUEENS, QUEENS_NIGHT, None, False),
        (MANHATTAN, MANHATTAN_NIGHT, None, False),
        (CONTRA_COSTA, CONTRA_COSTA_NIGHT, 147, False),
        (DALLAS, DALLAS_NIGHT, None, False),
        (replace(DALLAS, endorsements=race("John Creuzot").endorsements), DALLAS_NIGHT, None,
         False),
        (DURHAM, DURHAM_NIGHT, None, True),
        (BEXAR, BEXAR_NIGHT, None, True),
    ],
    ids=["queens", "manhattan", "contra-costa", "dallas", "dallas-creuzot", "durham", "bexar"],
)  # fmt: skip
def test_shipped_defaults_give_these_night_wins_and_no_others(
    one: Race, votes: dict[str, int], write_in: int | None, *, won: bool
) -> None:
    """Desk §1.1: without tuning, every unit in and two looks."""
    made = decision_of(one, votes, write_in=write_in)
    assert made.outcome is (Outcome.WON if won else Outcome.NONE)


# -- exact thresholds, at plus and minus one vote ------------------------------------------


@pytest.mark.parametrize(
    ("ours", "outcome"), [(49, Outcome.RUNOFF), (50, Outcome.RUNOFF), (51, Outcome.WON)]
)
def test_exactly_half_is_a_runoff_in_texas(ours: int, outcome: Outcome) -> None:
    votes = {"Joe Gonzales": ours, "A": 30, "B": 70 - ours}
    assert decision_of(BEXAR, votes, status=CERTIFIED).outcome is outcome


@pytest.mark.parametrize(
    ("ours", "outcome"),
    [(299, Outcome.RUNOFF_POSSIBLE), (300, Outcome.RUNOFF_POSSIBLE), (301, Outcome.WON)],
)
def test_exactly_30_percent_is_not_enough_in_north_carolina(ours: int, outcome: Outcome) -> None:
    votes = {"Satana Deberry": ours, "A": 290, "B": 285, "C": 425 - ours}
    assert decision_of(DURHAM, votes, status=CERTIFIED).outcome is outcome


def _asking(book: tuple[Rule, ...]) -> list[Rule]:
    """Return the rules that ask for a share, each share, strictness and follow-up once."""
    asking = (rule for rule in book if rule.method not in (Method.PLURALITY, Method.TOP_TWO))
    once = {
        (rule.state, rule.contest_kind, rule.numerator, rule.denominator, rule.strict): rule
        for rule in asking
    }
    return list(once.values())


def _id(rule: Rule) -> str:
    return f"{rule.state}-{rule.contest_kind}-{rule.effective_from}"


@pytest.mark.parametrize("rule", _asking(RULES.rules), ids=_id)
@pytest.mark.parametrize("base", [997, 1_000, 1_001, 10_000])
def test_every_share_turns_at_one_vote(rule: Rule, base: int) -> None:
    """One vote below the line nobody has won; at it ours has: on a certified count."""
    checked = tuple((fact, CHECKED) for fact in ("method", "base", "follow_up"))
    known = replace(rule, sources=checked)
    line = threshold_votes(rule, base)
    assert (rule.denominator * line > rule.numerator * base) or not rule.strict
    one = race("Ours")
    for ours, is_won in ((line - 1, False), (line, True)):
        rest = base - ours
        share = min(ours - 1, rest)
        others = {chr(65 + n): share for n in range(rest // share)}
        others["Last"] = rest - sum(others.values())
        made = decision_of(one, {"Ours": ours, **others}, known, CERTIFIED)
        assert (made.outcome is Outcome.WON) is is_won
        assert made.threshold_margin == ours - line


def _recounts(book: tuple[Rule, ...]) -> list[Rule]:
    """Return a rule for every recount formula that the book has."""
    return list({rule.recount: rule for rule in book if rule.recount.numerator}.values())


@pytest.mark.parametrize("rule", _recounts(RULES.rules), ids=_id)
@pytest.mark.parametrize("total", [2_000, 9_999, 100_000])
def test_every_recount_range_ends_at_one_vote(rule: Rule, total: int) -> None:
    """A certified two-way race with the widest gap inside, and with one vote more."""
    formula, seen = rule.recount, set()
    one = race("Ours")
    plain = replace(PLURALITY, recount=formula)
    for winner in range(total // 2 + 1, total + 1):
        margin = 2 * winner - total
        bases = {
            RecountBase.CONTEST: total,
            RecountBase.WINNER: winner,
            RecountBase.TOP_TWO: total,
        }
        scaled, share = formula.denominator * margin, formula.numerator * bases[formula.base]
        inside = scaled < share or (formula.inclusive and scaled == share)
        inside = inside and (not formula.at_most_votes or margin <= formula.at_most_votes)
        inside = inside or margin <= formula.at_least_votes
        if inside in seen:
            continue
        seen.add(inside)
        edges = ((winner, inside), (winner - 1, True)) if winner > total // 2 + 1 else ()
        for votes, expected in edges:
            made = _two_way(one, votes, total, plain)
            assert made.in_recount_range is expected
    assert seen == {True, False}


def _two_way(one: Race, winner: int, total: int, rule: Rule) -> Decision:
    return decision_of(one, {"Ours": winner, "Rival": total - winner}, rule, CERTIFIED)


@pytest.mark.parametrize("gap", [5_660, 5_661, 5_662])
def test_the_recount_range_of_dallas_is_a_tenth_of_the_winners_votes(gap: int) -> None:
    """56,612 votes: less than 5,661.2 is in range."""
    rule = card(DALLAS)
    assert recount_range(rule, 2 * 56_612 - gap, 56_612) == 5_661
    votes = {"Elizabeth Frizell": 56_612 - gap, "John Creuzot": 56_612}
    assert decision_of(DALLAS, votes, status=CERTIFIED).in_recount_range is (gap <= 5_661)


@pytest.mark.parametrize(("gap", "told"), [(1_000, False), (1_001, True)])
def test_a_mandatory_recount_of_south_carolina_blocks_at_one_vote(gap: int, *, told: bool) -> None:
    """One percent of 100,000; late ballots are left out, so that the range decides."""
    one = race("Ours", state="SC", kind=ElectionKind.GENERAL, party="", day=date(2024, 11, 5))
    rule = replace(card(one), late_ballots_per_mille=0)
    assert rule.recount.kind is RecountKind.AUTOMATIC
    other = (100_000 - gap) // 2
    votes = {"Ours": 100_000 - other, "Rival": other} if gap % 2 == 0 else {
        "Ours": other + gap, "Rival": other, "Third": 100_000 - gap - 2 * other,
    }  # fmt: skip
    made = decision_of(one, votes, rule)
    assert (made.outcome is Outcome.WON) is told
    assert made.too_close is not told
