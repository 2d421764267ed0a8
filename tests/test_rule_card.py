"""A state's cards in plain words, and people's checks laid over the shipped rules.

The facts are the shipped ones; names of people and links in checks are ours.
"""

from __future__ import annotations

from datetime import date

import pytest

from monitor.errors import NothingMatched
from monitor.rule_card import LABELS, card, day, fact_in_words, hour, rows, unverified_facts
from monitor.rulebook import shipped_rules
from monitor.rules import FACTS, ContestKind, Rule

BOOK = shipped_rules()
NOW = date(2026, 11, 3)
ELECTED = sorted({rule.state for rule in BOOK.rules})


def rule_of(state: str, kind: ContestKind, on: date = NOW) -> Rule:
    rule = BOOK.rule_for(state, "prosecutor", kind, on)
    assert rule is not None
    return rule


# --- the card


def test_north_carolina_in_words() -> None:
    text = card(BOOK, "NC", date(2026, 3, 3))
    assert text.startswith("North Carolina: how prosecutors are elected, on March 3, 2026\n")
    assert "PARTY PRIMARY (from January 1, 2024)\n  Outcomes may be given automatically." in text
    assert "  Who wins: more than 30% of the votes" in text
    assert "  Runoff: ten weeks after the primary\n" in text
    assert "only if the second asks" in text
    assert "  Polls close: 7:30 PM, America/New York\n      G.S. 163-166.01" in text
    assert "Nobody has verified: who wins, what counts, what" in text
    assert "(checked November 22, 2026)" in text


def test_the_card_of_an_earlier_day_is_that_of_its_law() -> None:
    """North Carolina asked 40 % before October 17, 2017."""
    text = card(BOOK, "nc", date(2016, 3, 15))
    assert "PARTY PRIMARY (from January 1, 1990 to October 16, 2017)" in text
    assert "more than 40% of the votes" in text
    assert "30%" not in text
    assert "RUNOFF" not in text


def test_what_all_cards_share_is_told_once() -> None:
    text = card(BOOK, "NC", date(2026, 3, 3))
    shared = text[text.index("IN ALL OF THESE") :]
    assert "Late ballots: after the night, at most 3% of the ballots" in shared
    assert text.count("Late ballots: ") == 1
    assert text.count("Who wins: ") == 3


@pytest.mark.parametrize("state", ELECTED)
def test_every_card_is_plain_text_of_80_columns(state: str) -> None:
    text = card(BOOK, state, NOW)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "  Who wins: " in text
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_a_state_may_be_named_by_its_name() -> None:
    assert card(BOOK, "georgia", NOW) == card(BOOK, "GA", NOW)


def test_a_state_without_elected_prosecutors_says_so() -> None:
    text = card(BOOK, "NJ", NOW)
    assert "New Jersey elects no local prosecutor: the Governor appoints" in text
    assert "ppp.unc.edu" in text
    assert "NOT VERIFIED" in card(BOOK, "DC", NOW)
    assert rows(BOOK, "NJ", NOW) == ()


def test_an_unknown_state_or_an_early_day_is_told() -> None:
    with pytest.raises(NothingMatched, match="no rule card is for 'XX'"):
        card(BOOK, "XX", NOW)
    with pytest.raises(NothingMatched, match="Georgia is in force on May 1, 2018; the first"):
        rows(BOOK, "GA", date(2018, 5, 1))


def test_ties_and_registration_are_shown_where_a_source_says_so() -> None:
    california, georgia = card(BOOK, "CA", NOW), card(BOOK, "GA", NOW)
    assert "  Ties for the last place: all who tie for the last place" in california
    assert "Elec. Code 8142(a), self-law.org (checked" in california
    assert "Registration: " not in california
    shared = georgia[georgia.index("IN ALL OF THESE") :]
    assert "  Registration: closed before election day: at most the registered voters" in shared
    assert "O.C.G.A. 21-2-224(a), legalfix.com" in shared


def test_one_filer_in_north_carolina_is_the_nominee_without_a_primary() -> None:
    text = card(BOOK, "NC", date(2026, 3, 3))
    assert text.index("not on the primary ballot (G.S.") < text.index("PARTY PRIMARY")


def test_notes_stand_at_the_top() -> None:
    text = card(BOOK, "NY", NOW)
    assert text.index("Ranked choice in New York City does not apply") < text.index("PARTY PRIMARY")
    assert "AB 868" in card(BOOK, "CA", NOW)


# --- facts in words


@pytest.mark.parametrize(
    ("state", "kind", "fact", "words"),
    [
        ("FL", "party-primary", "method", "most votes wins"),
        ("WA", "nonpartisan-primary", "method", "the two with the most votes go on"),
        ("CA", "nonpartisan-primary", "method", "more than 50% of the votes"),
        (
            "IA",
            "party-primary",
            "method",
            "at least 35% of the votes; of several who have it, the one with the most",
        ),
        (
            "LA",
            "nonpartisan-primary",
            "base",
            "write-ins count; votes for candidates who withdrew do not count",
        ),
        (
            "TX",
            "party-primary",
            "base",
            "write-ins do not count; votes for candidates who withdrew count",
        ),
        ("GA", "general", "follow_up", "a runoff between the top two, by itself"),
        (
            "TX",
            "general",
            "recount",
            (
                "may be asked for when the margin is less than 10% of the winner's votes, or "
                "fewer than 1,000 votes were cast; 5 PM on the second day after the final canvass"
            ),
        ),
        (
            "WA",
            "general",
            "recount",
            (
                "comes by itself when the margin is less than 0.5% of the votes of the two, "
                "and at most 1,999 votes"
            ),
        ),
        (
            "NY",
            "general",
            "recount",
            (
                "comes by itself when the margin is at most 0.5% of the votes in the contest, "
                "or at most 20 votes"
            ),
        ),
        ("MS", "general", "recount", "there is none"),
        ("OK", "general", "recount", "may be asked for at any margin"),
        ("IN", "general", "recount", "not known; treated as if one may be asked for"),
        (
            "CA",
            "general",
            "late_ballots",
            "after the night, at most 100% of the ballots counted may still come",
        ),
        ("HI", "general", "polls_close", "7:00 PM, Pacific/Honolulu"),
        (
            "CA",
            "nonpartisan-primary",
            "ties_advance",
            "all who tie for the last place that goes on do go on",
        ),
        (
            "FL",
            "general",
            "registration_closed",
            (
                "closed before election day: at most the registered voters who have not voted "
                "may still be counted"
            ),
        ),
    ],
)
def test_a_fact_in_words(state: str, kind: str, fact: str, words: str) -> None:
    assert fact_in_words(rule_of(state, ContestKind(kind)), fact) == words


def test_dates_and_times_are_us_copy() -> None:
    assert day(date(2018, 5, 8)) == "May 8, 2018"
    assert hour(rule_of("NC", ContestKind.GENERAL).polls_close) == "7:30 PM"


def test_rows_hold_every_fact_and_say_which_ones_block() -> None:
    found = rows(BOOK, "IL", NOW)
    left_out = {"runoff_date", "ties_advance", "registration_closed"}
    assert {row.fact for row in found} == set(FACTS) - left_out
    assert all((row.source == "") == (row.checked_on is None) for row in found)
    assert not any(row.blocks for row in found)
    oregon = [row for row in rows(BOOK, "OR", NOW) if row.blocks]
    assert [(row.contest, row.fact) for row in oregon] == [
        (ContestKind.NONPARTISAN_PRIMARY, fact) for fact in ("method", "base", "follow_up")
    ]


def test_unverified_facts_are_in_words_and_sorted() -> None:
    found = unverified_facts(rule_of("OR", ContestKind.NONPARTISAN_PRIMARY))
    assert found == (
        "canvass",
        "certification",
        "late ballots",
        "tie",
        "what counts",
        "what follows",
        "who wins",
    )
    assert set(found) <= set(LABELS.values())
