"""State law: the shipped cards, the loader's refusals, and the arithmetic one vote to each side.

Real figures: Durham 2018 (certified), Dallas 2018 (official and March 8), Sampson
clerk 2018 (unofficial), Contra Costa 2018 (election night).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import ConfigInvalid
from monitor.races import Election, ElectionKind, Endorsement, Race
from monitor.rulebook import load_rules, shipped_rules
from monitor.rules import (
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


def test_no_recount_of_these_states_comes_by_itself() -> None:
    assert {rule.recount.kind for rule in BOOK.rules} == {RecountKind.ON_REQUEST}


def test_write_ins_count_in_the_base_but_not_in_texas_primaries() -> None:
    assert CA.write_ins_in_base
    assert NC.write_ins_in_base
    assert not TX.write_ins_in_base
    assert all(r.write_ins_in_base for r in BOOK.rules if r.contest_kind is ContestKind.GENERAL)


def test_there_is_no_rule_where_none_was_read() -> None:
    """Another state, office, kind or time gives None, and None blocks outcomes."""
    primary, on = ContestKind.PARTY_PRIMARY, date(2018, 5, 8)
    assert BOOK.rule_for("NY", "prosecutor", primary, on) is None
    assert BOOK.rule_for("NC", "sheriff", primary, on) is None
    assert BOOK.rule_for("CA", "prosecutor", primary, on) is None
    assert BOOK.rule_for("NC", "prosecutor", ContestKind.SPECIAL, on) is None
    assert BOOK.rule_for("TX", "prosecutor", primary, date(2017, 12, 31)) is None


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


def test_broken_toml_is_one_named_problem() -> None:
    (told,) = problems("[states.NC\n")
    assert told.startswith("rules.toml: ")
    assert "line 1" in told
