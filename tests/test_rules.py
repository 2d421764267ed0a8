"""State law: the shipped cards, the loader's refusals, and the arithmetic one vote to each side.

Real figures: Durham 2018 (certified), Dallas 2018 (official and March 8), Sampson
clerk 2018 (unofficial), Contra Costa 2018 (election night), Broward 2020 and the gap of
Queens 2019 on the night (news). Real dates: runoffs of 2020, 2022 and 2024. Figures of
Georgia, Louisiana and the recounts of other states are ours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.deadlines import CountedFrom, Deadline
from monitor.errors import ConfigInvalid
from monitor.races import Election, ElectionKind, Endorsement, Race
from monitor.rulebook import load_rules, shipped_rules
from monitor.rules import (
    FACTS,
    ContestKind,
    FollowUp,
    Method,
    RecountBase,
    RecountKind,
    Rule,
    contest_kind_of,
    in_words,
    meets,
    recount_range,
    threshold_votes,
)

BOOK = shipped_rules()


def card(state: str, kind: ContestKind, on: date = date(2018, 6, 1)) -> Rule:
    rule = BOOK.rule_for(state, "prosecutor", kind, on)
    assert rule is not None
    return rule


NC = card("NC", ContestKind.PARTY_PRIMARY)
TX = card("TX", ContestKind.PARTY_PRIMARY)
PA = card("PA", ContestKind.PARTY_PRIMARY)
CA = card("CA", ContestKind.NONPARTISAN_PRIMARY)

CARD = """
[states.NC]
name = "North Carolina"
[states.NC.recount]
kind = "on-request"
[states.NC.late_ballots]
per_mille = 30
[states.NC.canvass]
text = "later"
[states.NC.certification]
text = "later still"
[states.NC.tie]
text = "by lot"
[states.NC.polls_close]
at = 19:30:00
zone = "America/New_York"
[[rules]]
state = "NC"
offices = ["prosecutor"]
contest = "general"
effective_from = 2018-01-01
[rules.method]
value = "plurality"
source = "somewhere"
checked_on = 2026-11-22
[rules.base]
write_ins = true
withdrawn = true
[rules.follow_up]
value = "none"
"""
SECOND = CARD[CARD.index("[[rules]]") :]


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigInvalid) as refused:
        load_rules(text)
    return refused.value.problems


# --- what is shipped


@pytest.mark.parametrize(
    ("state", "kind", "on"),
    [
        ("NC", ContestKind.PARTY_PRIMARY, date(2018, 5, 8)),
        ("NC", ContestKind.GENERAL, date(2018, 11, 6)),
        ("TX", ContestKind.PARTY_PRIMARY, date(2018, 3, 6)),
        ("TX", ContestKind.RUNOFF, date(2018, 5, 22)),
        ("TX", ContestKind.GENERAL, date(2018, 11, 6)),
        ("PA", ContestKind.PARTY_PRIMARY, date(2023, 5, 16)),
        ("PA", ContestKind.GENERAL, date(2023, 11, 7)),
        ("CA", ContestKind.NONPARTISAN_PRIMARY, date(2018, 6, 5)),
        ("CA", ContestKind.GENERAL, date(2018, 11, 6)),
    ],
)
def test_outcomes_are_not_blocked_by_an_unverified_fact(
    state: str, kind: ContestKind, on: date
) -> None:
    """Method, base and follow-up of every night we play have a source."""
    assert card(state, kind, on).unverified() == ()


def test_the_second_primary_of_north_carolina_is_honest_about_having_no_source() -> None:
    runoff = card("NC", ContestKind.RUNOFF)
    assert runoff.unverified() == ("method", "base", "follow_up")


def test_north_carolina_changed_from_40_to_30_percent() -> None:
    before = card("NC", ContestKind.PARTY_PRIMARY, date(2016, 3, 15))
    assert (before.numerator, before.denominator) == (40, 100)
    assert in_words(before) == "needs more than 40% (North Carolina)"
    assert before.effective_to == date(2017, 10, 16)
    last, first = date(2017, 10, 16), date(2017, 10, 17)
    assert card("NC", ContestKind.PARTY_PRIMARY, last).numerator == 40
    assert card("NC", ContestKind.PARTY_PRIMARY, first).numerator == 30


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (NC, "needs more than 30% (North Carolina)"),
        (PA, "most votes wins (Pennsylvania)"),
        (TX, "needs a majority; otherwise a runoff (Texas)"),
        (CA, "a majority elects; otherwise the top two go to November (California)"),
        (replace(NC, strict=False, numerator=35), "needs at least 35% (North Carolina)"),
        (replace(TX, follow_up=FollowUp.NONE), "needs a majority (Texas)"),
        (replace(CA, method=Method.TOP_TWO, state_name=""), "the top two go on (CA)"),
    ],
)
def test_a_rule_says_itself_in_one_line(rule: Rule, words: str) -> None:
    assert in_words(rule) == words


@pytest.mark.parametrize(
    ("state", "per_mille", "closes", "zone"),
    [
        ("NC", 30, time(19, 30), "America/New_York"),
        ("TX", 30, time(19, 0), "America/Chicago"),
        ("PA", 50, time(20, 0), "America/New_York"),
        ("CA", 1000, time(20, 0), "America/Los_Angeles"),
    ],
)
def test_every_card_of_a_state_shares_its_bounds_and_times(
    state: str, per_mille: int, closes: time, zone: str
) -> None:
    """The late-ballot bounds are start values of ours and say so by having no source."""
    cards = [rule for rule in BOOK.rules if rule.state == state]
    assert cards
    for rule in cards:
        assert rule.late_ballots_per_mille == per_mille
        assert rule.source_of("late_ballots") is None
        assert (rule.polls_close, rule.zone) == (closes, zone)
        assert ZoneInfo(rule.zone)
        assert rule.source_of("polls_close") is not None


def test_what_follows_when_nobody_meets_the_rule() -> None:
    assert NC.follow_up is FollowUp.RUNOFF_ON_REQUEST
    assert "ninth day" in NC.follow_up_deadline
    assert TX.follow_up is FollowUp.RUNOFF_AUTOMATIC
    assert PA.follow_up is FollowUp.NONE
    assert CA.follow_up is FollowUp.ADVANCE_TOP_TWO


@pytest.mark.parametrize("state", ["NC", "TX", "PA", "CA", "GA", "OK", "VA", "MD"])
def test_no_recount_of_these_states_comes_by_itself(state: str) -> None:
    kinds = {rule.recount.kind for rule in BOOK.rules if rule.state == state}
    assert kinds == {RecountKind.ON_REQUEST}


def test_write_ins_count_in_the_base_but_not_in_texas_primaries() -> None:
    assert CA.write_ins_in_base
    assert NC.write_ins_in_base
    assert not TX.write_ins_in_base
    assert all(r.write_ins_in_base for r in BOOK.rules if r.contest_kind is ContestKind.GENERAL)


def test_there_is_no_rule_where_none_was_read() -> None:
    """Another state, office, kind or time gives None, and None blocks outcomes."""
    primary, on = ContestKind.PARTY_PRIMARY, date(2018, 5, 8)
    assert BOOK.rule_for("NJ", "prosecutor", primary, on) is None
    assert BOOK.rule_for("NC", "sheriff", primary, on) is None
    assert BOOK.rule_for("CA", "prosecutor", primary, on) is None
    assert BOOK.rule_for("NC", "prosecutor", ContestKind.SPECIAL, on) is None
    assert BOOK.rule_for("TX", "prosecutor", primary, date(2017, 12, 31)) is None


# --- every state

STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH"
    " NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
FOUND = "AL AR AZ CA FL GA HI IL IN KY LA MI MN MO MS NC ND NY OH OK PA SC SD TX VA WA WI"
HEARSAY = "CO IA ID KS MA MD ME MT NE NH NM NV OR TN UT VT WV WY"
NOW = date(2026, 11, 3)


def test_every_state_has_cards_or_elects_no_prosecutor() -> None:
    elected = {rule.state for rule in BOOK.rules}
    unelected = {state.state for state in BOOK.unelected}
    assert unelected == {"AK", "CT", "DC", "DE", "NJ", "RI"}
    assert elected == set(STATES.split()) - unelected
    assert elected == set(FOUND.split()) | set(HEARSAY.split())
    assert all(state.text and state.state_name for state in BOOK.unelected)


@pytest.mark.parametrize("state", sorted({rule.state for rule in BOOK.rules}))
def test_every_state_has_one_kind_of_primary_and_a_general_in_force(state: str) -> None:
    """A runoff that comes by itself or on request has its own card, or is the general's."""
    now = [r for r in BOOK.rules if r.state == state and r.effective_from <= NOW <= r.last_day()]
    kinds = {rule.contest_kind for rule in now}
    primaries = {ContestKind.PARTY_PRIMARY, ContestKind.NONPARTISAN_PRIMARY}
    assert len(kinds & primaries) == 1
    assert ContestKind.GENERAL in kinds
    runs_off = {FollowUp.RUNOFF_AUTOMATIC, FollowUp.RUNOFF_ON_REQUEST}
    if any(r.follow_up in runs_off for r in now if r.contest_kind in primaries):
        assert ContestKind.RUNOFF in kinds
    assert len({(rule.polls_close, rule.zone, rule.state_name) for rule in now}) == 1
    assert ZoneInfo(now[0].zone)


def test_every_fact_has_a_whole_source_or_none() -> None:
    for rule in BOOK.rules:
        assert len(dict(rule.sources)) == len(rule.sources)
        for fact, source in rule.sources:
            assert fact in FACTS
            assert len(source.text) > 10
            assert date(2026, 1, 1) <= source.checked_on


@pytest.mark.parametrize(
    "state",
    FOUND.split(),
)
def test_primaries_whose_law_was_found_may_give_outcomes(state: str) -> None:
    found = [r for r in BOOK.rules if r.state == state and "primary" in r.contest_kind]
    assert found
    assert all(rule.unverified() == () for rule in found)


@pytest.mark.parametrize("state", HEARSAY.split())
def test_primaries_known_by_hearsay_never_do(state: str) -> None:
    found = [r for r in BOOK.rules if r.state == state and "primary" in r.contest_kind]
    assert found
    assert all(rule.unverified() for rule in found)


@pytest.mark.parametrize(
    ("state", "per_mille"),
    [("FL", 20), ("NY", 300), ("WA", 1000), ("OR", 1000), ("GA", 250), ("IL", 250)],
)
def test_start_values_for_late_ballots_have_no_source(state: str, per_mille: int) -> None:
    found = [rule for rule in BOOK.rules if rule.state == state]
    assert {rule.late_ballots_per_mille for rule in found} == {per_mille}
    assert all(rule.source_of("late_ballots") is None for rule in found)


def test_broward_2020_was_won_with_21_percent_and_no_runoff() -> None:
    florida = card("FL", ContestKind.PARTY_PRIMARY, date(2020, 8, 18))
    assert florida.method is Method.PLURALITY
    assert florida.follow_up is FollowUp.NONE
    assert meets(florida, 43_730, 206_333)
    assert in_words(florida) == "most votes wins (Florida)"


def test_new_york_is_a_plurality_and_its_late_ballots_cover_the_gap_of_queens() -> None:
    """Queens 2019: 1,090 ahead of 85,800 counted, and lost. Manhattan 2021: 3.54 points."""
    for on in (date(2019, 6, 25), date(2021, 6, 22)):
        newyork = card("NY", ContestKind.PARTY_PRIMARY, on)
        assert newyork.method is Method.PLURALITY
        assert newyork.unverified() == ()
        assert "Ranked choice" in newyork.note
        assert 85_800 * newyork.late_ballots_per_mille // 1000 > 1_090
        assert newyork.late_ballots_per_mille / 10 > 33.93 - 30.39


def test_georgia_asks_a_majority_in_november_too() -> None:
    for kind in (ContestKind.PARTY_PRIMARY, ContestKind.GENERAL):
        georgia = card("GA", kind, date(2022, 5, 24))
        assert threshold_votes(georgia, 100_000) == 50_001
        assert georgia.follow_up is FollowUp.RUNOFF_AUTOMATIC
    assert in_words(georgia) == "needs a majority; otherwise a runoff (Georgia)"


def test_votes_for_withdrawn_candidates_leave_the_base_in_louisiana() -> None:
    """Ours: 4,900 of 10,000, of which 300 for someone who withdrew: 50.5 % of 9,700."""
    louisiana = card("LA", ContestKind.NONPARTISAN_PRIMARY, date(2020, 11, 3))
    assert not louisiana.withdrawn_in_base
    assert all(rule.withdrawn_in_base for rule in BOOK.rules if rule.state != "LA")
    assert meets(louisiana, 4_900, 10_000 - 300)
    assert not meets(louisiana, 4_900, 10_000)
    assert not meets(louisiana, 4_850, 9_700)
    assert meets(louisiana, 4_851, 9_700)
    assert in_words(louisiana) == "needs a majority; otherwise the top two go on (Louisiana)"


def test_arkansas_elects_its_prosecutors_on_primary_day() -> None:
    arkansas = card("AR", ContestKind.NONPARTISAN_PRIMARY, date(2022, 5, 24))
    assert (arkansas.method, arkansas.follow_up) == (Method.MAJORITY, FollowUp.RUNOFF_AUTOMATIC)
    assert "November" in arkansas.runoff_date


def test_the_35_percent_of_south_dakota_is_not_for_prosecutors() -> None:
    dakota = card("SD", ContestKind.PARTY_PRIMARY)
    assert dakota.method is Method.PLURALITY


def test_exactly_35_percent_is_enough_in_iowa_but_its_convention_blocks() -> None:
    iowa = card("IA", ContestKind.PARTY_PRIMARY)
    assert threshold_votes(iowa, 1000) == 350
    assert meets(iowa, 350, 1000)
    assert not meets(iowa, 349, 1000)
    assert iowa.unverified() == ("follow_up",)


def test_all_who_tie_go_on_where_the_law_says_so() -> None:
    """California (Elec. Code 8142) and Louisiana (R.S. 18:483), in their primaries alone."""
    found = {(rule.state, rule.contest_kind) for rule in BOOK.rules if rule.ties_advance}
    assert found == {
        ("CA", ContestKind.NONPARTISAN_PRIMARY),
        ("LA", ContestKind.NONPARTISAN_PRIMARY),
        ("LA", ContestKind.SPECIAL),
    }


def test_registration_is_closed_only_where_a_statute_was_read() -> None:
    """North Carolina registers people while they vote early, Wisconsin at the polls."""
    closed = {rule.state for rule in BOOK.rules if rule.registration_closed}
    assert closed == {"FL", "GA", "PA", "TX"}
    for rule in BOOK.rules:
        for fact in ("ties_advance", "registration_closed"):
            assert rule.has(fact) == bool(getattr(rule, fact))
            assert (rule.source_of(fact) is not None) == rule.has(fact)


# --- which kind of contest


@pytest.mark.parametrize(
    ("kind", "party", "contest"),
    [
        (ElectionKind.PARTISAN_PRIMARY_CLOSED, "DEM", ContestKind.PARTY_PRIMARY),
        (ElectionKind.PARTISAN_PRIMARY_OPEN, "REP", ContestKind.PARTY_PRIMARY),
        (ElectionKind.PARTISAN_PRIMARY_OPEN, "", ContestKind.NONPARTISAN_PRIMARY),
        (ElectionKind.PRIMARY, "", ContestKind.NONPARTISAN_PRIMARY),
        (ElectionKind.PRIMARY, "DEM", ContestKind.PARTY_PRIMARY),
        (ElectionKind.RUNOFF, "DEM", ContestKind.RUNOFF),
        (ElectionKind.GENERAL, "", ContestKind.GENERAL),
        (ElectionKind.SPECIAL, "", ContestKind.SPECIAL),
    ],
)
def test_election_and_party_tell_the_kind_of_contest(
    kind: ElectionKind, party: str, contest: ContestKind
) -> None:
    election = Election("e", date(2018, 5, 8), "NC", kind)
    race = Race("r", election, "Durham DA", "DA", (Endorsement("A", ("O",)),), (), party=party)
    assert contest_kind_of(election, race) is contest


# --- thresholds


def test_exactly_30_percent_is_not_enough_in_north_carolina() -> None:
    assert threshold_votes(NC, 1000) == 301
    assert not meets(NC, 299, 1000)
    assert not meets(NC, 300, 1000)
    assert meets(NC, 301, 1000)


def test_durham_and_sampson_2018_meet_and_miss_the_30_percent() -> None:
    assert meets(NC, 15_281, 15_281 + 12_696 + 3_342)
    total = 1_001 + 967 + 774 + 697
    assert threshold_votes(NC, total) == 1_032
    assert threshold_votes(NC, total) - 1_001 == 31
    assert not meets(NC, 1_001, total)


def test_several_seats_in_north_carolina_share_the_total() -> None:
    """30 % of (1,000 / 2) is 150: more than that is asked."""
    assert threshold_votes(NC, 1000, seats=2) == 151
    assert not meets(NC, 150, 1000, seats=2)
    assert meets(NC, 151, 1000, seats=2)
    assert threshold_votes(NC, 1001, seats=2) == 151
    assert threshold_votes(NC, 1007, seats=2) == 152


def test_exactly_half_is_a_runoff_in_texas() -> None:
    assert not meets(TX, 49, 100)
    assert not meets(TX, 50, 100)
    assert meets(TX, 51, 100)
    assert threshold_votes(TX, 101) == 51


def test_contra_costa_was_423_votes_short_on_the_night() -> None:
    """51,522 votes, first by far; write-ins stand in the base (103,888 by that figure)."""
    base = 2 * (51_522 + 423 - 1)
    assert threshold_votes(CA, base) - 51_522 == 423
    assert not meets(CA, 51_522, base)


def test_a_plurality_asks_for_no_share() -> None:
    assert threshold_votes(PA, 10_000) == 0
    assert meets(PA, 1, 10_000)
    assert threshold_votes(replace(PA, method=Method.TOP_TWO), 10_000) == 0


@given(
    base=st.integers(0, 10_000_000),
    seats=st.integers(1, 9),
    share=st.sampled_from([(30, 100), (40, 100), (1, 2), (1, 3), (55, 100)]),
    strict=st.booleans(),
)
def test_the_threshold_is_the_smallest_count_that_meets(
    base: int, seats: int, share: tuple[int, int], *, strict: bool
) -> None:
    """Against the statute's own inequality, in integers."""
    rule = replace(NC, numerator=share[0], denominator=share[1], strict=strict)

    def by_statute(votes: int) -> bool:
        left, right = share[1] * seats * votes, share[0] * base
        return left > right if strict else left >= right

    least = threshold_votes(rule, base, seats)
    assert by_statute(least)
    assert meets(rule, least, base, seats)
    assert least == 0 or not by_statute(least - 1)
    assert least == 0 or not meets(rule, least - 1, base, seats)


# --- recounts


def test_north_carolina_takes_one_percent_of_the_contest_and_the_line_is_in() -> None:
    assert recount_range(NC, 10_000, 6_000) == 100
    assert recount_range(NC, 9_999, 6_000) == 99
    assert recount_range(NC, 58_586, 31_045) == 585


def test_texas_takes_a_tenth_of_the_winner_and_the_line_is_out() -> None:
    """Dallas 2018, by 612 of 56,612: far inside 5,661."""
    assert recount_range(TX, 2_000, 1_000) == 99
    assert recount_range(TX, 2_000, 1_001) == 100
    assert recount_range(TX, 112_612, 56_612) == 5_661
    assert recount_range(TX, 112_701, 56_645) >= 589


def test_any_margin_may_be_recounted_in_texas_below_1000_votes() -> None:
    assert recount_range(TX, 999, 900) == 999
    assert recount_range(TX, 1_000, 900) == 89


def test_where_any_margin_may_be_asked_about_no_figure_is_in_range() -> None:
    assert recount_range(PA, 100_000, 50_001) == -1
    assert recount_range(CA, 100_000, 50_001) == -1
    assert recount_range(replace(NC, recount=replace(NC.recount, kind=RecountKind.NONE)), 9, 9) < 0


def test_a_range_may_have_a_cap_in_votes() -> None:
    capped = replace(NC, recount=replace(NC.recount, at_most_votes=50))
    assert recount_range(capped, 10_000, 6_000) == 50
    assert recount_range(capped, 1_000, 600) == 10


@given(winner=st.integers(1, 5_000_000), loser=st.integers(0, 5_000_000))
def test_recount_ranges_are_the_statutes_inequalities(winner: int, loser: int) -> None:
    loser = min(winner, loser)
    total, margin = winner + loser, winner - loser
    in_tx = 10 * margin < winner or total < 1000
    assert (margin <= recount_range(TX, total, winner)) == in_tx
    assert (margin <= recount_range(NC, total, winner)) == (100 * margin <= total)
    assert TX.recount.base is RecountBase.WINNER


def recount_of(state: str, kind: ContestKind, on: date = NOW) -> Rule:
    return card(state, kind, on)


def test_georgia_takes_half_a_percent_of_the_contest_and_the_line_is_in() -> None:
    georgia = recount_of("GA", ContestKind.PARTY_PRIMARY)
    assert recount_range(georgia, 10_000, 6_000) == 50
    assert recount_range(georgia, 9_999, 6_000) == 49


@pytest.mark.parametrize(
    ("state", "kind", "automatic", "margin"),
    [
        ("AL", ContestKind.PARTY_PRIMARY, False, -1),
        ("AL", ContestKind.GENERAL, True, 500),
        ("SC", ContestKind.PARTY_PRIMARY, True, 1_000),
        ("FL", ContestKind.PARTY_PRIMARY, True, 500),
        ("OH", ContestKind.GENERAL, True, 499),
        ("NM", ContestKind.GENERAL, True, 499),
        ("CO", ContestKind.GENERAL, True, 255),
        ("NY", ContestKind.PARTY_PRIMARY, True, 500),
    ],
)
def test_recount_formulas_of_other_states(
    state: str, kind: ContestKind, margin: int, *, automatic: bool
) -> None:
    """100,000 votes, 51,000 for the winner: the largest margin inside."""
    rule = recount_of(state, kind)
    assert (rule.recount.kind is RecountKind.AUTOMATIC) == automatic
    assert rule.source_of("recount") is not None
    assert recount_range(rule, 100_000, 51_000) == margin


def test_small_contests_of_new_york_are_recounted_at_20_votes() -> None:
    newyork = recount_of("NY", ContestKind.PARTY_PRIMARY)
    assert recount_range(newyork, 1_000, 600) == 20
    assert recount_range(newyork, 10_000, 6_000) == 50


def test_arizona_widened_its_recount_in_2022() -> None:
    """First used on November 8, 2022; the primary of that August still had a tenth of it."""
    before = recount_of("AZ", ContestKind.PARTY_PRIMARY, date(2022, 8, 2))
    after = recount_of("AZ", ContestKind.GENERAL, date(2022, 11, 8))
    assert recount_range(before, 200_000, 100_000) == 199
    assert recount_range(after, 200_000, 100_000) == 995


@given(winner=st.integers(1, 2_000_000), rival=st.integers(0, 2_000_000))
def test_a_share_of_the_votes_of_the_two_is_the_statutes_inequality(
    winner: int, rival: int
) -> None:
    """Virginia not more than 1 %; Washington less than 0.5 % and less than 2,000 votes."""
    rival = min(winner, rival)
    margin, both = winner - rival, winner + rival
    virginia = recount_range(recount_of("VA", ContestKind.GENERAL), both + 7, winner)
    assert (margin <= virginia) == (100 * margin <= both)
    washington = recount_range(recount_of("WA", ContestKind.GENERAL), both + 7, winner)
    assert (margin <= washington) == (margin < 2_000 and 200 * margin < both)


# --- dates


def due(rule: Rule, name: str, start: date) -> date | None:
    return dict(rule.deadlines)[name].due(start)


@pytest.mark.parametrize(
    ("state", "kind", "name", "start", "expected"),
    [
        ("GA", "party-primary", "runoff", date(2020, 6, 9), date(2020, 8, 11)),
        ("GA", "party-primary", "runoff", date(2022, 5, 24), date(2022, 6, 21)),
        ("GA", "general", "runoff", date(2020, 11, 3), date(2020, 12, 1)),
        ("AL", "party-primary", "runoff", date(2022, 5, 24), date(2022, 6, 21)),
        ("MS", "party-primary", "runoff", date(2023, 8, 8), date(2023, 8, 29)),
        ("NC", "party-primary", "runoff", date(2024, 3, 5), date(2024, 5, 14)),
        ("NC", "party-primary", "runoff-request", date(2020, 3, 3), date(2020, 3, 12)),
        ("NC", "party-primary", "canvass", date(2018, 5, 8), date(2018, 5, 18)),
        ("TX", "party-primary", "canvass", date(2018, 3, 6), date(2018, 3, 15)),
        ("AL", "general", "canvass", date(2020, 11, 3), date(2020, 11, 13)),
        ("GA", "general", "certification", date(2024, 11, 5), date(2024, 11, 22)),
        ("FL", "general", "certification", date(2018, 11, 6), date(2018, 11, 18)),
    ],
)
def test_dates_that_the_law_gives_as_a_rule(
    state: str, kind: str, name: str, start: date, expected: date
) -> None:
    """Each is the date on which it really was, as the source of the fact tells it."""
    assert due(card(state, ContestKind(kind), start), name, start) == expected


def test_georgias_recount_may_be_asked_for_two_business_days_after_certification() -> None:
    deadline = dict(card("GA", ContestKind.GENERAL, NOW).deadlines)["recount-request"]
    assert deadline.counted_from is CountedFrom.CERTIFICATION
    assert deadline.due(date(2024, 11, 22)) == date(2024, 11, 26)


def test_only_verified_dates_with_a_rule_are_reminded_of() -> None:
    """South Carolina's two weeks have no source; Texas' fourth Tuesday of May no rule."""
    carolina = card("SC", ContestKind.PARTY_PRIMARY, NOW)
    assert due(carolina, "runoff", date(2026, 6, 9)) == date(2026, 6, 23)
    assert "runoff" not in dict(carolina.reminders())
    assert "runoff" not in dict(TX.reminders())
    north = card("NC", ContestKind.PARTY_PRIMARY, date(2026, 3, 3))
    assert [name for name, _ in north.reminders()] == ["canvass", "runoff-request", "runoff"]
    assert dict(north.reminders())["canvass"].at == time(11)


@given(start=st.dates(date(2000, 1, 1), date(2100, 1, 1)), count=st.integers(1, 20))
def test_business_days_leave_weekends_out(start: date, count: int) -> None:
    found = Deadline("x", business_days=count).due(start)
    assert found is not None
    assert found.weekday() < 5
    days = (start.toordinal() + n for n in range(1, (found - start).days + 1))
    assert sum(date.fromordinal(n).weekday() < 5 for n in days) == count


@given(
    start=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    weekday=st.integers(0, 6),
    nth=st.integers(1, 9),
)
def test_the_nth_weekday_after_leaves_the_day_itself_out(
    start: date, weekday: int, nth: int
) -> None:
    found = Deadline("x", weekday=weekday, nth=nth).due(start)
    assert found is not None
    assert found.weekday() == weekday
    assert 7 * (nth - 1) < (found - start).days <= 7 * nth


def test_a_deadline_of_words_alone_has_no_day() -> None:
    assert Deadline("about three weeks after").due(date(2026, 3, 3)) is None


# --- the loader


def test_a_card_reads_its_state_facts_and_its_own() -> None:
    book = load_rules(CARD)
    rule = book.rules[0]
    assert rule.state_name == "North Carolina"
    assert rule.tie == "by lot"
    assert rule.source_of("method") is not None
    assert rule.unverified() == ("base", "follow_up")
    assert len(book.digest) == 64
    assert load_rules(CARD + "\n# a word more\n").digest != book.digest


def test_a_card_may_give_a_state_fact_again_whole() -> None:
    text = CARD + '[rules.canvass]\ntext = "sooner"\nsource = "s"\nchecked_on = 2026-11-22\n'
    rule = load_rules(text).rules[0]
    assert rule.canvass == "sooner"
    assert rule.source_of("canvass") is not None


def test_every_problem_is_told_at_once_with_its_path() -> None:
    bad = (
        CARD.replace('value = "plurality"', 'value = "most"')
        .replace("withdrawn = true", "withdrawn = true\nwhithdrawn = 1")
        .replace("America/New_York", "Mars/Olympus")
        .replace('source = "somewhere"\n', "")
    ) + SECOND.replace('state = "NC"', 'state = "QQ"')
    found = problems(bad)
    assert any(line.startswith("rules[0].method.value: ") for line in found)
    assert "rules[0].base.whithdrawn: unknown key" in found
    assert "rules[0].polls_close.zone: no time zone is called 'Mars/Olympus'" in found
    assert "rules[1].state: no table [states.QQ] stands above" in found
    assert all("\n" not in line for line in found)


@pytest.mark.parametrize("lacking", ['source = "somewhere"\n', "checked_on = 2026-11-22\n"])
def test_half_a_source_is_refused(lacking: str) -> None:
    assert problems(CARD.replace(lacking, "")) == (
        "rules[0].method: give both source and checked_on, or neither (unverified)",
    )


def test_two_cards_in_force_on_one_day_are_refused() -> None:
    """They touch on 2020-01-01, which belongs to both."""
    first = CARD.replace("2018-01-01", "2018-01-01\neffective_to = 2020-01-01")
    second = SECOND.replace("2018-01-01", "2020-01-01")
    assert problems(first + second) == (
        "rules[1].effective_from: in force together with rules[0] (NC general, prosecutor)",
    )
    assert len(load_rules(first + second.replace("2020-01-01", "2020-01-02")).rules) == 2
    assert len(load_rules(first + second.replace("prosecutor", "sheriff")).rules) == 2


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[rules.follow_up]", "[rules.folow_up]", "rules[0].follow_up: is missing"),
        ('"plurality"', '"majority"', "rules[0].method: majority takes a share below one"),
        (
            '"plurality"',
            '"plurality"\nnumerator = 1\ndenominator = 2',
            "rules[0].method: plurality takes no share below one",
        ),
        (
            "2018-01-01",
            "2018-01-01\neffective_to = 2017-01-01",
            "rules[0]: effective_to lies before effective_from",
        ),
        ("[states.NC]\n", "extra = 1\n[states.NC]\n", "rules.toml.extra: unknown key"),
    ],
)
def test_a_wrong_card_is_refused_with_its_place(old: str, new: str, told: str) -> None:
    assert told in problems(CARD.replace(old, new))


@pytest.mark.parametrize("fact", ["ties_advance", "registration_closed"])
def test_what_an_outcome_would_rest_on_is_true_only_with_a_source(fact: str) -> None:
    text = f"{CARD}[rules.{fact}]\nvalue = true\n"
    assert problems(text) == (f"rules[0].{fact}: true takes a source",)
    sourced = load_rules(f'{text}source = "a statute"\nchecked_on = 2026-11-22\n').rules[0]
    assert getattr(sourced, fact) is True
    assert sourced.has(fact)
    without = load_rules(text.replace("value = true", "value = false")).rules[0]
    assert getattr(without, fact) is False
    assert not without.has(fact)


def test_broken_toml_is_one_named_problem() -> None:
    (told,) = problems("[states.NC\n")
    assert told.startswith("rules.toml: ")
    assert "line 1" in told


# --- several states, citations, dates, and states without a card


def two_states() -> str:
    """The card of CARD for two states with the same facts."""
    shared = CARD[: CARD.index("[[rules]]")]
    both = shared + shared.replace("states.NC", "states.SC")
    return both + SECOND.replace('state = "NC"', 'states = ["NC", "SC"]')


def test_one_card_may_be_for_several_states() -> None:
    book = load_rules(two_states())
    assert [rule.state for rule in book.rules] == ["NC", "SC"]
    assert book.rules[0].sources == book.rules[1].sources


def test_a_problem_of_such_a_card_is_told_once() -> None:
    bad = two_states().replace("withdrawn = true", "withdrawn = true\nsurplus = 1")
    assert problems(bad) == ("rules[0].base.surplus: unknown key",)


PAGE = '[citations.page]\nsource = "a page that says so"\nchecked_on = 2026-11-22\n'


def test_a_fact_may_cite_a_page_by_name() -> None:
    base = "withdrawn = true"
    rule = load_rules(CARD.replace(base, base + '\ncites = "page"') + PAGE).rules[0]
    source = rule.source_of("base")
    assert source is not None
    assert source.text == "a page that says so"
    assert rule.unverified() == ("follow_up",)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "withdrawn = true",
            'withdrawn = true\ncites = "pgae"',
            "NC general.base.cites: no page is called 'pgae' in [citations]",
        ),
        (
            'source = "somewhere"',
            'source = "somewhere"\ncites = "page"',
            "rules[0].method: give either cites, or source and checked_on",
        ),
        (
            'text = "later"',
            'text = "later"\ndue = { days = 3, weekday = "friday" }',
            "rules[0].canvass.due: give one of days, business_days and weekday",
        ),
        (
            'text = "later"',
            'text = "later"\ndue = { weekday = "frayday" }',
            "rules[0].canvass.due.weekday: ",
        ),
    ],
)
def test_a_wrong_citation_or_date_is_refused(old: str, new: str, told: str) -> None:
    assert any(line.startswith(told) for line in problems(CARD.replace(old, new) + PAGE))


NJ = '[states.NJ]\nname = "New Jersey"\n[states.NJ.not_elected]\ntext = "appointed"\n'


def test_a_state_may_say_that_it_elects_nobody() -> None:
    (state,) = load_rules(CARD + NJ).unelected
    assert (state.state, state.state_name, state.text) == ("NJ", "New Jersey", "appointed")
    assert state.source is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            CARD + NJ + SECOND.replace('"NC"', '"NJ"'),
            "rules[1].state: [states.NJ] says that none is elected",
        ),
        (CARD + NJ.replace("name =", "nam ="), "states.NJ.name: is missing"),
        (CARD + NJ + 'cites = "x"\n', "states.NJ.cites: no page is called 'x' in [citations]"),
    ],
)
def test_a_wrong_table_of_such_a_state_is_refused(text: str, told: str) -> None:
    assert told in problems(text)


def test_the_shipped_book_is_read_once_a_process() -> None:
    assert shipped_rules() is BOOK
