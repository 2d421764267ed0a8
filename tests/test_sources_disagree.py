"""More than one source: how they agree, when they block, and when ops hear of it.

County 12,410 and state 12,102, six minutes older, are the figures of desk's example; the
candidates' votes and the other cases are ours. The two hypothesis properties are the
issue's: the order of reports from different sources does not matter to the end state.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.agreement import Agreement, agreement, disagreement
from monitor.decision import Block, Outcome
from monitor.diff import advance
from monitor.events import OUTCOMES, Kind
from monitor.holds import disagree, next_page
from monitor.people import Stood
from monitor.races import Endorsement
from monitor.state import RaceState, Watched, accepted, current
from monitor.tally import add_up
from monitor.teller import Teller
from tests.core_examples import (
    PLURALITY,
    Told,
    arrival,
    contest,
    minutes,
    race,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.races import Race
    from monitor.standing import Arrival, SourceStanding
    from monitor.tally import Snapshot

TWO_SOURCES = race("Ann Alpha", sources=(("county", "Pitt"), ("state", "Pitt")))
TWO_COUNTIES = race("Ann Alpha", sources=(("pitt", "Pitt"), ("greene", "Greene")))
COUNTY = {"Ann Alpha": 7_000, "Bo Rival": 5_410}
STATE = {"Ann Alpha": 6_902, "Bo Rival": 5_200}
EARLY = {"Ann Alpha": 2_900, "Bo Rival": 2_200}


def both(
    county: Mapping[str, int], state: Mapping[str, int], older: float | None = None
) -> dict[str, Snapshot]:
    """Return what the county and the state show; `older`: minutes between their own times."""
    ours = None if older is None else minutes(60)
    theirs = None if older is None else minutes(60 - older)
    return {
        "county": snapshot(contest(county), source_time=ours),
        "state": snapshot(contest(state), source_time=theirs),
    }


def only(found: tuple[Agreement, ...]) -> Agreement:
    (one,) = found
    return one


# -- what is shown -----------------------------------------------------------------------


def test_each_total_its_age_and_which_one_is_used() -> None:
    one = only(agreement(TWO_SOURCES, both(COUNTY, STATE, 6)))
    county, state = one.sides
    assert (county.source, county.total, county.older) == ("county", 12_410, timedelta(0))
    assert (state.source, state.total, state.older) == ("state", 12_102, timedelta(minutes=6))
    assert (county.is_used, state.is_used) == (True, False)
    assert one.covers == ("Pitt",)
    assert one.lags == "state"
    assert one.difference == (
        "county has 12,410 votes, state has 12,102 (6 minutes older); state lags behind"
    )


def test_without_times_of_their_own_nobody_is_older() -> None:
    one = only(agreement(TWO_SOURCES, both(COUNTY, STATE)))
    assert [side.older for side in one.sides] == [None, None]
    assert one.difference == "county has 12,410 votes, state has 12,102; state lags behind"


def test_one_line_up_and_one_down_is_no_lag() -> None:
    """One precinct twice and one missing: the totals alone would say that one is older."""
    wrong = {"Ann Alpha": 7_100, "Bo Rival": 5_002}
    one = only(agreement(TWO_SOURCES, both(COUNTY, wrong)))
    assert one.lags == ""
    assert one.difference == (
        "county has 12,410 votes, state has 12,102; Ann Alpha: 7,000 and 7,100"
    )


def test_one_source_or_equal_ones_differ_in_nothing() -> None:
    assert agreement(TWO_SOURCES, {"county": snapshot(contest(COUNTY))}) == ()
    assert not disagreement(TWO_SOURCES, {"county": snapshot(contest(COUNTY))})
    one = only(agreement(TWO_SOURCES, both(COUNTY, COUNTY)))
    assert (one.difference, one.lags) == ("", "")


def test_write_ins_and_the_spelling_of_a_rival_are_no_difference() -> None:
    """The county sums write-ins apart; the state prints the rival's nickname."""
    state = contest({"ALPHA, ANN (I)": 7_000, "Robert Rival": 5_410}, write_in=31)
    shown = {**both(COUNTY, COUNTY), "state": snapshot(state)}
    assert not disagreement(TWO_SOURCES, shown)
    other = contest({"Ann Alpha": 7_000, "Robert Rival": 5_400})
    assert disagreement(TWO_SOURCES, {**shown, "state": snapshot(other)})


def test_an_alias_of_ours_is_the_same_line() -> None:
    known = replace(TWO_SOURCES, endorsements=(Endorsement("Ann Alpha", ("X",), ("Annie A",)),))
    state = {"Annie A": 7_000, "Bo Rival": 5_410}
    assert not disagreement(known, both(COUNTY, state))
    assert not disagreement(known, both(COUNTY, {**state, "Cy Late": 0}))


def test_a_source_that_is_set_aside_is_shown_and_blocks_nothing() -> None:
    shown = both(COUNTY, {"Ann Alpha": 1, "Bo Rival": 9_000})
    assert disagreement(TWO_SOURCES, shown)
    assert not disagreement(TWO_SOURCES, shown, {"state"})
    one = only(agreement(TWO_SOURCES, shown, {"county"}))
    assert [(s.is_used, s.is_superseded) for s in one.sides] == [(False, True), (True, False)]


def test_figures_typed_in_are_compared_with_nothing() -> None:
    """A person knew why they typed them: the site that has not caught up is no objection."""
    uses = (replace(TWO_SOURCES.sources[0], source="entered:county"), *TWO_SOURCES.sources)
    typed = {**both(STATE, STATE), "entered:county": snapshot(contest(COUNTY))}
    assert not disagreement(replace(TWO_SOURCES, sources=uses), typed)
    assert disagreement(replace(TWO_SOURCES, sources=uses), {**typed, **both(COUNTY, STATE)})


def test_counties_that_name_other_people_are_not_summed_into_an_outcome() -> None:
    """Bob in one county and Robert in the other: his votes would be split, and ours win."""
    told = Told(Watched(TWO_COUNTIES, PLURALITY))
    shown = {
        "pitt": {"Ann Alpha": 5_000, "Bob Roe": 6_000},
        "greene": {"Ann Alpha": 5_000, "Robert Roe": 5_500},
    }
    for at in (100, 102, 104):
        for source, votes in shown.items():
            told.look(arrival(contest(votes), minutes(at)), source)
    assert not OUTCOMES & set(told.kinds)
    assert all(Block.SOURCES_DISAGREE in one.blocks for one in told.steps[-1].decisions)
    figures = {source: snapshot(contest(votes)) for source, votes in shown.items()}
    said = disagreement(TWO_COUNTIES, figures)
    assert said.startswith("pitt names Bob Roe where greene names Robert Roe; ")
    assert "`rivals`" in said


def test_spellings_of_one_rival_are_one_line_where_the_configuration_says_so() -> None:
    race = replace(TWO_COUNTIES, rivals=(("Bob Roe", "Robert Roe"),))
    shown = {
        "pitt": snapshot(contest({"Ann Alpha": 5_000, "Bob Roe": 6_000})),
        "greene": snapshot(contest({"Ann Alpha": 5_000, "Robert Roe": 5_500})),
    }
    assert not disagreement(race, shown)
    assert [(line.name, line.votes) for line in add_up(race, shown).lines] == [
        ("Bob Roe", 11_500), ("Ann Alpha", 10_000),
    ]  # fmt: skip


def test_a_name_that_one_county_leaves_out_is_no_difference() -> None:
    shown = {
        "pitt": snapshot(contest({"Ann Alpha": 5, "Bo Rival": 4, "Cy Late": 1})),
        "greene": snapshot(contest({"Ann Alpha": 5, "Bo Rival": 4})),
    }
    assert not disagreement(TWO_COUNTIES, shown)


# -- who hears of it ---------------------------------------------------------------------


class Pair:
    """A county and its state, watched; `disagree` is called as time passes."""

    def __init__(self) -> None:
        """Begin with both at the same early votes."""
        self.told = Told(Watched(TWO_SOURCES, PLURALITY))
        self.show("county", EARLY, 5)
        self.show("state", EARLY, 5)

    def show(self, source: str, votes: Mapping[str, int], at: float) -> None:
        """Take one source's report, then let time be looked at."""
        self.told.look(arrival(contest(votes), minutes(at)), source)
        self.wait(at)

    def wait(self, at: float) -> list[Kind]:
        """Look at what time has made due."""
        teller = Teller(self.told.watched, self.told.state, minutes(at))
        disagree(teller, self.told.steps[-1].tally)
        self.told.state = teller.state
        self.told.events.extend(teller.events)
        return [event.kind for event in teller.events]

    def is_blocked(self) -> bool:
        """Say whether the difference blocks outcomes now."""
        return all(Block.SOURCES_DISAGREE in one.blocks for one in self.told.steps[-1].decisions)


WRONG = {"Ann Alpha": 7_100, "Bo Rival": 5_002}
TOLD = {Kind.SOURCES_DISAGREE, Kind.SOURCES_AGREE}


def test_minutes_of_difference_block_and_are_told_to_nobody() -> None:
    pair = Pair()
    pair.show("county", COUNTY, 20)
    assert pair.is_blocked()
    assert pair.wait(29) == []
    pair.show("state", COUNTY, 29.5)
    assert not pair.is_blocked()
    assert not TOLD & set(pair.told.kinds)
    assert pair.told.state.disagreed_since is None


def test_a_difference_that_stands_is_told_once_and_so_is_its_end() -> None:
    pair = Pair()
    pair.show("county", COUNTY, 20)
    pair.show("state", WRONG, 21)
    assert next_page(pair.told.watched, pair.told.state) == minutes(30)
    assert pair.wait(29.9) == []
    assert pair.wait(30) == [Kind.SOURCES_DISAGREE]
    told = pair.told.last(Kind.SOURCES_DISAGREE)
    assert told.reason == "county has 12,410 votes, state has 12,102; Ann Alpha: 7,000 and 7,100"
    assert pair.wait(90) == []
    assert next_page(pair.told.watched, pair.told.state) is None
    pair.show("state", {"Ann Alpha": 7_100, "Bo Rival": 5_410}, 100)
    pair.show("county", {"Ann Alpha": 7_100, "Bo Rival": 5_410}, 101)
    assert pair.told.kinds.count(Kind.SOURCES_AGREE) == 1
    assert not pair.is_blocked()


def test_a_source_that_keeps_catching_up_is_given_its_time() -> None:
    """All night some minutes behind is what a state's page is; standing still is not."""
    pair = Pair()
    for step in range(1, 8):
        ahead = {name: votes + 100 * step for name, votes in COUNTY.items()}
        behind = {name: votes + 100 * step - 50 for name, votes in COUNTY.items()}
        pair.show("county", ahead, 20 + 8 * step)
        pair.show("state", behind, 21 + 8 * step)
        assert pair.is_blocked()
    assert not TOLD & set(pair.told.kinds)
    last = 21 + 8 * 7
    assert pair.wait(last + 9.9) == []
    assert pair.wait(last + 10) == [Kind.SOURCES_DISAGREE]
    assert pair.told.last(Kind.SOURCES_DISAGREE).reason.endswith("; state lags behind")


def test_setting_a_source_aside_ends_the_difference() -> None:
    pair = Pair()
    pair.show("county", COUNTY, 20)
    pair.show("state", WRONG, 21)
    pair.wait(31)
    who = Stood("Ann", "the state has a precinct twice", minutes(32), "act-1")
    people = replace(pair.told.state.people, superseded={"state": who})
    pair.told.state = replace(pair.told.state, people=people)
    assert pair.wait(33) == [Kind.SOURCES_AGREE]
    for at in (34, 36):
        pair.show("county", COUNTY, at)
    assert Kind.RACE_WON in pair.told.kinds


def test_a_clock_that_is_set_back_begins_the_wait_anew() -> None:
    pair = Pair()
    pair.show("county", COUNTY, 20)
    pair.show("state", WRONG, 21)
    assert pair.wait(-100) == []
    assert pair.told.state.disagreed_since == minutes(-100)


# -- the order of reports ----------------------------------------------------------------

VOTES = st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(0, 3))
Shown = tuple[int, int, int]
NIGHTS = st.lists(st.tuples(st.none() | VOTES, st.none() | VOTES, st.booleans()), max_size=8)
"""Every two minutes what either source shows, if it answers, and which one is asked first."""
END = (950, 901, 3)
"""What both show when all is in."""


def end_of(watched: Watched, night: list[tuple[Shown | None, Shown | None, bool]]) -> RaceState:
    """Play a night: whoever is asked first in the same minute is taken first."""
    state = RaceState()
    sources = [use.source for use in watched.race.sources]
    for index, (one, other, swapped) in enumerate(night):
        shown = list(zip(sources, (one, other), strict=True))
        for source, votes in reversed(shown) if swapped else shown:
            if votes is not None:
                look = look_at(votes, 5 + 2 * index)
                state = advance(watched, state, source, look).state
    return state


def _figures(state: RaceState) -> dict[str, SourceStanding]:
    """Return what was accepted and held; whether ops were told of it yet is no figure."""
    return {
        source: replace(one, hold=one.hold and replace(one.hold, told=False))
        for source, one in state.standings.items()
    }


def look_at(shown: Shown, at: float) -> Arrival:
    ours, rivals, units = shown
    return arrival(contest({"Ann Alpha": ours, "Bo Rival": rivals}, (units, 3)), minutes(at))


@settings(max_examples=200)
@given(NIGHTS, st.sampled_from([TWO_COUNTIES, TWO_SOURCES]), st.booleans())
def test_the_order_of_reports_does_not_matter_to_the_end_state(
    night: list[tuple[Shown | None, Shown | None, bool]], one: Race, agreed: bool
) -> None:
    """Accepted figures, holds, tally and decisions are those of any other order.

    Alternatives that differ are the one exception: the race stays with the source it was
    told from, whichever came first, and no order gives an outcome.
    """
    watched, now = Watched(one, PLURALITY), minutes(100)
    night = [*night, *[(END, END, False)] * (4 if agreed else 0)]
    turned = [(a, b, not swapped) for a, b, swapped in night]
    states = [end_of(watched, order) for order in (night, turned)]
    assert _figures(states[0]) == _figures(states[1])
    (tally, decisions), (other, others) = (current(watched, state, now) for state in states)
    if disagreement(one, accepted(states[0])):
        assert all(d.outcome is Outcome.NONE for d in (*decisions, *others))
    else:
        assert (tally, decisions) == (other, others)


@pytest.mark.parametrize("gap", [1, 2])
def test_county_and_state_that_differ_for_minutes_all_night_end_in_one_outcome(gap: int) -> None:
    told = Told(Watched(TWO_SOURCES, PLURALITY))
    steps = [{name: votes * part // 10 for name, votes in COUNTY.items()} for part in range(3, 11)]
    for index, votes in enumerate(steps):
        units = (57 * (index + 1) // len(steps), 57)
        told.look(arrival(contest(votes, units), minutes(10 * index + 5)), "county")
        told.look(arrival(contest(votes, units), minutes(10 * index + 5 + gap)), "state")
        assert not OUTCOMES & set(told.kinds)
    for at in (90, 91):
        told.look(arrival(contest(COUNTY), minutes(at)), "county")
    assert [kind for kind in told.kinds if kind in OUTCOMES] == [Kind.RACE_WON]
