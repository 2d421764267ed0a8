"""What callers are asked: policies and their windows, READY TO CALL and its reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.decision import Basis, Block, Outcome, Outstanding
from monitor.diff import pass_time, redecide
from monitor.events import Kind
from monitor.model import ResultsStatus, UnitKind, VoteType
from monitor.people import Stood
from monitor.races import AUTO, CALLERS_FIRST, Policy, PolicyKind, Race
from monitor.state import Watched
from monitor.timers import next_moment
from tests.core_examples import (
    CERTIFIED,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    Told,
    arrival,
    card,
    contest,
    minutes,
)

if TYPE_CHECKING:
    from datetime import datetime

ON_CONFIRMATION = Policy(PolicyKind.ON_CONFIRMATION)
NAME = "Satana Deberry"
MOST = {name: count * 55 // 57 for name, count in DURHAM_NIGHT.items()}


def asking(policy: Policy | None = None, **changes: object) -> Told:
    """Return the Durham race with a caller, read at zero before its close."""
    policies = () if policy is None else (("", policy),)
    race = replace(DURHAM, callers=("Ana Ruiz",), policies=policies, **changes)  # type: ignore[arg-type]
    told = Told(Watched(race, card(DURHAM), closes_at=minutes(0)))
    told.look(arrival(contest(dict.fromkeys(DURHAM_NIGHT, 0), (0, 57)), minutes(-5)))
    return told


def wait(told: Told, at: float) -> list[Kind]:
    """Let time pass without a visit."""
    return told.take(pass_time(told.watched, told.state, minutes(at)))


def due(told: Told, at: float) -> datetime | None:
    return next_moment(told.watched, told.state, minutes(at))


# -- policies -----------------------------------------------------------------------------


def test_without_callers_an_outcome_goes_out_at_once_and_with_them_after_three_minutes() -> None:
    assert DURHAM.policy("won") == AUTO
    assert replace(DURHAM, callers=("Ana Ruiz",)).policy("won") == CALLERS_FIRST
    assert CALLERS_FIRST.minutes == 3


def test_a_kind_of_outcome_has_its_own_policy() -> None:
    race = replace(DURHAM, policies=(("", AUTO), ("lost", ON_CONFIRMATION)))
    assert race.policy("won") == AUTO
    assert race.policy("lost") == ON_CONFIRMATION


def test_an_outcome_is_announced_to_callers_and_goes_out_when_its_window_ends() -> None:
    told = asking()
    assert told.see(DURHAM_NIGHT, 180) == [Kind.FIRST_VOTES]
    assert told.see(DURHAM_NIGHT, 181) == [Kind.GOING_OUT]
    announced = told.last(Kind.GOING_OUT)
    assert announced.due == minutes(184)
    assert announced.decision is not None
    assert announced.decision.outcome is Outcome.WON
    assert due(told, 181) == minutes(184)
    assert wait(told, 183.9) == []
    assert wait(told, 184) == [Kind.RACE_WON]
    assert wait(told, 185) == []


def test_a_visit_after_the_window_tells_as_well_as_the_timer() -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    assert told.see(DURHAM_NIGHT, 184.5) == [Kind.RACE_WON]


def test_a_freeze_stops_what_was_announced_and_an_end_of_it_opens_a_new_window() -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    stood = Stood("Ana Ruiz", "the clerk is recounting a box", minutes(182), "act-1")
    told.state = replace(told.state, people=replace(told.state.people, frozen=stood))
    assert told.take(redecide(told.watched, told.state, minutes(182))) == []
    assert wait(told, 190) == []
    told.state = replace(told.state, people=replace(told.state.people, frozen=None))
    assert told.take(redecide(told.watched, told.state, minutes(191))) == [Kind.GOING_OUT]
    assert told.last(Kind.GOING_OUT).due == minutes(194)
    assert wait(told, 194) == [Kind.RACE_WON]


def test_a_window_outlives_a_new_count_only_until_its_second_look() -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    more = {name: count + 4 for name, count in DURHAM_NIGHT.items()}
    assert told.see(more, 183) == [Kind.COUNT_UPDATED]
    assert wait(told, 184) == []
    assert told.see(more, 184.1) == [Kind.RACE_WON]


def test_a_hold_ends_the_window_and_callers_are_told_that_nothing_goes_out() -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    twice = {name: 2 * count for name, count in DURHAM_NIGHT.items()}
    assert told.see(twice, 182) == [Kind.REPORT_HELD, Kind.CALLERS_PAGED]
    assert "does not go out" in told.last(Kind.CALLERS_PAGED).reason
    assert Kind.RACE_WON not in told.kinds
    wait(told, 184)
    assert Kind.RACE_WON not in told.kinds


def test_on_confirmation_callers_are_asked_and_nothing_goes_out() -> None:
    told = asking(ON_CONFIRMATION)
    told.see(DURHAM_NIGHT, 180)
    assert told.see(DURHAM_NIGHT, 181) == [Kind.READY_TO_CALL]
    ready = told.last(Kind.READY_TO_CALL)
    assert ready.missing == ()
    assert ready.seen
    assert wait(told, 195.9) == []
    assert wait(told, 196) == [Kind.READY_TO_CALL]
    assert told.last(Kind.READY_TO_CALL).reason == "reminder"
    assert wait(told, 226) == [Kind.READY_TO_CALL]
    assert wait(told, 300) == []
    assert Kind.RACE_WON not in told.kinds


def test_what_the_source_certifies_waits_for_no_policy() -> None:
    told = asking(ON_CONFIRMATION)
    told.see(DURHAM_CERTIFIED, 180, status=CERTIFIED)
    told.see(DURHAM_CERTIFIED, 181, status=CERTIFIED)
    won = told.last(Kind.RACE_WON)
    assert won.decision is not None
    assert won.decision.basis is Basis.CERTIFIED


def test_a_clock_that_was_set_back_makes_no_window_longer() -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    assert wait(told, 120) == []
    assert wait(told, 122.9) == []
    assert wait(told, 123) == [Kind.RACE_WON]


# -- READY TO CALL ------------------------------------------------------------------------


def test_97_percent_in_and_a_sure_gap_asks_the_callers_what_is_missing() -> None:
    told = asking()
    told.see(MOST, 180, (56, 57))
    assert told.see(MOST, 181, (56, 57)) == [Kind.READY_TO_CALL]
    assert told.last(Kind.READY_TO_CALL).missing == (Block.NOT_COMPLETE,)
    assert told.steps[-1].decisions[0].outcome is Outcome.NONE


def test_below_97_percent_a_pause_of_45_minutes_asks_them() -> None:
    told = asking()
    told.see(MOST, 100, (54, 57))
    assert told.see(MOST, 101, (54, 57)) == []
    assert due(told, 110) == minutes(145)
    assert wait(told, 144.9) == []
    assert wait(told, 145) == [Kind.READY_TO_CALL]


def test_97_percent_in_is_asked_again_though_a_pause_was_asked_about() -> None:
    told = asking()
    told.see(MOST, 100, (54, 57))
    told.see(MOST, 101, (54, 57))
    wait(told, 145)
    more = {name: count + 9 for name, count in MOST.items()}
    told.see(more, 300, (56, 57))
    assert told.see(more, 301, (56, 57)) == [Kind.READY_TO_CALL]
    assert told.last(Kind.READY_TO_CALL).reason == ""


def test_a_pause_with_many_units_out_is_no_end_before_half_a_day_has_gone() -> None:
    told = asking()
    told.see(MOST, 100, (33, 57))
    told.see(MOST, 101, (33, 57))
    assert wait(told, 145) == []
    assert wait(told, 400) == []
    assert wait(told, 100 + 12 * 60) == [Kind.READY_TO_CALL]


def test_no_pause_is_seen_while_only_early_votes_are_in() -> None:
    told = asking()
    early = {VoteType.EARLY: DURHAM_EARLY[NAME], VoteType.ELECTION_DAY: 0}
    more = {NAME: 9_000, "Roger Echols": 2_000, "Daniel Meier": 500}
    made = contest(more, (0, 57), types=early)
    told.look(arrival(made, minutes(10)))
    told.look(arrival(made, minutes(11)))
    assert wait(told, 200) == []


@pytest.mark.parametrize(("units", "hours"), [(None, 0.75), ((0, 57), 12), ((3, 57), 12)])
def test_a_source_without_useful_units_is_asked_about_when_it_pauses(
    units: tuple[int, int] | None, hours: float
) -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 100, units)
    told.see(DURHAM_NIGHT, 101, units)
    assert wait(told, 99 + hours * 60) == []
    assert wait(told, 100 + hours * 60) == [Kind.READY_TO_CALL]


def test_a_gap_that_is_not_sure_is_no_question_for_callers() -> None:
    told = asking()
    close = {NAME: 10_000, "Roger Echols": 9_990, "Daniel Meier": 10}
    told.see(close, 180, (56, 57))
    told.see(close, 181, (56, 57))
    wait(told, 240)
    assert Kind.READY_TO_CALL not in told.kinds


def test_a_hold_is_nothing_a_caller_can_stand_in_for() -> None:
    told = asking()
    told.see(MOST, 100, (50, 57))
    told.see(MOST, 101, (50, 57))
    told.see({name: 2 * count for name, count in MOST.items()}, 110, (50, 57))
    wait(told, 200)
    assert Kind.READY_TO_CALL not in told.kinds


def test_an_unverified_rule_is_asked_about_and_never_told_by_itself() -> None:
    told = asking()
    bare = replace(card(DURHAM), sources=())
    told.watched = replace(told.watched, rule=bare)
    told.see(DURHAM_NIGHT, 180)
    assert told.see(DURHAM_NIGHT, 181) == [Kind.READY_TO_CALL]
    assert told.last(Kind.READY_TO_CALL).missing == (Block.RULE_UNVERIFIED,)


def test_a_clinched_outcome_of_a_site_nobody_proved_is_asked_about_at_once() -> None:
    """Oregon's counties may report no precinct for ever: waiting for units would be in vain."""
    told = asking()
    told.watched = replace(told.watched, unproven=frozenset({"nc_durham"}))
    left = Outstanding(100, False, "phone, clerk", minutes(90), sum(MOST.values()))
    told.state = replace(told.state, people=replace(told.state.people, outstanding=left))
    told.see(MOST, 100, (0, 57))
    assert told.see(MOST, 101, (0, 57)) == [Kind.READY_TO_CALL]
    assert told.last(Kind.READY_TO_CALL).missing == (Block.UNPROVEN,)
    assert told.steps[-1].decisions[0].outcome is Outcome.NONE


def test_the_question_is_closed_when_the_count_completes() -> None:
    told = asking(AUTO)
    told.see(MOST, 180, (56, 57))
    told.see(MOST, 181, (56, 57))
    told.see(DURHAM_NIGHT, 190)
    assert Kind.RACE_WON in (told.see(DURHAM_NIGHT, 191))
    assert told.state.told[NAME].asked is None
    canvass = due(told, 192)
    assert canvass is not None
    assert canvass > minutes(24 * 60)
    wait(told, 240)
    assert told.kinds.count(Kind.READY_TO_CALL) == 1


def test_a_status_of_complete_without_units_needs_no_question() -> None:
    told = asking(AUTO)
    status = ResultsStatus.UNOFFICIAL_COMPLETE
    made = contest(DURHAM_NIGHT, None, UnitKind.UNITS)
    told.look(arrival(made, minutes(180), status))
    assert told.look(arrival(made, minutes(181), status)) == [Kind.RACE_WON]


def test_timers_name_no_moment_that_has_passed() -> None:
    told = asking()
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    at = 181.0
    while (moment := due(told, at)) is not None and moment < minutes(24 * 60):
        passed = (moment - minutes(0)) / timedelta(minutes=1)
        assert passed > at
        wait(told, passed)
        at = passed
    assert Kind.RACE_WON in told.kinds


def test_an_uncontested_race_without_sources_is_told_on_election_morning() -> None:
    race: Race = replace(DURHAM, uncontested=True, sources=())
    told = Told(Watched(race, card(DURHAM), closes_at=minutes(0)))
    morning = due(told, -3000)
    assert morning is not None
    early = pass_time(told.watched, told.state, morning - timedelta(minutes=1))
    assert early.events == ()
    assert told.take(pass_time(told.watched, told.state, morning)) == [Kind.RACE_UNCONTESTED]
    assert wait(told, 10) == []
    assert due(told, 10) is None
