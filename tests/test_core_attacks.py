"""Nights made of anything that may happen, and what must hold whatever happens.

A night is a list of moves: counts that grow, fall, double or come back old, tests, new
statuses, a contest that is missing, time, and every act of a person. After each move the
rules of `Night` are asked; then the sources stay as they are, and nothing may be left open.
Below stand the faults that such nights and a reading of the core brought to light. Figures
are Durham's of 2018 where they are named so; all others, and all acts, are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.acts import Answer, apply, seen_now
from monitor.decision import Basis, Outcome
from monitor.diff import Step, advance, miss, pass_time
from monitor.doing import ActRefused
from monitor.events import Event, Kind
from monitor.match import people_of
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units
from monitor.people import Act, ActKind
from monitor.races import AUTO, Policy, PolicyKind
from monitor.recorded import Recorded
from monitor.standing import Arrival, SourceStanding, looks
from monitor.state import RaceState, Watched, current
from monitor.state import Told as Knows
from monitor.tally import Snapshot, Tally
from monitor.timers import next_moment
from tests.core_examples import (
    CERTIFIED,
    CLOSE,
    COMPLETE,
    DURHAM,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    MAJORITY,
    PLURALITY,
    SHARE,
    TOP_TWO,
    Told,
    arrival,
    card,
    contest,
    minutes,
    race,
)
from tests.test_acts import CLERK, NAME, TURNED, Desk, desk, doubted, seen, won
from tests.test_callers import asking, wait

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = TypeAdapter(RaceState)
FOUND = {
    Kind.RACE_WON: Outcome.WON,
    Kind.RACE_LOST: Outcome.LOST,
    Kind.ADVANCED: Outcome.ADVANCED,
    Kind.RUNOFF_SET: Outcome.RUNOFF,
    Kind.RUNOFF_POSSIBLE: Outcome.RUNOFF_POSSIBLE,
    Kind.RACE_TIED: Outcome.TIE,
}
WINDOW = Policy(PolicyKind.AFTER, 3)
ON_CONFIRMATION = Policy(PolicyKind.ON_CONFIRMATION)
ONE_SOURCE = (("a", "A"),)
TWO_COUNTIES = (("a", "A"), ("b", "B"))
ALTERNATIVES = (("a", "A"), ("a2", "A"))
STATUSES = (None, ResultsStatus.UNOFFICIAL_PARTIAL, COMPLETE, ResultsStatus.CORRECTION, CERTIFIED)
REPEATED = frozenset({Kind.READY_TO_CALL, Kind.REMINDER, Kind.CALLERS_PAGED})


@dataclass
class Site:
    """What one source shows."""

    votes: dict[str, int]
    reported: int = 0
    version: int = 0
    status: ResultsStatus | None = None

    def contest(self, *, turned: bool) -> Contest:
        """Return its contest, the choices in another order where `turned`."""
        lines = tuple(Selection(name, name, count) for name, count in self.votes.items())
        units = Units(self.reported, 50, UnitKind.PRECINCTS)
        return Contest("16", "DISTRICT ATTORNEY", lines[::-1] if turned else lines, units=units)


@dataclass
class Night:
    """A race, its sources, everything told so far, and what must hold of each new event."""

    watched: Watched
    policy: Policy
    versioned: bool
    now: datetime = CLOSE - timedelta(minutes=5)
    state: RaceState = field(default_factory=RaceState)
    sites: dict[str, Site] = field(default_factory=dict)
    shown: dict[str, list[Site]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    done: list[Recorded] = field(default_factory=list)
    found: dict[str, Outcome] = field(default_factory=dict)
    announced: dict[str, tuple[Outcome, datetime, datetime]] = field(default_factory=dict)
    held_off: set[str] = field(default_factory=set)

    # -- what must hold --------------------------------------------------------------------

    def take(self, made: Callable[[RaceState, bool], Step | None], act: Act | None = None) -> None:
        """Go on by one step; from the stored memory, or other order, it must be the same one."""
        step = made(self.state, False)
        if step is None:
            return
        stored = MEMORY.validate_json(MEMORY.dump_json(self.state))
        assert stored == self.state
        assert made(stored, False) == step
        turned = made(self.state, True)
        assert turned is not None
        assert [one.key for one in turned.events] == [one.key for one in step.events]
        known = {one.key for one in self.events}
        self.state = step.state
        for event in step.events:
            assert event.key not in known, "one key, two events"
            known.add(event.key)
            self.events.append(event)
            self.ask(event, step.tally, act)
        for candidate, told in self.state.told.items():
            assert told.outcome is self.found.get(candidate, Outcome.NONE)
        due = next_moment(self.watched, self.state, self.now)
        assert due is None or due > self.now

    def ask(self, event: Event, tally: Tally | None, act: Act | None) -> None:
        """Ask whether an event may be told."""
        one = event.candidate
        if event.kind in FOUND:
            self.ask_outcome(event, tally, act)
        elif event.kind is Kind.GOING_OUT:
            assert event.decision is not None
            assert event.due is not None
            assert event.due - self.now >= timedelta(minutes=3)
            outcome = event.decision.outcome
            assert self.announced.get(one, (Outcome.NONE,))[0] is not outcome, "announced twice"
            self.announced[one] = (outcome, self.now, event.due)
        elif event.kind is Kind.CALLERS_PAGED and "does not go out" in event.reason:
            self.announced.pop(one)
        elif event.kind is Kind.HOLD_OFF:
            assert self.found[one] is not Outcome.NONE
            assert one not in self.held_off
            self.held_off.add(one)
        elif event.kind is Kind.OUTCOME_STANDS:
            self.held_off.remove(one)
        elif event.kind is Kind.OUTCOME_RETRACTED:
            self.found[one] = Outcome.NONE
            self.held_off.discard(one)

    def ask_outcome(self, event: Event, tally: Tally | None, act: Act | None) -> None:
        """An outcome goes out of nothing told, never frozen, and proved or by a person."""
        decision, outcome, one = event.decision, FOUND[event.kind], event.candidate
        assert decision is not None
        assert tally is not None
        assert self.found.get(one, Outcome.NONE) is Outcome.NONE
        assert self.state.people.frozen is None
        by_person = decision.basis in (Basis.CONFIRMED, Basis.CALLED)
        if not by_person and not (act and decision.basis is Basis.CERTIFIED):
            used = [self.state.standings[source] for source in tally.sources]
            assert all(standing.hold is None and looks(standing) > 1 for standing in used)
            assert not decision.blocks
            assert not tally.missing
            assert decision.if_final is outcome
            assert self.now >= self.close
            if decision.basis is not Basis.CERTIFIED:
                assert self.policy is not ON_CONFIRMATION
                if self.policy is WINDOW:
                    said, since, due = self.announced[one]
                    assert said is outcome
                    assert self.now >= max(due, since + timedelta(minutes=3))
        self.found[one] = outcome
        self.announced.pop(one, None)

    @property
    def close(self) -> datetime:
        """When the polls close, as a person has moved it."""
        return self.state.people.closes_at or CLOSE

    # -- what happens ----------------------------------------------------------------------

    def wait(self, time: float) -> None:
        """Let minutes pass, with every moment that falls into them; they must end."""
        until, ticks = self.now + timedelta(minutes=time), 0
        while (due := next_moment(self.watched, self.state, self.now)) and due <= until:
            self.now, ticks = due, ticks + 1
            assert ticks < 200
            self.take(lambda state, _: pass_time(self.watched, state, self.now))
        self.now = until

    def arrive(
        self, source: str, site: Site, *, is_look: bool = True, is_test: bool = False
    ) -> None:
        """Take what a source shows."""

        def made(state: RaceState, turned: bool) -> Step:
            version = site.version if self.versioned else None
            shown = Snapshot(
                site.contest(turned=turned), self.now, version=version, status=site.status
            )
            brought = Arrival(
                shown, self.now, is_look, self.watched.race.election.date, self.close,
                is_test=is_test, is_live=source in state.people.live,
                people=people_of(self.watched.race),
            )  # fmt: skip
            return advance(self.watched, state, source, brought)

        self.take(made)

    def lose(self, source: str) -> None:
        """Have a report without the race."""
        self.take(lambda state, _: miss(self.watched, state, source, "gone", self.now, alarm=True))

    def count(self, source: str, more: list[int], units: int) -> None:
        """Count some votes and units more, and show them."""
        site = self.sites[source]
        if self.now < CLOSE:
            return
        self.shown[source].append(replace(site, votes=dict(site.votes)))
        site.votes = {
            name: count + add for (name, count), add in zip(site.votes.items(), more, strict=True)
        }
        site.reported, site.version = min(50, site.reported + units), site.version + 1
        self.arrive(source, site)

    def fall(self, source: str, fewer: list[int]) -> None:
        """Take votes back, and show it."""
        self.count(source, [-min(a, b) for a, b in zip(
            self.sites[source].votes.values(), fewer, strict=True
        )], 0)  # fmt: skip

    def act(self, kind: ActKind, source: str, parts: dict[str, Any], which: int) -> None:
        """Have a person act, and take every applied act back at once in another world."""
        undone = self.done[-1 - which % len(self.done)] if self.done else None
        if kind is ActKind.UNDO and undone is None:
            return
        ours = self.watched.race.endorsements
        given = Act(
            id=f"a{len(self.events)}-{len(self.done)}", kind=kind, race="the-race", who="Ana",
            why="a reason", at=self.now, candidate=ours[which % len(ours)].candidate,
            source=source, undoes=undone.act.id if undone else "", **parts,
        )  # fmt: skip
        try:
            given = replace(given, seen=seen_now(self.watched, self.state, given, self.now))
        except ActRefused:
            return
        answers: list[Answer] = []
        before = self.state

        def made(state: RaceState, _: bool) -> Step | None:
            answers.append(apply(self.watched, state, given, self.now, undone))
            return answers[-1].step

        self.take(made, given)
        if not answers[0].applied or answers[0].before is None:
            return
        if kind in (ActKind.FREEZE, ActKind.RETRACT):
            self.announced.clear()
        if kind is not ActKind.UNDO:
            self.done.append(Recorded(given, answers[0].before))
            self.ask_undo(before, self.done[-1])

    def ask_undo(self, before: RaceState, done: Recorded) -> None:
        """What a person did, and nothing else, is gone when it is taken back at once."""
        act = replace(done.act, id="u", kind=ActKind.UNDO, undoes=done.act.id)
        answer = apply(self.watched, self.state, act, self.now, done)
        if done.act.kind is ActKind.RETRACT or done.act.certified:
            return  # what was withdrawn, or said to be certified, is told anew or not at all
        assert answer.step is not None, answer.sentence
        assert answer.step.state.people == before.people
        for candidate, told in before.told.items():
            if told.outcome is not Outcome.NONE:
                assert answer.step.state.told[candidate].outcome is told.outcome

    # -- how it ends -----------------------------------------------------------------------

    def end(self) -> None:
        """Let the sources stay as they are for an hour and a half: nothing is left open."""
        self.now = max(self.now, self.close)
        for _ in range(80):
            for source, site in self.sites.items():
                self.arrive(source, site)
            self.wait(1)
        told = len(self.events)
        for _ in range(8):
            for source, site in self.sites.items():
                self.arrive(source, site)
            self.wait(1)
        assert {event.kind for event in self.events[told:]} <= REPEATED
        tally, decisions = current(self.watched, self.state, self.now)
        if tally is None or tally.missing:
            return
        for decision in decisions:
            knows = self.state.told.get(decision.candidate, Knows())
            assert knows.doubt_since is None or knows.paged, "HOLD OFF without an end"
            if knows.outcome is Outcome.NONE and decision.outcome is not Outcome.NONE:
                assert self.policy is ON_CONFIRMATION, "an outcome is lost"
                assert knows.asked is not None
            if knows.doubt_since is None and knows.basis in (Basis.COMPLETE, Basis.CLINCHED):
                assert decision.if_final is knows.outcome, "contradicted in silence"


SOURCES = st.sampled_from(["a", "a2", "b"])
VOTES = st.lists(st.sampled_from([0, 3, 40, 400, 2_000]), min_size=3, max_size=3)
PARTS = st.fixed_dictionaries(
    {
        "override": st.booleans(),
        "certified": st.booleans(),
        "link": st.just(CLERK),
        "outcome": st.sampled_from([Outcome.WON, Outcome.LOST, Outcome.RUNOFF]),
        "closes_at": st.sampled_from([CLOSE, minutes(60), minutes(240)]),
        "votes": st.sampled_from([(), (("Ours", 900), ("Two", 800), ("Three", 7))]),
        "units": st.sampled_from([None, (50, 50)]),
        "outstanding": st.sampled_from([None, 0, 20, 500]),
        "is_estimate": st.booleans(),
    }
)
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("count"), SOURCES, VOTES, st.sampled_from([1, 25, 50])),
        st.tuples(st.just("count"), SOURCES, VOTES, st.just(50)),
        st.tuples(st.just("fall"), SOURCES, VOTES),
        st.tuples(st.just("same"), SOURCES, st.booleans(), st.sampled_from([False, False, True])),
        st.tuples(st.just("status"), SOURCES, st.sampled_from(STATUSES)),
        st.tuples(st.just("old"), SOURCES),
        st.tuples(st.just("double"), SOURCES),
        st.tuples(st.just("lose"), SOURCES),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 1, 1, 2, 5, 11, 30, 60, 800])),
        st.tuples(st.just("wait"), st.just(1)),
        st.tuples(
            st.just("act"), st.sampled_from(list(ActKind)), SOURCES, PARTS, st.integers(0, 3)
        ),
    ),
    min_size=8,
    max_size=40,
)


@pytest.mark.long
@settings(max_examples=80)
@given(
    moves=MOVES,
    sources=st.sampled_from([ONE_SOURCE, TWO_COUNTIES, ALTERNATIVES]),
    ours=st.sampled_from([("Ours",), ("Ours", "Two")]),
    card_used=st.sampled_from([PLURALITY, SHARE, MAJORITY, TOP_TWO]),
    seats=st.sampled_from([1, 1, 2]),
    policy=st.sampled_from([AUTO, WINDOW, ON_CONFIRMATION]),
    versioned=st.booleans(),
)
def test_whatever_happens_in_a_night_the_promises_hold(
    *, moves: list[tuple[Any, ...]], sources: tuple[tuple[str, str], ...], ours: tuple[str, ...],
    card_used: Any, seats: int, policy: Policy, versioned: bool,
) -> None:  # fmt: skip
    one = race(*ours, sources=sources, seats=seats)
    one = replace(one, callers=("Ana",), policies=(("", policy),))
    night = Night(Watched(one, card_used, closes_at=CLOSE), policy, versioned)
    for source, _ in sources:
        night.sites[source] = Site(dict.fromkeys(("Ours", "Two", "Three"), 0))
        night.shown[source] = []
        night.arrive(source, night.sites[source])
    night.wait(5)
    for move, *parts in moves:
        happen(night, move, parts)
    night.end()


def happen(night: Night, move: str, parts: list[Any]) -> None:
    """Make one move; a source that the race does not have is its first one."""
    if move == "wait":
        night.wait(*parts)
        return
    if move == "act":
        kind, source, given, which = parts
        night.act(kind, source if source in night.sites else "a", given, which)
        return
    source = parts[0] if parts[0] in night.sites else "a"
    site = night.sites[source]
    match move:
        case "count":
            night.count(source, *parts[1:])
        case "fall":
            night.fall(source, parts[1])
        case "same":
            night.arrive(source, site, is_look=parts[1], is_test=parts[2])
        case "status":
            site.status = parts[1]
            night.arrive(source, site)
        case "old" if night.shown[source]:
            night.arrive(source, night.shown[source][-1])
        case "double":
            twice = {name: 2 * count for name, count in site.votes.items()}
            night.arrive(source, replace(site, votes=twice, version=site.version + 1))
        case "lose":
            night.lose(source)


# -- faults that were found --------------------------------------------------------------


def test_an_old_version_served_every_other_minute_delays_no_window_for_ever() -> None:
    told = asking()
    told.see(DURHAM_EARLY, 170, (20, 57), version=9)
    told.see(DURHAM_NIGHT, 180, version=10)
    assert Kind.GOING_OUT in told.see(DURHAM_NIGHT, 181, version=10)
    for at in range(182, 200, 2):
        told.see(DURHAM_EARLY, at, (20, 57), version=9)
        told.see(DURHAM_NIGHT, at + 1, version=10)
    assert told.kinds.count(Kind.GOING_OUT) == 1
    assert Kind.CALLERS_PAGED not in told.kinds
    assert told.last(Kind.RACE_WON).at == minutes(185)


def test_an_old_version_that_stays_ends_the_window_after_ten_minutes() -> None:
    told = asking()
    told.see(DURHAM_EARLY, 170, (20, 57), version=9)
    told.see(DURHAM_NIGHT, 180, version=10)
    told.see(DURHAM_NIGHT, 181, version=10)
    told.see(DURHAM_EARLY, 182, (20, 57), version=9)
    assert wait(told, 185) == []
    assert next_moment(told.watched, told.state, minutes(185)) == minutes(192)
    assert wait(told, 192) == [Kind.CALLERS_PAGED]
    assert told.see(DURHAM_NIGHT, 193, version=10) == [Kind.GOING_OUT]


def test_no_outcome_goes_out_while_a_close_that_was_moved_has_not_come() -> None:
    made = desk(replace(DURHAM, callers=("Ana Ruiz",)))
    made.see(DURHAM_NIGHT, 1)
    assert Kind.GOING_OUT in made.see(DURHAM_NIGHT, 2)
    assert made.act(ActKind.CLOSE, 3, closes_at=minutes(90)).applied
    assert Kind.REPORT_HELD in made.new
    assert wait(made, 89) == []
    late = replace(arrival(contest(DURHAM_NIGHT), minutes(91)), closes_at=minutes(90))
    assert Kind.RACE_WON not in made.look(late)
    later = replace(late, at=minutes(92), snapshot=replace(late.snapshot, fetched_at=minutes(92)))
    assert made.look(later) == [Kind.GOING_OUT], "looks of before the close prove nothing"


def test_a_close_moved_back_lets_the_figures_count_again() -> None:
    made = desk()
    made.see(DURHAM_NIGHT, 1)
    assert made.act(ActKind.CLOSE, 3, closes_at=minutes(90)).applied
    assert made.undo(4).applied
    made.see(DURHAM_NIGHT, 5)
    assert made.see(DURHAM_NIGHT, 6) == [Kind.RACE_WON]


def test_a_new_status_alone_is_no_look_that_is_overdue() -> None:
    told = asking(AUTO)
    made = contest(DURHAM_NIGHT, None)
    for at in (100, 101):
        told.look(arrival(made, minutes(at), ResultsStatus.UNOFFICIAL_PARTIAL))
    assert told.look(arrival(made, minutes(130), COMPLETE)) == []
    assert told.look(arrival(made, minutes(131), COMPLETE)) == [Kind.RACE_WON]


def test_a_site_that_fails_after_a_new_status_is_asked_about_after_ten_minutes() -> None:
    told = asking(AUTO)
    made = contest(DURHAM_NIGHT, None)
    for at in (100, 101):
        told.look(arrival(made, minutes(at), ResultsStatus.UNOFFICIAL_PARTIAL))
    told.look(arrival(made, minutes(130), COMPLETE))
    assert next_moment(told.watched, told.state, minutes(130)) == minutes(140)
    assert wait(told, 140) == [Kind.READY_TO_CALL]


@pytest.mark.parametrize("certified", [False, True])
def test_whoever_stands_against_a_certified_count_is_asked_once(certified: bool) -> None:
    made = seen()
    made.act(ActKind.CALL, 182, outcome=Outcome.WON, certified=certified, link=CLERK)
    made.see(TURNED, 183, status=CERTIFIED)
    made.see(TURNED, 184, status=CERTIFIED)
    doubt = Kind.OUTCOME_QUESTIONED if certified else Kind.HOLD_OFF
    assert made.kinds.count(doubt) == 1
    assert made.act(ActKind.CONFIRM, 186, override=True).applied
    assert made.kinds.count(doubt) == 1
    assert made.state.told[NAME].doubt_since is None
    assert wait(made, 200) == []


def test_the_leader_back_by_one_vote_does_not_stand() -> None:
    made = doubted()
    back = {**TURNED, NAME: TURNED["Roger Echols"] + 1}
    made.see(back, 198)
    made.see(back, 199.5)
    assert made.see(back, 201) == [Kind.OUTCOME_RETRACTED, Kind.TOO_CLOSE]


def test_a_doubt_that_no_look_settles_is_asked_of_callers() -> None:
    made = won()
    made.see(TURNED, 190)
    assert made.kinds[-1] is Kind.HOLD_OFF
    assert wait(made, 200) == []
    assert next_moment(made.watched, made.state, minutes(200)) == minutes(210)
    assert wait(made, 210) == [Kind.CALLERS_PAGED]
    assert wait(made, 230) == []
    assert Kind.OUTCOME_RETRACTED in made.see(TURNED, 240), "a look still settles it"


def test_an_official_figure_far_below_the_units_out_needs_override() -> None:
    half = {NAME: 6_000, "Roger Echols": 5_600, "Daniel Meier": 500}
    made = seen(half, (20, 57))
    given: dict[str, Any] = {"outstanding": 300, "is_estimate": False, "link": CLERK}
    answer = made.act(ActKind.ENTER, 182, **given)
    assert not answer.applied
    assert "about 22,385 votes are still out" in answer.sentence
    assert made.act(ActKind.ENTER, 182, override=True, **given).applied


def test_a_figure_of_what_is_uncounted_says_nothing_when_more_was_counted() -> None:
    made = seen({NAME: 14_000, "Roger Echols": 13_800, "Daniel Meier": 1_000}, (56, 57))
    made.act(ActKind.ENTER, 182, outstanding=300, is_estimate=False, link=CLERK)
    more = {NAME: 15_000, "Roger Echols": 14_500, "Daniel Meier": 1_200}
    made.see(more, 190)
    assert made.see(more, 191) == [Kind.TOO_CLOSE], "500 ahead, and 3% may still come"


def test_figures_by_hand_that_the_site_has_passed_do_not_come_back_with_an_undo() -> None:
    few = (("Satana Deberry", 1_000), ("Roger Echols", 1_900), ("Daniel Meier", 100))
    many = (("Satana Deberry", 12_000), ("Roger Echols", 7_000), ("Daniel Meier", 400))
    made = desk()
    made.act(ActKind.ENTER, 30, votes=few, units=(5, 57), link=CLERK, override=True)
    made.act(ActKind.ENTER, 40, votes=many, units=(57, 57), link=CLERK, override=True)
    made.act(ActKind.CONFIRM, 41)
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)
    made.see({**dict(many), NAME: 11_900}, 50)
    made.see({**dict(many), NAME: 11_900}, 51)
    assert made.undo(60, which=1).applied
    assert made.new == [Kind.PERSON_ACTED]
    assert made.steps[-1].tally is not None
    assert made.steps[-1].tally.sources == ("nc_durham",)


def test_what_was_confirmed_and_not_told_again_is_not_told_on_other_figures() -> None:
    made = seen()
    made.act(ActKind.CONFIRM, 182)
    made.act(ActKind.FREEZE, 183)
    made.act(ActKind.RETRACT, 184)
    assert made.undo(185).applied
    made.see(TURNED, 186)
    made.see(TURNED, 187)
    made.act(ActKind.UNFREEZE, 188)
    assert Kind.RACE_LOST in made.new
    assert made.kinds.count(Kind.RACE_WON) == 1


def test_a_retraction_is_taken_back_though_no_source_counts_now() -> None:
    made = won()
    made.act(ActKind.SUPERSEDE, 190, override=True)
    assert made.act(ActKind.RETRACT, 191).applied
    assert made.undo(192).applied


def test_an_outcome_told_is_still_questioned_when_nobody_is_left_to_run_against() -> None:
    made = Desk(Watched(race(sources=ONE_SOURCE), card(DURHAM), closes_at=CLOSE))
    pair = {NAME: 15_207, "Roger Echols": 12_648}
    for at, votes in ((-5, dict.fromkeys(pair, 0)), (180, pair), (181, pair)):
        made.look(arrival(contest(votes), minutes(at), COMPLETE), "a")
    assert Kind.RACE_WON in made.kinds
    turned = {NAME: 15_207, "Roger Echols": 17_000}
    made.look(arrival(contest(turned), minutes(190), COMPLETE), "a")
    assert made.kinds[-1] is Kind.HOLD_OFF
    gone = replace(made.watched.race, withdrawn=("Roger Echols",))
    made.watched = replace(made.watched, race=gone)
    for at in (192, 194, 201):
        made.look(arrival(contest(turned), minutes(at), COMPLETE), "a")
    assert {Kind.OUTCOME_STANDS, Kind.OUTCOME_RETRACTED} & set(made.kinds)


def test_who_is_in_a_runoff_is_told_after_two_looks() -> None:
    told = Told(Watched(race("Ours", state="TX", day=date(2018, 5, 8)), MAJORITY))
    votes = {"Ours": 40_000, "Two": 30_000, "Three": 25_000}
    told.see(dict.fromkeys(votes, 0), -5, (0, 57))
    told.see(votes, 180)
    assert told.see(votes, 181)[-1] is Kind.FOLLOW_UP_SET
    other = {**votes, "Three": 30_500}
    assert Kind.FOLLOW_UP_SET not in told.see(other, 190)
    assert told.see(other, 191)[-1] is Kind.FOLLOW_UP_SET


def test_a_source_never_heard_of_has_no_figures_to_catch_up_with() -> None:
    made = desk()
    votes = tuple(DURHAM_NIGHT.items())
    made.state = replace(made.state, standings={})
    assert made.act(ActKind.ENTER, 30, votes=votes, units=(57, 57), link=CLERK).applied
    assert made.state.standings.get("nc_durham", SourceStanding()).accepted is None
    assert made.steps[-1].tally is not None
    assert made.steps[-1].tally.sources == ("entered:nc_durham",)
