"""Outcomes a named person stands for, figures typed in, and counts amended after certification."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.decision import Basis, Block, Outcome
from monitor.diff import redecide
from monitor.events import Kind
from monitor.outcomes import retract, stand
from monitor.people import Called, People, Stood
from monitor.races import SourceUse
from monitor.standing import SourceStanding
from monitor.state import current, entered_key
from monitor.teller import Teller
from tests.core_examples import (
    CERTIFIED,
    DURHAM_CERTIFIED,
    DURHAM_NIGHT,
    Told,
    arrival,
    contest,
    durham,
    minutes,
    snapshot,
)

NAME = "Satana Deberry"
MOST = {name: count * 55 // 57 for name, count in DURHAM_NIGHT.items()}
TURNED = {"Satana Deberry": 15_207, "Roger Echols": 17_000, "Daniel Meier": 3_325}


def call(
    told: Told,
    outcome: Outcome = Outcome.WON,
    basis: Basis = Basis.CONFIRMED,
    gave: Outcome = Outcome.WON,
    at: float = 190,
) -> list[Kind]:
    """Put a person's word into the state and decide again, as an act does."""
    called = Called(outcome, basis, gave, "Ana Ruiz", "the clerk said so", minutes(at), "act-1")
    people = replace(told.state.people, called={NAME: called})
    told.state = replace(told.state, people=people)
    return told.take(redecide(told.watched, told.state, minutes(at)))


def nearly() -> Told:
    """Return Durham with 56 of 57 precincts in, seen twice."""
    told = durham()
    told.see(MOST, 180, (56, 57))
    told.see(MOST, 181, (56, 57))
    return told


def test_a_confirmed_outcome_goes_out_though_a_proof_is_missing() -> None:
    told = nearly()
    assert call(told) == [Kind.RACE_WON]
    won = told.last(Kind.RACE_WON)
    assert won.who == "Ana Ruiz"
    assert won.decision is not None
    assert (won.decision.outcome, won.decision.basis) == (Outcome.WON, Basis.CONFIRMED)
    assert won.decision.blocks == ()


def test_a_confirmed_outcome_says_nothing_again_when_the_count_completes() -> None:
    told = nearly()
    call(told)
    told.see(DURHAM_NIGHT, 200)
    told.see(DURHAM_NIGHT, 201)
    assert told.kinds.count(Kind.RACE_WON) == 1
    assert told.state.told[NAME].basis is Basis.CONFIRMED
    told.see(DURHAM_CERTIFIED, 3000, status=CERTIFIED)
    told.see(DURHAM_CERTIFIED, 3001, status=CERTIFIED)
    assert told.state.told[NAME].basis is Basis.CERTIFIED
    assert told.kinds.count(Kind.OUTCOME_CERTIFIED) == 1


def test_a_freeze_stands_before_a_persons_word() -> None:
    told = nearly()
    stood = Stood("Bo Lee", "wait for the lawyer", minutes(185), "act-0")
    told.state = replace(told.state, people=replace(told.state.people, frozen=stood))
    assert call(told) == []
    decision = told.steps[-1].decisions[0]
    assert (decision.outcome, decision.blocks[0]) == (Outcome.NONE, Block.FROZEN)


def test_figures_against_a_confirmed_outcome_hold_it_off_and_page_but_never_retract() -> None:
    told = nearly()
    call(told)
    assert Kind.HOLD_OFF in told.see(TURNED, 200)
    told.see(TURNED, 201)
    told.see(TURNED, 211)
    assert told.last(Kind.CALLERS_PAGED).candidate == NAME
    told.see(TURNED, 230)
    told.see(TURNED, 300)
    assert told.kinds.count(Kind.CALLERS_PAGED) == 1
    assert Kind.OUTCOME_RETRACTED not in told.kinds
    assert not told.steps[-1].wants_look


def test_a_person_settles_the_doubt_and_it_does_not_come_back_with_the_same_figures() -> None:
    told = nearly()
    call(told)
    told.see(TURNED, 200)
    tally, decisions = current(told.watched, told.state, minutes(205))
    assert tally is not None
    teller = Teller(told.watched, told.state, minutes(205))
    stand(teller, decisions[0], tally, "Ana Ruiz")
    told.state = teller.state
    assert [event.kind for event in teller.events] == [Kind.OUTCOME_STANDS]
    assert Kind.HOLD_OFF not in told.see(TURNED, 206)
    assert told.state.told[NAME].outcome is Outcome.WON


def test_a_person_retracts_at_once() -> None:
    told = nearly()
    call(told)
    tally, decisions = current(told.watched, told.state, minutes(191))
    assert tally is not None
    teller = Teller(told.watched, told.state, minutes(191))
    retract(teller, decisions[0], tally, "Ana Ruiz")
    assert [event.kind for event in teller.events] == [Kind.OUTCOME_RETRACTED]
    assert teller.events[0].about == told.last(Kind.RACE_WON).key
    assert teller.state.told[NAME].outcome is Outcome.NONE


def test_an_outcome_called_against_the_standing_is_doubted_only_when_the_figures_turn() -> None:
    told = durham()
    told.see(TURNED, 180, (50, 57))
    told.see(TURNED, 181, (50, 57))
    assert call(told, basis=Basis.CALLED, gave=Outcome.LOST) == [Kind.RACE_WON]
    told.see({name: count + 5 for name, count in TURNED.items()}, 200, (50, 57))
    assert Kind.HOLD_OFF not in told.kinds


def test_a_certified_count_that_gives_another_outcome_is_never_hidden_by_a_call() -> None:
    told = durham()
    told.see(TURNED, 180, (50, 57))
    told.see(TURNED, 181, (50, 57))
    call(told, basis=Basis.CALLED, gave=Outcome.LOST)
    told.see(TURNED, 300, status=CERTIFIED)
    assert Kind.HOLD_OFF in told.see(TURNED, 301, status=CERTIFIED)


@pytest.mark.parametrize("more", [7, -7])
def test_a_count_that_changes_after_certification_is_amended(more: int) -> None:
    told = durham()
    told.see(DURHAM_CERTIFIED, 180, status=CERTIFIED)
    told.see(DURHAM_CERTIFIED, 181, status=CERTIFIED)
    changed = {**DURHAM_CERTIFIED, "Daniel Meier": DURHAM_CERTIFIED["Daniel Meier"] + more}
    for at in (300, 306, 307):
        told.see(changed, at, status=CERTIFIED)
    assert Kind.COUNT_AMENDED in told.kinds
    assert Kind.COUNT_REVISED not in told.kinds


# -- figures typed in ----------------------------------------------------------------------


def entered(told: Told, votes: dict[str, int], at: float = 60) -> None:
    """Put figures typed in for the county's site into the state."""
    made = replace(contest(votes), who="Ana Ruiz", link="phone, clerk Lee")
    typed = SourceStanding(
        accepted=snapshot(made, minutes(at)), changed_at=minutes(at), first_look=minutes(at),
        last_look=minutes(at + 2),
    )  # fmt: skip
    standings = {**told.state.standings, entered_key("nc_durham"): typed}
    told.state = replace(told.state, standings=standings)


def test_figures_typed_in_stand_for_the_site_and_decide_nothing_by_themselves() -> None:
    told = durham()
    told.see({name: count // 2 for name, count in DURHAM_NIGHT.items()}, 30, (30, 57))
    entered(told, DURHAM_NIGHT)
    tally, decisions = current(told.watched, told.state, minutes(65))
    assert tally is not None
    assert tally.sources == ("entered:nc_durham",)
    assert tally.total == sum(DURHAM_NIGHT.values())
    assert decisions[0].blocks == (Block.HAND_KEPT,)


def test_the_site_takes_over_when_it_has_caught_up() -> None:
    told = durham()
    told.see({name: count // 2 for name, count in DURHAM_NIGHT.items()}, 30, (30, 57))
    entered(told, DURHAM_NIGHT)
    told.see({name: count * 3 // 4 for name, count in DURHAM_NIGHT.items()}, 70, (40, 57))
    assert entered_key("nc_durham") in told.state.standings
    told.see(DURHAM_NIGHT, 80)
    assert entered_key("nc_durham") not in told.state.standings
    told.see(DURHAM_NIGHT, 81)
    assert told.state.told[NAME].outcome is Outcome.WON


# -- superseded ----------------------------------------------------------------------------


def test_a_superseded_source_neither_counts_nor_disagrees() -> None:
    told = durham()
    uses = (*told.watched.race.sources, SourceUse("nc_state", ("Durham",), "16"))
    told.watched = replace(told.watched, race=replace(told.watched.race, sources=uses))
    told.look(arrival(contest(DURHAM_NIGHT), minutes(30)))
    fewer = {**DURHAM_NIGHT, "Daniel Meier": 3_000}
    told.look(arrival(contest(fewer), minutes(31)), "nc_state")
    decision = told.steps[-1].decisions[0]
    assert Block.SOURCES_DISAGREE in decision.blocks
    stood = Stood("Ana Ruiz", "the state lost a precinct", minutes(32), "act-2")
    told.state = replace(told.state, people=People(superseded={"nc_state": stood}))
    tally, decisions = current(told.watched, told.state, minutes(32))
    assert tally is not None
    assert tally.sources == ("nc_durham",)
    assert Block.SOURCES_DISAGREE not in decisions[0].blocks
