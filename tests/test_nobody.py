"""Nevada's "None of These Candidates": counted, never elected, and no WON where it leads."""

from __future__ import annotations

import pytest

from monitor.decision import Block, Outcome
from monitor.sentences import BLOCK_SENTENCES
from monitor.tally import is_nobody
from tests.core_examples import CERTIFIED, PLURALITY, TOP_TWO, decision_of, race

US, NOBODY = "Ours", "NONE OF THESE CANDIDATES"
ONE = race(US)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (NOBODY, True),
        ("None of the Above", True),
        ("None", False),
        ("Jane None of These Candidates", False),
        ("WRITE-IN", False),
    ],
)
def test_only_the_whole_words_are_nobody(name: str, *, found: bool) -> None:
    assert is_nobody(name) is found


def test_behind_it_is_counted_and_nobodys_rival() -> None:
    """NRS 293.269: only votes for the people named elect."""
    made = decision_of(ONE, {US: 300, "Rival": 200, NOBODY: 299}, PLURALITY, CERTIFIED)
    assert (made.outcome, made.rival, made.total) == (Outcome.WON, "Rival", 799)


def test_ahead_it_blocks_with_a_sentence() -> None:
    """By law ours has won; a person has to say so."""
    made = decision_of(ONE, {US: 300, "Rival": 200, NOBODY: 301}, PLURALITY, CERTIFIED)
    assert (made.outcome, made.blocks) == (Outcome.NONE, (Block.WITHDRAWN_AHEAD,))
    assert "a line for nobody" in BLOCK_SENTENCES[Block.WITHDRAWN_AHEAD]


def test_inside_the_places_that_go_on_it_blocks_as_well() -> None:
    votes = {US: 300, "Rival": 200, "Other": 100, NOBODY: 250}
    assert Block.WITHDRAWN_AHEAD in decision_of(ONE, votes, TOP_TWO, CERTIFIED).blocks


def test_it_is_nobody_to_run_against() -> None:
    made = decision_of(ONE, {US: 300, NOBODY: 100}, PLURALITY, CERTIFIED)
    assert Block.UNCONTESTED in made.blocks
